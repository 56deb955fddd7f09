"""Reader programs follow a site that edits, takes down and shows again, which ticks find out by themselves."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.settings import Settings
from publish.feeds.files import packed
from publish.feeds.write import publish_pending
from tests.crawlers.crawling import Crawl, Home, jobs, let_pass
from tests.crawlers.website import Website, article, listing, serve, wording
from tests.journey.test_subscribers import FORMATS, Newsboat, Publisher, Reader, Rss2email
from zhijiao.demo.show import free_port

TODAY = datetime.now(UTC).date().isoformat()
EDITED, REMOVED, CARRIED, LATER = TITLES = [
    f"临江市职业教育{what}" for what in ("技能大赛报名开始", "实训基地揭牌", "招生计划公布", "学徒制试点启动")
]
CORRECTION = "更正:技能大赛的报名时间推迟到12月5日,其余不变。"
TAKEN_DOWN = f"【已撤下】{REMOVED}"


@dataclass
class Days:
    """Ticks of one installation, hours apart."""

    home: Home
    publisher: Publisher
    crawl: Crawl
    ticks: int = 0

    def tick(self, hours: float, *channels: str) -> None:
        self.ticks += 1
        let_pass(self.home.database, hours)
        self.crawl(*jobs(*channels))
        now = datetime.now(UTC) + timedelta(minutes=self.ticks)
        for path in publish_pending(self.home.database, self.publisher.settings, now):
            for file in (path, packed(path)):  # Last-Modified counts seconds, and this test is faster
                os.utime(file, (now.timestamp(),) * 2)


@pytest.fixture
def backend() -> str:
    """One database is enough here: both give the same stories."""
    return "sqlite"


@pytest.fixture
def days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    home, port = Home(tmp_path / "home"), free_port(0)
    monkeypatch.setenv("ZHIJIAO_HOME", str(home.path))
    settings = Settings(
        home=home.path, listen_port=port, base_url=f"http://127.0.0.1:{port}", feed_domain="x.example", lang="zh"
    )
    publisher = Publisher(home.database, settings)
    with publisher.serving(), home.crawling() as crawl:
        yield Days(home, publisher, crawl)


def furnish(site: Website, titles: list[str], *, number: int = 0) -> None:
    rows = [(f"/{number + at}.html", title, TODAY) for at, title in enumerate(titles)]
    files = [(f"/{name}.pdf", f"{name}附件下载请点击这里", TODAY) for name in ("甲", "乙", "丙")]
    site.set("/list/", listing([*rows, *files]))
    for path, title, _ in rows:
        site.set(path, article(title, day=TODAY))


def test_readers_follow_edits_removals_and_returns(days: Days, tmp_path: Path) -> None:
    with ExitStack() as stack:
        bureau, paper = stack.enter_context(serve()), stack.enter_context(serve())
        furnish(bureau, [EDITED, REMOVED, CARRIED])
        furnish(paper, [CARRIED], number=9)
        for name, site in (("linjiang", bureau), ("djrb", paper)):
            days.home.site(name, site.base, keys='publishing = "full"', news="/list/")
        days.tick(0, "linjiang/news", "djrb/news")
        programs = subscribed(days, tmp_path)
        for program in programs:
            assert set(program.held()) == {EDITED, REMOVED, CARRIED}

        bureau.set("/0.html", article(EDITED, day=TODAY, text=(*wording(EDITED), CORRECTION)))
        for path in ("/1.html", "/2.html"):
            bureau.pages.pop(path)
        days.tick(1, "linjiang/news", "djrb/news")
        for program in polled(programs):
            held = program.held()
            assert set(held) == {EDITED, REMOVED, CARRIED}
            assert (CORRECTION in held[EDITED], "已撤下" in held[CARRIED]) == (program.updates, False)

        furnish(bureau, [EDITED, REMOVED, CARRIED, LATER])
        bureau.set("/0.html", article(EDITED, day=TODAY, text=(*wording(EDITED), CORRECTION)))
        for path in ("/1.html", "/2.html"):
            bureau.pages.pop(path)
        days.tick(7, "linjiang/news", "djrb/news")
        for program in polled(programs):
            held = program.held()
            removed = TAKEN_DOWN if program.updates else REMOVED
            assert set(held) == {EDITED, removed, CARRIED, LATER}
            told = "原网站已撤下这篇文章" in held[removed], wording(REMOVED)[0] in held[removed]
            assert told == ((True, False) if program.updates else (False, True))
            assert wording(CARRIED)[0] in held[CARRIED]
            assert ("（已撤下）" in held[CARRIED]) == program.updates

        bureau.set("/1.html", article(REMOVED, day=TODAY))
        days.tick(24, "linjiang/news")
        for program in polled(programs):
            held = program.held()
            assert set(held) == {EDITED, REMOVED, CARRIED, LATER}
            assert wording(REMOVED)[0] in held[REMOVED]


def subscribed(days: Days, folder: Path) -> list[Newsboat | Rss2email | Reader]:
    programs: list[Newsboat | Rss2email | Reader] = []
    every = [(Newsboat, "xml"), (Newsboat, "atom"), (Rss2email, "xml"), *((Reader, suffix) for suffix in FORMATS)]
    for number, (kind, suffix) in enumerate(every):
        own = folder / str(number)
        own.mkdir()
        programs.append(kind(days.publisher.address(suffix), own))
    return polled(programs)


def polled(programs: list[Newsboat | Rss2email | Reader]) -> list[Newsboat | Rss2email | Reader]:
    for program in programs:
        program.poll()
    return programs
