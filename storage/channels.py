"""Channels: which are due, and what is known of them."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.models import Channel, Site
from storage.records import ChannelRecord
from storage.rows import record


def due(db: Session, now: datetime, limit: int | None = None) -> list[ChannelRecord]:
    """Enabled channels of enabled sites whose time has come: never visited first, then longest overdue first."""
    rows = db.scalars(
        select(Channel)
        .join(Site, Site.id == Channel.site_id)
        .where(Channel.enabled, Site.enabled, or_(Channel.next_due.is_(None), Channel.next_due <= now))
        .order_by(Channel.next_due.nulls_first(), Channel.id)
        .limit(limit)
    )
    return [record(ChannelRecord, row) for row in rows]


def get(db: Session, channel_id: str) -> ChannelRecord | None:
    row = db.get(Channel, channel_id)
    return record(ChannelRecord, row) if row else None


def of_site(db: Session, site_id: str) -> list[ChannelRecord]:
    rows = db.scalars(select(Channel).where(Channel.site_id == site_id).order_by(Channel.id))
    return [record(ChannelRecord, row) for row in rows]
