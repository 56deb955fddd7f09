import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from storage import channels, links, sites, visits
from storage.database import Database
from storage.records import DayOfVisits, FoundLink, Habits, StoredVisit, VisitRecord
from storage.rows import values
from tests.storage.samples import HOUR, NEWS, NOTICES, NOW, SITE, link, visit

VOCATIONAL = replace(NEWS, id="linjiang/vocational", vocational=True)


def numbers(stored: StoredVisit) -> list[int]:
    """Which links are still to be read, by the number in their address."""
    return [int(row.url.removesuffix(".html").rpartition("/")[2]) for row in stored.pending]


def test_a_visit_is_stored_with_its_links(stocked: Database) -> None:
    with stocked.begin() as db:
        stored = visits.store(db, visit(seen=3), [link(3), link(1), link(2)])
        assert (stored.new, numbers(stored)) == (3, [3, 1, 2])
        assert visits.recent(db, NEWS.id, 10) == [visit(seen=3, new=3)]
        assert stored.pending[0] == links.get(db, link(3).canonical)


def test_storing_again_doubles_nothing(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [link(1), link(2)])
        again = visits.store(db, visit(NOW + HOUR), [link(2), link(1, title="第1条（更新）", date=None)])
        assert (again.new, numbers(again)) == (0, [2, 1])
        assert [(row.title, row.date) for row in again.pending] == [
            ("第2条", "2026-11-20"),
            ("第1条（更新）", "2026-11-20"),  # a page that stops showing the date does not take it back
        ]


def test_a_link_shown_twice_has_its_first_place(stocked: Database) -> None:
    with stocked.begin() as db:
        stored = visits.store(db, visit(), [link(2, title="置顶"), link(1), link(2)])
        assert (stored.new, numbers(stored), stored.pending[0].title) == (2, [2, 1], "置顶")


def test_one_address_on_two_channels_is_one_link(stocked: Database) -> None:
    with stocked.begin() as db:
        first = visits.store(db, visit(), [link(1, origin="first_visit")])
        second = visits.store(db, visit(channel_id=NOTICES.id), [link(1, title="转发：第1条", origin="news")])
        assert (first.new, second.new) == (1, 0)
        assert second.pending == (replace(first.pending[0], title="转发：第1条"),)  # of its first origin still
        links.fetched(db, link(1).canonical, NOW)
        assert numbers(visits.store(db, visit(), [link(1)])) == []


def test_a_link_left_unread_for_its_title_has_another_chance(stocked: Database) -> None:
    """Under another title, and on a channel that is about the topic; not where nothing else is known of it."""
    with stocked.begin() as db:
        visits.store(db, visit(), [link(1), link(2)])
        for number in (1, 2):
            links.refused(db, link(number).canonical, "标题与主题无关,没有打开")
        assert numbers(visits.store(db, visit(NOW + HOUR), [link(1), link(2)])) == []
        assert numbers(visits.store(db, visit(channel_id=NOTICES.id), [link(1), link(2)])) == []
        assert numbers(visits.store(db, visit(NOW + HOUR), [link(1, title="职业教育大会"), link(2)])) == [1]
        sites.sync(db, [SITE], [NEWS, NOTICES, VOCATIONAL])
        assert numbers(visits.store(db, visit(channel_id=VOCATIONAL.id), [link(2)])) == [2]
        links.refused(db, link(2).canonical, "附件")
        assert numbers(visits.store(db, visit(NOW + HOUR, channel_id=VOCATIONAL.id), [link(2)])) == []


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("ok", [link(4), link(2)]), ("ok", []), ("not_modified", []), ("failed", [])],
    ids=["page changed", "page empty", "not modified", "failed"],
)
def test_links_left_unread_by_a_crash_come_back(outcome: str, shown: list[FoundLink], stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [link(3), link(2), link(1)])
        links.fetched(db, link(3).canonical, NOW)
    # and then the power went
    with stocked.begin() as db:
        stored = visits.store(db, visit(NOW + HOUR, outcome=outcome), shown)
    assert numbers(stored) == ([4, 2, 1] if shown else [2, 1])


def test_a_failed_link_comes_back_when_its_time_has_come(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [link(1), link(2), link(3)])
        links.failed(db, link(1).canonical, "timeout", NOW + 2 * HOUR)
        links.failed(db, link(2).canonical, "404", None)
        links.refused(db, link(3).canonical, "招标")
        shown = [link(1), link(2), link(3)]
        assert numbers(visits.store(db, visit(NOW + HOUR), shown)) == []
        assert numbers(visits.store(db, visit(NOW + 2 * HOUR), shown)) == [1]


def test_what_a_good_visit_leaves_on_the_channel(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(etag='"v1"', last_modified="Sat, 21 Nov 2026 07:00:00 GMT"), [])
        visited = replace(
            NEWS,
            etag='"v1"',
            last_modified="Sat, 21 Nov 2026 07:00:00 GMT",
            next_due=NOW + HOUR,
            first_visited_at=NOW,
        )
        assert channels.get(db, NEWS.id) == visited
        visits.store(db, visit(NOW + HOUR, etag='"v2"'), [])
        later = replace(visited, etag='"v2"', last_modified=None, next_due=NOW + 2 * HOUR)
        assert channels.get(db, NEWS.id) == later
        visits.store(db, visit(NOW + 2 * HOUR, outcome="not_modified", status=304), [])
        assert channels.get(db, NEWS.id) == replace(later, next_due=NOW + 3 * HOUR)


