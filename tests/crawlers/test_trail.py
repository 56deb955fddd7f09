from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crawlers import trail
from crawlers.pages.listing import ListItem, ListPage
from storage.records import GapRecord

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
SECOND, THIRD = "https://edu.linjiang.example/2.html", "https://edu.linjiang.example/3.html"
BURST = GapRecord("a/b", "news", NOW, SECOND, "2026-11-17", "2026-11-20")
DEEP = GapRecord("a/b", "backfill", NOW, SECOND, "2026-01-01")


def page(*dates: str | None, next_url: str | None = SECOND) -> ListPage:
    items = [ListItem(f"/{number}.html", f"第{number}条", day, day, None) for number, day in enumerate(dates)]
    return ListPage(tuple(items), None, next_url, "generic")


@pytest.mark.parametrize(
    ("dates", "number"),
    [
        (("2020-01-01", "2026-11-21", "2026-11-20"), 2),  # pinned on top
        (("2026-11-21", "2026-11-20", None), 1),  # a link without a date at the end is none of the list
        ((None, None), 1),
    ],
)
def test_how_far_back_a_page_reaches(dates: tuple[str | None, ...], number: int) -> None:
    last = trail.last_dated(page(*dates).items)
    assert last and last.href == f"/{number}.html"
    assert trail.last_dated(()) is None


def test_a_burst_opens_a_gap_behind_the_first_page() -> None:
    good = NOW - timedelta(days=1)
    assert trail.burst("a/b", page("2026-11-21", "2026-11-20"), NOW, good) == BURST
    assert trail.burst("a/b", page("2026-11-21", "2026-11-20", next_url=None), NOW, good) is None
    assert trail.burst("a/b", page(), NOW, good) is None


def test_an_unseen_item_that_is_older_than_the_last_visits_is_no_burst() -> None:
    assert trail.burst("a/b", page("2026-11-21", "2026-11-16"), NOW, NOW - timedelta(days=1)) is None


FURTHER = replace(BURST, next_url=THIRD, reached="2026-11-19", pages=1)
DONE = replace(FURTHER, closed_at=LATER)


@pytest.mark.parametrize(
    ("shown", "brought", "far_side", "after"),
    [
        (page("2026-11-20", "2026-11-19", next_url=THIRD), 2, False, FURTHER),
        (page("2026-11-20", "2026-11-19", next_url=THIRD), 2, True, DONE),
        (page("2026-11-20", "2026-11-19", next_url=THIRD), 0, False, DONE),  # a loop, an endless calendar
        (page("2026-11-20", "2026-11-19", next_url=None), 2, False, replace(DONE, next_url="")),
        (page("2026-11-20", "2026-11-16", next_url=THIRD), 2, False, replace(DONE, reached="2026-11-16")),
    ],
    ids=["goes on", "far side", "nothing new", "last page", "older than the last visits"],
)
def test_where_a_burst_ends(shown: ListPage, brought: int, far_side: bool, after: GapRecord) -> None:
    assert trail.read_on(BURST, shown, LATER, brought=brought, far_side=far_side) == after


def test_a_site_that_has_renamed_everything_is_not_read_to_its_end() -> None:
    deep = replace(BURST, pages=trail.DEEPEST - 1, back_to=None)
    after = trail.read_on(deep, page("2026-11-19", next_url=THIRD), LATER, brought=1, far_side=False)
    assert (after.closed_at, after.reason) == (LATER, "太深,不再往下读")


def test_a_page_that_fails_is_tried_at_some_visits_and_one_that_is_not_there_is_not() -> None:
    gap = BURST
    for _ in range(trail.TRIES - 1):
        gap = trail.unreadable(gap, "超时", None, LATER)
        assert gap.closed_at is None
    assert trail.unreadable(gap, "超时", None, LATER) == replace(gap, failures=5, closed_at=LATER, reason="超时")
    gone = trail.unreadable(BURST, "HTTP 404", 404, LATER)
    assert gone == replace(BURST, failures=1, closed_at=LATER, reason="HTTP 404")


def test_a_back_fill_goes_on_where_the_last_one_stopped() -> None:
    first = page("2026-11-21")
    since = date(2026, 1, 1)
    assert trail.back_fill("a/b", first, NOW, since, None) == DEEP
    assert trail.back_fill("a/b", page("2026-11-21", next_url=None), NOW, since, None) is None
    stopped = replace(DEEP, next_url=THIRD, reached="2026-06-01", pages=7)
    assert trail.back_fill("a/b", first, LATER, since, stopped) == stopped
    arrived = replace(stopped, reached="2025-12-30", closed_at=NOW)
    assert trail.back_fill("a/b", first, LATER, since, arrived) is None
    further = trail.back_fill("a/b", first, LATER, date(2025, 1, 1), arrived)
    assert further == replace(arrived, back_to="2025-01-01", closed_at=None)
    assert trail.back_fill("a/b", first, LATER, None, replace(stopped, next_url="", closed_at=NOW)) is None


def test_gaps_in_words() -> None:
    assert trail.in_words(FURTHER) == "还有缺口:读到 2026-11-19,下次接着读"
    assert trail.in_words(replace(DONE, reason="HTTP 404")) == "有缺口:读到 2026-11-19 为止(HTTP 404)"
    assert trail.in_words(replace(DEEP, reached="2026-06-01")) == "回溯读到 2026-06-01,可以接着读"
