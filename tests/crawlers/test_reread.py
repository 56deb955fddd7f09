"""Archived pages through the readers of today, on pages that a crawl has really read and kept."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crawlers.catalogue import load
from crawlers.reread import Rereader
from pipeline.reprocessing import STAGES, Scope, apply, differences
from pipeline.settings import Settings
from storage import articles
from storage.database import Database
from storage.records import ArticleRecord
from tests.crawlers.crawling import Home, jobs
from tests.crawlers.test_parts import paged
from tests.crawlers.website import article, listing, serve

TODAY = datetime.now(UTC).date().isoformat()
PLAIN, LONG, LATER = (f"临江市职业教育新闻{which}:校企合作有新进展" for which in ("甲", "乙", "丙"))
SETTINGS = Settings()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Three articles, the second on three pages."""
    home = Home(tmp_path_factory.mktemp("reread") / "home")
    with serve() as site:
        rows = [(f"/{name}.html", title, TODAY) for name, title in zip("123", (PLAIN, LONG, LATER), strict=True)]
        site.set("/list/", listing(rows))
        site.set("/1.html", article(PLAIN, charset="gb2312"), encoding="gbk")
        site.set("/2.html", paged(LONG, 1, "/2_2.html"))
        site.set("/2_2.html", paged(LONG, 2, "/2_3.html"))
        site.set("/2_3.html", paged(LONG, 3, None))
        site.set("/3.html", article(LATER))
        home.site("good", site.base, news="/list/")
        home.crawl(*jobs("good/news"))
    yield home
    home.database.close()


def stored(database: Database) -> list[ArticleRecord]:
    with database.read() as db:
        return articles.after(db, 0, 10)


def looked_at(home: Home) -> tuple[dict[str, set[str]], dict[str, str]]:
    """What today's readers find otherwise, by title the columns; and which pages they could not read."""
    catalogue = load(home.path / "sources", bundled=False)
    with Rereader(catalogue, home.path / "archive", SETTINGS.read_seconds) as reread:
        (batch,) = differences(home.database, SETTINGS, Scope(STAGES), reread)
    apply(home.database, batch.found, scope=Scope(STAGES), settings=SETTINGS, now=datetime.now(UTC))
    return {one.article.title: set(one.found) for one in batch.found}, {a.title: why for a, why in batch.unread}


def test_what_cannot_be_read_again_stays_as_it_is(home: Home) -> None:
    """No page kept, one damaged, and one whose further parts are gone."""
    before = {one.title: one for one in stored(home.database)}
    places = {title: one.archived for title, one in before.items()}
    assert all(places.values())
    file = home.path / "archive" / places[LONG].file
    sound = file.read_bytes()
    content = bytearray(sound)
    content[places[LATER].offset + 40] ^= 255
    with home.database.begin() as db:
        articles.rejudge(db, before[PLAIN].id, {"archived": None})
    file.write_bytes(content)
    _, unread = looked_at(home)
    assert unread[PLAIN] == "原网页没有留下"
    assert unread[LATER] == "归档里的网页已损坏"
    file.write_bytes(content[: places[LONG].offset + places[LONG].length])
    assert looked_at(home)[1][LONG] == "后续页面不在归档里"
    file.unlink()
    assert looked_at(home)[1][LONG] == "原网页已不在归档里"
    assert {one.title: one.paragraphs for one in stored(home.database)} == {
        title: one.paragraphs for title, one in before.items()
    }
    file.write_bytes(sound)
    with home.database.begin() as db:
        articles.rejudge(db, before[PLAIN].id, {"archived": places[PLAIN]})


def test_the_readers_of_the_crawl_find_the_same_and_other_rules_something_else(home: Home) -> None:
    before = stored(home.database)
    assert [len(one.paragraphs) for one in before if one.title == LONG] == [4]  # its own and one of each part
    assert looked_at(home) == ({}, {})
    rules = home.path / "sources" / "good.toml"
    rules.write_text(rules.read_text() + '\n[article]\nbody = "p:last-of-type"\n')
    changed, unread = looked_at(home)
    assert unread == {}
    assert {title: columns & {"paragraphs", "rule", "title", "published"} for title, columns in changed.items()} == {
        title: {"paragraphs", "rule"} for title in (PLAIN, LONG, LATER)
    }
    assert [(one.id, one.archived, one.fetched_at) for one in stored(home.database)] == [
        (one.id, one.archived, one.fetched_at) for one in before
    ]
    assert looked_at(home) == ({}, {})
