"""Channels: which are due, and what is known of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from storage.models import Channel, Site
from storage.records import ChannelRecord
from storage.rows import batches, record


def due(db: Session, now: datetime, limit: int | None = None) -> list[ChannelRecord]:
    """Enabled channels of enabled sites whose time has come: never visited first, then longest overdue first.

    One that answered 410 is not due any more, whatever the catalogue says.
    """
    rows = db.scalars(
        select(Channel)
        .join(Site, Site.id == Channel.site_id)
        .where(
            Channel.enabled,
            Site.enabled,
            Channel.gone_at.is_(None),
            or_(Channel.next_due.is_(None), Channel.next_due <= now),
        )
        .order_by(Channel.next_due.nulls_first(), Channel.id)
        .limit(limit)
    )
    return [record(ChannelRecord, row) for row in rows]


def watched(db: Session) -> int:
    """How many are visited at one time or another."""
    rows = select(func.count()).select_from(Channel).join(Site, Site.id == Channel.site_id)
    return db.scalars(rows.where(Channel.enabled, Site.enabled, Channel.gone_at.is_(None))).one()


def backlog(db: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many are due, and since when the first of those that were visited before."""
    rows = select(func.count(), func.min(Channel.next_due)).join(Site, Site.id == Channel.site_id)
    due_now = or_(Channel.next_due.is_(None), Channel.next_due <= now)
    number, since = db.execute(rows.where(Channel.enabled, Site.enabled, Channel.gone_at.is_(None), due_now)).one()
    return number, since


def get(db: Session, channel_id: str) -> ChannelRecord | None:
    row = db.get(Channel, channel_id)
    return record(ChannelRecord, row) if row else None


def listing(db: Session) -> list[ChannelRecord]:
    return [record(ChannelRecord, row) for row in db.scalars(select(Channel).order_by(Channel.id))]


def of_site(db: Session, site_id: str) -> list[ChannelRecord]:
    rows = db.scalars(select(Channel).where(Channel.site_id == site_id).order_by(Channel.id))
    return [record(ChannelRecord, row) for row in rows]


def polled(db: Session) -> list[ChannelRecord]:
    """All that are visited at one time or another: they share the budget of visits."""
    rows = db.scalars(
        select(Channel)
        .join(Site, Site.id == Channel.site_id)
        .where(Channel.enabled, Site.enabled, Channel.gone_at.is_(None))
        .order_by(Channel.id)
    )
    return [record(ChannelRecord, row) for row in rows]


def named(db: Session, channel_ids: Collection[str]) -> list[ChannelRecord]:
    """Those with these ids."""
    found: list[ChannelRecord] = []
    for batch in batches(sorted(channel_ids)):
        found += [record(ChannelRecord, row) for row in db.scalars(select(Channel).where(Channel.id.in_(batch)))]
    return found


def failing(db: Session) -> list[ChannelRecord]:
    """Those polled whose last visit failed."""
    rows = select(Channel).join(Site, Site.id == Channel.site_id)
    rows = rows.where(Channel.enabled, Site.enabled, Channel.failures > 0)
    return [record(ChannelRecord, row) for row in db.scalars(rows.order_by(Channel.id))]


def put_off(db: Session, channel_id: str, until: datetime) -> None:
    """Not due before its host may be asked again."""
    later = or_(Channel.next_due.is_(None), Channel.next_due < until)
    db.execute(update(Channel).where(Channel.id == channel_id, later).values(next_due=until))
