"""What is forgotten in due time, looked at once a day by a tick: old raw pages, visits and settled notifications."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.settings import Settings
from storage import archived, channels, deliveries, visits
from storage.archived import Forgotten
from storage.database import Database
from storage.rows import batches

logger = logging.getLogger(__name__)

EVERY = timedelta(days=1)
LAST_VISITS = 50  # of each channel, which stay however old they are: health and doctor look at them
OVERDUE = timedelta(days=30)  # a tick lets pages grow so much too old: to find the rows that name them is work
FULL = 0.9  # of the archive's limit, down to which it is brought when it is reached, for the same reason


@dataclass(frozen=True)
class Upkeep:
    pages: Forgotten
    visits: int
    deliveries: int


def upkeep_due(settings: Settings, now: datetime) -> bool:
    try:
        return now - datetime.fromtimestamp(_stamp(settings).stat().st_mtime, UTC) >= EVERY
    except FileNotFoundError:
        return True


def upkeep(database: Database, settings: Settings, now: datetime) -> Upkeep:
    """Forget what is too old. Interrupted, it goes on the next time: each step stands for itself.

    A file that cannot be removed keeps the rest of the pages until the next day, and nothing else.
    """
    try:
        pages = _overdue_pages(database, settings, now)
    except OSError as error:
        logger.error("upkeep_failed error=%s", error)
        pages = Forgotten()
    done = Upkeep(
        pages,
        _visits(database, now - timedelta(days=settings.visit_days)),
        _deliveries(database, now),
    )
    _stamp(settings).touch()
    return done


def prune(database: Database, settings: Settings, now: datetime) -> Forgotten:
    """Bring the archive within its limits."""
    most = int(settings.archive_gigabytes * 1e9)
    return _forget(database, settings, now, settings.archive_days, most)


def _overdue_pages(database: Database, settings: Settings, now: datetime) -> Forgotten:
    """Only when there is much to forget."""
    kept, most = archived.files(settings.archive), int(settings.archive_gigabytes * 1e9)
    limit = now.astimezone(UTC).date() - timedelta(days=settings.archive_days) - OVERDUE
    overdue = bool(settings.archive_days and kept and kept[0].day < limit)
    full = bool(most and sum(file.size for file in kept) > most)
    if not (overdue or full):
        return Forgotten()
    return _forget(database, settings, now, settings.archive_days, int(most * FULL) if full else most)


def _forget(database: Database, settings: Settings, now: datetime, days: int, most: int) -> Forgotten:
    kept = archived.files(settings.archive)
    before = archived.first_kept(kept, now.astimezone(UTC).date(), days, most)
    return archived.forget(database, settings.archive, before)


def _visits(database: Database, before: datetime) -> int:
    with database.read() as db:
        ids = [channel.id for channel in channels.listing(db)]
    count = 0
    for some in batches(ids, 100):
        with database.begin() as db:
            count += sum(visits.forget(db, channel_id, before, LAST_VISITS) for channel_id in some)
    return count


def _deliveries(database: Database, now: datetime) -> int:
    count = 0
    while True:
        with database.begin() as db:
            some = deliveries.forget(db, now)
        count += some
        if not some:
            return count


def _stamp(settings: Settings) -> Path:
    return settings.home / "upkeep.done"
