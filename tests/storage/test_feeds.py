"""Which stories stand in which feeds, what is stale, and the parts of archives."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from storage import feeds, parts, stories
from storage.database import Database
from storage.parts import CHINA, Part
from storage.records import FeedRecord, SavedFeedRecord, StoryRecord
from tests.storage.samples import HOUR, NOW, SITE, article, stock

NAMES = {"all": "全部", "topic/会议": "会议"}
OCTOBER, NOVEMBER = (datetime(2026, month, 1, tzinfo=CHINA) for month in (10, 11))


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    with database.begin() as db:
        stock(db)
        yield db


def story(db: Session, number: int, at: datetime = NOW) -> StoryRecord:
    dates = {"published_at": at, "released_at": at, "now": at}
    return stories.create(db, first=article(number), tag="t.example,2026", **dates)[0]


def stand(db: Session, *numbers: int, feed: str = "all", at: datetime = NOW) -> list[StoryRecord]:
    """Stories released an hour apart, in a feed."""
    found = [story(db, number, at + number * HOUR) for number in numbers]
    for one in found:
        feeds.place(db, one, {feed: feed})
    return found


def test_a_story_enters_stays_and_leaves(db: Session) -> None:
    one = story(db, 1)
    assert feeds.place(db, one, NAMES) == [("all", NOW, True), ("topic/会议", NOW, True)]
    assert feeds.place(db, one, {"all": "全部", "site/x": "某站"}) == [
        ("all", NOW, False),
        ("topic/会议", NOW, True),
        ("site/x", NOW, True),
    ]
    assert [feeds.count(db, name) for name in ("all", "topic/会议", "site/x")] == [1, 0, 1]
    assert feeds.place(db, replace(one, released_at=None), {}) == [("all", NOW, True), ("site/x", NOW, True)]
    assert [feed.name for feed in feeds.listing(db)] == ["all", "topic/会议", "site/x"]


def test_a_story_released_anew_stands_once(db: Session) -> None:
    one = story(db, 1)
    feeds.place(db, one, {"all": "全部"})
    again = replace(one, released_at=NOW + HOUR)
    assert feeds.place(db, again, {"all": "全部"}) == [("all", NOW, True), ("all", NOW + HOUR, True)]
    assert feeds.count(db, "all") == 1


def test_marks(db: Session) -> None:
    one = story(db, 1)
    (marks,) = feeds.marks(db, [one.id, 99])
    assert (marks.story, marks.sites, marks.regions) == (one, {SITE.id: SITE.name}, (("青川省临江市", "990100"),))
    assert {"topic:会议", "site:linjiang", "kind:government", "region:990100"} <= set(marks.headings)
    assert "专业群" in marks.text


def test_the_newest_come_first_with_all_of_late(db: Session) -> None:
    one, two, three = stand(db, 1, 2, 3)
    every = {three.id: three.guid, two.id: two.guid, one.id: one.guid}
    old = NOW + timedelta(days=9)
    assert feeds.newest(db, "all", at_least=9, since=old, at_most=9) == every
    assert list(feeds.newest(db, "all", at_least=1, since=old, at_most=9)) == [three.id]
    assert list(feeds.newest(db, "all", at_least=1, since=NOW + HOUR, at_most=9)) == [three.id, two.id]
    assert list(feeds.newest(db, "all", at_least=1, since=NOW, at_most=2)) == [three.id, two.id]
    assert feeds.newest(db, "nowhere", at_least=1, since=NOW, at_most=2) == {}


def test_what_is_stale(db: Session) -> None:
    feeds.outdate(db, ["b", "a"])
    feeds.outdate(db, ["a"], whole=True)
    feeds.outdate(db, ["a", "c"])
    feeds.outdate_story(db, 7)
    feeds.outdate_story(db, 7)
    assert (feeds.stale(db), feeds.stale_stories(db)) == ({"a": True, "b": False, "c": False}, {7})
    feeds.written(db, ["a", "c"])
    assert (feeds.stale(db), feeds.stale_stories(db)) == ({"b": False}, {7})
    feeds.written(db, ["b"])
    assert (feeds.stale(db), feeds.stale_stories(db)) == ({}, set())


def test_descriptions_and_removal(db: Session) -> None:
    one = story(db, 1)
    feeds.place(db, one, NAMES)
    feeds.describe(db, FeedRecord("all", "动态", "digest"))
    assert feeds.get(db, "all") == FeedRecord("all", "动态", "digest")
    feeds.remove(db, ["all"])
    assert (feeds.get(db, "all"), feeds.count(db, "topic/会议")) == (None, 1)


def test_feeds_that_share_stories(db: Session) -> None:
    one, two = story(db, 1), story(db, 2)
    feeds.place(db, one, NAMES)
    feeds.place(db, two, {"all": "全部", "site/x": "某站"})
    assert set(feeds.sharing(db, "topic/会议")) == {"all", "topic/会议"}


def test_filling_replaces_what_stood_there(db: Session) -> None:
    one, two = stand(db, 1, 2)
    feeds.fill(db, "all", [two])
    assert list(feeds.newest(db, "all", at_least=9, since=NOW, at_most=9)) == [two.id]
    assert one.id not in feeds.newest(db, "all", at_least=9, since=NOW, at_most=9)


def test_a_saved_feed_is_kept_once(db: Session) -> None:
    saved = SavedFeedRecord("abc", "会议", '{"topics": ["会议"]}', NOW)
    feeds.save(db, saved)
    feeds.save(db, replace(saved, title="另一个名字"))
    assert feeds.saved(db) == [saved]


class TestParts:
    @pytest.fixture(autouse=True)
    def _two_to_a_part(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("storage.parts.PART", 2)

    def test_names(self) -> None:
        part = Part("topic/会议", NOVEMBER, 3)
        assert (part.name, part.title) == ("archive/topic/会议/2026-11-3", "2026年11月之3")
        assert Part.named(part.name) == part
        assert Part.named("archive/all/2026-11") == Part("all", NOVEMBER)
        assert Part.named("topic/会议") is None
        assert Part("all", datetime(2026, 12, 1, tzinfo=CHINA)).ends == datetime(2027, 1, 1, tzinfo=CHINA)

    def test_one_part_alone_is_none(self, db: Session) -> None:
        stand(db, 1, 2)
        only = parts.latest(db, "all")
        assert only == Part("all", NOVEMBER)
        assert parts.entries(db, only) == {}

    def test_neighbours(self, db: Session) -> None:
        first, *_ = stand(db, 1, 2, 3, at=OCTOBER)
        stand(db, 4, at=NOVEMBER)
        every = [Part("all", NOVEMBER), Part("all", OCTOBER, 2), Part("all", OCTOBER)]
        assert parts.everything(db, "all") == every
        assert [parts.following(db, part) for part in every] == [None, *every[:2]]
        assert list(parts.entries(db, every[2])) == [first.id + 1, first.id]

    def test_what_a_story_touches(self, db: Session) -> None:
        one, _, three, _ = stand(db, 1, 2, 3, 4, at=OCTOBER)
        both = [Part("all", OCTOBER), Part("all", OCTOBER, 2)]
        touched = [
            parts.touched(db, "all", one.released_at, one.id, moved=False),
            parts.touched(db, "all", one.released_at, one.id, moved=True),
            parts.touched(db, "all", three.released_at, three.id, moved=True),
        ]
        assert touched == [both[:1], both, both]
