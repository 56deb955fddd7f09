"""What kind of day a day is in China: weekday, holiday, made-up workday (调休), school vacation (寒暑假)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property

import chinese_calendar
import numpy as np
from chinese_calendar.constants import holidays
from numpy.typing import NDArray

HOLIDAY = 7  # after Monday to Sunday, 0 to 6
KINDS = 8
MADE_UP = 2  # a weekend day that is worked is taken for a Wednesday: any ordinary workday
ORDINARY_WEEK = np.array([1, 1, 1, 1, 1, 1, 1, 0]) / 7
BACK, AHEAD = 120, 12  # days

_EPOCH = date(1970, 1, 1)
_CHINA = timedelta(hours=8)  # without summer time since 1991
_FIXED = {(1, 1), (5, 1), *((10, day) for day in range(1, 8))}  # holidays whose date needs no notice


@dataclass(frozen=True)
class Days:
    """A run of days."""

    first: int  # the first one's number, in days since 1970-01-01
    kinds: NDArray[np.int64]
    vacation: NDArray[np.bool_]

    @cached_property
    def passed(self) -> NDArray[np.float64]:
        """Days of each kind, in term and in vacation, before each of these days (2 x days x kinds)."""
        length = len(self.kinds)
        passed = np.zeros((2, length + 1, KINDS))
        passed[self.vacation.astype(int), np.arange(1, length + 1), self.kinds] = 1
        return np.asarray(passed.cumsum(1)[:, :-1])


def moment(time: datetime) -> float:
    """Days since 1970-01-01 by the clock of China: the whole part is the day, the rest the time of day."""
    return (time.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC) + _CHINA) / timedelta(days=1)


def time(moment: float) -> datetime:
    """The inverse of `moment`."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=moment) - _CHINA


def around(now: float) -> Days:
    """The days that a decision of this moment may ask for."""
    return _run(int(now) - BACK, BACK + AHEAD)


@cache
def _run(first: int, length: int) -> Days:
    dates = [_EPOCH + timedelta(days=first + day) for day in range(length)]
    return Days(first, np.array([kind(day) for day in dates]), np.array([in_vacation(day) for day in dates]))


def kind(day: date) -> int:
    """0 to 6 Monday to Sunday, 7 a holiday. Of a year whose notice is not yet known, only the fixed holidays."""
    try:
        worked = chinese_calendar.is_workday(day)
        holiday = day in holidays
    except NotImplementedError:
        holiday = (day.month, day.day) in _FIXED
        worked = day.weekday() < 5
    if holiday:
        return HOLIDAY
    return MADE_UP if worked and day.weekday() > 4 else day.weekday()


def in_vacation(day: date) -> bool:
    """Roughly: schools differ by weeks. Summer from 10 July to the end of August, winter around the Spring Festival."""
    if (7, 10) <= (day.month, day.day) <= (8, 31):
        return True
    return day.month < 4 and -20 <= (day - _spring_festival(day.year)).days <= 16


@cache
def _spring_festival(year: int) -> date:
    of_year = [day for day, name in holidays.items() if day.year == year and "Spring" in str(name)]
    return min(of_year, default=date(year, 2, 5))
