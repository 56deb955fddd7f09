"""What visits teach, what a visit costs, when the next one is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from pipeline.freshness.days import HOLIDAY, MADE_UP, around, in_vacation, kind, moment, time
from pipeline.freshness.plan import next_visits
from pipeline.freshness.price import demand, prices, within
from pipeline.freshness.rhythm import (
    HOURS,
    KINDS_WEIGHT,
    UNKNOWN,
    VACATION,
    WIDTH,
    Belief,
    Floats,
    Items,
    Rhythm,
    common_belief,
    expect,
    observe,
)

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # ten in the morning in China
NOW = moment(WEDNESDAY)
DAYS = around(NOW)
FLOOR, CEILING = np.full(1, 5 / 1440), np.full(1, 1.0)
MINUTE = 1 / 1440


def nothing() -> Items:
    return Items(np.zeros(0, int), np.zeros(0), np.zeros(0))


def at(*moments: float) -> Items:
    return Items(np.zeros(len(moments), int), np.array(moments), np.array(moments))


def even(rate: float) -> Belief:
    return Belief(np.array([rate]), np.ones((1, HOURS)), np.ones((1, VACATION + 1)))


def watched(days: int, published: tuple[float, ...], every: float = 0.25) -> Rhythm:
    """A channel watched for these days up to NOW that published at these parts of each day."""
    rhythm = Rhythm.new(np.array([NOW - days]))
    for now in np.arange(NOW - days, NOW, every) + every:
        found = [day + part for day in range(int(now) - 1, int(now) + 1) for part in published]
        rhythm = observe(rhythm, now, at(*(m for m in found if now - every < m <= now)), UNKNOWN, DAYS)
    return rhythm


def wait(belief: Belief, cost: float, now: float = NOW, floor: Floats = FLOOR, ceiling: Floats = CEILING) -> float:
    days = around(now)
    return float(next_visits(belief, now, np.array([cost]), days, floor, ceiling)[0] - now)


# ---- days


@pytest.mark.parametrize(
    ("day", "what"),
    [
        (date(2026, 9, 21), 0),
        (date(2026, 9, 19), 5),
        (date(2026, 9, 20), MADE_UP),  # a Sunday that is worked for the National Day
        (date(2026, 9, 25), HOLIDAY),
        (date(2026, 10, 1), HOLIDAY),
        (date(2026, 10, 10), MADE_UP),
        (date(2077, 10, 1), HOLIDAY),  # no notice yet: the fixed holidays only
        (date(2077, 6, 2), 2),
    ],
)
def test_days_are_of_the_kind_that_the_state_council_says(day: date, what: int) -> None:
    assert kind(day) == what


@pytest.mark.parametrize(
    ("day", "away"),
    [
        (date(2026, 7, 9), False),
        (date(2026, 7, 10), True),
        (date(2026, 8, 31), True),
        (date(2026, 9, 1), False),
        (date(2026, 2, 1), True),
        (date(2026, 3, 20), False),
        (date(2077, 2, 5), True),
    ],
)
def test_schools_are_away_in_summer_and_around_the_spring_festival(day: date, away: bool) -> None:
    assert in_vacation(day) is away


def test_moments_are_days_by_the_clock_of_china() -> None:
    assert moment(datetime(1970, 1, 1, 16, tzinfo=UTC)) == 1
    assert time(NOW) == WEDNESDAY


# ---- what visits teach


def test_a_new_channel_is_taken_for_an_average_one() -> None:
    belief = expect(Rhythm.new(np.array([NOW])), UNKNOWN)
    assert belief.rate == pytest.approx([0.6])
    np.testing.assert_allclose(belief.hours, UNKNOWN.hours)
    np.testing.assert_allclose(belief.kinds, UNKNOWN.kinds)


def test_the_rate_comes_near_what_is_published() -> None:
    assert expect(watched(40, (0.4, 0.42, 0.7)), UNKNOWN).rate[0] == pytest.approx(3, rel=0.1)


def test_a_silent_channel_is_expected_to_publish_less_and_less_but_never_nothing() -> None:
    rates = [expect(watched(days, ()), UNKNOWN).rate[0] for days in (1, 5, 20, 60)]
    assert rates == sorted(rates, reverse=True)
    assert 0 < rates[-1] < 0.02


def test_silence_at_night_says_less_than_silence_by_day() -> None:
    common = replace(UNKNOWN, hours=np.where((np.arange(HOURS) > 7) & (np.arange(HOURS) < 18), 2.3, 0.05)[None])
    midnight = np.floor(NOW)
    by_night = observe(Rhythm.new(np.array([midnight])), midnight + 7 / 24, nothing(), common, DAYS)
    by_day = observe(Rhythm.new(np.array([midnight + 9 / 24])), midnight + 16 / 24, nothing(), common, DAYS)
    assert by_night.exposure[0] < 0.05 < 0.5 < by_day.exposure[0]


def test_silence_on_holidays_says_little_of_workdays() -> None:
    kinds = np.ones((1, VACATION + 1))
    kinds[0, HOLIDAY] = 0.05
    start = moment(datetime(2026, 9, 30, 16, tzinfo=UTC))
    after = observe(
        Rhythm.new(np.array([start])), start + 7, nothing(), replace(UNKNOWN, kinds=kinds), around(start + 7)
    )
    assert after.exposure[0] == pytest.approx(0.35)


def test_hours_are_learnt_and_a_burst_counts_once() -> None:
    rhythm = observe(Rhythm.new(np.array([NOW - 1])), NOW, at(*(NOW - MINUTE * k for k in (61, 62, 63))), UNKNOWN, DAYS)
    assert (rhythm.items[0], rhythm.hours[0, 8], rhythm.hours.sum()) == (3, pytest.approx(1), pytest.approx(1))
    hours = expect(watched(60, (0.4, 0.7)), UNKNOWN).hours[0]
    assert hours[9] > 1.5 and hours[16] > 1.5 and hours[3] < 0.7


def test_an_item_without_a_time_is_spread_over_the_hours_in_which_it_may_have_come() -> None:
    found = Items(np.zeros(1, int), np.array([NOW - 4 / 24]), np.array([NOW]))
    hours = observe(Rhythm.new(np.array([NOW - 4 / 24])), NOW, found, UNKNOWN, DAYS).hours[0]
    assert hours[6:10] == pytest.approx([0.25] * 4)


def test_items_are_counted_by_kind_of_day() -> None:
    rhythm = watched(21, (0.4,))
    week = expect(rhythm, UNKNOWN).kinds[0, :7]
    assert rhythm.kinds[0, :7].sum() > 17
    assert week == pytest.approx([1] * 7, abs=0.15)  # it publishes daily: no day is special


def test_one_row_learns_as_many_do() -> None:
    one = watched(10, (0.4,))
    both = Rhythm(np.concatenate([one.table, watched(10, (0.8, 0.9)).table]))
    found = Items(np.array([1]), np.array([NOW + 0.1]), np.array([NOW + 0.1]))
    after = observe(both, NOW + 0.25, found, UNKNOWN, DAYS)
    np.testing.assert_allclose(
        after.table[:1], observe(one, NOW + 0.25, nothing(), UNKNOWN, DAYS).table, rtol=1e-12, atol=1e-12
    )
    assert after.items[1] > both.items[1]


def test_what_is_common_is_the_mean_of_all_and_the_belief_of_a_new_one() -> None:
    many = Rhythm(np.repeat(watched(40, (0.4, 0.5)).table, 50, axis=0))
    common = common_belief(many)
    assert common.rate[0] == pytest.approx(2, rel=0.2)
    new = expect(Rhythm.new(np.array([NOW])), common)
    assert new.rate == pytest.approx(common.rate)
    assert new.hours[0, 9] > 3 > 0.5 > new.hours[0, 3]


def test_a_rhythm_is_a_few_dozen_finite_numbers() -> None:
    table = watched(30, (0.4,)).table
    assert table.shape == (1, WIDTH) and WIDTH < 50
    assert np.isfinite(table).all() and (table >= 0).all()


def test_a_channel_unseen_for_a_year_is_no_trouble() -> None:
    after = observe(Rhythm.new(np.array([NOW - 400])), NOW, at(NOW - 300), UNKNOWN, DAYS)
    assert np.isfinite(after.table).all() and 0 < expect(after, UNKNOWN).rate[0] < UNKNOWN.rate[0]


# ---- what a visit costs


RATES = np.array([0.1, 1.0, 10.0])
DEMANDED = demand(Belief(RATES, np.ones((3, HOURS)), np.ones((3, VACATION + 1))))
TOGETHER, WIDE = np.zeros(3, int), (np.full(3, 1e-3), np.full(3, 1e3))


def used(price: Floats | float) -> Floats:
    """Visits a day of even channels at this price."""
    return np.sqrt(RATES / (2 * np.asarray(price)))


def test_at_its_price_the_budget_is_used() -> None:
    assert used(within(DEMANDED, WIDE, TOGETHER, np.array([36.0]))).sum() == pytest.approx(36)


@pytest.mark.parametrize(
    ("budget", "bounds", "visits"),
    [
        (36, (np.array([1e-3, 1e-3, 0.1]), np.full(3, 1e3)), (6.25, 19.75, 10)),  # a busy channel's floor frees some
        (36, (np.full(3, 1e-3), np.array([0.05, 1e3, 1e3])), (20, 3.84, 12.16)),  # a quiet one's ceiling takes some
        (36, (np.full(3, 1e-3), np.full(3, 1 / 24)), (24, 24, 24)),  # none starves
        (360, (np.full(3, 1 / 24), np.full(3, 1)), (24, 24, 24)),  # none is asked too often
    ],
)
def test_floors_and_ceilings_come_before_the_budget(
    budget: float, bounds: tuple[Floats, Floats], visits: tuple[float, ...]
) -> None:
    price = within(DEMANDED, bounds, TOGETHER, np.array([float(budget)]))
    assert np.clip(used(price), 1 / bounds[1], 1 / bounds[0]) == pytest.approx(visits, rel=2e-3)


def test_a_host_whose_share_is_exceeded_has_a_higher_price() -> None:
    usual, own = prices(DEMANDED, WIDE, np.array([0, 0, 1]), 36, 12)
    assert used(usual).sum() == pytest.approx(36)
    assert own[0] == usual and used(own[1])[2] == pytest.approx(12)


def test_without_channels_a_visit_has_a_price_too() -> None:
    none = np.zeros(0)
    usual, own = prices(none, (none, none), np.zeros(0, int), 24, 480)
    assert (usual, len(own)) == (1, 0)


# ---- the next visit


@pytest.mark.parametrize(("rate", "cost"), [(1.0, 0.01), (10.0, 0.005), (0.3, 0.02)])
def test_an_even_channel_is_visited_at_the_square_root_interval(rate: float, cost: float) -> None:
    assert wait(even(rate), cost, ceiling=np.full(1, 7.0)) == pytest.approx(np.sqrt(2 * cost / rate), rel=0.1)


def test_floor_and_ceiling_hold() -> None:
    assert wait(even(1000.0), 1e-9) == pytest.approx(5 * MINUTE)
    assert wait(even(1e-6), 1.0) == pytest.approx(1)


def office() -> Belief:
    hours = np.full((1, HOURS), 0.02)
    hours[0, 9:12] = hours[0, 14:17] = 3.98
    kinds = np.ones((1, VACATION + 1)) * 1.3
    kinds[0, 5:8] = 0.005
    return Belief(np.array([1.0]), hours, kinds)


def test_an_office_is_not_visited_at_night_but_when_it_closes_and_after_it_opened() -> None:
    closing = np.floor(NOW) + 16.5 / 24
    evening = closing + wait(office(), 0.02, closing)
    assert evening % 1 * 24 == pytest.approx(17, abs=0.8)
    morning = evening + wait(office(), 0.02, evening)
    assert morning > np.floor(NOW) + 1 and 9.5 < morning % 1 * 24 < 12


def test_an_office_is_hardly_visited_on_a_weekend() -> None:
    friday = moment(datetime(2026, 11, 20, 11, tzinfo=UTC))
    monday = friday + wait(office(), 0.02, friday, ceiling=np.full(1, 7.0))
    assert time(monday).date() >= date(2026, 11, 22)  # with Monday's opening, or late on Sunday


def test_a_dearer_visit_comes_later() -> None:
    waits = [wait(office(), cost) for cost in (0.001, 0.005, 0.02, 0.1)]
    assert waits == sorted(waits)


def test_many_channels_are_planned_as_one_is() -> None:
    one, two = office(), even(3.0)
    both = Belief(*(np.concatenate([getattr(one, name), getattr(two, name)]) for name in ("rate", "hours", "kinds")))
    together = next_visits(both, NOW, np.full(2, 0.01), DAYS, np.repeat(FLOOR, 2), np.repeat(CEILING, 2)) - NOW
    assert together == pytest.approx([wait(one, 0.01), wait(two, 0.01)])


def test_a_planned_day_costs_less_than_even_visits() -> None:
    """Follow the plan for a day and add up price and waiting, minute by minute."""
    belief, cost, start = office(), 0.01, np.floor(NOW)
    intensity = belief.rate[0] * np.repeat(belief.hours[0] * belief.kinds[0, 2], 60) * MINUTE

    def total(visits: list[int]) -> float:
        waiting = sum(
            (min(v for v in visits if v > minute) - minute - 0.5) * MINUTE * intensity[minute] for minute in range(1440)
        )
        return waiting + cost * len(visits)

    now, planned = start, []
    while now < start + 1:
        now += wait(belief, cost, now)
        planned.append(round((now - start) * 1440))
    for count in (4, 8, 12, 16, 24):
        assert total(planned) < total([round(1440 / count * (k + 1)) + 1 for k in range(count)])


def test_a_month_of_following_the_plan_never_starves_a_silent_channel() -> None:
    rhythm, now = Rhythm.new(np.array([NOW - 30])), NOW - 30
    gaps = []
    while now < NOW:
        gaps.append(wait(expect(rhythm, UNKNOWN), 0.05, now))
        now += gaps[-1]
        rhythm = observe(rhythm, now, nothing(), UNKNOWN, around(now))
    assert max(gaps) <= 1 and gaps[-1] == pytest.approx(1)
    assert timedelta(days=min(gaps)) >= timedelta(minutes=5)


def test_the_common_days_weigh_so_many_items() -> None:
    rhythm = watched(0, ())
    rhythm.kinds[0, 0], rhythm.expected[0, 0] = KINDS_WEIGHT, 0
    raised = expect(rhythm, UNKNOWN).kinds[0]
    assert raised[0] / raised[1] == pytest.approx(2)
