"""From a channel's history to incidents: each kind begins, goes on and ends, and what is no trouble raises none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from pipeline.freshness.days import moment
from pipeline.health.history import Finding, History, Incident, Look, Sample
from pipeline.health.judge import Verdict, judge
from pipeline.health.silence import Silence
from pipeline.health.wording import CURES, NAMES, evidence

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUIET = Verdict()


def failed(*hours: float, fault: str = "timeout", status: int | None = None) -> tuple[Look, ...]:
    """Visits that failed so many hours ago."""
    return tuple(Look(NOW - hour * HOUR, "failed", fault, status) for hour in hours)


def good(*hours: float) -> tuple[Look, ...]:
    return tuple(Look(NOW - hour * HOUR, "not_modified", status=304) for hour in hours)


def history(*looks: Look, **more: object) -> History:
    return replace(History(looks), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "status", "hours", "kind"),
    [
        ("timeout", None, (0, 8, 12), "unreachable"),
        ("dns", None, (0, 8, 12), "unreachable"),
        ("http", 500, (0, 8, 12), "failing"),
        ("http", 404, (0, 8, 12), "failing"),
        ("redirects", 200, (0, 8, 12), "failing"),
        ("http", 403, (0, 3, 6), "blocked"),
        ("http", 412, (0, 3, 6), "blocked"),
        ("http", 521, (0, 3, 6), "blocked"),
        ("challenge", 200, (0, 3, 6), "blocked"),
        ("certificate", None, (0, 3), "certificate"),
        ("robots", None, (0, 3), "robots"),
        ("empty", 200, (0, 3, 6), "empty"),
    ],
)
def test_failures_are_an_incident_when_they_last(fault: str, status: int | None, hours: tuple[int, ...], kind) -> None:
    run = failed(*hours, fault=fault, status=status)
    figures = {"visits": len(run), "fault": fault} | ({"status": status} if status else {})
    found = Finding(kind, run[-1].at, figures)
    assert judge(history(*run, *good(30)), {}, NOW) == Verdict((found,))
    assert judge(history(*run[:-1], *good(30)), {}, NOW) == QUIET, "one less"
    sooner = tuple(replace(look, at=NOW - (NOW - look.at) * 0.9) for look in run)
    assert judge(history(*sooner), {}, NOW) == QUIET, "not for so long"
    assert judge(history(*good(0), *run), {}, NOW) == QUIET


def test_a_host_that_asks_for_patience_for_a_day_is_failing() -> None:
    looks = tuple(Look(NOW - hour * HOUR, "put_off", "patience", 429) for hour in (0, 8, 24))
    (found,) = judge(history(*looks), {}, NOW).found
    assert (found.kind, found.figures["status"]) == ("failing", 429)


def test_of_faults_that_take_turns_the_most_frequent_is_told() -> None:
    looks = sorted(failed(0, 7, 15) + failed(3, 1, fault="http", status=502), key=lambda look: look.at, reverse=True)
    (found,) = judge(history(*looks), {}, NOW).found
    assert (found.kind, found.since) == ("unreachable", NOW - 15 * HOUR)


def test_it_is_over_when_it_has_been_well_for_a_while() -> None:
    open_ = {"unreachable": Incident("unreachable", NOW - 3 * DAY)}
    run = failed(9, 20, 40)
    assert judge(history(*good(0, 3), *run), open_, NOW) == QUIET, "not for long enough"
    assert judge(history(*good(0, 6), *run), open_, NOW) == Verdict(over=(("unreachable", "well"),))
    assert judge(history(*good(6), *run), open_, NOW) == QUIET, "one good visit is none"


def test_what_comes_back_again_and_again_has_to_be_well_for_longer() -> None:
    open_ = {"unreachable": Incident("unreachable", NOW - 3 * DAY, again=2)}
    assert judge(history(*good(0, 6, 12, 20), *failed(30)), open_, NOW) == QUIET
    assert judge(history(*good(0, 6, 12, 24), *failed(30)), open_, NOW).over == (("unreachable", "well"),)


def test_calm_is_longer_than_the_last_visits_can_show() -> None:
    open_ = {"unreachable": Incident("unreachable", NOW - 3 * DAY, again=2)}
    looks = good(*range(20))
    assert judge(history(*looks), open_, NOW) == QUIET
    assert judge(history(*looks, good_since=NOW - DAY), open_, NOW).over == (("unreachable", "well"),)


def test_a_failure_meanwhile_makes_no_second_incident() -> None:
    open_ = {"unreachable": Incident("unreachable", NOW - 3 * DAY)}
    looks = failed(0, fault="http", status=502) + good(5) + failed(20)
    found = Finding("unreachable", NOW - 3 * DAY, {"visits": 1, "fault": "http", "status": 502})
    assert judge(history(*looks), open_, NOW) == Verdict((found,))


def test_a_fault_turns_into_another() -> None:
    open_ = {"unreachable": Incident("unreachable", NOW - 3 * DAY)}
    looks = failed(0, 8, 16, fault="http", status=404) + failed(24, 48)
    verdict = judge(history(*looks), open_, NOW)
    assert [(found.kind, found.since) for found in verdict.found] == [("failing", NOW - 16 * HOUR)]
    assert verdict.over == (("unreachable", "turned"),)


def test_what_it_turned_into_is_told_by_the_failures_since_then() -> None:
    """Ten days without an answer, then nine of refusals: those before the turn say nothing of now."""
    open_ = {"unreachable": Incident("unreachable", NOW - 19 * DAY)}
    looks = failed(*range(0, 216, 24), fault="http", status=403) + failed(*range(216, 456, 24))
    found = Finding("blocked", NOW - 192 * HOUR, {"visits": 9, "fault": "http", "status": 403})
    assert judge(history(*looks), open_, NOW) == Verdict((found,), (("unreachable", "turned"),))


def test_trouble_goes_on_until_another_begins() -> None:
    """A channel that has failed once with its host, then in other ways, none of them for long enough."""
    open_ = {"unreachable": Incident("unreachable", NOW - 5 * HOUR)}
    errors = failed(1, 3, fault="http", status=500)
    looks = errors + failed(4, fault="empty") + failed(5)
    found = Finding("unreachable", NOW - 5 * HOUR, {"visits": 4, "fault": "http", "status": 500})
    assert judge(history(*looks), open_, NOW) == Verdict((found,))


def test_gone_is_told_at_once_and_until_it_is_back() -> None:
    looks = failed(0, fault="http", status=410)
    assert judge(history(*looks, gone_at=NOW), {}, NOW) == Verdict((Finding("gone", NOW, {"status": 410}),))
    assert judge(history(*good(0)), {"gone": Incident("gone", NOW - DAY)}, NOW).over == (("gone", "well"),)


def test_notes_are_found() -> None:
    verdict = judge(history(*good(0), distrusted_at=NOW - DAY, moved_to="https://b.example/"), {}, NOW)
    assert verdict.found == (Finding("lying", NOW - DAY, {}), Finding("moved", NOW, {"to": "https://b.example/"}))


def read(*rules: str) -> tuple[Look, ...]:
    return tuple(Look(NOW - hour * HOUR, "ok", status=200, rule=rule) for hour, rule in enumerate(rules))


def test_a_page_that_its_rule_no_longer_matches() -> None:
    looks = read("generic", "generic", "generic", "site", "site", "site")
    found = Finding("redesigned", NOW - 2 * HOUR, {"before": "site", "rule": "generic", "pages": 3})
    assert judge(history(*looks, read=looks), {}, NOW) == Verdict((found,))
    for usual in (
        ("generic",) * 8,
        ("site", "site", "site", "generic", "generic", "generic"),
        ("generic", "generic", "site", "site", "site"),
        ("generic", "generic", "generic", "site", "generic", "site"),
        ("family:trs", "family:trs", "family:trs", "generic", "generic", "generic"),
    ):
        looks = read(*usual)
        assert judge(history(*looks, read=looks), {}, NOW) == QUIET, usual
    open_ = {"redesigned": Incident("redesigned", NOW - DAY, found.figures)}
    looks = read("site", "site", "site", "generic", "generic")
    assert judge(history(*looks, read=looks), open_, NOW).over == (("redesigned", "well"),)
    assert judge(history(*looks[1:], read=looks[1:]), open_, NOW) == QUIET
    assert judge(history(*good(0)), open_, NOW) == QUIET


def silence(*gaps: float, now: float) -> Silence:
    """After silences of so many ordinary days, now one of `now`."""
    found = Silence(0)
    for gap in gaps:
        found = found.after(gap, moment(NOW) - 30, news=True)
    return found.after(now, moment(NOW), news=False)


def test_silence_is_measured_by_the_channels_own_silences() -> None:
    daily, weekly = [1.0] * 60, [7.0] * 20
    long = {"daily": silence(*daily, now=18), "weekly": silence(*weekly, now=18)}
    assert {name: one.alarming for name, one in long.items()} == {"daily": True, "weekly": False}
    (found,) = judge(history(*good(0), silence=long["daily"]), {}, NOW).found
    assert (found.kind, found.since) == ("silent", NOW - 30 * DAY)
    assert judge(history(*good(0), silence=long["weekly"]), {}, NOW) == QUIET
    assert judge(history(*failed(0), silence=long["daily"]), {}, NOW) == QUIET, "who is not answered hears nothing"


def test_silences_of_all_lengths_surprise_less() -> None:
    even, uneven = [2.0] * 40, [0.1] * 32 + [9.5] * 8
    assert silence(*even, now=30).alarming
    assert not silence(*uneven, now=30).alarming


def test_of_a_channel_of_which_little_is_known_nothing_is_said() -> None:
    assert not silence(1, 1, now=200).alarming
    few, many = silence(*[1.0] * 4, now=15), silence(*[1.0] * 60, now=15)
    assert (few.alarming, many.alarming) == (False, True)


def test_silence_ends_with_something_new() -> None:
    quiet = silence(*[1.0] * 60, now=18)
    open_ = {"silent": Incident("silent", NOW - 30 * DAY)}
    assert judge(history(*good(0), silence=quiet), open_, NOW).over == ()
    news = quiet.after(0.1, moment(NOW), news=True)
    assert judge(history(*good(0), silence=news), open_, NOW).over == (("silent", "well"),)


def test_a_silence_is_read_as_it_was_written() -> None:
    quiet = silence(1.5, 2.25, 0.125, now=3)
    again = Silence.read(quiet.written())
    assert again.surprise == pytest.approx(quiet.surprise, rel=1e-3)
    assert (again.last, len(quiet.written()) < 60) == (pytest.approx(quiet.last, abs=1e-4), True)


ALL = frozenset({"text", "published", "source"})


def samples(*parts: tuple[int, frozenset[str]], length: int = 900) -> tuple[Sample, ...]:
    """One article a day, newest first: of each part so many with these fields."""
    fields = [had for number, had in parts for _ in range(number)]
    return tuple(Sample(NOW - n * DAY, had, length + n % 7 * 50 if had else 0) for n, had in enumerate(fields))


@pytest.mark.parametrize(
    ("lost", "figures"),
    [
        (ALL - {"source"}, {"field": "source", "before": 1.0, "now": 0.0, "of": 16}),
        (ALL - {"published"}, {"field": "published", "before": 1.0, "now": 0.0, "of": 16}),
        (frozenset(), {"field": "text", "before": 1.0, "now": 0.0, "of": 9}),
    ],
)
def test_fields_that_are_missing_more_often_than_before(lost: frozenset[str], figures: dict[str, object]) -> None:
    articles = samples((int(str(figures["of"])), lost), (40, ALL))
    (found,) = judge(history(*good(0), samples=articles), {}, NOW).found
    assert (found.kind, found.figures) == ("drifting", figures)


@pytest.mark.parametrize(
    "articles",
    [
        samples((60, ALL)),
        samples((12, ALL - {"source"}), (50, ALL)),  # a fortnight of another desk
        samples((20, ALL - {"source"}), (8, ALL)),  # too little is known of before
        samples(*[(1, ALL), (1, ALL - {"source"})] * 30),
    ],
)
def test_what_is_no_drift(articles: tuple[Sample, ...]) -> None:
    assert judge(history(*good(0), samples=articles), {}, NOW) == QUIET


def test_texts_of_another_length() -> None:
    articles = samples((18, ALL), length=100) + samples((40, ALL), length=2000)
    articles = tuple(replace(sample, at=NOW - n * DAY) for n, sample in enumerate(articles))
    (found,) = judge(history(*good(0), samples=articles), {}, NOW).found
    assert (found.figures["field"], found.figures["before"]) == ("length", 2150)


def test_drift_is_over_when_half_of_what_was_lost_is_back() -> None:
    open_ = {"drifting": Incident("drifting", NOW - DAY, {"field": "source", "before": 1.0, "now": 0.0, "of": 14})}
    worse, better = samples((30, ALL - {"source"})), samples((13, ALL), (30, ALL - {"source"}))
    assert judge(history(*good(0), samples=worse), open_, NOW).over == ()
    assert judge(history(*good(0), samples=better), open_, NOW).over == (("drifting", "well"),)
    assert judge(history(*good(0)), open_, NOW).over == (), "nothing was read"


def test_every_kind_has_words() -> None:
    assert NAMES.keys() == CURES.keys()
    figures = {
        "visits": 3,
        "fault": "http",
        "status": 412,
        "days": 12.3,
        "usual": 1.5,
        "former": 40,
        "a_year": 0.001,
        "field": "source",
        "before": 0.95,
        "now": 0.05,
        "of": 20,
        "rule": "generic",
        "pages": 3,
        "to": "https://b/",
    }
    for kind in NAMES:
        zh, en = evidence(kind, figures)
        assert zh and en
    assert evidence("blocked", figures)[1] == "3 failures in a row, the last: HTTP 412"
    assert evidence("drifting", figures)[1] == "had a source: 95% → 5% (last 20 articles)"
    assert [len(one) > len(other) for one, other in pairwise(evidence("silent", figures))] == [False]
