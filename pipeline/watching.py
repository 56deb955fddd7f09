"""From visits to incidents: what was just visited is judged, and what begins or ends is stored with its message."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from pipeline.health import faults
from pipeline.health.history import NOTES, Finding, History, Incident, Kind, Look, Sample
from pipeline.health.judge import SOON, judge
from pipeline.health.silence import Silence
from storage import channels, incidents, links, visits
from storage.database import Database
from storage.records import ChannelRecord, IncidentEnd, IncidentRecord, ReadSketch, VisitSketch

logger = logging.getLogger(__name__)

LOOKS = 40  # visits: with pauses that double to a day, a month of failures
READ = 12  # visits that read a page
READ_SINCE = timedelta(days=120)
SAMPLES = 200  # articles
ASKED_THERE = 5  # redirects in a row, after which the new address is asked (crawlers.habits.MOVED)
OF_HOST: frozenset[Kind] = frozenset({"unreachable", "certificate", "blocked"})  # what all channels of a host share
MOST_OF_ALL = 5_000  # visits of all channels: where somebody gives no answer they show whether anybody does


@dataclass(frozen=True)
class Watched:
    """What has changed: what is wrong now, and what is well again."""

    begun: tuple[IncidentRecord, ...] = ()
    ended: tuple[IncidentRecord, ...] = ()


NOTHING = Watched()


@dataclass(frozen=True)
class Judged:
    channel: ChannelRecord
    begun: tuple[IncidentRecord, ...]
    went_on: tuple[tuple[IncidentRecord, Finding], ...]
    ended: tuple[tuple[IncidentRecord, IncidentEnd], ...]


def watch(database: Database, channel_ids: Collection[str], now: datetime) -> Watched:
    """Bring the incidents of these channels up to date, all of which have just been visited."""
    with database.read() as db:
        channel_ids = {*channel_ids, *incidents.unnoticed(db)}
        known = incidents.open_of(db, channel_ids)
        judged = [_judged(db, channel, known.get(channel.id, []), now) for channel in channels.named(db, channel_ids)]
        judged = _without_ours(db, judged, now)
        begun = [incident for one in judged for incident in one.begun]
        begun += _siblings(db, begun, now)
        ended = [end for one in judged for end in one.ended]
        ended += [(incident, "dropped") for incident in incidents.unvisited(db)]
    with database.begin() as db:
        for incident, finding in (went_on for one in judged for went_on in one.went_on):
            incidents.go_on(db, incident, finding.figures)
        incidents.finish(db, ended, now)
        stored = incidents.begin(db, begun, silent=NOTES, now=now)
    for incident in stored:
        logger.info("incident begins channel=%s kind=%s since=%s", incident.channel_id, incident.kind, incident.since)
    return Watched(tuple(stored), tuple(incident for incident, end in ended if end == "well"))


def _judged(db: Session, channel: ChannelRecord, known: Sequence[IncidentRecord], now: datetime) -> Judged:
    history = _history(db, channel, now)
    if any(incident.kind in faults.OF_FAULTS for incident in known) and all(look.good for look in history.looks):
        history = replace(history, good_since=visits.good_since(db, channel.id))
    by_kind = {cast("Kind", incident.kind): incident for incident in known}
    open_ = {kind: Incident(kind, one.since, one.figures, one.again) for kind, one in by_kind.items()}
    verdict = judge(history, open_, now)
    begun = [_incident(db, channel, finding, now) for finding in verdict.found if finding.kind not in by_kind]
    went_on = [(by_kind[finding.kind], finding) for finding in verdict.found if finding.kind in by_kind]
    ended = [(by_kind[kind], end) for kind, end in verdict.over]
    return Judged(channel, tuple(begun), tuple(went_on), tuple(ended))


def _history(db: Session, channel: ChannelRecord, now: datetime) -> History:
    looks = tuple(map(_look, visits.sketches(db, channel.id, LOOKS)))
    read = bool(looks and looks[0].outcome == "ok" and looks[0].rule)
    return History(
        looks,
        tuple(map(_look, visits.reading(db, channel.id, now - READ_SINCE, READ))) if read else (),
        Silence.read(channel.silence) if channel.silence else None,
        tuple(map(_sample, links.readings(db, channel.id, SAMPLES))) if read else (),
        channel.gone_at,
        channel.distrusted_at,
        channel.moved_to if channel.moved_times >= ASKED_THERE else None,
    )


def _look(visit: VisitSketch) -> Look:
    return Look(visit.at, visit.outcome, visit.fault, visit.status, visit.rule)


def _sample(reading: ReadSketch) -> Sample:
    names = ("published", "source", "author", "editor")
    had = {name for name in names if getattr(reading, name)} | ({"text"} if reading.read else set())
    return Sample(reading.first_seen_at, frozenset(had), reading.size)


def _incident(db: Session, channel: ChannelRecord, finding: Finding, now: datetime) -> IncidentRecord:
    before = incidents.last_ended(db, channel.id, finding.kind)
    soon = before is not None and before.ended_at is not None and now - before.ended_at < SOON
    return IncidentRecord(
        channel.id,
        finding.kind,
        host_of(channel),
        finding.since,
        now,
        finding.figures,
        again=before.again + 1 if before and soon else 0,
    )


def _siblings(db: Session, begun: Iterable[IncidentRecord], now: datetime) -> list[IncidentRecord]:
    """The other channels of a host with which something is wrong: one message is to name all that fail in that way."""
    wrong: defaultdict[str, set[str]] = defaultdict(set)
    for incident in begun:
        if incident.kind in OF_HOST:
            wrong[incident.host].add(incident.kind)
    named = {incident.channel_id for incident in begun}
    found = []
    for channel in channels.failing(db) if wrong else ():
        if channel.id not in named and (kinds := wrong.get(host_of(channel))):
            looks = tuple(map(_look, visits.sketches(db, channel.id, LOOKS)))
            for kind in kinds:
                finding = faults.begun(looks, host=cast("Kind", kind))
                if finding and finding.kind == kind:
                    found.append(_incident(db, channel, finding, now))
    return found


def _without_ours(db: Session, judged: Sequence[Judged], now: datetime) -> list[Judged]:
    """While it is our own network that is down, no host is unreachable, and nothing turns into that."""
    cut_off = [one for one in judged if any(incident.kind == "unreachable" for incident in one.begun)]
    last = visits.last_of_all(db, MOST_OF_ALL) if cut_off else ()
    if not faults.ours(((host_at(url), _look(visit)) for url, visit in last), now):
        return list(judged)
    return [_unreachable_not(one) if one in cut_off else one for one in judged]


def _unreachable_not(one: Judged) -> Judged:
    begun = tuple(incident for incident in one.begun if incident.kind != "unreachable")
    return replace(one, begun=begun, ended=tuple(end for end in one.ended if end[1] != "turned"))


def host_of(channel: ChannelRecord) -> str:
    return host_at(channel.url)


def host_at(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()
