"""What a crawl keeps of the pages that it read, on both databases."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawlers.ledger import Ledger
from pipeline.settings import Settings
from storage import archive, articles, links, stories, visits
from storage.archive import RawPage
from storage.records import Archived
from tests.crawlers.crawling import Home, jobs
from tests.crawlers.website import Website, article, listing, serve

TODAY = datetime.now(UTC).date().isoformat()
TITLES = [f"临江市职业教育新闻第{number}条:校企合作有新进展" for number in range(3)]


@pytest.fixture
def site() -> Iterator[Website]:
    with serve() as site:
        rows = [(f"/{number}.html", title, TODAY) for number, title in enumerate(TITLES)]
        site.set("/list/", listing(rows), ETag='"1"')
        for path, title, _ in rows:
            site.set(path, article(title, charset="gb2312"), encoding="gbk", X_Served_By="linjiang")
        yield site


def test_every_page_that_was_read_can_be_read_again(tmp_path: Path, site: Website, database_url: str) -> None:
    home = Home(tmp_path / "home", url=database_url)
    home.site("good", site.base, news="/list/")
    with home.crawling() as crawl:
        first, second = (crawl(*jobs("good/news")).finished("good/news") for _ in range(2))
        site.set("/0.html", article(TITLES[0] + ",今日签约"))
        again = crawl(*jobs("good/news", again=True)).finished("good/news")
    with home.database.read() as db:
        found = {record.url: record for record in articles.listing(db, limit=10)}
        (former,) = articles.revisions(db, found[f"{site.base}/0.html"].id)
        seen = visits.recent(db, "good/news", 3)
        told = stories.count(db), links.counts(db, "good/news")
    home.database.close()

    assert (first, second) == ({"seen": 3, "new": 3, "kept": 3}, {})
    assert again == {"seen": 3, "unchanged": 2, "revised": 1}
    assert told == (3, {"fetched": 3})
    folder = home.path / "archive"
    for path in ("/0.html", "/1.html", "/2.html"):
        record = found[site.base + path]
        assert record.archived
        page = archive.read(folder, record.archived)
        assert (page.url, page.status, page.body) == (site.base + path, 200, site.pages[path].body)
    assert ("X-Served-By", "linjiang") in page.headers
    early = former[1].archived
    assert early
    assert archive.read(folder, early).body == article(TITLES[0], charset="gb2312").encode("gbk")
    bodies = [archive.read(folder, visit.archived).body if visit.archived else None for visit in seen]
    assert bodies == [site.pages["/list/"].body, None, site.pages["/list/"].body]
    assert sorted(_kinds(folder)) == ["response"] * 8 + ["warcinfo"]


def test_a_dry_run_keeps_nothing_and_news_goes_on_without_an_archive(tmp_path: Path, site: Website) -> None:
    home = Home(tmp_path / "home")
    home.site("good", site.base, news="/list/")
    with home.crawling() as crawl:
        crawl(*jobs("good/news", dry_run=True))
        assert not (home.path / "archive").exists()
        (home.path / "archive").write_text("a file is in the way")
        told = crawl(*jobs("good/news"))
    with home.database.read() as db:
        assert {record.archived for record in articles.listing(db, limit=10)} == {None}
    home.database.close()
    assert told.finished("good/news")["kept"] == 3


def test_nothing_is_kept_where_that_is_switched_off(tmp_path: Path) -> None:
    ledger = Ledger(Settings(home=tmp_path, keep_pages=False))
    page = RawPage("http://linjiang.example/", 200, (), b"", datetime.now(UTC))

    async def keep() -> Archived | None:
        kept = await ledger.keep(page)
        await ledger.close()
        return kept

    assert asyncio.run(keep()) is None
    assert not (tmp_path / "archive").exists()


def _kinds(folder: Path) -> Iterator[str]:
    """Of all records; other programs could read all files to their ends."""
    for path in folder.rglob("*.warc.gz"):
        with path.open("rb") as file:
            yield from (record.rec_type for record in ArchiveIterator(file, check_digests="raise"))
