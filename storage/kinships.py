"""Kinships: which articles carry a text that another one has, whole or in part, and which only its form."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from storage.models import Article, Kinship
from storage.records import ArticleRecord, KinshipRecord
from storage.rows import insert, record, values

_MOST = 200  # stories with one text, or articles in none, that are looked at


def add(db: Session, kinships: Iterable[KinshipRecord]) -> None:
    rows = [values(kinship) for kinship in kinships]
    if rows:
        db.execute(insert(db, Kinship).on_conflict_do_nothing(), rows)


def forget(db: Session, article_id: int) -> None:
    """What its former text was to others, and they to it."""
    db.execute(delete(Kinship).where(or_(Kinship.article_id == article_id, Kinship.other_id == article_id)))


def of_article(db: Session, article_id: int) -> list[KinshipRecord]:
    """To the articles before it, the closest first."""
    rows = db.scalars(select(Kinship).where(Kinship.article_id == article_id).order_by(Kinship.score.desc()))
    return [record(KinshipRecord, row) for row in rows]


def around(db: Session, ids: Collection[int]) -> list[tuple[KinshipRecord, int | None]]:
    """Of these articles to others or among themselves, the closest first, each with the story of the other one."""
    named = or_(Kinship.article_id.in_(ids), Kinship.other_id.in_(ids))
    rows = db.scalars(select(Kinship).where(named).order_by(Kinship.score.desc(), Kinship.article_id).limit(_MOST))
    found = [record(KinshipRecord, row) for row in rows]
    others = [kin.other_id if kin.article_id in ids else kin.article_id for kin in found]
    known = stories_of(db, others)
    return [(kin, known.get(other)) for kin, other in zip(found, others, strict=True)]


def twins(db: Session, text_key: str) -> list[ArticleRecord]:
    """An article of each story that carries exactly this text, and all that are in no story; the earliest first."""
    rows = db.execute(select(Article.id, Article.story_id).where(Article.text_key == text_key).order_by(Article.id))
    found: dict[object, int] = {}
    for article_id, story_id in rows:
        found.setdefault(story_id or (article_id, "alone"), article_id)
    return texts(db, list(found.values())[:_MOST]) if found else []


def carriers(db: Session, text_key: str) -> dict[int, int | None]:
    """The articles that carry exactly this text, each with its story."""
    return dict(iter(db.execute(select(Article.id, Article.story_id).where(Article.text_key == text_key).limit(_MOST))))


def next_twin(db: Session, text_key: str, article_id: int) -> int | None:
    """The first article that carries this text beside the one named."""
    return db.scalars(select(func.min(Article.id)).where(Article.text_key == text_key, Article.id != article_id)).one()


def stories_of(db: Session, ids: Sequence[int]) -> dict[int, int | None]:
    """The story of each article, in the order of the ids."""
    found = db.execute(select(Article.id, Article.story_id).where(Article.id.in_(ids))) if ids else ()
    rows = {row.id: row.story_id for row in found}
    return {article_id: rows[article_id] for article_id in ids if article_id in rows}


def texts(db: Session, ids: Sequence[int]) -> list[ArticleRecord]:
    """The articles in the order of the ids."""
    rows = {row.id: row for row in db.scalars(select(Article).where(Article.id.in_(ids)))}
    return [record(ArticleRecord, rows[article_id]) for article_id in ids if article_id in rows]
