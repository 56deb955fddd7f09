"""How long news wait until they are found: `python -m bench.freshness [--write]`, on the simulator in ../shared.

The real code of pipeline.freshness plays in three populations beside the simulator's bound: the simulator's own,
schools by term, and portals with heavy tails and bursts (bench/freshness_populations.py).
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import cast

import numpy as np

from crawlers.timetable import Market, chosen, learnt, market
from pipeline.freshness import days as calendar_days
from pipeline.freshness.days import HOLIDAY, MADE_UP, Days
from pipeline.freshness.plan import next_visits
from pipeline.freshness.price import demand, prices
from pipeline.freshness.rhythm import UNKNOWN, Floats, Ints, Items, Rhythm, common_belief, expect, observe
from pipeline.settings import Settings
from storage.records import ChannelRecord

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "bench" / "freshness"
sys.path.insert(0, str(SHARED))

import simulator  # noqa: E402 - from ../shared, as the next
from policies import dp_known  # noqa: E402 - from ../shared, as the next
from simulator import DAY, DT, FIRST_DAY, Calendar, Found, Population, Result, simulate  # noqa: E402

from bench.freshness_populations import OFFICES, PORTALS, SCHOOLS, WORLDS, World, inside  # noqa: E402 - it needs them, too

FIGURES = ROOT / "docs" / "figures" / "freshness.md"
INTRODUCTION = """# How long news wait

`make bench-freshness`: hours from publication to detection, on the simulator in `../shared/bench/freshness` (its
population of {channels} channels, means of {seeds} seeds) and on two populations of our own
(`bench/freshness_populations.py`, {own} channels, one seed). All are assumed, none is measured on real sites. Five
weeks to learn, six measured, with Mid-Autumn and National Day. "DP" is told the true intensities: the bound for whoever
does not react to bursts. The policy decides by the code and the prices of a crawl, the prices anew every hour.

Aims: mean at most 1.2 x DP (at 4 visits 1.25 x), p95 at most 1.4 x its p95; 10 requests per article for a mean of one
hour; 100,000 channels decided in 30 s of CPU a day.
"""

OWN = 500  # channels of our own populations
HOUR = 12  # ticks
FLOOR, CEILING = DT, 7.0  # days: five minutes, and the simulator's week
JITTER = 0.03
PER_HOST = Settings.model_fields["visits_per_host"].default
ORIGIN = FIRST_DAY.toordinal() - 719_163  # days since 1970-01-01


class Policy:
    """pipeline.freshness as the simulator wants it: ticks for moments, arrays for rows of the database."""

    precise = True  # lists show the time of day; False: only the day

    def __init__(self, calendar: Calendar, channels: int, budget: float) -> None:
        self.days, self.budget = _days(calendar), budget * channels
        self.rhythm = Rhythm.new(np.full(channels, float(ORIGIN)))
        self.common = UNKNOWN
        self.bounds, self.hosts = (np.full(channels, FLOOR), np.full(channels, CEILING)), np.arange(channels)
        self.random = np.random.default_rng(3)
        self.next = self.random.random(channels) * DAY / budget
        self.price = self._prices()
        self.seconds = 0.0

    def due(self, tick: int) -> Ints:
        start = time.process_time()
        if tick % HOUR == 0:  # as often as crawlers.timetable does
            self.common = common_belief(self.rhythm)
            self.price = self._prices()
        due = np.nonzero(self.next <= tick)[0]
        self.seconds += time.process_time() - start
        return due

    def visited(self, tick: int, found: Found) -> None:
        start = time.process_time()
        now, rows = ORIGIN + (tick + 1) * DT, found.channels
        before = self.rhythm.of(rows)
        rhythm = observe(before, now, self._items(found, before.until, now), self.common, self.days)
        self.rhythm.table[rows] = rhythm.table
        belief = expect(rhythm, self.common)
        floor, ceiling = (bound[rows] for bound in self.bounds)
        moments = next_visits(belief, now, self.price[rows], self.days, floor, ceiling)
        wait = (moments - now) * (1 + JITTER * self.random.uniform(-1, 1, len(rows)))
        self.next[rows] = tick + np.maximum(1, np.rint(wait / DT))
        self.seconds += time.process_time() - start

    def _items(self, found: Found, until: Floats, now: float) -> Items:
        rows = np.nonzero(found.new)[0]
        times = [found.published(int(found.channels[row]), (until[row] - ORIGIN) / DT - 1e-9) for row in rows]
        row = np.repeat(rows, [len(of_row) for of_row in times])
        moments = ORIGIN + np.concatenate([*times, np.zeros(0)]) * DT
        if self.precise:
            return Items(row, moments, moments)
        earliest = np.maximum(np.floor(moments), until[row])
        return Items(row, earliest, np.minimum(np.floor(moments) + 1 - 1e-9, now - 1e-9))

    def _prices(self) -> Floats:
        """For each channel, of which each has a host of its own."""
        demanded = demand(expect(self.rhythm, self.common))
        return prices(demanded, self.bounds, self.hosts, self.budget, PER_HOST)[1]


class DayOnly(Policy):
    precise = False


def _days(calendar: Calendar) -> Days:
    """The simulator's calendar, as it may be known: with a plain fortnight behind it, which plans look into."""
    days = np.arange(len(calendar.workday) + 14)
    worked = np.append(calendar.workday, days[-14:] % 7 < 5)
    holiday = np.append(calendar.holiday, np.zeros(14, bool))
    kinds = np.where(holiday, HOLIDAY, np.where(worked & (days % 7 > 4), MADE_UP, days % 7))
    dates = [calendar_days.time(ORIGIN + day + 0.5).date() for day in days]
    return Days(ORIGIN, kinds, np.array([calendar_days.in_vacation(day) for day in dates]))


