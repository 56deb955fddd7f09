"""What a visit costs, in item-days of waiting: the price at which channels together use the budget.

An even intensity r is best visited every sqrt(2 x price / r), that is sqrt(r / 2) / sqrt(price) times a day. So the
price follows from a sum over channels, without looking at past use: a controller of that would swing to and fro.
"""

import numpy as np

from pipeline.freshness.days import KINDS, ORDINARY_WEEK
from pipeline.freshness.rhythm import Belief, Floats, Ints

HALVINGS = 40


def demand(belief: Belief) -> Floats:
    """Visits on an ordinary day at the price of one (n)."""
    week = np.sqrt(belief.kinds[:, :KINDS]) @ ORDINARY_WEEK
    return np.asarray(np.sqrt(belief.rate / 2) * np.sqrt(belief.hours).mean(1) * week)


def prices(
    demanded: Floats, bounds: tuple[Floats, Floats], host: Ints, budget: float, per_host: float
) -> tuple[float, Floats]:
    """The usual price, of the budget of all channels, and that at each host: a higher one where its share is exceeded.

    `bounds` are floor and ceiling in days (n, n), `host` the number of each channel's host (n), the budgets in visits a
    day.
    """
    usual = float(within(demanded, bounds, np.zeros_like(host), np.array([budget]))[0])
    shares = np.full(host.max(initial=-1) + 1, per_host)
    return usual, np.maximum(usual, within(demanded, bounds, host, shares))


def within(demanded: Floats, bounds: tuple[Floats, Floats], group: Ints, budgets: Floats) -> Floats:
    """The price at which each group of channels uses its budget, visited as often as floor and ceiling let them.

    Where the ceilings alone take more than the budget, the price is that at which all are at their ceilings: no channel
    starves. Where all are at their floors, the price is that at which they just are. Of a group without channels 1.
    """
    floor, ceiling = bounds
    low, high = np.full(len(budgets), np.inf), np.zeros(len(budgets))
    np.minimum.at(low, group, (demanded * floor) ** 2)
    np.maximum.at(high, group, (demanded * ceiling) ** 2)
    empty = high == 0
    low, high = (np.log(np.where(empty, 1, bound)) for bound in (low, high))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        visits = np.clip(demanded / np.exp(middle / 2)[group], 1 / ceiling, 1 / floor)
        over = np.bincount(group, visits, len(budgets)) > budgets
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return np.asarray(np.exp(high))
