"""How long news wait until they are found: `python -m bench.freshness [--write]`, on the simulator in ../shared.

The real code of pipeline.freshness plays in three populations beside the simulator's bound: the simulator's own,
schools by term, and portals with heavy tails and bursts (bench/freshness_populations.py).
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import cast

import numpy as np

from pipeline.freshness import days as calendar_days
from pipeline.freshness.days import HOLIDAY, MADE_UP, Days
from pipeline.freshness.plan import next_visits
from pipeline.freshness.price import corrected, demand, price
from pipeline.freshness.rhythm import UNKNOWN, Floats, Ints, Items, Rhythm, common_belief, expect, observe

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "bench" / "freshness"
sys.path.insert(0, str(SHARED))

import simulator  # noqa: E402 - from ../shared, as the next
from policies import dp_known  # noqa: E402 - from ../shared, as the next
from simulator import DAY, DT, FIRST_DAY, Calendar, Found, Result, match_budget  # noqa: E402

from bench.freshness_populations import OFFICES, WORLDS, World, inside  # noqa: E402 - it needs them, too

FIGURES = ROOT / "docs" / "figures" / "freshness.md"
INTRODUCTION = """# How long news wait

`make bench-freshness`: hours from publication to detection, on the simulator in `../shared/bench/freshness` (its
population of {channels} channels, means of {seeds} seeds) and on two populations of our own
(`bench/freshness_populations.py`, one seed each). All are assumed, none is measured on real sites. Five weeks to learn,
six measured, with Mid-Autumn and National Day. "DP" is told the true intensities: the bound for whoever does not react
to bursts.
"""

FLOOR, CEILING = DT, 7.0  # days: five minutes, and the simulator's week
JITTER = 0.03
ORIGIN = FIRST_DAY.toordinal() - 719_163  # days since 1970-01-01


class Policy:
    """pipeline.freshness as the simulator wants it: ticks for moments, arrays for rows of the database."""

    precise = True  # lists show the time of day; False: only the day

    def __init__(self, calendar: Calendar, channels: int, budget: float) -> None:
        self.days, self.budget = _days(calendar), budget * channels
        self.rhythm = Rhythm.new(np.full(channels, float(ORIGIN)))
        self.common = UNKNOWN
        self.demand = np.full(channels, demand(UNKNOWN)[0])
        self.correction, self.used = 1.0, 0
        self.random = np.random.default_rng(3)
        self.next = self.random.random(channels) * DAY / budget
        self.price = price(float(self.demand.sum()), self.budget)
        self.seconds = 0.0

    def due(self, tick: int) -> Ints:
        start = time.process_time()
        if tick and tick % DAY == 0:
            self._new_day(tick)
        due = np.nonzero(self.next <= tick)[0]
        self.used += len(due)
        self.seconds += time.process_time() - start
        return due

    def visited(self, tick: int, found: Found) -> None:
        start = time.process_time()
        now, rows = ORIGIN + (tick + 1) * DT, found.channels
        before = self.rhythm.of(rows)
        rhythm = observe(before, now, self._items(found, before.until, now), self.common, self.days)
        self.rhythm.table[rows] = rhythm.table
        belief = expect(rhythm, self.common)
        self.demand[rows] = demand(belief)
        each = np.ones(len(rows))
        moments = next_visits(belief, now, self.price * each, self.days, FLOOR * each, CEILING * each)
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

    def _new_day(self, tick: int) -> None:
        self.common = common_belief(self.rhythm)
        if tick >= 2 * DAY:
            self.correction = corrected(self.correction, self.used, self.budget)
        self.used = 0
        self.price = price(float(self.demand.sum()), self.budget, self.correction)


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


def play(world: World, budgets: Sequence[float], seeds: Sequence[int], channels: int) -> Iterator[Row]:
    """The policy, with the time of day shown and without, beside true intensities with dynamic programming."""
    with inside(world):
        populations = [world.population(channels, seed) for seed in seeds]
        for budget in budgets:
            for name, make in (("freshness", Policy), ("freshness, lists show days only", DayOnly)):
                if make is DayOnly and budget != 12:
                    continue
                own = [match_budget(p, partial(make, p.calendar, p.channels), budget) for p in populations]
                yield Row(world.name, budget, name, own)
            yield Row(world.name, budget, "true intensities (DP)", [dp_known(p, budget) for p in populations])


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
    bounds = {(row.world, row.budget): row for row in rows if "DP" in row.name}
    for row in rows:
        bound = bounds.get((row.world, row.budget))
        ratios = [f"{row.mean(c) / bound.mean(c):.2f}" if bound else "" for c in ("mean", "p95")]
        delays = [f"{row.mean(c):.3f}" for c in ("mean", "median", "p95", "p99")]
        rest = [f"{row.mean('requests_per_article'):.1f}", f"{row.mean('peak_hour'):.1f}", f"{row.mean('lost'):.0f}"]
        cells = [row.world, f"{row.mean('visits'):.2f}", row.name, *delays, *ratios, *rest]
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.relative_to(ROOT)}")
    parser.add_argument("--channels", type=int, default=1500)
    parser.add_argument("--seeds", type=int, default=3, help="of the simulator's own population; of the others one")
    arguments = parser.parse_args()
    rows: list[Row] = []
    print(HEAD, flush=True)  # noqa: T201 - a bench prints its figures
    for world in WORLDS:
        seeds = range(1, arguments.seeds + 1 if world is OFFICES else 2)
        for row in play(world, (4, 12, 24), seeds, arguments.channels):
            rows.append(row)
            print(*lines([row]), flush=True)  # noqa: T201 - as above
    hour = match_budget(
        population := OFFICES.population(arguments.channels, 1),
        partial(Policy, population.calendar, population.channels),
        4.4,
    )
    visits, seconds = cost()
    said = (
        f"A mean of {hour.mean:.2f} h takes {hour.requests_per_article:.1f} requests per article "
        f"({hour.visits:.2f} visits per channel and day, seed 1).\n"
        f"100,000 channels at 4 visits a day: {seconds:.1f} s of CPU for a simulated day of {visits:,} visits.\n"
    )
    print(said)  # noqa: T201 - as above
    if arguments.write:
        text = INTRODUCTION.format(channels=arguments.channels, seeds=arguments.seeds)
        FIGURES.write_text(f"{text}\n{HEAD}\n" + "\n".join(lines(rows)) + f"\n\n{said}", encoding="utf-8")


if __name__ == "__main__":
    main()
