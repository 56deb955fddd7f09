"""The outbox: what subscribers are to be told, written with the story it is about, delivered later."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.models import Outbox
from storage.records import OutboxKind, OutboxRecord
from storage.rows import batches, record

LATELY = 1000  # announcements among which one may be delivered after a later one


def add(db: Session, kind: OutboxKind, story_id: int, now: datetime) -> None:
    db.add(Outbox(kind=kind, story_id=story_id, created_at=now))
    db.flush()


def tell(db: Session, kind: OutboxKind, now: datetime) -> int:
    """A message about incidents, which will name it; feeds have nothing to do with it."""
    row = Outbox(kind=kind, story_id=None, created_at=now, delivered_at=now)
    db.add(row)
    db.flush()
    return row.id


def last(db: Session, kind: OutboxKind, story_id: int) -> datetime | None:
    """When subscribers were last to be told this of the story."""
    return db.scalars(select(func.max(Outbox.created_at)).where(Outbox.kind == kind, Outbox.story_id == story_id)).one()


def pending(db: Session, limit: int = 1000) -> list[OutboxRecord]:
    """What is not delivered yet, oldest first."""
    rows = db.scalars(select(Outbox).where(Outbox.delivered_at.is_(None)).order_by(Outbox.id).limit(limit))
    return [record(OutboxRecord, row) for row in rows]


def delivered(db: Session, ids: Iterable[int], now: datetime) -> None:
    """Delivered at `now`; what was delivered earlier keeps its moment."""
    for batch in batches(list(ids)):
        db.execute(update(Outbox).where(Outbox.id.in_(batch), Outbox.delivered_at.is_(None)).values(delivered_at=now))


def mark(db: Session) -> str:
    """What the feeds have had: another whenever more is delivered, whoever delivers it, and in whatever order."""
    of_feeds = Outbox.delivered_at.is_not(None) & Outbox.story_id.is_not(None)
    lately = select(func.max(Outbox.id) - LATELY).where(of_feeds).scalar_subquery()
    last, number = db.execute(select(func.max(Outbox.id), func.count()).where(Outbox.id > lately, of_feeds)).one()
    return f"{last or 0}/{number}"


def unannounced(db: Session, limit: int = 1000) -> list[OutboxRecord]:
    """What notification targets have not been given yet, oldest first."""
    rows = db.scalars(select(Outbox).where(Outbox.announced_at.is_(None)).order_by(Outbox.id).limit(limit))
    return [record(OutboxRecord, row) for row in rows]


def announced(db: Session, ids: Iterable[int], now: datetime) -> None:
    for batch in batches(list(ids)):
        db.execute(update(Outbox).where(Outbox.id.in_(batch)).values(announced_at=now))
