"""Incidents: what is wrong with channels, and the messages that tell of it, once when it begins and once when it ends.

What is wrong with a host is one matter, however many of its channels show it: later ones join the message that told of
the first, and one message tells when all of them are well again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from storage import locks, outbox
from storage.models import Channel, Incident, Site
from storage.records import Figures, IncidentEnd, IncidentRecord
from storage.rows import batches, insert, record, values


def open_of(db: Session, channel_ids: Collection[str]) -> dict[str, list[IncidentRecord]]:
    """The open incidents of these channels."""
    found: defaultdict[str, list[IncidentRecord]] = defaultdict(list)
    for batch in batches(sorted(channel_ids)):
        for row in db.scalars(_open().where(Incident.channel_id.in_(batch))):
            found[row.channel_id].append(_record(row))
    return found


def last_ended(db: Session, channel_id: str, kind: str) -> IncidentRecord | None:
    """The last one of this kind that the channel had."""
    rows = select(Incident).where(
        Incident.channel_id == channel_id, Incident.kind == kind, Incident.ended_at.is_not(None)
    )
    row = db.scalars(rows.order_by(Incident.noticed_at.desc(), Incident.id.desc()).limit(1)).one_or_none()
    return _record(row) if row else None


def listing(db: Session, *, site_id: str | None = None, ended_since: datetime | None = None) -> list[IncidentRecord]:
    """The open ones, the oldest first; then those that have ended since."""
    rows = _open().order_by(Incident.since, Incident.channel_id, Incident.id)
    found = list(db.scalars(_of_site(rows, site_id)))
    if ended_since:
        ended = select(Incident).where(Incident.ended_at >= ended_since).order_by(Incident.ended_at.desc())
        found += db.scalars(_of_site(ended, site_id))
    return [_record(row) for row in found]


def counts(db: Session) -> dict[str, int]:
    """How many are open, by kind."""
    rows = select(Incident.kind, func.count()).where(Incident.ended_at.is_(None)).group_by(Incident.kind)
    return dict(iter(db.execute(rows)))


def begin(
    db: Session, new: Sequence[IncidentRecord], *, silent: Collection[str], now: datetime
) -> list[IncidentRecord]:
    """Store incidents and let their message be told, one for each kind and host; none of the `silent` kinds.

    Returns those that are new: two ticks may notice the same.
    """
    locks.hold(db, "incidents")
    begun = []
    for incident in new:
        adding = insert(db, Incident).values([values(incident, without=("id",))]).on_conflict_do_nothing()
        row_id = db.scalars(adding.returning(Incident.id)).one_or_none()
        if row_id is None:
            continue
        begun.append(incident)
        if incident.kind not in silent:
            alarm_id = _alarm(db, incident, now)
            db.execute(update(Incident).where(Incident.id == row_id).values(alarm_id=alarm_id))
    return begun


def go_on(db: Session, known: IncidentRecord, figures: Figures) -> None:
    """What shows it has changed."""
    if figures != known.figures:
        db.execute(update(Incident).where(Incident.id == known.id).values(figures=dict(figures)))


def finish(db: Session, ended: Iterable[tuple[IncidentRecord, IncidentEnd]], now: datetime) -> None:
    """End incidents; where all that one message told of is over, and something is well, another tells that."""
    locks.hold(db, "incidents")
    alarms = set()
    for incident, end in ended:
        its = update(Incident).where(Incident.id == incident.id, Incident.ended_at.is_(None))
        db.execute(its.values(ended_at=now, end=end))
        alarms.add(incident.alarm_id)
    for alarm_id in sorted(alarm_id for alarm_id in alarms if alarm_id):
        told_of = select(Incident).where(Incident.alarm_id == alarm_id)
        if db.scalars(told_of.where(Incident.ended_at.is_(None)).limit(1)).first():
            continue
        if well := db.scalars(told_of.where(Incident.end == "well", Incident.recovery_id.is_(None))).all():
            recovery_id = outbox.tell(db, "recovery", now)
            for row in well:
                row.recovery_id = recovery_id
            db.flush()


def unvisited(db: Session) -> list[IncidentRecord]:
    """Open ones of channels that are not visited any more because somebody has switched them off."""
    rows = _open().join(Channel, Channel.id == Incident.channel_id).join(Site, Site.id == Channel.site_id)
    return [_record(row) for row in db.scalars(rows.where(~(Channel.enabled & Site.enabled)))]


def unnoticed(db: Session) -> list[str]:
    """Channels that are gone and not visited any more, of which no incident tells: the tick that was to is lost."""
    known = select(Incident.id).where(
        Incident.channel_id == Channel.id, Incident.kind == "gone", Incident.ended_at.is_(None)
    )
    rows = select(Channel.id).join(Site, Site.id == Channel.site_id)
    return list(db.scalars(rows.where(Channel.enabled, Site.enabled, Channel.gone_at.is_not(None), ~known.exists())))


def told_by(db: Session, outbox_ids: Collection[int]) -> dict[int, list[IncidentRecord]]:
    """What messages of the outbox are about: incidents that began, or that ended."""
    found: dict[int, list[IncidentRecord]] = {outbox_id: [] for outbox_id in outbox_ids}
    for column in (Incident.alarm_id, Incident.recovery_id):
        for batch in batches(sorted(outbox_ids)):
            rows = select(Incident).where(column.in_(batch)).order_by(Incident.since, Incident.channel_id)
            for row in db.scalars(rows):
                found[getattr(row, column.key)].append(_record(row))
    return found


def _alarm(db: Session, incident: IncidentRecord, now: datetime) -> int:
    """The message that tells of it: that of the same trouble of its host, or a new one."""
    same = _open().where(Incident.host == incident.host, Incident.kind == incident.kind, Incident.alarm_id.is_not(None))
    told = db.scalars(same.order_by(Incident.id.desc()).limit(1)).one_or_none()
    return told.alarm_id if told and told.alarm_id else outbox.tell(db, "alarm", now)


def _open() -> Select[Incident]:
    return select(Incident).where(Incident.ended_at.is_(None))


def _of_site(rows: Select[Incident], site_id: str | None) -> Select[Incident]:
    if site_id is None:
        return rows
    return rows.join(Channel, Channel.id == Incident.channel_id).where(Channel.site_id == site_id)


def _record(row: Incident) -> IncidentRecord:
    return record(IncidentRecord, row)
