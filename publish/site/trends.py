"""Trends: how many stories each week brought, by topic and by province."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from publish.entries import SHANGHAI
from publish.site.regions import Regions
from storage import cards
from storage.database import Database
from storage.records import Selection

WEEKS = 26
LINES = 6  # more cannot be told apart


@dataclass(frozen=True)
class Line:
    name: str
    selection: Selection
    numbers: tuple[int, ...]  # one for each week

    @property
    def total(self) -> int:
        return sum(self.numbers)


@dataclass(frozen=True)
class Trend:
    weeks: tuple[date, ...]  # their Mondays
    lines: tuple[Line, ...]  # most stories first

    @property
    def plotted(self) -> tuple[Line, ...]:
        return self.lines[:LINES]

    @property
    def table(self) -> list[tuple[date, tuple[int, ...]]]:
        """A row for each week, with a number for each plotted line."""
        return [(week, tuple(line.numbers[n] for line in self.plotted)) for n, week in enumerate(self.weeks)]


def topics(database: Database, now: datetime) -> Trend:
    with database.read() as db:
        names = {f"topic:{topic}": (topic, Selection(topic=topic)) for topic in cards.values(db, "topic")}
    return _trend(database, names, now)


def provinces(database: Database, regions: Regions, now: datetime) -> Trend:
    with database.read() as db:
        codes = cards.provinces(db)
    return _trend(database, {f"region:{code}": (regions.name(code), Selection(region=code)) for code in codes}, now)


def _trend(database: Database, names: dict[str, tuple[str, Selection]], now: datetime) -> Trend:
    today = now.astimezone(SHANGHAI).date()
    monday = today - timedelta(days=today.weekday())
    weeks = tuple(monday - timedelta(weeks=ago) for ago in reversed(range(WEEKS)))
    with database.read() as db:
        counted = cards.weekly(db, list(names), weeks[0], today)
    lines = [
        Line(name, selection, tuple(counted.get((heading, week), 0) for week in weeks))
        for heading, (name, selection) in names.items()
    ]
    busy = [line for line in lines if line.total]
    return Trend(weeks, tuple(sorted(busy, key=lambda line: (-line.total, line.name))))
