"""Which days a digest is about. PURE."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from storage.language import say

DAY = timedelta(days=1)
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


@dataclass(frozen=True)
class Window:
    """From the beginning of `first` to the end of `last`, days in China."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def kind(self) -> Literal["day", "week", "month", "period"]:
        if self.first == self.last:
            return "day"
        if self == _week(self.first):
            return "week"
        return "month" if self == _month(self.last) else "period"

    @property
    def days(self) -> str:
        """2026年11月9日至15日, without what the last day has in common with the first."""
        first, last = self.first, self.last
        if first == last:
            return say(_chinese(first), first.isoformat())
        same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
        end = f"{last.day}日" if same_month else _chinese(last)[5:] if same_year else _chinese(last)
        return say(f"{_chinese(first)}至{end}", f"{first.isoformat()} to {last.isoformat()}")


def last_day(today: date) -> Window:
    """Yesterday."""
    return Window(today - DAY, today - DAY)


def last_week(today: date) -> Window:
    """The last week that is over, from Monday to Sunday."""
    return _week(today - timedelta(days=today.weekday() + 7))


def last_month(today: date) -> Window:
    """The last calendar month that is over."""
    return _month(today.replace(day=1) - DAY)


def _week(monday: date) -> Window:
    monday -= timedelta(days=monday.weekday())
    return Window(monday, monday + 6 * DAY)


def _month(last: date) -> Window:
    following = (last.replace(day=28) + 4 * DAY).replace(day=1)
    return Window(last.replace(day=1), following - DAY)


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
