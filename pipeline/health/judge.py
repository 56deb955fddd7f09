"""From a channel's history to incidents: which begin, which go on, and which are over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pipeline.freshness.days import time
from pipeline.health import faults, reading
from pipeline.health.history import Finding, History, Incident, Kind

End = Literal["well", "turned"]  # turned: into something else, which is an incident of its own
SOON = timedelta(days=14)  # an incident that comes so soon after one of its kind is the same trouble again


@dataclass(frozen=True)
class Verdict:
    found: tuple[Finding, ...] = ()  # what is wrong: begins where it is not open yet, else it has new figures
    over: tuple[tuple[Kind, End], ...] = ()


def judge(history: History, open_: Mapping[Kind, Incident], now: datetime) -> Verdict:
    """What is wrong after a visit, given what was wrong before."""
    found = [
        *_faults(history, open_),
        *_gone(history),
        *_redesigned(history, open_),
        *_silent(history, open_),
        *_drifting(history, open_),
        *_notes(history),
    ]
    wrong = {finding.kind for finding in found}
    over = [(kind, end) for kind in open_ if kind not in wrong and (end := _end(history, open_[kind], now))]
    return Verdict(tuple(found), tuple(over))


def _faults(history: History, open_: Mapping[Kind, Incident]) -> list[Finding]:
    """At most one: what is open goes on until it is over or another begins, whatever else fails meanwhile."""
    if history.gone_at:
        return []
    mine = next((incident for kind, incident in open_.items() if kind in faults.OF_FAULTS), None)
    run = faults.run_of(history.looks)
    found = faults.begun(faults.since_turned(run, mine) if mine else run)
    if mine and not found:
        return [Finding(mine.kind, mine.since, faults.figures(run))] if run else []
    return [found] if found else []


def _gone(history: History) -> list[Finding]:
    return [Finding("gone", history.gone_at, {"status": 410})] if history.gone_at else []


def _redesigned(history: History, open_: Mapping[Kind, Incident]) -> list[Finding]:
    if "redesigned" in open_ or not (found := reading.redesigned(history.read)):
        return []
    look, figures = found
    return [Finding("redesigned", look.at, figures)]


def _silent(history: History, open_: Mapping[Kind, Incident]) -> list[Finding]:
    """Once it is noticed it lasts until there is something new."""
    silence = history.silence
    if not silence or not history.looks or not history.looks[0].good:
        return []
    since = time(silence.last)
    mine = open_.get("silent")
    if not (silence.alarming or (mine and since <= mine.since)):
        return []
    figures = {
        "days": round(silence.days, 1),
        "usual": round(silence.usual, 2),
        "former": round(silence.former),
        "a_year": float(f"{silence.a_year:.1g}"),
    }
    return [Finding("silent", mine.since if mine else since, figures)]


def _drifting(history: History, open_: Mapping[Kind, Incident]) -> list[Finding]:
    mine = open_.get("drifting")
    figures = reading.drift(history.samples, mine.figures if mine else None)
    if not figures or not history.looks:
        return []
    return [Finding("drifting", mine.since if mine else history.looks[0].at, figures)]


def _notes(history: History) -> list[Finding]:
    found = []
    at = history.looks[0].at if history.looks else None
    if history.distrusted_at:
        found.append(Finding("lying", history.distrusted_at, {}))
    if history.moved_to and at:
        found.append(Finding("moved", at, {"to": history.moved_to}))
    return found


def _end(history: History, incident: Incident, now: datetime) -> End | None:
    """How an incident of which nothing was found has ended; None: it goes on."""
    if incident.kind in faults.OF_FAULTS:
        if history.gone_at or faults.run_of(history.looks):  # it still fails, and another was found
            return "turned"
        return "well" if faults.over(history, incident, now) else None
    if incident.kind == "redesigned":
        return "well" if _reads_as_before(history, incident) else None
    if incident.kind == "silent" and not (history.looks and history.looks[0].good):
        return None
    return "well"


def _reads_as_before(history: History, incident: Incident) -> bool:
    rules = [look.rule for look in history.read[: reading.READ]]
    return len(rules) == reading.READ and all(rule != incident.figures["rule"] for rule in rules)
