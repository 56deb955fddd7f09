"""The moment of the next visit: the first of those by which price and waiting are least in sum.

Dynamic programming over a grid of moments that begins fine and becomes coarse. Where it ends, the cost goes on as if
each visit were made at the best interval for an even intensity, sqrt(2 x price x intensity) a day.
"""

import numpy as np

from pipeline.freshness.days import Days
from pipeline.freshness.rhythm import HOURS, VACATION, Belief, Floats

MOMENTS = 36
COARSER = 1.07  # each step of the grid is so much longer than the one before
FINE = 5  # steps in the usual interval of a channel's busy hours
LONGEST_STEP = 2 / 24
HORIZON = 8  # days
REFINED = 2 / 3  # of the grid's moments are planned from; those behind them end the plan


def next_visits(belief: Belief, now: float, price: Floats, days: Days, floor: Floats, ceiling: Floats) -> Floats:
    """Moments of the next visits of channels (n), all just visited; price of a visit, floor and ceiling in days (n)."""
    intensity, knots = _intensity(belief, now, days)
    busy = np.partition(intensity[:, :HOURS], -3, axis=1)[:, -3]
    usual = np.sqrt(2 * price / busy)
    step = np.clip(usual / FINE, floor, LONGEST_STEP)
    grid = np.minimum(step[:, None] * _growing(), knots[-1])
    wait = _planned(intensity, knots, grid, price)
    return np.asarray(now + np.clip(wait, floor, ceiling))


def items_until(belief: Belief, now: float, until: float, days: Days) -> Floats:
    """Items to be expected of each channel between now and a moment of the next week (n)."""
    intensity, knots = _intensity(belief, now, days)
    return _items_until(intensity, knots, np.full((len(intensity), 1), until - now))[:, 0]


def _growing() -> Floats:
    return np.asarray((COARSER ** np.arange(MOMENTS + 1) - 1) / (COARSER - 1))


def _intensity(belief: Belief, now: float, days: Days) -> tuple[Floats, Floats]:
    """Items a day in each hour from now on (n x hours), and where the hours begin and end, in days from now."""
    hour = int(now * HOURS) + np.arange(HORIZON * HOURS)
    day = hour // HOURS - days.first
    season = np.where(days.vacation[day], belief.kinds[:, VACATION:], 1)
    intensity = belief.rate[:, None] * belief.hours[:, hour % HOURS] * belief.kinds[:, days.kinds[day]] * season
    knots = np.append(hour, hour[-1] + 1) / HOURS - now
    knots[0] = 0
    return intensity, knots


def _planned(intensity: Floats, knots: Floats, grid: Floats, price: Floats) -> Floats:
    """Days to the first visit of the cheapest plan (n)."""
    last = grid.shape[1] - 1
    items = _items_until(intensity, knots, grid)
    width = np.maximum(np.diff(grid, axis=1), 1e-9)
    even = np.maximum(np.diff(items, axis=1) / width, 1e-9)  # intensity between two moments
    middle = (grid[:, 1:] + grid[:, :-1]) / 2
    moved = _summed(even * width * middle)  # sum of the items' moments
    saved = _summed(np.sqrt(2 * price[:, None] * even) * width)
    ends = grid * items - moved - saved + price[:, None]  # cost of a next visit at each moment, but for its start
    for start in range(int(last * REFINED), -1, -1):
        cost = ends[:, start + 1 :] - grid[:, start + 1 :] * items[:, [start]]
        ends[:, start] += cost.min(1) + moved[:, start] + saved[:, start]  # where the plan is made, nothing is guessed
    return _between(cost, np.argmin(cost, axis=1), grid)


def _items_until(intensity: Floats, knots: Floats, grid: Floats) -> Floats:
    rows = np.arange(len(grid))[:, None]
    until = _summed(intensity * np.diff(knots))
    hour = np.clip(np.searchsorted(knots, grid, side="right") - 1, 0, len(knots) - 2)
    return np.asarray(until[rows, hour] + (grid - knots[hour]) * intensity[rows, hour])


def _summed(parts: Floats) -> Floats:
    return np.concatenate([np.zeros((len(parts), 1)), np.cumsum(parts, 1)], 1)


def _between(cost: Floats, best: Floats, grid: Floats) -> Floats:
    """The lowest point of the parabola through the best moment and its neighbours (cost[k] is that of grid[k + 1])."""
    rows, at = np.arange(len(cost)), np.clip(best, 1, cost.shape[1] - 2)
    low, mid, high = cost[rows, at - 1], cost[rows, at], cost[rows, at + 1]
    bend = low - 2 * mid + high
    off = np.where((bend > 1e-15) & (at == best), 0.5 * (low - high) / np.maximum(bend, 1e-15), 0)
    here = grid[rows, best + 1]
    to = np.where(off > 0, grid[rows, np.minimum(best + 2, grid.shape[1] - 1)], grid[rows, best])
    return np.asarray(here + np.abs(off) * (to - here))
