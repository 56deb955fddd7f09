"""Digests out of a database, on both."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from publish.digest.compose import compose
from publish.digest.values import Repost
from publish.digest.window import Window
from storage import sites, stories
from storage.database import Database
from storage.records import Selection, StoryView
from tests.publish.conftest import ARTICLE, SITE

WEEK = Window(date(2026, 11, 16), date(2026, 11, 22))
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_story_with_its_repost(
    database: Database, view: Callable[..., StoryView], release: Callable[..., int]
) -> None:
    story = release(view(outlet="临江日报"))
    portal = replace(SITE, id="qcgz", name="青川高职网", kind="portal", level="none")
    again = replace(
        ARTICLE,
        id=0,
        story_id=None,
        outlet="临江日报",
        site_id="qcgz",
        channel_id=None,
        canonical="https://qcgz.example/1",
    )
    with database.begin() as db:
        sites.sync(db, [SITE, portal], [])
        stories.join(db, story, replace(again, url="https://qcgz.example/1"))
    made = compose(database, WEEK, now=NOW)
    assert (made.found, made.articles, made.sites) == (1, 2, 2)
    (item,) = made.items
    assert (item.story_id, item.url, item.day) == (story, ARTICLE.url, date(2026, 11, 20))
    assert item.origin == "临江日报 / 临江市教育局"
    assert item.reposts == (Repost("青川高职网", "https://qcgz.example/1"),)
    assert item.summary == "".join(ARTICLE.paragraphs)
    assert made.silent == ()
    assert compose(database, Window(date(2026, 11, 1), date(2026, 11, 2)), now=NOW).silent == (
        "临江市教育局",
        "青川高职网",
    )
    assert compose(database, WEEK, Selection(topic="师资"), now=NOW).silent == ()  # they may have had other news


def test_days_and_filters(database: Database, view: Callable[..., StoryView], release: Callable[..., int]) -> None:
    for number, (day, topic) in enumerate([(15, "产教融合"), (16, "产教融合"), (22, "师资"), (23, "师资")], 1):
        date_ = datetime(2026, 11, day, 4, 0, tzinfo=UTC)
        address = f"https://edu.linjiang.example/{number}.html"
        release(view(number, url=address, canonical=address, published=date_, published_at=date_, topics=(topic,)))
    assert compose(database, WEEK, now=NOW).found == 2
    asked = compose(database, WEEK, Selection(topic="师资", region="990100", kind="government", query="职业"), now=NOW)
    assert [item.day for item in asked.items] == [date(2026, 11, 22)]
    assert asked.asked == ("主题 师资", "地区 青川省临江市", "类别 官方", "检索“职业”")
    assert compose(database, WEEK, Selection(since=date(2020, 1, 1)), now=NOW).found == 2  # the window says the days


def test_the_origin_decides_though_a_late_repost_was_found_first(
    database: Database, view: Callable[..., StoryView], release: Callable[..., int]
) -> None:
    late = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
    story = release(view(published=late, published_at=late))
    first = replace(ARTICLE, id=0, story_id=None, canonical="https://edu.linjiang.example/0.html")
    with database.begin() as db:
        stories.join(db, story, replace(first, published=late - timedelta(days=8)))
    assert [item.day for item in compose(database, WEEK, now=late).items] == [date(2026, 11, 19)]


def test_unseen_by_subscribers_counts_taken_back_does_not(
    database: Database, view: Callable[..., StoryView], release: Callable[..., int]
) -> None:
    story = release(view(), None)  # found by a back-fill: no feed shows it
    assert compose(database, WEEK, now=NOW).found == 1
    with database.begin() as db:
        stories.withdraw(db, story, NOW)
    assert compose(database, WEEK, now=NOW).found == 0


def test_nothing_found(database: Database) -> None:
    made = compose(database, WEEK, now=NOW)
    assert (made.found, made.listed, made.subject) == (0, (), "职教动态周报 2026年11月16日至22日")
