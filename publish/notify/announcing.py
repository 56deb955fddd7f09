"""From the outbox to the targets: each is given what fits its terms, once, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from publish.notify.targets import Target
from storage import deliveries, feeds, locks, outbox
from storage.database import Database
from storage.records import OutboxRecord


def announce(database: Database, targets: Sequence[Target], now: datetime) -> None:
    """Give the targets what has been released since the last time. What came before a target was named is not for it.

    Of the kinds in the outbox only `released` is told: revisions, reposts and merges are no news. A kind of another
    sort, such as an alarm, would be given here too, under a key of its own.
    """
    with database.begin() as db:
        locks.hold(db, "announcing")
        deliveries.declare(db, [target.name for target in targets], now)
        while rows := outbox.unannounced(db):
            for marks in feeds.marks(db, sorted(deliveries.news(db, _released(rows)))):
                for target in targets:
                    if marks.story.released_at and not target.terms.is_digest and target.terms.fits(marks):
                        deliveries.add(db, target.name, deliveries.key_of(marks.story.id), marks.story.id, now)
            outbox.announced(db, [row.id for row in rows], now)


def _released(rows: Sequence[OutboxRecord]) -> set[int]:
    return {row.story_id for row in rows if row.kind == "released"}
