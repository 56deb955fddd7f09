"""Articles: every address read, those that do not belong too, and their revisions."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from storage import cards
from storage.models import Article, Reading, Revision
from storage.records import ArticleRecord
from storage.rows import record, values

_READING = tuple(Reading.__annotations__)  # the columns that a revision replaces
_KEPT = ("canonical", "site_id", "channel_id", "id", "story_id", "first_seen_at", "removed_at", "removed_reason")

SAME_VISIT = timedelta(hours=1)
AROUND = 200  # articles of a site, before and behind one, among which its neighbours are
_DATED = func.coalesce(Article.published, Article.first_seen_at)


def get(db: Session, article_id: int) -> ArticleRecord | None:
    row = db.get(Article, article_id)
    return record(ArticleRecord, row) if row else None


def at(db: Session, canonical: str) -> ArticleRecord | None:
    row = db.scalars(select(Article).where(Article.canonical == canonical)).one_or_none()
    return record(ArticleRecord, row) if row else None


def add(db: Session, article: ArticleRecord, story_id: int | None) -> int:
    """Add an article read for the first time; its id."""
    return added(db, article, story_id).id


def added(db: Session, article: ArticleRecord, story_id: int | None) -> Article:
    """The same for this room: who holds the row is not made to read it again."""
    row = Article(
        **values(article, without=("id", "story_id", "first_seen_at")),
        story_id=story_id,
        first_seen_at=article.fetched_at,
    )
    db.add(row)
    db.flush()
    return row


def admit(db: Session, article_id: int, reason: str) -> None:
    """An article that was not thought to belong does, for its text, which is that of one that belongs."""
    row = db.get_one(Article, article_id)
    row.relevant, row.ground, row.reasons = True, "text", (reason, *row.reasons)
    db.flush()


def revise(db: Session, article_id: int, article: ArticleRecord, now: datetime) -> None:
    """Put a new reading in the place of the former, which becomes a revision. The story stays."""
    row = db.get_one(Article, article_id, with_for_update=True)
    db.add(Revision(article_id=article_id, replaced_at=now, **{name: getattr(row, name) for name in _READING}))
    for name in _READING:
        setattr(row, name, getattr(article, name))
    _retell(db, row)


def remove(db: Session, article_id: int, reason: str | None, now: datetime) -> None:
    """Its site does not show it any more, which is no revision: what was read stays."""
    row = db.get_one(Article, article_id, with_for_update=True)
    row.removed_at, row.removed_reason = now, reason
    _retell(db, row)


def give_back(db: Session, article_id: int) -> None:
    """Its site shows it again."""
    row = db.get_one(Article, article_id, with_for_update=True)
    row.removed_at = row.removed_reason = None
    _retell(db, row)


def _retell(db: Session, row: Article) -> None:
    db.flush()
    if row.story_id is not None:
        cards.refresh(db, row.story_id)


def neighbours(db: Session, article: ArticleRecord, limit: int) -> list[ArticleRecord]:
    """Articles of its site and host that were read no later, as a visit goes, and still stand there; the last first.

    Where its channel has such articles, only these: a site may move one column and leave the others where they are. Ids
    grow as articles are read, so only those around its own are looked through.
    """
    until, host = (article.first_seen_at or article.fetched_at) + SAME_VISIT, urlsplit(article.url).netloc
    of_site = select(Article.id).where(Article.site_id == article.site_id)
    before = of_site.where(Article.id < article.id).order_by(Article.id.desc()).limit(AROUND)
    behind = of_site.where(Article.id > article.id).order_by(Article.id).limit(AROUND)
    around = [*db.scalars(behind), *db.scalars(before)]
    on_host = or_(*(Article.url.startswith(f"{scheme}://{host}/", autoescape=True) for scheme in ("http", "https")))
    standing = Article.removed_at.is_(None), Article.first_seen_at <= until, on_host
    rows = select(Article).where(Article.id.in_(around), *standing).order_by(Article.id.desc())
    own = Article.channel_id == article.channel_id
    found = db.scalars(rows.where(own).limit(limit)).all() or db.scalars(rows.limit(limit)).all()
    return [record(ArticleRecord, row) for row in found]


def revised(db: Session, ids: Collection[int]) -> set[int]:
    """Those of these articles that have former readings."""
    return set(db.scalars(select(Revision.article_id).where(Revision.article_id.in_(ids))))


def rejudge(db: Session, article_id: int, found: Mapping[str, Any]) -> None:
    """Write what is found in the same reading now, by columns: no revision, as the page has not changed."""
    row = db.get_one(Article, article_id, with_for_update=True)
    for column, value in found.items():
        setattr(row, column, value)
    db.flush()
    if row.story_id is not None and found.keys() & cards.SHOWN:
        cards.refresh(db, row.story_id)


def revisions(db: Session, article_id: int) -> list[tuple[datetime, ArticleRecord]]:
    """The former readings of an article, oldest first, each with the moment when it was replaced."""
    article = db.get_one(Article, article_id)
    kept = {name: getattr(article, name) for name in _KEPT}
    rows = db.scalars(select(Revision).where(Revision.article_id == article_id).order_by(Revision.id))
    return [(row.replaced_at, record(ArticleRecord, row, **kept)) for row in rows]


def of_story(db: Session, story_id: int) -> list[ArticleRecord]:
    """All articles that carry the story, in the order of their own dates; one without a date when it was found."""
    rows = db.scalars(select(Article).where(Article.story_id == story_id).order_by(_DATED, Article.id))
    return [record(ArticleRecord, row) for row in rows]


def after(
    db: Session,
    article_id: int,
    limit: int,
    *,
    relevant: bool | None = None,
    site_id: str | None = None,
    since: datetime | None = None,
) -> list[ArticleRecord]:
    """The next articles, first found first; `since` by their own dates, or when they were found."""
    wanted = (Article.id > article_id, *_conditions(relevant, site_id, None, since))
    rows = db.scalars(select(Article).where(*wanted).order_by(Article.id).limit(limit))
    return [record(ArticleRecord, row) for row in rows]


def doubtful(db: Session, limit: int, before: int | None = None) -> list[ArticleRecord]:
    """Articles marked for review, last found first; `before` is the id that the next ones are older than."""
    rows = select(Article).where(Article.review, Article.id < before if before else true())
    return [record(ArticleRecord, row) for row in db.scalars(rows.order_by(Article.id.desc()).limit(limit))]


def listing(
    db: Session,
    *,
    limit: int,
    offset: int = 0,
    relevant: bool | None = None,
    site_id: str | None = None,
    query: str | None = None,
) -> list[ArticleRecord]:
    """Articles, last found first; `query` is a part of the title."""
    rows = db.scalars(
        select(Article)
        .where(*_conditions(relevant, site_id, query))
        .order_by(Article.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [record(ArticleRecord, row) for row in rows]


def count(
    db: Session,
    *,
    relevant: bool | None = None,
    site_id: str | None = None,
    query: str | None = None,
    since: datetime | None = None,
    after: int = 0,
) -> int:
    """How many there are; `after` is the id beyond which they are counted."""
    conditions = (Article.id > after, *_conditions(relevant, site_id, query, since))
    counted = select(func.count()).select_from(Article).where(*conditions)
    return db.scalars(counted).one()


def _conditions(
    relevant: bool | None, site_id: str | None, query: str | None, since: datetime | None = None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if relevant is not None:
        conditions.append(Article.relevant.is_(relevant))
    if site_id is not None:
        conditions.append(Article.site_id == site_id)
    if query:
        conditions.append(Article.title.icontains(query, autoescape=True))
    if since is not None:
        conditions.append(since <= _DATED)
    return conditions
