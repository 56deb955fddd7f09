"""Deliveries and the targets' ledger, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import deliveries, stories, visits
from storage.database import Database
from storage.records import DeliveryRecord, TargetRecord
from tests.storage.samples import HOUR, NOW, article, link, visit

TAG = "linjiang.example,2026"
GROUP = TargetRecord(name="group", since=NOW, failures=0, next_try=None, failing_since=None, sent_at=None, reason=None)


@pytest.fixture
def known(stocked: Database) -> Database:
    """Three stories, and a target that waits for the first two."""
    with stocked.begin() as db:
        for number in (1, 2, 3):
            stories.create(db, first=article(number), published_at=NOW, released_at=NOW, now=NOW, tag=TAG)
        deliveries.declare(db, ["group", "mail"], NOW)
        for number in (1, 2):
            deliveries.add(db, "group", f"story:{number}", number, NOW)
    return stocked


def first(database: Database) -> DeliveryRecord:
    with database.read() as db:
        return deliveries.waiting(db, "group", 1)[0]


def test_what_was_told_is_not_told_again_but_what_was_dropped_is(known: Database) -> None:
    with known.begin() as db:
        one, two = deliveries.waiting(db, "group", 9)
        assert one == DeliveryRecord(one.id, "group", "story:1", 1, "waiting", 0, NOW, None, None)
        deliveries.settle(db, [one.id], "sent", NOW)
        deliveries.settle(db, [two.id], "dropped", NOW, "撤回")
        for number in (1, 2):
            deliveries.add(db, "group", f"story:{number}", number, NOW + HOUR)
        assert deliveries.waiting(db, "group", 9) == [replace(two, created_at=NOW + HOUR)]
        assert deliveries.counts(db, "group") == {"sent": 1, "waiting": 1}
        assert deliveries.counts(db, "mail") == {}


def test_those_that_failed_least_come_first(known: Database) -> None:
    with known.begin() as db:
        one, two = deliveries.waiting(db, "group", 9)
        deliveries.begin(db, [one.id])
        assert deliveries.waiting(db, "group", 9) == [two]
        deliveries.settle(db, [one.id], "waiting", NOW, "500")
        assert deliveries.waiting(db, "group", 9) == [two, replace(one, tries=1, reason="500")]
        assert deliveries.waiting(db, "group", 1) == [two]


def test_one_holder_at_a_time(known: Database) -> None:
    minute = timedelta(minutes=1)
    with known.begin() as db:
        assert deliveries.hold(db, "group", "a", NOW, NOW + minute)
        assert deliveries.hold(db, "mail", "b", NOW, NOW + minute)
        assert not deliveries.hold(db, "group", "b", NOW, NOW + minute)
        assert deliveries.hold(db, "group", "a", NOW, NOW + 2 * minute)
        assert not deliveries.hold(db, "group", "b", NOW + minute, NOW + 3 * minute)
        assert deliveries.hold(db, "group", "b", NOW + 2 * minute, NOW + 3 * minute)
        assert not deliveries.hold(db, "group", "a", NOW + 2 * minute, NOW + 3 * minute)
        deliveries.release(db, "group", "a")
        assert not deliveries.hold(db, "group", "c", NOW + 2 * minute, NOW + 3 * minute)
        deliveries.release(db, "group", "b")
        assert deliveries.hold(db, "group", "c", NOW + 2 * minute, NOW + 3 * minute)


def test_what_a_dead_sender_left_is_in_doubt(known: Database) -> None:
    with known.begin() as db:
        deliveries.begin(db, [first(known).id])
        assert deliveries.doubt(db, "group", "中断") == 1
        assert deliveries.doubt(db, "group", "中断") == 0
        assert deliveries.counts(db, "group") == {"unknown": 1, "waiting": 1}
        assert deliveries.again(db, "group", ["failed"]) == 0
        assert deliveries.again(db, "group", ["failed", "unknown"]) == 1
        assert [(one.key, one.tries) for one in deliveries.waiting(db, "group", 9)] == [("story:1", 0), ("story:2", 0)]


def test_the_ledger_of_a_target(known: Database) -> None:
    with known.begin() as db:
        deliveries.declare(db, ["group"], NOW + HOUR)
        assert deliveries.target(db, "group") == GROUP
        assert deliveries.target(db, "nobody") is None
        deliveries.failed(db, "group", NOW, NOW + HOUR, "500")
        deliveries.failed(db, "group", NOW + HOUR, NOW + 3 * HOUR, "timeout")
        assert deliveries.target(db, "group") == replace(
            GROUP, failures=2, next_try=NOW + 3 * HOUR, failing_since=NOW, reason="timeout"
        )
        deliveries.again(db, "group", ["failed"])
        assert deliveries.target(db, "group") == replace(GROUP, failing_since=NOW, reason="timeout")
        deliveries.succeeded(db, "group", NOW + HOUR)
        assert deliveries.target(db, "group") == replace(GROUP, sent_at=NOW + HOUR)


def test_a_delivery_follows_its_story(known: Database) -> None:
    with known.begin() as db:
        one, two = deliveries.waiting(db, "group", 9)
        assert deliveries.views(db, [one, two], NOW) == [(one, stories.view(db, 1)), (two, stories.view(db, 2))]
        stories.merge(db, [3, 1])  # the third takes the first in, unless the first was seen first
        stories.merge(db, [1, 2])
        assert deliveries.views(db, [one, two], NOW) == [(one, stories.view(db, 1))]
        assert deliveries.find(db, "group", "story:2") == replace(two, state="dropped", reason="已并入另一篇报道")


def test_a_delivery_is_about_the_story_that_took_its_own_in(known: Database) -> None:
    with known.begin() as db:
        one = deliveries.waiting(db, "group", 1)[0]
        older, _ = stories.create(db, first=article(4), published_at=NOW, released_at=NOW - HOUR, now=NOW, tag=TAG)
        stories.merge(db, [1, older.id])
        assert [view.story.id for _, view in deliveries.views(db, [one], NOW)] == [older.id]
        assert deliveries.find(db, "group", f"story:{older.id}") == replace(
            one, key=f"story:{older.id}", story_id=older.id
        )


def test_a_story_that_was_withdrawn_is_not_told(known: Database) -> None:
    with known.begin() as db:
        one, two = deliveries.waiting(db, "group", 9)
        stories.withdraw(db, 1, NOW)
        db.expire_all()
        assert [delivery for delivery, _ in deliveries.views(db, [one, two], NOW)] == [two]
        assert deliveries.find(db, "group", "story:1") == replace(one, state="dropped", reason="报道已撤回")


def test_what_first_visits_and_back_fills_find_is_no_news(stocked: Database) -> None:
    with stocked.begin() as db:
        origins = {1: "news", 2: "first_visit", 3: "backfill"}
        visits.store(db, visit(), [link(number, origin=origin) for number, origin in origins.items()])
        for number in (1, 2, 3, 4):
            stories.create(db, first=article(number), published_at=NOW, released_at=NOW, now=NOW, tag=TAG)
        assert deliveries.news(db, [1, 2, 3, 4]) == {1, 4}  # the fourth came by hand
        stories.join(db, 2, article(5))
        assert deliveries.news(db, [1, 2, 3]) == {1, 2}
