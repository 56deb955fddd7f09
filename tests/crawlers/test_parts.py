"""Articles that are paged over several addresses become one article, or say what is missing of them."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse
from warcio.archiveiterator import ArchiveIterator

from crawlers.failures import NotAsked, Unread
from crawlers.parts import MOST, Part, whole
from pipeline.article import RawArticle
from storage import articles, links
from tests.crawlers.crawling import Home, jobs
from tests.crawlers.website import Website, article, listing, serve, wording

TODAY = datetime.now(UTC).date().isoformat()
PAGED, CUT, BROKEN, ROUND, PIECE = (
    f"临江市职业教育{what}:校企合作有新进展" for what in ("长篇报道", "残篇报道", "坏页报道", "循环报道", "下篇报道")
)
BASE = "https://www.linjiang.example/a"


def paged(title: str, number: int, following: str | None, last: int = 3) -> str:
    """One part of an article whose parts have a paragraph each."""
    page = article(title, day=TODAY, text=(wording(title)[(number - 1) % last],))
    return page + (f'<div class="page"><a href="{following}">下一页</a></div>' if following else "")


def part(number: int, following: int | None = None, *texts: str) -> Part:
    url = f"{BASE}_{number}.html"
    raw = RawArticle(url, paragraphs=texts or (f"第{number}部分。",))
    raw = replace(raw, next_part=f"{BASE}_{following}.html" if following else None)
    return Part(raw, HtmlResponse(url))


def told(parts: dict[int, Part | Exception], *, last_try: bool = False) -> tuple[str, str | None, str | None]:
    """The text, the first part that is missing, and why."""

    async def get(url: str) -> Part:
        found = parts[int(url.removesuffix(".html").rpartition("_")[2])]
        if isinstance(found, Exception):
            raise found
        return found

    found = asyncio.run(whole(part(1, 2), get, last_try=last_try))
    return found.raw.text, found.raw.next_part, found.raw.missing


def test_parts_follow_one_another() -> None:
    assert told({2: part(2, 3), 3: part(3)}) == ("第1部分。\n第2部分。\n第3部分。", None, None)


def test_a_part_that_shows_nothing_more_is_the_end() -> None:
    assert told({2: part(2, 3), 3: part(3, 4, "第2部分。")}) == ("第1部分。\n第2部分。", None, None)


def test_the_next_news_is_no_part() -> None:
    """news_12.html may lead to news_13.html by an arrow, too."""
    first, other = part(1, 2), part(2, 3)
    raws = replace(first.raw, title="甲市召开职业教育大会(1)"), replace(other.raw, title="乙学院举行技能节")

    async def get(_: str) -> Part:
        return replace(other, raw=raws[1])

    found = asyncio.run(whole(replace(first, raw=raws[0]), get, last_try=False))
    assert (found.raw.text, found.raw.missing, len(found.pages)) == ("第1部分。", None, 1)
    raws = raws[0], replace(raws[1], title="甲市召开职业教育大会(2)", next_part=None)
    assert asyncio.run(whole(replace(first, raw=raws[0]), get, last_try=False)).raw.text == "第1部分。\n第2部分。"


def test_no_article_has_parts_without_end() -> None:
    text, missing, why = told({number: part(number, number + 1) for number in range(2, 99)})
    assert (text.count("部分"), missing, why) == (MOST, f"{BASE}_{MOST + 1}.html", f"只读前 {MOST} 部分")


@pytest.mark.parametrize(
    ("failure", "last_try"),
    [
        pytest.param(Unread("HTTP 404", 404), False, id="not there"),
        pytest.param(Unread("超时"), True, id="after many tries"),
    ],
)
def test_what_there_is_counts_where_a_part_will_not_come(failure: Exception, last_try: bool) -> None:
    found = told({2: part(2, 3), 3: failure}, last_try=last_try)
    assert found == ("第1部分。\n第2部分。", f"{BASE}_3.html", f"缺第 3 部分:{failure}")


@pytest.mark.parametrize(
    "failure", [Unread("超时"), Unread("HTTP 500", 500), NotAsked("另一个抓取进程正在访问这个主机")]
)
def test_an_article_waits_for_a_part_that_may_come(failure: Exception) -> None:
    with pytest.raises(type(failure), match=str(failure)):
        told({2: failure})


@pytest.fixture(scope="module")
def site() -> Iterator[Website]:
    with serve() as site:
        named = {"/1.html": PAGED, "/1_2.html": PIECE, "/2.html": CUT, "/3.html": BROKEN, "/a?id=4": ROUND}
        site.set("/list/", listing([(path, title, TODAY) for path, title in named.items()]))
        site.set("/1.html", paged(PAGED, 1, "1_2.html"))
        site.set("/1_2.html", paged(PAGED, 2, "1_3.html"))
        site.set("/1_3.html", paged(PAGED, 3, None))
        site.set("/2.html", paged(CUT, 1, "2_2.html"))
        site.set("/3.html", paged(BROKEN, 1, "3_2.html"))
        site.set("/3_2.html", "broken", 500)
        for number, path in enumerate(("/a?id=4", "/a?id=4&page=2", "/a?id=4&page=3"), 1):
            site.set(path, paged(ROUND, min(number, 2), f"/a?id=4&page={number + 1}"))
        yield site


def test_a_crawl_joins_parts(tmp_path: Path, site: Website, database_url: str) -> None:
    home = Home(tmp_path / "home", url=database_url)
    home.site("good", site.base, news="/list/")
    told = home.crawl(*jobs("good/news"))
    with home.database.read() as db:
        records = articles.listing(db, limit=9)
        texts = {record.title: record.paragraphs[1:] for record in records}
        lacking = {record.title: record.missing for record in records if record.missing}
        counts = links.counts(db, "good/news")
    home.database.close()
    assert texts == {PAGED: wording(PAGED), CUT: wording(CUT)[:1], ROUND: wording(ROUND)[:2]}
    assert lacking == {CUT: "part 2 is missing: HTTP 404"}
    assert counts == {"fetched": 3, "refused": 1, "failed": 1}
    ends = {event["title"]: (event["outcome"], event["reason"]) for event in told.of("article")}
    assert ends == {
        PAGED: ("stored", None),
        PIECE: ("rejected", "part of another article"),
        CUT: ("stored", "part 2 is missing: HTTP 404"),
        BROKEN: ("failed", "part 2 is missing: HTTP 500"),
        ROUND: ("stored", None),
    }
    kept = sorted(path.removeprefix(site.base) for path in _kept(home.path / "archive"))
    assert kept == ["/1.html", "/1_2.html", "/1_3.html", "/2.html", "/a?id=4", "/a?id=4&page=2", "/list/"]


def test_a_dry_run_joins_them_too(tmp_path: Path, site: Website) -> None:
    home = Home(tmp_path / "home")
    home.site("good", site.base, news="/list/")
    asked = len(site.asked)
    told = home.crawl(*jobs("good/news", dry_run=True))
    home.database.close()
    assert {"/1_2.html", "/1_3.html"} <= set(site.paths()[asked:])
    reasons = {event["title"]: event["reason"] for event in told.of("article")}
    assert reasons[CUT].endswith("; part 2 is missing: HTTP 404")
    assert not (home.path / "archive").exists()


def _kept(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    yield record.rec_headers.get_header("WARC-Target-URI")
