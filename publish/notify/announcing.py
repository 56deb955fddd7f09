"""From the outbox to the targets: each is given what fits its terms, once, in the transaction that ticks it off."""

from collections.abc import Sequence
from datetime import datetime

from publish.notify.targets import Target
from storage import deliveries, feeds, locks, outbox
from storage.database import Database
from storage.records import OutboxRecord

AT_ONCE = 100  # in one transaction: whoever crawls meanwhile is not made to wait long


def announce(database: Database, targets: Sequence[Target], now: datetime) -> None:
    """Give the targets what has been released since the last time. What came before a target was named is not for it.

    Of what the outbox says of stories only `released` is told: revisions, reposts and merges are no news. What it says
    of channels in trouble goes to the targets that want alarms.
    """
    told = [target for target in targets if not target.terms.is_digest and not target.terms.alarms]
    alarmed = [target for target in targets if target.terms.alarms]
    while True:
        with database.begin() as db:
            locks.hold(db, "announcing")
            deliveries.declare(db, [target.name for target in targets], now)
            rows = outbox.unannounced(db, AT_ONCE)
            new = deliveries.news(db, _released(rows)) if told else ()
            for marks in feeds.marks(db, sorted(new)):
                for target in told if marks.story.released_at else ():
                    if target.terms.fits(marks):
                        deliveries.add(db, target.name, deliveries.key_of(marks.story.id), marks.story.id, now)
            for row in rows:
                for target in alarmed if row.kind in ("alarm", "recovery") else ():
                    deliveries.add(db, target.name, deliveries.key_of_alarm(row.id), None, now)
            outbox.announced(db, [row.id for row in rows], now)
        if len(rows) < AT_ONCE:
            return


def _released(rows: Sequence[OutboxRecord]) -> set[int]:
    return {row.story_id for row in rows if row.kind == "released" and row.story_id}
