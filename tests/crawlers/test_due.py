from datetime import UTC, datetime, timedelta

import pytest

from crawlers.due import next_due, next_try
from storage.records import ChannelRecord

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def channel(failures: int = 0, floor: int = 900, ceiling: int = 86_400) -> ChannelRecord:
    return ChannelRecord("a/b", "a", "b", "https://a.example/", "list", True, None, floor, ceiling, failures=failures)


@pytest.mark.parametrize(
    ("poll", "floor", "ceiling", "seconds"),
    [(1800, 900, 86_400, 1800), (60, 900, 86_400, 900), (1800, 3600, 86_400, 3600), (1800, 60, 600, 600)],
)
def test_the_pause_keeps_to_floor_and_ceiling(poll: int, floor: int, ceiling: int, seconds: int) -> None:
    due = next_due(NOW, channel(floor=floor, ceiling=ceiling), poll, failed=False, spread=0)
    assert due == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(("failures", "seconds"), [(0, 3600), (1, 7200), (4, 57_600), (5, 86_400), (10_000, 86_400)])
def test_each_failure_doubles_the_pause_up_to_the_ceiling(failures: int, seconds: int) -> None:
    due = next_due(NOW, channel(failures=failures), 1800, failed=True, spread=0)
    assert due == NOW + timedelta(seconds=seconds)


def test_a_success_forgets_the_failures_before_it() -> None:
    assert next_due(NOW, channel(failures=5), 1800, failed=False, spread=0) == NOW + timedelta(seconds=1800)


def test_the_pause_spreads_by_fifteen_per_cent() -> None:
    pauses = [(next_due(NOW, channel(), 1000, failed=False, spread=spread) - NOW).total_seconds() for spread in (-1, 1)]
    assert pauses == [850, 1150]


def test_a_link_is_tried_five_times() -> None:
    waits = [next_try(NOW, attempts) for attempts in range(6)]
    expected = [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1)]
    assert waits == [*(NOW + wait for wait in expected), None, None]
