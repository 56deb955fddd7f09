"""A year of 500 invented channels: what they publish, when they can be read, and what is planted to go wrong.

Offices, schools with their own terms, portals, quiet offices and nearly dead channels; bursts, weeks with more and
less, weeks of another desk that credits nobody, rates that halve or double, servers that are down for an hour or at
night. For a day the installation itself has no network. All of it is assumed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipeline.freshness.days import HOLIDAY, kind, time
from pipeline.freshness.rhythm import FRIDAY, Floats
from pipeline.health.history import Kind, Look, Sample

DAYS = 365
OURS = (215.3, 216.3)  # days after the beginning between which the installation itself has no network
OURS = (215.0, 216.0)  # days after the beginning between which the installation itself has no network
BEFORE = 60  # days whose items the first list still shows
MIX = {"office": 0.4, "school": 0.25, "portal": 0.1, "quiet office": 0.15, "nearly dead": 0.1}
PER_WEEK = {"office": (4.0, 1.0), "school": (5.0, 0.8), "portal": (40.0, 0.8), "quiet office": (0.6, 0.5)}
BURST = {"portal": 2.5}  # articles put up together; others 1.6
CHANGING = 0.1  # of the channels publish half or twice as much from some day on
FAULTED = 0.55  # of the channels have one planted fault
LASTS = {"unreachable": 20, "failing": 20, "blocked": 60}  # days at most, two at least; others for good
ANSWERS: dict[str, tuple[str, int | None]] = {
    "unreachable": ("timeout", None),
    "certificate": ("certificate", None),
    "failing": ("http", 500),
    "blocked": ("http", 412),
    "robots": ("robots", None),
    "empty": ("empty", 200),
    "gone": ("http", 410),
}
FAULTS = (
    *("unreachable", "certificate", "failing", "blocked", "robots", "empty", "redesigned", "silent", "lost field"),
    *("other length", "unread articles", "gone", "lying"),
)


@dataclass(frozen=True)
class Fault:
    name: str
    begins: float  # a moment
    ends: float


@dataclass
class Channel:
    group: str
    published: Floats  # moments, sorted
    down: list[tuple[float, float]]  # short outages, which are nobody's business
    nightly: bool
    lacking: frozenset[int]  # weeks of another desk
    length: float  # of a text, median
    fields: dict[str, float]  # shares of the articles that have them
    fault: Fault | None = None

    @property
    def per_week(self) -> float:
        return len(self.published) / (DAYS + BEFORE) * 7


def world(seed: int, first: date, channels: int = 500) -> list[Channel]:
    random = np.random.default_rng(seed)
    groups = random.choice(list(MIX), channels, p=list(MIX.values()))
    begin = (first - date(1970, 1, 1)).days
    made = [_channel(group, first, random) for group in groups]
    for channel in made:
        if random.random() < FAULTED:
            channel.fault = _planted(begin, random)
            if channel.fault.name == "silent":
                channel.published = channel.published[channel.published < channel.fault.begins]
    return made


def _channel(group: str, first: date, random: np.random.Generator) -> Channel:
    starts = (first - date(1970, 1, 1)).days + DAYS * random.random(random.poisson(10))
    had = {name: float(random.choice([0, 0.5, 0.85, 0.98])) for name in ("source", "author", "editor")}
    return Channel(
        group,
        _published(group, first, random),
        down=[(at, at + min(0.4, float(random.lognormal(np.log(1 / 24), 1.2)))) for at in starts],
        nightly=bool(random.random() < 0.05),
        lacking=frozenset(int(week) for week in random.integers(0, 60, random.poisson(2))),
        length=float(random.lognormal(np.log(900), 0.4)),
        fields={"published": 0.99, "text": 0.99} | had,
    )


def _published(group: str, first: date, random: np.random.Generator) -> Floats:
    begin = (first - date(1970, 1, 1)).days - BEFORE
    if group == "nearly dead":
        return np.sort(begin + random.random(random.poisson(random.uniform(1, 5))) * (DAYS + BEFORE))
    days = [date(1970, 1, 1) + timedelta(days=begin + n) for n in range(DAYS + BEFORE)]
    bursts = random.poisson(_bursts_a_day(group, days, random))
    hours = random.uniform(7, 22, bursts.sum()) if group == "portal" else random.normal(13.5, 3, bursts.sum())
    starts = np.repeat(begin + np.arange(len(days)), bursts) + hours.clip(7, 22) / 24
    sizes = random.geometric(1 / BURST.get(group, 1.6), len(starts))
    within = np.concatenate([np.arange(size) for size in sizes]) if len(sizes) else np.zeros(0)
    return np.sort(np.repeat(starts, sizes) + within / 1440)


def _bursts_a_day(group: str, days: list[date], random: np.random.Generator) -> Floats:
    median, sigma = PER_WEEK[group]
    rate = median / 7 * float(random.lognormal(0, sigma)) / BURST.get(group, 1.6)
    weekly = random.gamma(4, 0.25, len(days) // 7 + 1)[np.arange(len(days)) // 7]  # coefficient of variation .5
    season = _terms(days, random) if group == "school" else np.ones(len(days))
    if random.random() < CHANGING:
        season = np.where(np.arange(len(days)) > random.uniform(90, 400), random.choice([0.5, 2]), season)
    weekend, holiday = (0.6, 0.5) if group == "portal" else (random.uniform(0.02, 0.25), random.uniform(0, 0.1))
    kinds = np.array([kind(day) for day in days])
    return rate * weekly * season * np.where(kinds == HOLIDAY, holiday, np.where(kinds > FRIDAY, weekend, 1.2))


def _terms(days: list[date], random: np.random.Generator) -> Floats:
    """Each school begins and ends its vacations up to twelve days apart from others, and publishes little in them."""
    summer, winter = int(random.integers(-10, 11)), int(random.integers(-10, 11))
    quiet = float(random.uniform(0, 0.25))
    festivals = {2025: date(2025, 1, 29), 2026: date(2026, 2, 17)}

    def vacation(day: date) -> bool:
        shifted = day - timedelta(days=summer)
        if (7, 5) <= (shifted.month, shifted.day) <= (9, 1):
            return True
        festival = festivals.get(day.year)
        return festival is not None and -22 <= (day - festival).days - winter <= 16

    return np.array([quiet if vacation(day) else 1.0 for day in days])


def _planted(begin: int, random: np.random.Generator) -> Fault:
    at = begin + float(random.uniform(60, 300))
    name = str(random.choice(FAULTS))
    lasts = float(random.uniform(2, LASTS[name])) if name in LASTS else float(DAYS)
    return Fault(name, at, min(at + lasts, float(begin + DAYS)))


def look_at(channel: Channel, now: float, begin: float) -> Look | None:
    """How a visit fails in the year that begins there; None: it does not."""
    at, fault = time(now), channel.fault
    if OURS[0] <= now - begin < OURS[1]:
        return Look(at, "failed", "dns")
    if fault and fault.begins <= now < fault.ends and fault.name in ANSWERS:
        return Look(at, "failed", *ANSWERS[fault.name])
    if any(begin <= now < end for begin, end in channel.down):
        return Look(at, "failed", "refused") if int(now * 100) % 2 else Look(at, "failed", "http", 502)
    if channel.nightly and not 6.5 / 24 < now % 1 < 23 / 24:
        return Look(at, "failed", "refused")
    return None


def samples(channel: Channel, moments: Floats, random: np.random.Generator) -> Iterator[Sample]:
    """The articles of these moments, oldest first."""
    for at in moments:
        fault = channel.fault if channel.fault and channel.fault.begins <= at < channel.fault.ends else None
        shares = dict(channel.fields)
        if int(at / 7) % 60 in channel.lacking:
            shares |= {"source": 0.2, "author": 0.2}
        length = channel.length * float(random.lognormal(0, 0.8))
        if fault and fault.name == "lost field":
            shares[_usual(channel)] = 0.02
        if fault and fault.name == "other length":
            length /= 8
        if fault and fault.name == "unread articles":
            shares = {"text": 0.05}
        has = frozenset(name for name in shares if random.random() < shares[name])
        yield Sample(time(at), has, int(length)) if "text" in has else Sample(time(at), frozenset(), 0)


def _usual(channel: Channel) -> str:
    return max(("source", "author", "editor", "published"), key=lambda name: channel.fields[name])


EXPECTED: dict[str, Kind] = {"lost field": "drifting", "other length": "drifting", "unread articles": "drifting"}
