"""Chromium, and the website that it looks at."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.settings import Settings
from publish.feeds.write import publish_pending
from publish.site.app import create_app
from storage.database import Database, open_database, prepare
from tests.browser.news import fill
from tests.services import program

SIZES = {"light": (1100, 900), "dark": (1100, 900), "phone": (390, 844)}

Look = Callable[..., Page]


@pytest.fixture(scope="session")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Database]]:
    home = tmp_path_factory.mktemp("news")
    address = f"sqlite:///{home / 'zhijiao.db'}"
    prepare(address)
    database = open_database(address)
    fill(database, datetime.now(UTC), 100)
    yield Settings(home=home, database_url=address, base_url="http://127.0.0.1:1"), database
    database.close()


@pytest.fixture(scope="session")
def site(news: tuple[Settings, Database]) -> Iterator[str]:
    """The address of the served site, with its feeds published."""
    settings, database = news
    config = uvicorn.Config(create_app(settings, database), port=0, log_level="warning", ws="none")
    with _serving(config) as server:
        port = server.servers[0].sockets[0].getsockname()[1]
        settings = settings.model_copy(update={"base_url": f"http://127.0.0.1:{port}"})
        publish_pending(database, settings, datetime.now(UTC))
        config.app = config.loaded_app = create_app(settings, database)  # feeds and forms name the port
        yield settings.base_url


@contextmanager
def _serving(config: uvicorn.Config) -> Iterator[uvicorn.Server]:
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.02)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")  # while it stands, its event loop runs: tests that run one of their own would fail
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Browser) -> Iterator[Look]:
    """Open a page at a size and in colours; whatever its console complains of fails the test at the end."""
    complaints: list[str] = []
    contexts = []

    def open_(address: str, size: str = "light", **more: object) -> Page:
        width, height = SIZES[size]
        scheme = "dark" if size == "dark" else "light"
        options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "locale": "zh-CN", **more}
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)  # a busy machine starts Chromium slowly
        page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
