"""What visits have taught about channels: how much they publish, at which hours and on which days.

The intensity of a channel is rate x hour x kind of day (x vacation). Items are counted beside the exposure in which
they were published (Gamma-Poisson); what little is known of a channel is completed by what channels have in common, so
that a new or quiet one is taken for an average one, and silence counts for what was to be expected in it: a silent
weekend says nothing. Old counts fade. Reference: Sia, Cho & Cho, TKDE 19(7), 2007; the shrinkage is our own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.freshness.days import KINDS, ORDINARY_WEEK, Days

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOURS = 24
FRIDAY = 4
VACATION = KINDS  # column of the vacation factor, behind the kinds of day
WIDTH = 3 + HOURS + 2 * (KINDS + 1)

FADE = 18.0  # days in which what is known of the rate loses half its weight; it changes by season and fashion
FADE_OF_SHAPE = 120.0  # and of hours and days, which are habits
RATE_WEIGHT = 0.35  # items that the common rate counts for
HOURS_WEIGHT = 50.0  # bursts that the common hours count for
KINDS_WEIGHT = 18.0  # items that the common days count for
NEIGHBOURS = {-2: 1 / 16, -1: 1 / 4, 0: 3 / 8, 1: 1 / 4, 2: 1 / 16}  # own hours are taken with those around them
SMOOTHING = sum(part * np.roll(np.eye(HOURS), shift, 1) for shift, part in NEIGHBOURS.items())
LOWEST = 0.01  # of the mean, in an hour or on a kind of day: nothing is impossible
OFF = np.arange(KINDS + 1) > FRIDAY  # weekend, holiday, vacation
STEPS = 24  # an item without a time is spread over so many moments


@dataclass(frozen=True)
class Rhythm:
    """A row of WIDTH numbers for each channel; the views below say what they are."""

    table: Floats

    @property
    def until(self) -> Floats:
        """Up to when all is known that was published (a moment)."""
        return self.table[:, 0]

    @property
    def items(self) -> Floats:
        return self.table[:, 1]

    @property
    def exposure(self) -> Floats:
        """Ordinary days in which the items were published."""
        return self.table[:, 2]

    @property
    def hours(self) -> Floats:
        """Bursts by hour of day (n x 24)."""
        return self.table[:, 3 : 3 + HOURS]

    @property
    def kinds(self) -> Floats:
        """Items by kind of day and, in the last column, in vacations (n x 9)."""
        return self.table[:, 3 + HOURS : 3 + HOURS + KINDS + 1]

    @property
    def expected(self) -> Floats:
        """Items to be expected there if all kinds were alike (n x 9)."""
        return self.table[:, 3 + HOURS + KINDS + 1 :]

    @classmethod
    def read(cls, texts: Sequence[str]) -> "Rhythm":
        """Of rows as `written` gives them."""
        return cls(np.array([json.loads(text) for text in texts], dtype=float).reshape(-1, WIDTH))

    def written(self) -> list[str]:
        """A text for each row, for the database: 300 to 400 characters."""
        return [json.dumps([round(row[0], 6), *(float(f"{n:.4g}") for n in row[1:])]) for row in self.table.tolist()]

    @classmethod
    def new(cls, since: Floats) -> "Rhythm":
        """Channels of which nothing is known before these moments."""
        table = np.zeros((len(since), WIDTH))
        table[:, 0] = since
        return cls(table)

    def of(self, channels: Ints) -> "Rhythm":
        return Rhythm(self.table[channels])


@dataclass(frozen=True)
class Belief:
    """What is expected of n channels, or of all as one row: rate x hours x kinds is the intensity in items a day."""

    rate: Floats  # items on an ordinary day (n)
    hours: Floats  # n x 24, mean 1
    kinds: Floats  # n x 9, mean 1 over an ordinary week; the last: factor of vacations


@dataclass(frozen=True)
class Items:
    """New items that visits found: on which row, and between which moments each was published; equal where known."""

    row: Ints
    earliest: Floats
    latest: Floats


UNKNOWN = Belief(np.full(1, 0.6), np.ones((1, HOURS)), np.ones((1, KINDS + 1)))


def expect(rhythm: Rhythm, common: Belief) -> Belief:
    """What is to be expected of these channels, given what channels have in common (one row)."""
    rate = (RATE_WEIGHT + rhythm.items) / (RATE_WEIGHT / common.rate + rhythm.exposure)
    hours = rhythm.hours @ SMOOTHING + HOURS_WEIGHT * common.hours / HOURS
    kinds = (rhythm.kinds + KINDS_WEIGHT * common.kinds) / (rhythm.expected + KINDS_WEIGHT)
    return Belief(rate, *_scaled(hours, kinds))


def awaited(rhythm: Rhythm, now: float, common: Belief, days: Days) -> Floats:
    """Items that channels are expected to have published since all of them were known (n)."""
    belief = expect(rhythm, common)
    term, vacation = _lived(rhythm.until, now, belief.hours, days)
    lived = term + belief.kinds[:, VACATION:] * vacation
    return np.asarray(belief.rate * (lived * belief.kinds[:, :KINDS]).sum(1))


def rate_between(rhythm: Rhythm, common: Belief, deviations: float = 1.645) -> tuple[Floats, Floats]:
    """Between which rates the true one lies in nine of ten cases (n, n): Wilson and Hilferty's Gamma quantiles."""
    shape = RATE_WEIGHT + rhythm.items
    rate = shape / (RATE_WEIGHT / common.rate + rhythm.exposure)

    def quantile(deviation: float) -> Floats:
        return np.asarray(rate * np.maximum(1 - 1 / (9 * shape) + deviation / (3 * np.sqrt(shape)), 0) ** 3)

    return quantile(-deviations), quantile(deviations)


