"""When a channel is due again: by its rhythm, the calendar and the budget of visits (pipeline.freshness)."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from crawlers.due import next_due
from crawlers.hosts import host_of
from crawlers.ledger import Ledger
from pipeline.freshness.days import around, moment, time
from pipeline.freshness.plan import next_visits
from pipeline.freshness.price import demand, prices
from pipeline.freshness.rhythm import UNKNOWN, Belief, Items, Rhythm, awaited, common_belief, expect, observe, waited
from pipeline.health.silence import Silence
from pipeline.settings import Settings
from storage.records import ChannelRecord, FoundLink, VisitOutcome

A_DAY = 86_400  # seconds
EACH = 24  # visits a day of a channel, where no budget is set
AFTER_FAILURE = 1800  # seconds; the rhythm says nothing of a site that is down
JITTER = 0.03  # of the wait
LOOKED_BACK = 60.0  # days that a first list may tell of
AT_LEAST = 7.0  # days: a list moved to a new system today was not written today
OF_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")
OF_A_MINUTE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")


@dataclass(frozen=True)
class Market:
    """What channels have in common, and what a visit costs at each host, in item-days of waiting."""

    common: Belief
    prices: Mapping[str, float]
    usual: float  # of a host that is not among them

    def price(self, channel: ChannelRecord) -> float:
        return self.prices.get(host_of(channel.url), self.usual)


def market(channels: Sequence[ChannelRecord], settings: Settings) -> Market:
    """Of all channels that are polled: the budget's price, and a higher one where a host's share would be exceeded."""
    known = [channel.rhythm for channel in channels if channel.rhythm]
    common = common_belief(Rhythm.read(known)) if known else UNKNOWN
    demands = np.full(len(channels), demand(expect(Rhythm.new(np.zeros(1)), common))[0])
    if known:
        demands[[bool(channel.rhythm) for channel in channels]] = demand(expect(Rhythm.read(known), common))
    floor, ceiling = (np.array(bounds, dtype=float) / A_DAY for bounds in _bounds(channels))
    numbers: dict[str, int] = {}
    host = np.array([numbers.setdefault(host_of(channel.url), len(numbers)) for channel in channels], dtype=int)
    budget = settings.visits_per_day or EACH * len(channels)
    usual, own = prices(demands, (floor, ceiling), host, budget, settings.visits_per_host)
    return Market(common, dict(zip(numbers, own.tolist(), strict=True)), usual)


def learnt(channel: ChannelRecord, new: Sequence[FoundLink], now: datetime, common: Belief) -> Rhythm:
    """The channel's rhythm after a visit that found these new links; a first list tells of the days before it, too."""
    at = moment(now)
    published = [_published(link.date) for link in new]
    if channel.rhythm:
        before = Rhythm.read([channel.rhythm])
    else:
        begun = [dates[0] for dates in published if dates and at - LOOKED_BACK <= dates[0] <= at]
        before = Rhythm.new(np.array([min([*begun, at - AT_LEAST]) if begun else at]))
        published = [dates for dates in published if dates and before.until[0] <= dates[0] <= at]
    since = before.until[0]
    spans = [_within(dates, since, at) for dates in published]
    earliest, latest = np.array(spans, dtype=float).reshape(-1, 2).T
    return observe(before, at, Items(np.zeros(len(spans), int), earliest, latest), common, around(at))


def quiet(channel: ChannelRecord, new: Sequence[FoundLink], now: datetime, common: Belief) -> Silence:
    """For how long there has been nothing new, after a visit that found these new links; `channel` as it was before.

    A first list tells of the silences between the days that it shows.
    """
    at = moment(now)
    days = around(at)
    if channel.rhythm:
        before = Rhythm.read([channel.rhythm])
        silence = Silence.read(channel.silence) if channel.silence else Silence(before.until[0])
        return silence.after(float(waited(before, at, common, days)[0]), at, news=bool(new))
    begun = sorted(
        {dates[0] for link in new if (dates := _published(link.date)) and at - LOOKED_BACK <= dates[0] <= at}
    )
    if not begun:
        return Silence(at)
    silence = Silence(begun[0])
    spans = waited(Rhythm.new(np.array(begun)), np.array([*begun[1:], at]), common, days)
    for passed, until in zip(spans, begun[1:], strict=False):
        silence = silence.after(float(passed), until, news=True)
    return silence.after(float(spans[-1]), at, news=False)


