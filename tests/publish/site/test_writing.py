"""The written site: every link in it leads to a file that is there, and what did not change is not written again."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from pipeline.settings import Settings
from publish.feeds.write import publish_pending
from publish.site.listing import PAGE
from publish.site.writing import Written, write_site
from storage import stories
from storage.database import Database, open_database
from storage.errors import PublishError
from storage.records import StoryView
from tests.publish.conftest import store, story_view

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NUMBER = 3 * PAGE + 5


@dataclass(frozen=True)
class Site:
    """A site of some pages, written once for all tests that change nothing of it."""

    database: Database
    settings: Settings
    folder: Path


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("written")
    shutil.copy(sqlite_template, home / "zhijiao.db")
    settings = Settings(home=home, feed_domain="feeds.example", base_url="https://feeds.example")
    database = open_database(settings.database_url)
    for number in range(NUMBER):
        changes = {"canonical": str(number), "text_key": str(number), "document_number": "1号" if number == 0 else None}
        store(database, story_view(title=f"第{number}篇", published_at=NOON + timedelta(hours=number), **changes))
    publish_pending(database, settings, NOON + timedelta(days=9))
    write_site(database, settings, home / "site", NOON + timedelta(days=9))
    yield Site(database, settings, home / "site")
    database.close()


@pytest.fixture
def folder(site: Site) -> Path:
    return site.folder


def titles(path: Path) -> list[str]:
    return [str(found.text_content()) for found in html.parse(path).getroot().cssselect(".row h2")]


def test_every_link_leads_to_a_file(folder: Path) -> None:
    for page in folder.rglob("*.html"):
        root = html.parse(page).getroot()
        for address in root.xpath("//@href | //@src"):
            parts = urlsplit(str(address))
            if not parts.scheme:
                target = page.parent / unquote(parts.path)
                assert target.is_file(), f"{page.relative_to(folder)} links to {address}"
        assert not root.xpath("//form"), page


def test_pages_are_numbered_from_the_oldest(folder: Path) -> None:
    newest = [f"第{number}篇" for number in reversed(range(NUMBER))]
    assert titles(folder / "index.html") == newest[: PAGE + 5]
    assert titles(folder / "index-2.html") == newest[PAGE + 5 : 2 * PAGE + 5]
    assert titles(folder / "index-1.html") == newest[2 * PAGE + 5 :]
    assert not (folder / "index-3.html").exists()
    assert titles(folder / "topic" / "产教融合-1.html") == titles(folder / "index-1.html")
    assert titles(folder / "documents.html") == ["第0篇"]


def test_feeds_and_assets_are_there(folder: Path, site: Site) -> None:
    assert (folder / "feeds/all.xml").read_bytes() == (site.settings.public / "feeds/all.xml").read_bytes()
    for name in (
        "favicon.ico",
        "static/style.css",
        "static/page.js",
        "static/vendor/uplot-LICENSE.txt",
        "feeds/index.html",
    ):
        assert (folder / name).stat().st_size


def test_a_second_run_writes_nothing_and_one_more_story_little(site: Site, tmp_path: Path) -> None:
    again = write_site(site.database, site.settings, site.folder, NOON + timedelta(days=9))
    assert again.changed == 0
    database, folder = _copied(site, tmp_path)
    new = story_view(title="新篇", published_at=NOON + timedelta(days=8), canonical="new", text_key="new", topics=())
    store(database, new)
    more = write_site(database, site.settings, folder, NOON + timedelta(days=9))
    database.close()
    assert more.files == again.files + 1
    assert more.changed < 12  # first pages, the story, trends; none of the older pages


def _copied(site: Site, target: Path) -> tuple[Database, Path]:
    """Of a database that is open, by its own means: its last rows may stand in its journal alone."""
    with closing(sqlite3.connect(site.settings.home / "zhijiao.db")) as given:
        given.execute("VACUUM INTO ?", (str(target / "copy.db"),))
    shutil.copytree(site.folder, target / "site")
    return open_database(f"sqlite:///{target / 'copy.db'}"), target / "site"


def test_what_was_withdrawn_or_merged_goes(
    database: Database, settings: Settings, view: Callable[..., StoryView], release: Callable[..., int], tmp_path: Path
) -> None:
    ids = [release(view(canonical=str(number), text_key=str(number))) for number in range(4)]
    publish_pending(database, settings, NOON)
    write_site(database, settings, tmp_path, NOON)
    for name in ("story/.1.html.new", "feeds/saved/gone.xml", "other.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    with database.begin() as db:
        stories.withdraw(db, ids[0], NOON)
        kept, (merged,) = stories.merge(db, ids[1:3])
    write_site(database, settings, tmp_path, NOON)
    left = {f"{kept.id}.html", f"{ids[3]}.html"}
    assert {path.name for path in (tmp_path / "story").iterdir()} == left
    assert merged.id != kept.id
    assert not (tmp_path / "feeds/saved/gone.xml").exists()
    assert (tmp_path / "feeds/all.xml").exists()
    assert (tmp_path / "other.html").exists()


def test_an_empty_database(database: Database, settings: Settings, tmp_path: Path) -> None:
    written = write_site(database, settings, tmp_path / "site", NOON)
    assert written == Written(written.files, written.files)
    assert titles(tmp_path / "site" / "index.html") == []


def test_a_folder_that_cannot_be_written_is_named(database: Database, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match=r"无法写入 .*file"):
        write_site(database, settings, tmp_path / "file", NOON)
