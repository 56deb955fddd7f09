"""Two more populations for the freshness simulator: schools by term, and portals with heavy tails and bursts.

Both keep the simulator's model (24 profiles, log-normal rates, bursts, weekly modulation) and put other profiles and
numbers into it. Assumed, like the simulator's own; nothing is measured on real sites.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import policies
import simulator
from simulator import DAY, Floats, Population, calendar

WEEK_OF_TERM = slice(35 * DAY, 42 * DAY)


@dataclass(frozen=True)
class World:
    name: str
    profiles: Callable[[], Floats]
    burst: float
    median_per_week: float
    sigma: float
    cap: float

    def population(self, channels: int, seed: int) -> Population:
        return Population(channels, seed, self.median_per_week, self.sigma, self.cap)


def _bump(mean: float, width: float) -> Floats:
    return np.exp(-0.5 * ((calendar().hour - mean) / width) ** 2)


def schools() -> Floats:
    """Office hours, one busy weekday, nearly silent weekends; vacation until a day from 31 August to 13 September, each
    school its own, then two weeks with half as much again as usual."""
    cal, random, out = calendar(), np.random.default_rng(41), []
    for _ in range(24):
        begins, quiet = random.integers(28, 42), random.uniform(0.1, 0.4)
        shift, busy_day = random.normal(0, 0.6), random.integers(0, 5)
        g = 0.02 + random.uniform(0.3, 0.7) * _bump(10 + shift, 1) + 0.5 * _bump(16 + shift, 1.1)
        g *= np.where(cal.day % 7 == busy_day, random.uniform(1.5, 3), 1)
        rest = np.where(cal.holiday[cal.day], random.uniform(0.01, 0.06), random.uniform(0.01, 0.1))
        g *= np.where(cal.workday[cal.day], 1, rest)
        g *= np.where(cal.day < begins, quiet, np.where(cal.day < begins + 14, 1.5, 1))
        out.append(g / g[WEEK_OF_TERM].mean())
    return np.array(out)


def portals() -> Floats:
    """Day and evening, weekends and holidays not much less; a third put most of it up in two editions a day."""
    cal, random, out = calendar(), np.random.default_rng(42), []
    for number in range(24):
        morning, evening = random.uniform(5.5, 8.5), random.uniform(16.5, 21)
        if number % 3:
            g = 0.1 + 0.5 * _bump(morning + 3, 2.5) + 0.5 * _bump(evening - 2, 3) + 0.3 * _bump(21, 2)
        else:
            g = 0.08 + _bump(morning, 0.3) + 0.6 * _bump(evening, 0.3)
        rest = np.where(cal.holiday[cal.day], random.uniform(0.5, 0.9), random.uniform(0.6, 1))
        g *= np.where(cal.workday[cal.day], 1, rest)
        out.append(g / g[: 7 * DAY].mean())
    return np.array(out)


OFFICES = World("the simulator's own", simulator.profiles, simulator.BURST, 2.0, 1.3, 60.0)
SCHOOLS = World("schools by term", schools, 1.6, 1.5, 1.0, 20.0)
PORTALS = World("portals, heavy tail, bursts of 4", portals, 4.0, 8.0, 2.0, 200.0)
WORLDS = (OFFICES, SCHOOLS, PORTALS)


@contextmanager
def inside(world: World) -> Iterator[None]:
    """Within, the simulator's populations and its dynamic programme are of this world."""
    usual = simulator.profiles, simulator.BURST
    made = world.profiles()
    simulator.profiles, simulator.BURST = lambda: made, world.burst
    policies.optimal_plans.cache_clear()
    try:
        yield
    finally:
        simulator.profiles, simulator.BURST = usual
        policies.optimal_plans.cache_clear()