def common_belief(rhythm: Rhythm) -> Belief:
    """What all channels have in common. A little of UNKNOWN is mixed in, which decides while nothing is known."""
    rate = (rhythm.items.sum() + 0.6 * len(rhythm.table)) / (rhythm.exposure.sum() + len(rhythm.table))
    hours = rhythm.hours.sum(0, keepdims=True) + 20 / HOURS
    kinds = (rhythm.kinds.sum(0, keepdims=True) + 10) / (rhythm.expected.sum(0, keepdims=True) + 10)
    return Belief(np.full(1, max(rate, 0.05)), *_scaled(hours, kinds))


def observe(before: Rhythm, now: float, items: Items, common: Belief, days: Days) -> Rhythm:
    """The rhythm after visits of these channels that found these items, all new since `before.until`."""
    belief = expect(before, common)
    term, vacation = _lived(before.until, now, belief.hours, days)
    season, kinds = belief.kinds[:, VACATION:], belief.kinds[:, :KINDS]
    lived = term + season * vacation
    after = Rhythm(before.table.copy())
    gap = np.maximum(now - before.until, 0)
    after.table[:, 1:3] *= _faded(gap, FADE)
    after.table[:, 3:] *= _faded(gap, FADE_OF_SHAPE)
    after.until[:] = now
    after.items[:] += np.bincount(items.row, minlength=len(gap))
    after.exposure[:] += (lived * kinds).sum(1)
    rate = belief.rate[:, None]
    after.expected[:, :KINDS] += rate * lived
    after.expected[:, VACATION:] += rate * (vacation * kinds).sum(1, keepdims=True)
    _count(after, items, belief, days)
    return after


def waited(before: Rhythm, now: float | Floats, common: Belief, days: Days) -> Floats:
    """Ordinary days since `before.until` in which channels were to be expected to publish (n).

    Unlike what `observe` counts, a weekend, holiday or vacation counts only as far as the channel itself has shown to
    publish on such days: the first National Day that is seen of a channel says nothing about it.
    """
    belief = expect(before, common)
    shown = np.minimum(belief.kinds, before.kinds / (before.expected + KINDS_WEIGHT))
    cautious = np.where(OFF, shown, belief.kinds)
    term, vacation = _lived(before.until, now, belief.hours, days)
    return np.asarray(((term + cautious[:, VACATION:] * vacation) * cautious[:, :KINDS]).sum(1))


def _scaled(hours: Floats, kinds: Floats) -> tuple[Floats, Floats]:
    hours = hours / hours.mean(1, keepdims=True)
    week = kinds[:, :KINDS] @ ORDINARY_WEEK
    kinds = np.concatenate([kinds[:, :KINDS] / week[:, None], kinds[:, VACATION:]], 1)
    return np.maximum(hours, LOWEST), np.maximum(kinds, LOWEST)


def _faded(gap: Floats, half_life: float) -> Floats:
    return np.asarray(0.5 ** (gap / half_life))[:, None]


def _lived(since: Floats, now: float | Floats, hours: Floats, days: Days) -> Floats:
    """Days of each kind between since and now, in term and in vacation (2 x n x 8); an hour weighs what it brings."""
    rows, end = np.arange(len(since)), np.broadcast_to(now, len(since)).astype(float)
    start = np.clip(since, days.first, end)  # clocks are set back, too
    first, last = start.astype(int) - days.first, end.astype(int) - days.first
    lived = days.passed[:, last] - days.passed[:, first]
    lived[days.vacation[last].astype(int), rows, days.kinds[last]] += _share(hours, end % 1)
    lived[days.vacation[first].astype(int), rows, days.kinds[first]] -= _share(hours, start % 1)
    return np.maximum(lived, 0)


def _share(hours: Floats, part: Floats) -> Floats:
    """The share of a day's items that comes before this part of the day."""
    hour = (part * HOURS).astype(int)
    rows = np.arange(len(part))
    before = np.cumsum(hours, 1)[rows, hour] - hours[rows, hour]
    return np.asarray((before + (part * HOURS - hour) * hours[rows, hour]) / HOURS)


def _count(rhythm: Rhythm, items: Items, belief: Belief, days: Days) -> None:
    """Count items by kind of day, and by hour as bursts: ten texts put up together show one habit of a person."""
    if not len(items.row):
        return
    steps = (np.arange(STEPS) + 0.5) / STEPS
    moments = items.earliest[:, None] + (items.latest - items.earliest)[:, None] * steps
    rows = np.broadcast_to(items.row[:, None], moments.shape)
    day = np.clip(moments.astype(int) - days.first, 0, len(days.kinds) - 1)
    hour, kind = (moments % 1 * HOURS).astype(int), days.kinds[day]
    weight = belief.hours[rows, hour] * belief.kinds[rows, kind]
    weight /= weight.sum(1, keepdims=True)
    half_hour = items.row + len(rhythm.table) * np.floor(items.earliest * 48)
    _, burst, size = np.unique(half_hour, return_inverse=True, return_counts=True)
    np.add.at(rhythm.hours, (rows, hour), weight / size[burst][:, None])
    np.add.at(rhythm.kinds, (rows, kind), weight)
    np.add.at(rhythm.kinds, (rows, np.full_like(kind, VACATION)), weight * days.vacation[day])