@dataclass(frozen=True)
class Row:
    world: str
    budget: float
    name: str
    results: list[Result]

    def mean(self, column: str) -> float:
        return mean(getattr(result, column) for result in self.results)


@dataclass(frozen=True)
class Game:
    world: World
    budget: float
    channels: int
    seeds: int

    def play(self) -> list[Row]:
        """The policy, with the time of day shown and without, beside true intensities with dynamic programming."""
        rows = []
        with inside(self.world):
            populations = [self.world.population(self.channels, seed + 1) for seed in range(self.seeds)]
            for name, make in (("freshness", Policy), ("freshness, lists show days only", DayOnly)):
                if make is Policy or self.budget == 12:
                    rows.append(Row(self.world.name, self.budget, name, matched(populations, make, self.budget)))
            bounds = [dp_known(population, self.budget) for population in populations]
            return [*rows, Row(self.world.name, self.budget, "true intensities (DP)", bounds)]


def matched(populations: Sequence[Population], make: type[Policy], budget: float) -> list[Result]:
    """As the simulator's match_budget, within 0.5 %, but each population begins with what the one before was given."""
    results, asked = [], budget
    for population in populations:
        for _ in range(3):
            result = simulate(population, make(population.calendar, population.channels, asked))
            asked *= budget / result.visits
            if abs(result.visits / budget - 1) < 0.005:
                break
        results.append(result)
    return results


@dataclass(frozen=True)
class Invented:
    """Visits of which one in ten found an item: what it costs to decide does not hang on which."""

    channels: Ints
    tick: int

    @property
    def new(self) -> Ints:
        return (self.channels % 10 == self.tick % 10).astype(int)

    def published(self, channel: int, since: float = 0.0) -> Floats:
        return np.array([max(since, self.tick - channel % 70)])


def cost(channels: int = 100_000, budget: float = 4) -> tuple[int, float]:
    """Visits of a simulated day, the second, and the CPU seconds in which they were learnt from and decided."""
    policy = Policy(simulator.calendar(), channels, budget)
    visits, before = 0, 0.0
    for tick in range(2 * DAY):
        if tick == DAY:
            visits, before = 0, policy.seconds
        rows = policy.due(tick)
        visits += len(rows)
        if len(rows):
            policy.visited(tick, cast("Found", Invented(rows, tick)))
    return visits, policy.seconds - before


COLUMNS = (
    "population",
    "visits per channel and day",
    "policy",
    *("mean h", "median", "p95", "p99", "x DP mean", "x DP p95"),
    *("requests per article", "busiest hour", "lost"),
)
HEAD = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|"


