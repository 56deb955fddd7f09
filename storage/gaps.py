"""Gaps: where the reading of a channel's list pages has to go on, after a burst or in a back-fill."""

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from storage.models import Gap
from storage.records import GapRecord
from storage.rows import record, values


def put(db: Session, gap: GapRecord) -> GapRecord:
    """Store a gap as it is now; a new one gets its id."""
    if gap.id:
        db.execute(update(Gap).where(Gap.id == gap.id).values(**values(gap, without=("id",))))
        return gap
    row = Gap(**values(gap, without=("id",)))
    db.add(row)
    db.flush()
    return record(GapRecord, row)


def unread(db: Session, channel_id: str, origin: str) -> list[GapRecord]:
    """The gaps of a channel that are still to be read, oldest first."""
    open_ones = _of(channel_id).where(Gap.origin == origin, Gap.closed_at.is_(None))
    return [record(GapRecord, row) for row in db.scalars(open_ones)]


def of_channel(db: Session, channel_id: str) -> list[GapRecord]:
    """What a person should know: the gaps still to be read and those given up, oldest first; filled ones are none."""
    rows = db.scalars(_of(channel_id).where(Gap.closed_at.is_(None) | Gap.reason.is_not(None)))
    return [record(GapRecord, row) for row in rows]


def last_back_fill(db: Session, channel_id: str) -> GapRecord | None:
    """Where a back-fill of the channel goes on, or what the last one came to."""
    row = db.scalars(_of(channel_id).where(Gap.origin == "backfill")).all()
    return record(GapRecord, row[-1]) if row else None


def _of(channel_id: str) -> Select[Gap]:
    return select(Gap).where(Gap.channel_id == channel_id).order_by(Gap.id)