@pytest.mark.parametrize("good", ["ok", "not_modified"])
def test_failures_in_a_row_are_counted_until_a_good_visit(good: str, stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(etag='"v1"'), [])
        for number in (1, 2):
            visits.store(db, visit(NOW + number * HOUR, outcome="failed", status=503, reason="503"), [])
            failing = channels.get(db, NEWS.id)
            assert failing and (failing.failures, failing.etag) == (number, '"v1"')
        visits.store(db, visit(NOW + 3 * HOUR, outcome=good), [])
        recovered = channels.get(db, NEWS.id)
        assert recovered and recovered.failures == 0


def test_a_first_visit_that_fails_is_no_first_visit(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(outcome="failed", reason="timeout"), [])
        failed = channels.get(db, NEWS.id)
        assert failed and (failed.first_visited_at, failed.next_due) == (None, NOW + HOUR)
        visits.store(db, visit(NOW + HOUR), [])
        visited = channels.get(db, NEWS.id)
        assert visited and visited.first_visited_at == NOW + HOUR


def test_the_history_of_a_channel(stocked: Database) -> None:
    def at(hour: int, outcome: str) -> VisitRecord:
        return visit(NOW + hour * HOUR, outcome=outcome)

    with stocked.begin() as db:
        assert visits.last_good(db, NEWS.id) is None
        visits.store(db, visit(channel_id=NOTICES.id), [])
        for hour, outcome in enumerate(["ok", "not_modified", "failed"]):
            visits.store(db, at(hour, outcome), [])
        assert visits.recent(db, NEWS.id, 2) == [at(2, "failed"), at(1, "not_modified")]
        assert visits.last_good(db, NEWS.id) == at(1, "not_modified")


def test_two_visits_meet_on_the_same_links(stocked: Database) -> None:
    """Two channels that show the same links in opposite order: no deadlock, and each link is new once."""
    found = [link(number) for number in range(200)]
    start = threading.Barrier(2)

    def store(channel_id: str, shown: Sequence[FoundLink]) -> int:
        start.wait()
        with stocked.begin() as db:
            return visits.store(db, visit(channel_id=channel_id), shown).new

    with ThreadPoolExecutor(2) as threads:
        forward = threads.submit(store, NEWS.id, found)
        backward = threads.submit(store, NOTICES.id, found[::-1])
        assert forward.result() + backward.result() == 200


def test_the_days_of_a_site(stocked: Database) -> None:
    """NOW is 16:00 in China: nine hours later it is another day there."""
    with stocked.begin() as db:
        visits.store(db, visit(), [link(1), link(2)])
        visits.store(db, visit(NOW + HOUR, channel_id=NOTICES.id, outcome="failed"), [])
        visits.store(db, visit(NOW + 9 * HOUR), [link(3)])
        today, tomorrow = date(2026, 11, 21), date(2026, 11, 22)
        assert visits.daily(db, "linjiang", NOW) == [DayOfVisits(today, 2, 1, 2), DayOfVisits(tomorrow, 1, 0, 1)]
        assert visits.daily(db, "linjiang", NOW + HOUR) == [DayOfVisits(today, 1, 1, 0), DayOfVisits(tomorrow, 1, 0, 1)]
        assert visits.daily(db, "elsewhere", NOW) == []


def test_further_pages_are_added_to_a_visit(stocked: Database) -> None:
    with stocked.begin() as db:
        stored = visits.store(db, visit(seen=2), [link(1), link(2)])
        assert visits.extend(db, stored.id, [link(3)]) == 1
        assert visits.recent(db, NEWS.id, 9) == [visit(seen=3, new=3)]
        assert [row.url for row in visits.pending(db, NEWS.id, NOW)] == [link(n).url for n in (1, 2, 3)]


def test_a_visit_that_was_put_off_is_no_failure(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [link(1)])
        good = visits.last_good(db, NEWS.id)
        before = channels.get(db, NEWS.id)
        put_off = visit(NOW + HOUR, outcome="put_off", next_due=NOW + 9 * HOUR)
        visits.store(db, put_off, [])
        assert before and channels.get(db, NEWS.id) == replace(before, next_due=NOW + 9 * HOUR)
        assert visits.last_good(db, NEWS.id) == good


def test_what_the_answers_of_an_address_have_taught_is_kept_with_the_channel(stocked: Database) -> None:
    habits = Habits(digest="d", unchanged=3, distrusted_at=NOW, moved_to="https://a.example/", moved_times=2)
    with stocked.begin() as db:
        visits.store(db, visit(), [], habits)
        visits.store(db, visit(NOW + HOUR, outcome="failed"), [])
        known = channels.get(db, NEWS.id)
        assert known
        assert {name: getattr(known, name) for name in values(habits)} == values(habits)
