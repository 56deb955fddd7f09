"""Three reader programs follow the feed over three ticks with an edit and a repost: nothing doubled, nothing lost."""

import mailbox
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Thread
from typing import Protocol

import pytest
import uvicorn
from reader import make_reader
from starlette.types import Message, Receive, Scope, Send

from pipeline.article import RawArticle, SiteFacts
from pipeline.intake import take_in
from pipeline.settings import Settings
from publish.feeds.files import packed
from publish.feeds.write import publish_pending
from publish.site.app import create_app
from storage import sites
from storage.database import Database
from storage.records import SiteRecord
from tests.services import program
from zhijiao.demo.show import free_port

NOW = datetime.now(UTC).replace(microsecond=0)
BUREAU = SiteFacts("linjiang", "临江市教育局", vocational=True, publishing="full")
PAPER = SiteFacts("djrb", "大江日报", vocational=True, publishing="full")
TITLES = {
    1: "临江市职业教育大会召开",
    2: "青川职业技术学院新设三个专业",
    3: "全市中职招生工作部署",
    4: "技能大赛报名开始",
}
FORMATS = ("xml", "atom", "json")


@pytest.fixture
def backend() -> str:
    """One database is enough here: both give the same stories."""
    return "sqlite"


@dataclass
class Publisher:
    """Ticks without a crawl: articles come in, the feeds are published, a server serves them."""

    database: Database
    settings: Settings
    answers: list[tuple[str, int]] = field(default_factory=list)
    ticks: int = 0

    def tick(self, *articles: RawArticle) -> None:
        self.ticks += 1
        now = NOW - timedelta(hours=3 - self.ticks)
        for number, article in enumerate(articles):
            take_in(self.database, article, now=now + timedelta(seconds=number), settings=self.settings)
        for path in publish_pending(self.database, self.settings, now + timedelta(minutes=1)):
            for file in (path, packed(path)):  # Last-Modified counts seconds, and this test is faster
                os.utime(file, (now.timestamp(),) * 2)

    def address(self, suffix: str) -> str:
        return f"{self.settings.base_url}/feeds/all.{suffix}"

    @contextmanager
    def serving(self) -> Iterator[None]:
        app = create_app(self.settings, self.database)

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self.answers.append((scope["path"], message["status"]))
                await send(message)

            await app(scope, receive, noted)

        server = uvicorn.Server(uvicorn.Config(watched, "127.0.0.1", self.settings.listen_port, log_level="error"))
        thread = Thread(target=server.run)
        thread.start()
        try:
            while not server.started and thread.is_alive():
                thread.join(0.01)
            yield
        finally:
            server.should_exit = True
            thread.join()


def article(number: int, *, site: SiteFacts = BUREAU, text: str = "") -> RawArticle:
    return RawArticle(
        url=f"https://www.{site.id}.example/{number}.html",
        title=TITLES[number],
        published=NOW - timedelta(hours=4),
        precision="minute",
        source=BUREAU.name,
        author="林知远",
        paragraphs=(
            f"11月20日，{TITLES[number]}。会议要求各职业院校在年底前完成第{number}项任务，并报送总结。" * 3,
            text or f"第{number}项任务由职业教育科负责，参加的有中等职业学校{number + 5}所、高等职业院校{number}所。",
        ),
        site=site,
        channel_id=None,
    )


EDITED = article(1, text="更正：参加会议的中等职业学校为九所，其中技工学校两所，其余为职业高中，名单见附件。")


