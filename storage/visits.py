"""Visits: what one poll of a channel brought, stored in one step, and the history of a channel."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage import links as stored_links
from storage.models import Appearance, Channel, Link, Visit
from storage.records import (
    DayOfVisits,
    FoundLink,
    Habits,
    LinkRecord,
    StoredVisit,
    VisitOutcome,
    VisitRecord,
    VisitSketch,
)
from storage.rows import batches, insert, put, record, values

GOOD: tuple[VisitOutcome, ...] = ("ok", "not_modified")
_SKETCH = (Visit.finished_at, Visit.outcome, Visit.fault, Visit.status, Visit.rule)


def store(db: Session, visit: VisitRecord, links: Sequence[FoundLink], habits: Habits | None = None) -> StoredVisit:
    """Store a visit with the links it saw and say what is still to be read, this visit's links first, in page order.

    Links left unread by a crash come back with any later visit, even one that saw nothing new. Storing links again
    changes nothing but their place and title on the channel. The visit's `new` is counted here. `habits`: what the
    channel is known by from now on, where the answer has taught something.
    """
    channel = db.get_one(Channel, visit.channel_id, with_for_update=True)
    row = Visit(**values(visit))
    db.add(row)
    db.flush()
    row.new = _add(db, channel, row, links, place=0)
    _mark_channel(channel, visit)
    if habits:
        put(channel, habits)
    db.flush()
    return StoredVisit(id=row.id, new=row.new, pending=tuple(pending(db, visit.channel_id, visit.finished_at)))


def extend(db: Session, visit_id: int, links: Sequence[FoundLink]) -> int:
    """Add the links of a further list page to a visit; returns how many were new."""
    row = db.get_one(Visit, visit_id)
    new = _add(db, db.get_one(Channel, row.channel_id), row, links, place=row.seen)
    row.seen += len(links)
    row.new += new
    db.flush()
    return new


def pending(db: Session, channel_id: str, now: datetime) -> list[LinkRecord]:
    """The channel's links that are still to be read: unread ones, and failed ones whose time has come."""
    try_again = and_(Link.state == "failed", Link.next_try <= now)
    rows = db.execute(
        select(Link, Appearance)
        .join(Appearance)
        .where(Appearance.channel_id == channel_id, or_(Link.state == "new", try_again))
        .order_by(Appearance.visit_id.desc(), Appearance.position)
    )
    return [stored_links.listed(link, appearance) for link, appearance in rows]


def recent(db: Session, channel_id: str, limit: int) -> list[VisitRecord]:
    """The last visits of a channel, newest first."""
    return [record(VisitRecord, row) for row in db.scalars(_newest_first(channel_id).limit(limit))]


def last(db: Session) -> int:
    """The number of the last visit of all; 0 where there is none."""
    return db.scalar(select(func.max(Visit.id))) or 0


def visited(db: Session, after: int, until: int) -> list[str]:
    """The channels of the visits with these numbers."""
    return list(db.scalars(select(Visit.channel_id).where(Visit.id > after, Visit.id <= until).distinct()))


def newest(db: Session) -> VisitRecord | None:
    """The visit of all channels that was stored last."""
    row = db.scalars(select(Visit).order_by(Visit.id.desc()).limit(1)).one_or_none()
    return record(VisitRecord, row) if row else None


def outcomes(db: Session, since: datetime, most: int = 50_000) -> dict[VisitOutcome, int]:
    """How the visits since then ended, as far as they are among so many that were stored last."""
    latest = select(func.max(Visit.id) - most).scalar_subquery()
    rows = select(Visit.outcome, func.count()).where(Visit.id > latest, Visit.finished_at >= since)
    return dict(iter(db.execute(rows.group_by(Visit.outcome))))


def last_good(db: Session, channel_id: str) -> VisitRecord | None:
    """The last visit that was answered with a list, or with "not modified"."""
    row = db.scalars(_newest_first(channel_id).where(Visit.outcome.in_(GOOD)).limit(1)).one_or_none()
    return record(VisitRecord, row) if row else None


def good_since(db: Session, channel_id: str) -> datetime | None:
    """When the first visit ended that was good and after which none was bad."""
    ended = select(Visit.finished_at).where(Visit.channel_id == channel_id)
    bad = ended.where(Visit.outcome.not_in(GOOD)).order_by(Visit.finished_at.desc()).limit(1).scalar_subquery()
    first = ended.where(or_(bad.is_(None), Visit.finished_at > bad)).order_by(Visit.finished_at).limit(1)
    return db.scalars(first).one_or_none()


def sketches(db: Session, channel_id: str, limit: int) -> list[VisitSketch]:
    """The last visits of a channel in short, newest first."""
    return _sketches(db, _sketched(channel_id).limit(limit))


def last_of_all(db: Session, most: int) -> list[tuple[str, VisitSketch]]:
    """The visits of all channels that were stored last, newest first, with the channels' addresses."""
    rows: Select[*tuple[Any, ...]] = select(Channel.url, *_SKETCH).join(Channel, Channel.id == Visit.channel_id)
    return [(url, VisitSketch(*sketch)) for url, *sketch in db.execute(rows.order_by(Visit.id.desc()).limit(most))]


def reading(db: Session, channel_id: str, since: datetime, limit: int) -> list[VisitSketch]:
    """The last visits that read a page, newest first."""
    read = _sketched(channel_id).where(Visit.rule.is_not(None), Visit.outcome == "ok", Visit.finished_at >= since)
    return _sketches(db, read.limit(limit))


