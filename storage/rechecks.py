"""Rechecks: which articles are looked at again, and when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.models import Article, Recheck
from storage.records import ArticleRecord, RecheckRecord
from storage.rows import insert, record, values


def put(db: Session, recheck: RecheckRecord) -> None:
    """From now on the article is looked at again then."""
    row = values(recheck)
    changed = {name: value for name, value in row.items() if name != "article_id"}
    db.execute(insert(db, Recheck).values(row).on_conflict_do_update(index_elements=["article_id"], set_=changed))


def drop(db: Session, article_id: int) -> None:
    """The article is not looked at again."""
    db.execute(delete(Recheck).where(Recheck.article_id == article_id))


def follow(db: Session, article_id: int, following: RecheckRecord | None) -> None:
    """After a look: the next one, or none."""
    if following:
        put(db, following)
    else:
        drop(db, article_id)


def get(db: Session, article_id: int) -> RecheckRecord | None:
    row = db.get(Recheck, article_id, populate_existing=True)
    return record(RecheckRecord, row) if row else None


def due(db: Session, site_id: str, now: datetime, limit: int) -> Sequence[tuple[RecheckRecord, ArticleRecord]]:
    """Those of a site whose time has come, the first due first."""
    rows = db.execute(
        select(Recheck, Article)
        .join(Article, Article.id == Recheck.article_id)
        .where(Recheck.site_id == site_id, Recheck.due <= now)
        .order_by(Recheck.due, Recheck.article_id)
        .limit(limit)
    )
    return [(record(RecheckRecord, recheck), record(ArticleRecord, article)) for recheck, article in rows]
