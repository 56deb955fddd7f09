"""When a channel is due again: what its lists tell, and what the budget allows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from crawlers.timetable import chosen, learnt, market, quiet
from pipeline.freshness.days import kind, moment
from pipeline.freshness.rhythm import UNKNOWN, Rhythm, expect
from pipeline.health.silence import Silence
from pipeline.settings import Settings
from storage.records import ChannelRecord, FoundLink

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # a Wednesday, ten in the morning in China


def channel(name: str = "a", rhythm: Rhythm | None = None, host: str = "a.example") -> ChannelRecord:
    text = rhythm.written()[0] if rhythm else None
    return ChannelRecord(f"site/{name}", "site", name, f"https://{host}/{name}/", "list", True, rhythm=text)


def links(*dates: str | None) -> list[FoundLink]:
    return [FoundLink(f"a.example/{n}", f"https://a.example/{n}", "t", date) for n, date in enumerate(dates)]


def active(rate: float) -> Rhythm:
    rhythm = Rhythm.new(np.array([moment(NOW)]))
    rhythm.items[:], rhythm.exposure[:] = rate * 20, 20
    return rhythm


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_a_first_list_tells_of_the_days_that_it_shows() -> None:
    twenty = learnt(channel(), links(*(f"2026-11-{day:02}" for day in range(8, 18))), NOW, UNKNOWN)
    assert twenty.items[0] == 10 and expect(twenty, UNKNOWN).rate[0] == pytest.approx(1, rel=0.1)


def test_a_first_list_without_dates_tells_nothing() -> None:
    rhythm = learnt(channel(), links(None, "昨天"), NOW, UNKNOWN)
    assert (rhythm.items[0], rhythm.exposure[0]) == (0, 0)


def test_a_list_moved_to_a_new_system_today_was_not_written_today() -> None:
    rhythm = learnt(channel(), links(*["2026-11-18"] * 20), NOW, UNKNOWN)
    assert rhythm.exposure[0] == pytest.approx(7)


@pytest.mark.parametrize(
    ("date", "hours"),
    [
        ("2026-11-18 09:15", {9}),
        ("2026-11-18T01:15:00+00:00", {9}),
        ("2026-11-18", {8, 9}),  # since the visit at eight
        (None, {8, 9}),
        ("2026-10-01", {8, 9}),  # put up late
        ("2026-13-45", {8, 9}),
    ],
)
def test_new_links_came_when_their_list_says_and_between_two_visits(date: str | None, hours: set[int]) -> None:
    before = Rhythm.new(np.array([moment(NOW) - 2 / 24]))
    after = learnt(channel(rhythm=before), links(date), NOW, UNKNOWN)
    assert set(np.nonzero(after.hours[0] > 0.1)[0]) == hours
    assert after.items[0] == 1


def test_a_visit_that_found_nothing_teaches_that() -> None:
    after = learnt(channel(rhythm=active(3)), [], NOW + timedelta(days=2), UNKNOWN)
    assert expect(after, UNKNOWN).rate[0] < expect(active(3), UNKNOWN).rate[0]


def test_a_rhythm_is_read_as_it_was_written() -> None:
    rhythm = learnt(channel(), links("2026-11-10", "2026-11-12"), NOW, UNKNOWN)
    (text,) = rhythm.written()
    np.testing.assert_allclose(Rhythm.read([text]).table, rhythm.table, rtol=1e-3, atol=1e-6)
    assert len(text) < 400


def test_busy_channels_are_looked_at_more_often(settings: Settings) -> None:
    all_of_them = [channel("busy", active(20)), channel("quiet", active(0.1)), channel("new")]
    prices = market(all_of_them, settings)
    waits = {
        name: chosen(channel(name, rhythm), rhythm, NOW, prices) - NOW
        for name, rhythm in (("busy", active(20)), ("quiet", active(0.1)))
    }
    assert timedelta(minutes=5) <= waits["busy"] < waits["quiet"] <= timedelta(days=1)


def test_a_smaller_budget_makes_visits_dearer(settings: Settings) -> None:
    some = [channel(str(n), active(1 + n)) for n in range(5)]
    usual = market(some, settings).usual
    assert usual < market(some, settings.model_copy(update={"visits_per_day": 40})).usual


def test_the_budget_is_what_is_used(settings: Settings) -> None:
    some = [channel(str(n), active(2)) for n in range(10)]
    price = market(some, settings.model_copy(update={"visits_per_day": 100})).usual
    rate = expect(active(2), market(some, settings).common).rate[0]
    assert 10 * np.sqrt(rate / (2 * price)) == pytest.approx(100, rel=0.1)


def test_a_host_with_many_channels_is_spared(settings: Settings) -> None:
    there = [channel(str(n), active(2), "many.example") for n in range(20)]
    prices = market([*there, channel("alone", active(2))], settings.model_copy(update={"visits_per_host": 60}))
    assert prices.price(there[0]) > prices.price(channel("alone"))


def test_floor_and_ceiling_are_the_channels_own(settings: Settings) -> None:
    quiet, busy = active(0.0001), active(5000)
    prices = market([channel("q", quiet), channel("b", busy)], settings)
    slow = replace(channel("q", quiet), ceiling_seconds=7200)
    assert chosen(slow, quiet, NOW, prices, spread=1) - NOW <= timedelta(hours=2)
    assert chosen(channel("b", busy), busy, NOW, prices, spread=-1) - NOW >= timedelta(seconds=299)


def test_no_channels_have_a_market_too(settings: Settings) -> None:
    assert market([], settings).price(channel()) == 1


def test_eight_silent_days_of_national_day_are_no_trouble_but_the_weeks_after_them_are() -> None:
    """An office that puts something up every workday, first seen in May 2025, until 30 September (FAULTS 76)."""
    known, day, alarmed = channel(), datetime(2025, 5, 6, 4, 0, tzinfo=UTC), []
    while day < datetime(2025, 11, 8, tzinfo=UTC):
        worked = kind(day.date()) < 5 and day.date() <= date(2025, 9, 30)
        new = links(f"{day:%Y-%m-%d}") if worked else []
        silence, rhythm = quiet(known, new, day, UNKNOWN), learnt(known, new, day, UNKNOWN)
        known = replace(known, silence=silence.written(), rhythm=rhythm.written()[0])
        alarmed += [day.date()] if silence.alarming else []
        day += timedelta(hours=12)
    assert date(2025, 10, 9) < alarmed[0] < date(2025, 10, 31)


def test_the_first_list_tells_of_the_silences_between_its_days() -> None:
    days = [f"2026-{month:02}-{day:02}" for month, day in ((10, 12), (10, 19), (10, 26), (11, 2), (11, 9), (11, 16))]
    silence = quiet(channel(), links(*days), NOW, UNKNOWN)
    assert (round(silence.former), round(silence.usual)) == (5, 5), "a week has five days that count"
    assert quiet(channel(), links(None), NOW, UNKNOWN) == Silence(moment(NOW))
