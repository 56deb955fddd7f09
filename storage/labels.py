"""Labels: what a person decided about articles."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Article, Label
from storage.records import ArticleRecord
from storage.rows import insert, record


def decide(db: Session, article_id: int, relevant: bool, now: datetime) -> None:
    """Keep a decision; a later one replaces it."""
    decided = insert(db, Label).values(article_id=article_id, relevant=relevant, decided_at=now)
    again = {"relevant": relevant, "decided_at": now}
    db.execute(decided.on_conflict_do_update(index_elements=["article_id"], set_=again))


def of(db: Session, article_id: int) -> bool | None:
    return db.scalars(select(Label.relevant).where(Label.article_id == article_id)).one_or_none()


def among(db: Session, ids: Collection[int]) -> dict[int, bool]:
    """The decisions about these articles."""
    rows = db.execute(select(Label.article_id, Label.relevant).where(Label.article_id.in_(ids)))
    return {row.article_id: row.relevant for row in rows}


def refused(db: Session, story_id: int) -> bool:
    """Whether a person refused an article of this story."""
    asked = select(Label).join(Article, Article.id == Label.article_id)
    return bool(db.scalars(asked.where(Article.story_id == story_id, Label.relevant.is_(False)).limit(1)).all())


def listing(db: Session) -> Iterator[tuple[ArticleRecord, bool]]:
    """All labelled articles, first found first."""
    rows = db.execute(select(Article, Label.relevant).join(Label, Label.article_id == Article.id).order_by(Article.id))
    for article, relevant in rows.yield_per(200):
        yield record(ArticleRecord, article), relevant
