from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from pydantic import SecretStr

from publish.digest.window import Window
from publish.entries import SHANGHAI
from publish.notify.schedule import MOST_TRIES, Quiet, digest_due, next_try, together
from publish.notify.targets import Terms
from storage.records import DeliveryRecord

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)  # a Wednesday
LONG_AGO = datetime(2020, 1, 1, tzinfo=SHANGHAI)
FIRST = DeliveryRecord(1, "group", "story:1", 1, "waiting", 0, NOW, None, None)


def terms(**said: object) -> Terms:
    return Terms(url=SecretStr("json://127.0.0.1"), **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("begins", "ends", "covered"),
    [(22, 7, {22, 23, *range(7)}), (7, 22, set(range(7, 22))), (0, 6, set(range(6)))],
)
def test_quiet_hours(begins: int, ends: int, covered: set[int]) -> None:
    quiet = Quiet(time(begins), time(ends))
    assert {hour for hour in range(24) if quiet.covers(NOW.replace(hour=hour))} == covered


def test_pauses_double_up_to_four_hours() -> None:
    pauses = [next_try(failures, NOW, 0.5) - NOW for failures in range(1, 12)]
    assert [pause / timedelta(minutes=1) for pause in pauses] == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]
    assert timedelta(hours=16) < sum(pauses, timedelta()) < timedelta(hours=17)
    assert len(pauses) == MOST_TRIES - 1
    assert [next_try(1, NOW, chance) - NOW for chance in (0, 1)] == [timedelta(seconds=45), timedelta(seconds=75)]
    assert next_try(10_000, NOW, 0.5) - NOW == timedelta(hours=4)


def test_what_goes_together() -> None:
    waiting = [replace(FIRST, id=n, created_at=NOW + timedelta(hours=n)) for n in range(8)]
    assert together(terms(most=3), waiting) == waiting[:3]
    assert together(terms(send="at-once"), waiting) == waiting[:1]
    assert together(terms(send="at-once", quiet="14:30-17:30"), waiting) == waiting[:1]
    assert together(terms(send="at-once", quiet="14:30-17:30"), waiting[4:]) == waiting[4:6]
    assert together(terms(send="at-once", quiet="11:00-17:30", most=2), waiting) == waiting[:2]
    assert together(terms(), []) == together(terms(send="at-once"), []) == []


@pytest.mark.parametrize(
    ("said", "now", "due"),
    [
        ({"send": "daily"}, NOW, Window(date(2026, 11, 24), date(2026, 11, 24))),
        ({"send": "daily"}, NOW.replace(hour=7), Window(date(2026, 11, 23), date(2026, 11, 23))),
        ({"send": "daily", "at": "12:00"}, NOW, Window(date(2026, 11, 24), date(2026, 11, 24))),
        ({"send": "weekly"}, NOW, Window(date(2026, 11, 16), date(2026, 11, 22))),
        ({"send": "weekly", "day": "wednesday"}, NOW, Window(date(2026, 11, 16), date(2026, 11, 22))),
        ({"send": "weekly", "day": "wednesday", "at": "12:01"}, NOW, Window(date(2026, 11, 9), date(2026, 11, 15))),
        ({"send": "weekly", "day": "friday"}, NOW, Window(date(2026, 11, 9), date(2026, 11, 15))),
    ],
)
def test_the_digest_that_is_due(said: dict[str, str], now: datetime, due: Window) -> None:
    assert digest_due(terms(**said), LONG_AGO, now) == due


def test_no_digest_of_a_time_before_the_target() -> None:
    assert digest_due(terms(send="daily"), NOW - timedelta(hours=3), NOW) is None
    assert digest_due(terms(send="weekly"), NOW - timedelta(days=2), NOW) is None
    assert digest_due(terms(send="weekly"), NOW - timedelta(days=3), NOW)
