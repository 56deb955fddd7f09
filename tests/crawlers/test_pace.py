from datetime import UTC, datetime, timedelta

import pytest

from crawlers.pace import Pace, patient_until

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_the_pause_is_the_longest_that_anybody_asks_for() -> None:
    pace = Pace(usual=2, longest=60)
    assert (pace.pause, pace.slower_than_usual) == (2, None)
    pace.wanted = 10
    assert (pace.pause, pace.slower_than_usual) == (10, 10)
    pace.wanted = 3600
    assert pace.pause == 60
    assert Pace(usual=90, longest=60, wanted=3600).pause == 90


def test_a_slow_host_is_asked_less_often_and_a_quick_error_does_not_hide_it() -> None:
    pace = Pace(usual=2, longest=60)
    pauses = []
    for seconds, well in ((0.1, True), (5, True), (0.1, False), (0.1, True), (0.1, True), (0.1, True)):
        pace.answered(seconds, well=well)
        pauses.append(round(pace.pause, 2))
    assert pauses == [2, 10, 10, 5.1, 2.65, 2]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3600", 3600),
        (" 7 ", 7),
        ("0", 0),
        ("Sat, 21 Nov 2026 08:10:00 GMT", 600),
        ("Sat, 21 Nov 2026 16:10:00 +0800", 600),
        ("Sat, 21 Nov 2026 07:00:00 GMT", 0),
        ("99999999999999999999", 86_400),
        ("Tue, 01 Jan 2036 00:00:00 GMT", 86_400),
    ],
)
def test_a_host_says_how_long_to_wait(header: str, seconds: int) -> None:
    assert patient_until(header, NOW, 0, spread=0.3) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "31 Feb"])
def test_one_that_does_not_say_is_left_alone_longer_each_time(header: str | None) -> None:
    waits = [patient_until(header, NOW, refusals, spread=1) - NOW for refusals in (0, 1, 5, 12, 10_000)]
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 32, 1440, 1440)]
    assert patient_until(header, NOW, 1, spread=0) - NOW == timedelta(minutes=1)