def _sketched(channel_id: str) -> Select[*tuple[Any, ...]]:
    rows = select(*_SKETCH)
    return rows.where(Visit.channel_id == channel_id).order_by(Visit.finished_at.desc(), Visit.id.desc())


def _sketches(db: Session, rows: Select[*tuple[Any, ...]]) -> list[VisitSketch]:
    return [VisitSketch(*row) for row in db.execute(rows)]


def daily(db: Session, site_id: str, since: datetime) -> list[DayOfVisits]:
    """What the visits of a site brought, by days in China, oldest first; days without a visit are left out."""
    if db.get_bind().dialect.name == "sqlite":
        day = func.date(Visit.finished_at, "+8 hours", type_=String)
    else:
        day = func.to_char(func.timezone("Asia/Shanghai", Visit.finished_at), "YYYY-MM-DD", type_=String)
    failed = func.sum(case((Visit.outcome == "failed", 1), else_=0))
    rows = db.execute(
        select(day, func.count(), failed, func.sum(Visit.new))
        .join(Channel, Channel.id == Visit.channel_id)
        .where(Channel.site_id == site_id, Visit.finished_at >= since)
        .group_by(day)
        .order_by(day)
    )
    return [DayOfVisits(date.fromisoformat(text), visits, failed, new) for text, visits, failed, new in rows]


def forget(db: Session, channel_id: str, before: datetime, keep: int) -> int:
    """Delete the visits of a channel that ended before a moment, but for the last `keep`. How many."""
    last = _newest_first(channel_id).with_only_columns(Visit.id).limit(keep)
    old = delete(Visit).where(Visit.channel_id == channel_id, Visit.finished_at < before, Visit.id.not_in(last))
    return len(db.scalars(old.returning(Visit.id), execution_options={"synchronize_session": False}).all())


def _newest_first(channel_id: str) -> Select[Visit]:
    return select(Visit).where(Visit.channel_id == channel_id).order_by(Visit.finished_at.desc(), Visit.id.desc())


def _add(db: Session, channel: Channel, visit: Visit, links: Sequence[FoundLink], place: int) -> int:
    """Add links from a place on; returns how many nobody had seen before."""
    found: dict[str, FoundLink] = {}
    for link in links:
        found.setdefault(link.canonical, link)  # a page that pins a link shows it twice: the first place counts
    new = _add_links(db, channel, visit, found)
    _reconsider(db, channel, found)
    _add_appearances(db, visit, found, place)
    return new


def _add_links(db: Session, channel: Channel, visit: Visit, found: dict[str, FoundLink]) -> int:
    """Add the unseen ones and count them. Sorted, so that two visits that share links cannot wait for each other."""
    if not found:
        return 0
    unseen = [
        {
            "canonical": link.canonical,
            "url": link.url,
            "site_id": channel.site_id,
            "state": "new",
            "attempts": 0,
            "origin": link.origin,
            "first_seen_at": visit.finished_at,
        }
        for _, link in sorted(found.items())
    ]
    adding = insert(db, Link).on_conflict_do_nothing(index_elements=[Link.canonical]).returning(Link.id)
    return len(db.scalars(adding, unseen).all())


def _reconsider(db: Session, channel: Channel, found: dict[str, FoundLink]) -> None:
    """A link left unread for its title is unread again under another title, or where the channel is another matter."""
    for batch in batches(sorted(found)):
        refused = select(Link.canonical).where(Link.state == "refused", Link.canonical.in_(batch))
        names = set(db.scalars(refused))
        judged = (
            select(Link.canonical, Appearance.title)
            .join(Appearance, Appearance.link_id == Link.id)
            .join(Channel, Channel.id == Appearance.channel_id)
            .where(Link.canonical.in_(names), Channel.vocational == channel.vocational)
        )
        known = {(canonical, title) for canonical, title in db.execute(judged)} if names else set()
        for canonical in sorted(name for name in names if (name, found[name].title) not in known):
            db.execute(update(Link).where(Link.canonical == canonical).values(state="new", reason=None))


def _add_appearances(db: Session, visit: Visit, found: dict[str, FoundLink], place: int) -> None:
    if not found:
        return
    ids: dict[str, int] = {}
    for batch in batches(list(found)):
        rows = db.execute(select(Link.canonical, Link.id).where(Link.canonical.in_(batch)))
        ids.update(rows.all())
    appearing = insert(db, Appearance)
    db.execute(
        appearing.on_conflict_do_update(
            index_elements=[Appearance.channel_id, Appearance.link_id],
            set_={
                "visit_id": appearing.excluded.visit_id,
                "position": appearing.excluded.position,
                "title": appearing.excluded.title,
                "date": func.coalesce(appearing.excluded.date, Appearance.date),
            },
        ),
        [
            {
                "channel_id": visit.channel_id,
                "link_id": ids[link.canonical],
                "visit_id": visit.id,
                "position": position,
                "title": link.title,
                "date": link.date,
                "first_seen_at": visit.finished_at,
            }
            for position, link in enumerate(found.values(), place)
        ],
    )


def _mark_channel(channel: Channel, visit: VisitRecord) -> None:
    channel.next_due = visit.next_due
    match visit.outcome:
        case "put_off":
            return
        case "failed":
            channel.failures += 1
            return
        case "ok":
            channel.etag, channel.last_modified = visit.etag, visit.last_modified
            channel.first_visited_at = channel.first_visited_at or visit.finished_at
    channel.failures = 0
