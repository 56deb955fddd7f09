"""Visits that failed one after another: of what kind is it, and is it more than a bad hour?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from pipeline.health.history import Figures, Finding, History, Incident, Kind, Look

KINDS: dict[str, Kind] = {  # by the word for the fault; any other is `failing`
    "dns": "unreachable",
    "refused": "unreachable",
    "timeout": "unreachable",
    "cut": "unreachable",
    "download": "unreachable",
    "tls": "unreachable",
    "robots_unread": "unreachable",
    "certificate": "certificate",
    "robots": "robots",
    "challenge": "blocked",
    "login": "blocked",
    "empty": "empty",
    "shell": "empty",
}
REFUSALS = frozenset({401, 403, 405, 412, 418, 468, 521})  # how firewalls of Chinese sites turn programs away
OF_FAULTS: frozenset[Kind] = frozenset({"unreachable", "certificate", "failing", "blocked", "robots", "empty"})

# So many failed visits, and for so long, before it is an incident. Pauses double after each failure (an hour, three,
# seven, fifteen after the first): the third failure comes three hours after the first, the fifth after fifteen.
OUTAGE = timedelta(hours=12)  # a night without power, a migration, a bad day of a small office's server
REFUSAL = timedelta(hours=6)  # a firewall that was too eager for an hour
LASTING = timedelta(hours=3)  # an expired certificate does not mend itself
ENOUGH: dict[Kind, tuple[int, timedelta]] = {
    "unreachable": (3, OUTAGE),
    "failing": (3, OUTAGE),
    "empty": (3, REFUSAL),
    "blocked": (3, REFUSAL),
    "robots": (2, LASTING),
    "certificate": (2, LASTING),
}
WELL = timedelta(hours=6)  # of good visits, at least GOOD, before it is over; doubled each time that it comes again
GOOD = 2
LONGEST_WELL = timedelta(days=7)
# Our own network: so many hosts, or more, and this share of them, gave no answer when each was last asked.
OURS_LEAST, OURS = 5, 0.8
OURS_WITHIN, OURS_MOST = timedelta(hours=1), 10  # asked of late; or of the last so many hosts, as pauses grow to a day
OURS_LONGEST = timedelta(hours=28)  # a pause of a day, and what it is moved by
TURNED = 3  # failures in a row of other kinds, and enough of one of them, before an incident becomes another


def kind_of(look: Look) -> Kind:
    if look.fault == "http" and look.status in REFUSALS:
        return "blocked"
    return KINDS.get(look.fault or "", "failing")


def run_of(looks: Sequence[Look]) -> list[Look]:
    """The failures since the last good visit, newest first. Being put off is one only where it goes on."""
    return list(takewhile(lambda look: not look.good, looks))


def begun(looks: Sequence[Look], *, host: Kind | None = None) -> Finding | None:
    """An incident, where the failures in a row are enough. `host`: what is known to be wrong with the whole host, of
    which one failure is then enough."""
    run = run_of(looks)
    if not run:
        return None
    kind = Counter(kind_of(look) for look in run).most_common(1)[0][0]
    its = [look for look in run if kind_of(look) == kind]
    visits, lasting = ENOUGH[kind]
    if kind != host and (len(its) < visits or its[0].at - its[-1].at < lasting):
        return None
    return Finding(kind, its[-1].at, figures(run))


def figures(run: Sequence[Look]) -> Figures:
    last = run[0]
    found: dict[str, str | int | float] = {"visits": len(run), "fault": last.fault or "failed"}
    if last.status is not None:
        found["status"] = last.status
    return found


def over(history: History, incident: Incident, now: datetime) -> bool:
    """Whether it is well again for long enough, so that one good visit in a bad week ends nothing."""
    good = list(takewhile(lambda look: look.good, history.looks))
    calm = min(WELL * 2**incident.again, LONGEST_WELL)
    return len(good) >= GOOD and now - (history.good_since or good[-1].at) >= calm


def since_turned(run: Sequence[Look], incident: Incident) -> list[Look]:
    """The failures since it may have become something else; none where they are few."""
    others = list(takewhile(lambda look: kind_of(look) != incident.kind, run))
    return others if len(others) >= TURNED else []


def ours(last: Iterable[tuple[str, Look]], now: datetime) -> bool:
    """Whether so many hosts give no answer that it is our own network that is down, not they.

    `last`: hosts and how they were visited, newest first. Not those of one tick: pauses spread what was visited
    together, and long before a failure is an incident, hardly two hosts are visited at the same time.
    """
    silent: dict[str, bool] = {}
    for host, look in last:
        old = now - look.at
        if old > OURS_LONGEST or (old > OURS_WITHIN and len(silent) >= OURS_MOST):
            break
        silent.setdefault(host, not look.good and kind_of(look) == "unreachable")
    return len(silent) >= OURS_LEAST and sum(silent.values()) >= OURS * len(silent)
