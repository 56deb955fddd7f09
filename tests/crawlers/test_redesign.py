"""A site is redesigned between two visits: its news are neither lost nor doubled, and no menu becomes news."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import stories, visits
from tests.crawlers.crawling import Crawl, Home, jobs
from tests.crawlers.website import Website, article, listing, serve

TODAY = datetime.now(UTC).date()
TITLES = [f"临江市职业教育新闻第{number}条:校企合作有新进展" for number in range(8)]
OLD = "临江市职业教育往事一则:十年前的实训基地"
RULE = '[list]\nrow = "ul.list li"'
MENU = "".join(
    f'<li><a href="/{name}/">{name}</a></li>'
    for name in ("学校概况首页", "机构设置一览", "招生就业信息", "党建工作专栏", "校园文化建设", "联系我们方式")
)


def new_layout(rows: list[tuple[str, str, str]]) -> str:
    """Cards instead of rows, other addresses, and a menu that the old rule matches."""
    cards = "".join(
        f'<div class="card"><p class="when">{day}</p><h3><a href="{url}">{title}</a></h3></div>'
        for url, title, day in rows
    )
    return f'<html><body><ul class="list">{MENU}</ul><div class="news">{cards}</div></body></html>'


@pytest.fixture
def crawl_of(tmp_path: Path) -> Iterator[tuple[Home, Website, Crawl]]:
    home = Home(tmp_path / "home")
    with serve() as site, home.crawling() as crawl:
        rows = [(f"/a/{n}.html", title, f"{TODAY - timedelta(days=n)}") for n, title in enumerate(TITLES[:5])]
        long_ago = ("/a/old.html", OLD, "2016-11-20")
        site.set("/list/", listing([*rows, long_ago]))
        for path, title, day in [*rows, long_ago]:
            site.set(path, article(title, day=day))
        home.site("linjiang", site.base, keys=RULE, news="/list/")
        told = crawl(*jobs("linjiang/news")).finished("linjiang/news")
        assert told == {"seen": 6, "new": 6, "kept": 6}
        yield home, site, crawl


def test_a_redesigned_list(crawl_of: tuple[Home, Website, Crawl]) -> None:
    home, site, crawl = crawl_of
    with home.database.read() as db:
        before = {view.story.guid: view.story.released_at for view in stories.listing(db, 100)}
    days = [f"{TODAY - timedelta(days=max(n - 2, 0))}" for n in range(7)]
    rows = [(f"/new/{n}", title, day) for n, (title, day) in enumerate(zip(TITLES[6::-1], days, strict=True))]
    far = ("/new/older", "临江市职业教育更早的一则:从未见过", "2014-11-20")
    long_ago = ("/new/old", OLD, "2016-11-20")
    site.pages.clear()
    site.set("/list/", new_layout([*rows, long_ago, far]))
    for path, title, day in [*rows, long_ago, far]:
        site.set(path, article(title, day=day))
    told = crawl(*jobs("linjiang/news"))
    finished = told.finished("linjiang/news")
    assert (finished["seen"], finished["kept"], finished["joined"]) == (9, 3, 6)
    assert "zhijiao sources heal linjiang" in finished["notes"][0]
    assert told.of("visit_finished")[0]["rule"] == "generic"
    with home.database.read() as db:
        after = {view.story.guid: view for view in stories.listing(db, 100)}
    assert {guid: after[guid].story.released_at for guid in before} == before
    new = [view for guid, view in after.items() if guid not in before]
    assert sorted(view.article.title for view in new if view.story.released_at) == TITLES[5:7]
    assert crawl(*jobs("linjiang/news")).finished("linjiang/news").get("new") is None


def test_no_menu_becomes_news(crawl_of: tuple[Home, Website, Crawl]) -> None:
    home, site, crawl = crawl_of
    site.set("/list/", f'<html><body><ul class="list">{MENU}</ul><p>网站改版中</p></body></html>')
    told = crawl(*jobs("linjiang/news")).finished("linjiang/news")
    assert told == {"failed": {"another list: none of its links was shown before": 1}}
    with home.database.read() as db:
        assert visits.recent(db, "linjiang/news", 1)[0].fault == "empty"


def test_a_burst_is_no_redesign(crawl_of: tuple[Home, Website, Crawl]) -> None:
    _, site, crawl = crawl_of
    rows = [(f"/b/{n}.html", f"青川职业技术学院快讯第{n}号:技能大赛捷报", str(TODAY)) for n in range(6)]
    site.set("/list/", listing(rows))
    for path, title, day in rows:
        site.set(path, article(title, day=day))
    told = crawl(*jobs("linjiang/news")).finished("linjiang/news")
    assert (told["seen"], told["new"], told["kept"]) == (6, 6, 6)