@pytest.fixture
def publisher(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    monkeypatch.setenv("ZHIJIAO_HOME", str(tmp_path))
    port = free_port(0)
    settings = Settings(home=tmp_path, listen_port=port, base_url=f"http://127.0.0.1:{port}", feed_domain="x.example")
    record = SiteRecord("", "", "", "government", "city", None, None, "full", True)
    with database.begin() as db:
        known = [
            replace(record, id=site.id, name=site.name, home=f"https://www.{site.id}.example/")
            for site in (BUREAU, PAPER)
        ]
        sites.sync(db, known, [])
    publisher = Publisher(database, settings)
    with publisher.serving():
        yield publisher


class Program(Protocol):
    """A reader program that subscribed to one address."""

    def poll(self) -> None: ...

    def held(self) -> dict[str, str]:
        """Titles and texts of what a user of the program has before their eyes; twice the same title is a failure."""
        ...


class Newsboat:
    updates = True  # an edited entry is shown as edited

    def __init__(self, address: str, folder: Path) -> None:
        (folder / "urls").write_text(f"{address}\n", encoding="utf-8")
        files = ["-u", str(folder / "urls"), "-c", str(folder / "cache.db"), "-C", os.devnull]
        self.command = [program("newsboat"), *files, "-x", "reload"]
        self.cache = folder / "cache.db"

    def poll(self) -> None:
        subprocess.run(self.command, check=True, timeout=30, capture_output=True)

    def held(self) -> dict[str, str]:
        with closing(sqlite3.connect(self.cache)) as cache:
            return once(cache.execute("SELECT title, content FROM rss_item").fetchall())


class Rss2email:
    updates = False  # what was mailed is never mailed again

    def __init__(self, address: str, folder: Path) -> None:
        self.mails = folder / "mails"
        (folder / "r2e.cfg").write_text(
            "[DEFAULT]\nfrom = a@b.example\nto = c@d.example\nforce-from = False\nhtml-mail = False\n"
            f"email-protocol = maildir\nmaildir-path = {self.mails}\nmaildir-mailbox = in\n"
        )
        for kind in ("cur", "new", "tmp"):
            (self.mails / "in" / kind).mkdir(parents=True)
        self.command = [program("r2e"), "-c", str(folder / "r2e.cfg"), "-d", str(folder / "r2e.json")]
        self._run("add", "zhijiao", address)

    def poll(self) -> None:
        self._run("run")

    def _run(self, *arguments: str) -> None:
        done = subprocess.run([*self.command, *arguments], timeout=60, capture_output=True, text=True)
        assert done.returncode == 0 and "[ERROR]" not in done.stderr and "[WARNING]" not in done.stderr, done.stderr

    def held(self) -> dict[str, str]:
        with closing(mailbox.Maildir(self.mails / "in")) as mails:
            found = [message_from_bytes(bytes(mail), policy=policy.default) for mail in mails]
        return once([(str(mail["subject"]).strip(), mail.get_content()) for mail in found])


class Reader:
    updates = True

    def __init__(self, address: str, folder: Path) -> None:
        self.reader = make_reader(str(folder / "reader.db"))
        self.reader.add_feed(address)

    def poll(self) -> None:
        self.reader.update_feeds(scheduled=False)  # not once an hour, as it does for people

    def held(self) -> dict[str, str]:
        entries = self.reader.get_entries()
        return once([(entry.title or "", entry.content[0].value if entry.content else "") for entry in entries])


def once(rows: list[tuple[str, str]]) -> dict[str, str]:
    assert len({title for title, _ in rows}) == len(rows)
    return dict(rows)


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [(Newsboat, "xml"), (Newsboat, "atom"), (Rss2email, "xml"), *((Reader, suffix) for suffix in FORMATS)],
)
def test_three_ticks(
    publisher: Publisher, kind: type[Newsboat | Rss2email | Reader], suffix: str, tmp_path: Path
) -> None:
    publisher.tick(article(1), article(2), article(3))
    client = kind(publisher.address(suffix), tmp_path)
    client.poll()
    assert set(client.held()) == {TITLES[1], TITLES[2], TITLES[3]}
    publisher.tick(EDITED, article(2, site=PAPER))
    client.poll()
    held = client.held()
    assert set(held) == {TITLES[1], TITLES[2], TITLES[3]}
    if kind.updates:
        assert ("技工学校两所" in held[TITLES[1]], "大江日报" in held[TITLES[2]]) == (True, True)
    publisher.tick(article(4))
    client.poll()
    assert set(client.held()) == set(TITLES.values())
    before = client.held()
    client.poll()  # newsboat sends validators from its third poll on
    publisher.answers.clear()
    client.poll()
    assert publisher.answers == [(f"/feeds/all.{suffix}", 304)]
    assert client.held() == before
