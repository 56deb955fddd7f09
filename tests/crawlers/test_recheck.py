"""Articles looked at again after a visit: edits, removals and returns are noticed; blips and a moved site are none."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest

from crawlers import recheck
from crawlers.tally import Tally
from storage import articles, rechecks, stories
from storage.models import Article, Host, Recheck
from tests.crawlers.crawling import Crawl, Home, Told, jobs, let_pass
from tests.crawlers.website import Website, article, listing, serve, wording

TODAY = datetime.now(UTC).date().isoformat()
EDITED, GONE, SAID, HALF, SAME, COUNTED, REPLACED, FAILING = TITLES = [
    f"临江市职业教育新闻:{name}"
    for name in (
        "技能大赛报名",
        "实训基地揭牌",
        "校企签约仪式",
        "招生计划公布",
        "学徒制试点启动",
        "就业供需见面会",
        "教师培训开班",
        "专业目录调整",
    )
]
PATHS = {title: f"/a/{number}.html" for number, title in enumerate(TITLES)}
TAKEN_DOWN = "<html><head><title>提示</title></head><body><p>该文章已被作者删除</p></body></html>"
OTHER = article("市民公园今日开放游客络绎不绝", text=("公园内花草繁盛,设施完善,市民纷纷前来散步休闲。" * 5,))
MOVED = "<html><head><title>提示</title></head><body><p>抱歉,您访问的页面已被删除、更名或暂时不可用。</p></body></html>"
NOTICE = article("网站升级改版公告", text=("为提供更好的服务,本网站正在升级改版,其间部分栏目暂停更新,敬请谅解。" * 4,))
BARE = f"<html><body><p>{'为提供更好的服务,本网站正在升级改版,其间部分栏目暂停更新,敬请谅解。' * 4}</p></body></html>"


@dataclass
class Watched:
    """A site whose articles are looked at again; time passes when it is told to."""

    home: Home
    site: Website
    crawl: Crawl
    channel: str = "linjiang/news"

    def after(self, hours: float) -> tuple[Told, list[str]]:
        """A visit so many hours later; what it told, and which pages it asked for."""
        let_pass(self.home.database, hours)
        self.site.asked.clear()
        told = self.crawl(*jobs(self.channel))
        return told, [path for path in self.site.paths() if path in PATHS.values()]

    def removed(self) -> dict[str, str | None]:
        with self.home.database.read() as db:
            found = articles.listing(db, limit=100)
        return {one.title: one.removed_reason for one in found if one.removed_at}

    def revisions(self) -> dict[str, int]:
        with self.home.database.read() as db:
            found = articles.listing(db, limit=100)
            return {one.title: len(kept) for one in found if (kept := articles.revisions(db, one.id))}

    def shown(self) -> dict[str, str]:
        """Titles and guids of all stories."""
        with self.home.database.read() as db:
            return {view.article.title: view.story.guid for view in stories.listing(db, 100)}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    home = Home(tmp_path / "home")
    with serve() as site, home.crawling() as crawl:
        site.set("/list/", listing([(path, title, TODAY) for title, path in PATHS.items()]), ETag='"list"')
        for title, path in PATHS.items():
            site.set(path, article(title, day=TODAY), ETag=f'"{path}"')
        home.site("linjiang", site.base, news="/list/")
        told = crawl(*jobs("linjiang/news")).finished("linjiang/news")
        assert told == {"seen": 8, "new": 8, "kept": 8}
        yield Watched(home, site, crawl)


def test_what_changes_is_noticed_and_blips_are_not(watched: Watched) -> None:
    site, guids = watched.site, watched.shown()
    assert watched.after(0.5)[1] == []
    text = wording(COUNTED)
    site.set(PATHS[EDITED], article(EDITED, day=TODAY, text=(*wording(EDITED), "更正:报名时间推迟到12月5日。")))
    site.pages.pop(PATHS[GONE])
    site.set(PATHS[SAID], TAKEN_DOWN)
    site.set(PATHS[HALF], article(HALF, day=TODAY, text=wording(HALF)[:1]))
    site.set(PATHS[COUNTED], article(COUNTED, day=TODAY, text=(text[0], "阅读次数:1,204 次", *text[1:])))
    site.set(PATHS[REPLACED], OTHER)
    site.set(PATHS[FAILING], "busy", 500)
    told, asked = watched.after(1)
    assert told.finished("linjiang/news") == {"rechecked": 8, "revised": 1}
    assert told.articles() == {EDITED: "revised"}
    assert sorted(set(asked)) == sorted(PATHS.values())
    assert watched.removed() == {}
    assert watched.revisions() == {EDITED: 1}

    site.set(PATHS[HALF], article(HALF, day=TODAY), ETag='"back"')
    told, asked = watched.after(7)
    assert told.articles() == {GONE: "removed", SAID: "removed", REPLACED: "removed"}
    assert PATHS[SAME] not in asked
    assert watched.removed() == {
        GONE: "HTTP 404",
        SAID: "页面说内容已撤下",
        REPLACED: "another article stands there: 市民公园今日开放游客络绎不绝",
    }
    assert watched.revisions() == {EDITED: 1}

    site.set(PATHS[GONE], article(GONE, day=TODAY))
    told, _ = watched.after(24)
    assert told.articles() == {GONE: "returned"}
    assert watched.removed().keys() == {SAID, REPLACED}
    assert (watched.shown(), watched.revisions()) == (guids, {EDITED: 1})


@pytest.mark.parametrize("everywhere", [("not here", 404), (MOVED, 200), (NOTICE, 200), (BARE, 200)])
def test_a_site_that_answers_one_thing_everywhere_takes_nothing_down(
    watched: Watched, everywhere: tuple[str, int]
) -> None:
    """Moved or being rebuilt: where no other article stands, one that is gone or another one says nothing."""
    for path in PATHS.values():
        watched.site.set(path, *everywhere)
    told = [watched.after(hours)[0].finished("linjiang/news") for hours in (1, 7, 24, 7 * 24)]
    assert told == [{"rechecked": 8}] * 4
    assert (watched.removed(), watched.revisions()) == ({}, {})
    with watched.home.database.read() as db:
        assert db.query(Recheck).count() == 0
    assert watched.shown().keys() == set(TITLES)


def test_only_news_of_stories_are_looked_at_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    old, off = "临江市职业学校五年前的新闻一则", "市民公园今日开放游客络绎不绝"
    with serve() as site, home.crawling() as crawl:
        site.set("/list/", listing([("/1.html", SAME, TODAY), ("/2.html", old, "2021-11-20"), ("/3.html", off, TODAY)]))
        site.set("/1.html", article(SAME, day=TODAY), ETag='"1"', Last_Modified="Fri, 20 Nov 2026 08:00:00 GMT")
        site.set("/2.html", article(old, day="2021-11-20"))
        site.set("/3.html", OTHER)
        home.site("linjiang", site.base, news="/list/")
        crawl(*jobs("linjiang/news"))
    with home.database.read() as db:
        ((look, watched),) = rechecks.due(db, "linjiang", datetime.now(UTC) + timedelta(hours=2), 9)
        assert db.query(Recheck).count() == 1
    assert watched.title == SAME
    assert (look.etag, look.last_modified) == ('"1"', "Fri, 20 Nov 2026 08:00:00 GMT")
    assert watched.first_seen_at and look.due == watched.first_seen_at + timedelta(hours=1)


def test_looks_begin_for_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are due: a tick, or a worker's job, ends no later for them."""
    clock = [100.0]

    class Slow:
        def __init__(self, *_: object) -> None: ...

        async def run(self) -> None:
            clock[0] += 12

    due = [(Mock(), Mock(url=f"https://a.example/{number}")) for number in range(8)]
    ledger = Mock(rechecks=AsyncMock(return_value=due), pause=AsyncMock(return_value=2.0))
    desk = Mock(ledger=ledger, leases=Mock(leave=AsyncMock()))
    visit = Mock(desk=desk, web=Mock(is_wanted=lambda _url: False), tally=Tally("a/b"))
    monkeypatch.setattr(recheck, "monotonic", lambda: clock[0])
    monkeypatch.setattr(recheck, "Recheck", Slow)
    asyncio.run(recheck.Rechecks(visit).run())
    assert visit.tally.rechecked == 3


def test_a_host_that_asks_for_long_pauses_is_not_looked_at(watched: Watched) -> None:
    """What fell due is looked at the next time, should the host be faster by then."""
    with watched.home.database.begin() as db:
        db.query(Host).update({"delay": 60.0})
    told, asked = watched.after(1)
    assert (told.finished("linjiang/news"), asked) == ({}, [])
    with watched.home.database.read() as db:
        dues = {
            row.due - article.first_seen_at
            for row, article in db.query(Recheck, Article).filter(Recheck.article_id == Article.id)
        }
    assert dues == {timedelta(days=1)}
