"""What a visit costs, in item-days of waiting: the price at which all channels together use the budget.

An even intensity r is best visited every sqrt(2 x price / r), that is sqrt(r / 2) / sqrt(price) times a day. So the
price follows from a sum over channels. A controller that looked at past use alone would swing to and fro: use is only a
slow correction of the sum.
"""

import numpy as np

from pipeline.freshness.days import KINDS, ORDINARY_WEEK
from pipeline.freshness.rhythm import Belief, Floats

REACTION = 0.1  # of what a day was off the budget, the next day
BOUNDS = (0.25, 4.0)  # of the correction as a whole


def demand(belief: Belief) -> Floats:
    """Visits on an ordinary day at the price of one (n)."""
    week = np.sqrt(belief.kinds[:, :KINDS]) @ ORDINARY_WEEK
    return np.asarray(np.sqrt(belief.rate / 2) * np.sqrt(belief.hours).mean(1) * week)


def price(demanded: float, budget: float, correction: float = 1.0) -> float:
    """Of a visit, where channels of this demand in sum may be visited so many times a day."""
    return (demanded * correction / budget) ** 2


def within(demanded: Floats, floor: Floats, ceiling: Floats, budget: float) -> float:
    """The price at which channels use the budget, visited no more and no less often than floor and ceiling let them.

    Where the ceilings alone take more than the budget, the price is that at which all are at their ceilings: no channel
    starves. Where all are at their floors, the price is that at which they just are.
    """
    if not len(demanded):
        return 1.0
    at_floor, at_ceiling = (demanded * floor) ** 2, (demanded * ceiling) ** 2  # prices
    low, high = np.log(at_floor.min()), np.log(at_ceiling.max())
    for _ in range(60):
        middle = (low + high) / 2
        visits = np.clip(demanded / np.exp(middle / 2), 1 / ceiling, 1 / floor).sum()
        low, high = (middle, high) if visits > budget else (low, middle)
    return float(np.exp(high))


def corrected(correction: float, used: float, budget: float) -> float:
    """The correction for the next day, given the visits a day that were made under the present one."""
    off = float(np.clip(used / budget - 1, -1, 1))  # not its logarithm: weekends would count for more than they spare
    return float(np.clip(correction * np.exp(REACTION * off), *BOUNDS))
