"""Figures for monitoring, each found by an index, however many rows there are."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Article, Outbox, Story, Visit


def totals(db: Session) -> dict[str, int]:
    """The highest numbers that were given: how many there have ever been, or a few more."""
    tables = {"articles": Article.id, "stories": Story.id, "visits": Visit.id}
    return {name: db.scalars(select(func.max(number))).one() or 0 for name, number in tables.items()}


def pending(db: Session) -> dict[str, int]:
    """Rows of the outbox that feeds, and notification targets, have not had yet."""
    waits = {"feeds": Outbox.delivered_at.is_(None), "targets": Outbox.announced_at.is_(None)}
    return {name: db.scalars(select(func.count()).where(wait)).one() for name, wait in waits.items()}


def last_release(db: Session) -> datetime | None:
    return db.scalars(select(func.max(Story.released_at))).one()