def chosen(channel: ChannelRecord, rhythm: Rhythm, now: datetime, market: Market, spread: float = 0.0) -> datetime:
    """The moment of the next visit; `spread`, from -1 to 1, moves it a little."""
    at = moment(now)
    floor, ceiling = (np.array(bounds) / A_DAY for bounds in _bounds([channel]))
    price = np.array([market.price(channel)])
    wait = float(next_visits(expect(rhythm, market.common), at, price, around(at), floor, ceiling)[0]) - at
    return time(at + float(np.clip(wait * (1 + JITTER * spread), floor[0], ceiling[0])))


def awaited_items(channels: Sequence[ChannelRecord], now: datetime) -> list[float]:
    """How many items wait to be found on each channel, as far as its rhythm says: who waits longest is visited first.

    A channel that nobody has visited holds what a week would bring to an average one.
    """
    if not channels:
        return []
    at = moment(now)
    known = [channel.rhythm for channel in channels if channel.rhythm]
    common = common_belief(Rhythm.read(known)) if known else UNKNOWN
    table = Rhythm.new(np.full(len(channels), at - AT_LEAST)).table
    table[[bool(channel.rhythm) for channel in channels]] = Rhythm.read(known).table
    return [float(items) for items in awaited(Rhythm(table), at, common, around(at))]


@dataclass(frozen=True)
class Learnt:
    """What is known of a channel, as the database keeps it."""

    rhythm: str | None
    silence: str | None


class Timetable:
    """The market is looked at anew every hour."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger, self._settings = ledger, settings
        self._market: tuple[datetime, Market] | None = None

    async def after(
        self, channel: ChannelRecord, outcome: VisitOutcome, finished: datetime, found: Sequence[FoundLink]
    ) -> tuple[datetime, Learnt]:
        """When the channel is due after a visit, and what is known of it then. A failure teaches nothing."""
        spread = random.uniform(-1, 1)  # noqa: S311 - it spreads visits and hides nothing
        poll = self._settings.poll_seconds
        if outcome == "failed":
            due = next_due(finished, channel, poll or AFTER_FAILURE, failed=True, spread=spread)
            return due, Learnt(channel.rhythm, channel.silence)
        prices = await self._now(finished)
        known = await self._ledger.known([link.canonical for link in found])
        new = [link for link in found if link.canonical not in known]
        rhythm = learnt(channel, new, finished, prices.common)
        after = Learnt(rhythm.written()[0], quiet(channel, new, finished, prices.common).written())
        if poll:
            return next_due(finished, channel, poll, failed=False, spread=spread), after
        return chosen(channel, rhythm, finished, prices, spread), after

    async def _now(self, now: datetime) -> Market:
        if self._market is None or now - self._market[0] > timedelta(hours=1):
            self._market = now, market(await self._ledger.polled(), self._settings)
        return self._market[1]


def _bounds(channels: Sequence[ChannelRecord]) -> tuple[list[int], list[int]]:
    return [max(channel.floor_seconds, 1) for channel in channels], [channel.ceiling_seconds for channel in channels]


def _published(text: str | None) -> tuple[float, float] | None:
    """Between which moments a link was published, as far as its list says it."""
    if not text:
        return None
    try:
        if OF_A_DAY.fullmatch(text):
            day = float(date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal())
            return day, day + 1 - 1e-6
        if OF_A_MINUTE.fullmatch(text):
            told = datetime.fromisoformat(text)
            minute = moment(told) if told.tzinfo else _in_china(told)
            return minute, minute
    except (ValueError, OverflowError):
        pass
    return None


def _in_china(told: datetime) -> float:
    return (told - datetime(1970, 1, 1)) / timedelta(days=1)  # noqa: DTZ001 - a clock in China, as moments are


def _within(dates: tuple[float, float] | None, since: float, now: float) -> tuple[float, float]:
    """What the list says, as far as it can be: news came between two visits, in the last day if nothing is said."""
    early, late = dates or (now - 1, now)
    early, late = max(early, since), min(late, now)
    return (early, late) if early <= late else (max(since, now - 1), now)
