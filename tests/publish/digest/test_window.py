"""Which days a digest is about."""

from datetime import date

import pytest

from publish.digest.window import Window, last_day, last_month, last_week
from storage.language import speak

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 23)


def test_last_week_is_the_last_one_that_is_over() -> None:
    assert last_week(SUNDAY) == Window(date(2026, 11, 9), date(2026, 11, 15))
    assert last_week(MONDAY) == Window(date(2026, 11, 16), date(2026, 11, 22))


def test_last_month_and_last_day() -> None:
    assert last_month(date(2026, 3, 31)) == Window(date(2026, 2, 1), date(2026, 2, 28))
    assert last_month(date(2026, 1, 1)) == Window(date(2025, 12, 1), date(2025, 12, 31))
    assert last_day(date(2026, 3, 1)) == Window(date(2026, 2, 28), date(2026, 2, 28))


def test_both_ends_belong_to_it() -> None:
    window = last_week(MONDAY)
    assert [day in window for day in (date(2026, 11, 15), window.first, window.last, MONDAY)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("window", "kind", "days"),
    [
        (last_week(MONDAY), "week", "2026年11月16日至22日"),
        (last_month(MONDAY), "month", "2026年10月1日至31日"),
        (last_day(MONDAY), "day", "2026年11月22日"),
        (Window(date(2026, 10, 30), date(2026, 11, 2)), "period", "2026年10月30日至11月2日"),
        (Window(date(2025, 12, 29), date(2026, 1, 4)), "week", "2025年12月29日至2026年1月4日"),
        (Window(date(2026, 11, 1), date(2026, 11, 29)), "period", "2026年11月1日至29日"),
    ],
)
def test_it_knows_what_it_is_and_says_its_days(window: Window, kind: str, days: str) -> None:
    assert (window.kind, window.days) == (kind, days)


def test_in_english() -> None:
    speak("en")
    assert last_week(MONDAY).days == "2026-11-16 to 2026-11-22"
