"""Sites, and how the catalogue comes into the database."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import locks
from storage.language import say
from storage.models import Channel, Site
from storage.records import ChannelRecord, Habits, SiteRecord
from storage.rows import put, record, values

# What visits leave behind on a channel; the catalogue knows nothing of it.
_OF_ADDRESS = ("etag", "last_modified", *values(Habits()))
_FROM_VISITS = (*_OF_ADDRESS, "next_due", "first_visited_at", "failures")


def sync(db: Session, sites: Iterable[SiteRecord], channels: Iterable[ChannelRecord]) -> None:
    """Make the database say what the catalogue says. What vanished from it is disabled, never deleted.

    Due times and what visits left behind stay; a channel with a new address forgets what the old one has taught.
    """
    locks.hold(db, "catalogue")
    known_sites = {site.id: site for site in db.scalars(select(Site))}
    for site in sites:
        _write(db, Site, known_sites.pop(site.id, None), values(site))
    db.flush()  # a new site before its channels
    known_channels = {channel.id: channel for channel in db.scalars(select(Channel))}
    for channel in channels:
        known = known_channels.pop(channel.id, None)
        if known and known.url != channel.url:
            known.etag = known.last_modified = None
            known.first_visited_at = None  # or all that the new page shows, however old, would be news
            put(known, Habits())
        _write(db, Channel, known, values(channel, without=_FROM_VISITS))
    gone: list[Site | Channel] = [*known_sites.values(), *known_channels.values()]
    for vanished in gone:
        vanished.enabled = False
        vanished.disabled_reason = say("目录中已没有", "no longer in the catalogue")
    db.flush()


def get(db: Session, site_id: str) -> SiteRecord | None:
    row = db.get(Site, site_id)
    return record(SiteRecord, row) if row else None


def listing(db: Session) -> list[SiteRecord]:
    return [record(SiteRecord, row) for row in db.scalars(select(Site).order_by(Site.id))]


def _write(
    db: Session, table: type[Site] | type[Channel], row: Site | Channel | None, fields: dict[str, object]
) -> None:
    if row is None:
        db.add(table(**fields))
        return
    for name, value in fields.items():
        setattr(row, name, value)