def lines(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        ratios = [f"{over_bound(row, rows, column):.2f}" for column in ("mean", "p95")]
        delays = [f"{row.mean(c):.3f}" for c in ("mean", "median", "p95", "p99")]
        rest = [f"{row.mean('requests_per_article'):.1f}", f"{row.mean('peak_hour'):.1f}", f"{row.mean('lost'):.0f}"]
        cells = [row.world, f"{row.mean('visits'):.2f}", row.name, *delays, *ratios, *rest]
        yield f"| {' | '.join(cells)} |"


def over_bound(row: Row, rows: Sequence[Row], column: str) -> float:
    (bound,) = [r for r in rows if (r.world, r.budget) == (row.world, row.budget) and "DP" in r.name]
    return row.mean(column) / bound.mean(column)


def missed(rows: Sequence[Row]) -> Iterator[str]:
    """Which of the aims were not reached."""
    for row in rows:
        aims = {"mean": 1.25 if row.budget == 4 else 1.2, "p95": 1.4}
        for column, aim in aims.items():
            if (found := over_bound(row, rows, column)) > aim:
                yield f"{row.world}, {row.name}, {row.budget:g} visits: {column} {found:.2f} x DP, aim {aim}"


def decided() -> Iterator[str]:
    """What it costs to decide."""
    visits, seconds = cost()
    yield f"100,000 channels at 4 visits a day: {seconds:.1f} s of CPU for a simulated day of {visits:,} visits."
    channel, now = ChannelRecord("a/b", "a", "b", "https://a.example/", "list", True), calendar_days.time(ORIGIN + 3.4)
    begun = time.process_time()
    for _ in range(500):
        rhythm = learnt(channel, [], now, UNKNOWN)
        prices_now = Market(UNKNOWN, {}, 0.01)
        channel = replace(channel, rhythm=rhythm.written()[0])
        now = chosen(channel, rhythm, now, prices_now)
    each = (time.process_time() - begun) / 500
    yield f"One at a time, as in a crawl, with what is read and written of the rhythm: {each * 1000:.2f} ms a visit."
    records = [replace(channel, url=f"https://h{n % 20_000}.example/{n}") for n in range(100_000)]
    begun = time.process_time()
    market(records, Settings())
    yield f"Prices of 100,000 channels on 20,000 hosts: {time.process_time() - begun:.1f} s, once an hour and crawl."


def an_hour(channels: int) -> str:
    """What a mean delay of about an hour takes."""
    population = OFFICES.population(channels, 1)
    (result,) = matched([population], Policy, 4.3)
    used = f"{result.requests_per_article:.1f} requests per article ({result.visits:.2f} visits per channel and day)"
    return f"A mean of {result.mean:.2f} h takes {used}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.relative_to(ROOT)}")
    parser.add_argument("--channels", type=int, default=1500, help="of the simulator's own population")
    parser.add_argument("--seeds", type=int, default=3, help="of the simulator's own population; of the others one")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    games = [Game(OFFICES, budget, arguments.channels, arguments.seeds) for budget in (24, 12, 4)]
    games += [Game(world, budget, OWN, 1) for world in (SCHOOLS, PORTALS) for budget in (24, 12, 4)]
    rows: list[Row] = []
    with ProcessPoolExecutor(arguments.processes) as pool:
        hour = pool.submit(an_hour, arguments.channels)
        for played in as_completed([pool.submit(game.play) for game in games]):
            rows += played.result()
            print(*lines(played.result()), sep="\n", flush=True)  # noqa: T201 - a bench prints its figures
    rows.sort(key=lambda row: ([world.name for world in WORLDS].index(row.world), row.budget))
    not_reached = [f"* {line}" for line in missed(rows)] or ["Every aim is reached."]
    said = "\n".join([hour.result(), *decided(), "", "Aims not reached:", *not_reached])
    print(said)  # noqa: T201 - as above
    if arguments.write:
        text = INTRODUCTION.format(channels=arguments.channels, seeds=arguments.seeds, own=OWN)
        FIGURES.write_text(f"{text}\n{HEAD}\n" + "\n".join(lines(rows)) + f"\n\n{said}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
