import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.settings import Settings
from publish.notify.courier import Report
from publish.notify.send import send_pending
from storage.database import Database
from tests.publish.conftest import NOON, store, story_view
from tests.publish.notify.letterbox import Letterbox
from tests.publish.notify.letterbox import serve as letterbox_at
from tests.publish.notify.webhook import Webhook, serve


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with serve() as hook:
        yield hook


@dataclass
class Desk:
    """A database with stories, a notify.toml, and a clock that stands until it is moved."""

    database: Database
    settings: Settings
    hook: Webhook
    now: datetime = NOON
    released: list[int] = field(default_factory=list)

    def declare(self, *lines: str, name: str = "group", url: str = "") -> None:
        """A table more in notify.toml; the webhook is the address unless another is given."""
        table = [f"[{name}]", f'url = "{url or self.hook.url}"', *lines, ""]
        with (self.settings.home / "notify.toml").open("a", encoding="utf-8") as file:
            file.write("\n".join(table) + "\n")

    def release(self, number: int, **changes: object) -> int:
        """A story with the title 第 N 篇, released now."""
        known = {"canonical": f"https://edu.linjiang.example/{number}.html", "text_key": f"t{number}"}
        view = story_view(number, title=f"第{number}篇", url=known["canonical"], **known | changes)
        self.released.append(store(self.database, view))
        return self.released[-1]

    def send(self, **later: float) -> list[Report]:
        """Send what is pending, after the clock has been moved by `later`."""
        self.now += timedelta(**later)
        return send_pending(self.database, self.settings, lambda: self.now)

    def titles(self) -> list[str]:
        return [message.splitlines()[0] for message in self.hook.messages]


@pytest.fixture
def desk(database: Database, settings: Settings, webhook: Webhook) -> Desk:
    return Desk(database, settings, webhook)


@pytest.fixture
def home(tmp_path: Path) -> Callable[[str], Path]:
    """A home with this notify.toml."""

    def write(text: str) -> Path:
        (tmp_path / "notify.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@pytest.fixture
def letterbox(free_port: int) -> Iterator[Letterbox]:
    with letterbox_at(free_port) as box:
        yield box


@pytest.fixture
def mail(free_port: int) -> str:
    """The address of the letterbox."""
    return f"mailto://127.0.0.1:{free_port}?from=zhijiao@feeds.example&to=reader@feeds.example"
