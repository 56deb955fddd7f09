"""Nothing new for longer than usual, measured against the channel's own silences.

A silence is counted in ordinary days of the channel (pipeline.freshness.rhythm.waited): nights, weekends, holidays and
vacations count as little as it publishes in them. Its former silences say how long they usually are, and how different;
by them a silence is as surprising as it would be rare. Few former silences surprise little, so that channels of which
little is known, and those that publish a few times a year, are not judged.
"""

import json
from dataclasses import dataclass, replace
from math import exp, log

FADE = 180.0  # ordinary days in which a former silence loses half its weight
TOLERATED = 0.005  # false alarms of a channel in a year, were its silences spread as they are taken to be
YEAR = 330.0  # ordinary days in a year, roughly: vacations and holidays count for less
LEAST = 3.0  # former silences, faded; fewer say nothing
SHORTEST = 4.0  # ordinary days: a portal that rests for a day is not dead


@dataclass(frozen=True)
class Silence:
    last: float  # when there was last something new (pipeline.freshness.days.moment)
    days: float = 0.0  # ordinary days since
    former: float = 0.0  # how many silences were there before, old ones faded
    total: float = 0.0  # their ordinary days
    squares: float = 0.0

    def after(self, waited: float, at: float, *, news: bool) -> "Silence":
        """After a good visit, so many ordinary days after the one before."""
        days = self.days + waited
        if not news:
            return replace(self, days=days)
        kept = 0.5 ** (days / FADE)
        return Silence(at, 0.0, kept * self.former + 1, kept * self.total + days, kept * self.squares + days**2)

    @property
    def usual(self) -> float:
        """Ordinary days of a former silence, on average."""
        return self.total / self.former if self.former else 0.0

    @property
    def surprise(self) -> float:
        """Minus the logarithm of how probable a silence is that lasts longer than this one.

        The mean of former ones would be enough if news came evenly; what comes in campaigns has a larger second moment,
        which counts here. Predictive, so that few former silences make long ones less surprising (Lomax).
        """
        if self.former < LEAST or not self.total:
            return 0.0
        scale = max(self.squares / self.total / 2, self.usual)
        return self.former * log(1 + self.days / (self.former * scale))

    @property
    def a_year(self) -> float:
        """How often a silence as long as this is to be expected in a year."""
        return YEAR / max(self.usual, YEAR / 10_000) * exp(-self.surprise)

    @property
    def alarming(self) -> bool:
        return self.former >= LEAST and self.days >= SHORTEST and self.a_year < TOLERATED

    @classmethod
    def read(cls, text: str) -> "Silence":
        return cls(*json.loads(text))

    def written(self) -> str:
        """For the database: some 50 characters."""
        return json.dumps([round(self.last, 5), *(float(f"{n:.5g}") for n in self._counts)])

    @property
    def _counts(self) -> tuple[float, float, float, float]:
        return self.days, self.former, self.total, self.squares
