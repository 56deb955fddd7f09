"""Stories: all articles that carry one text. A story owns the guid, from its creation and for ever."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from storage import articles, cards, locks
from storage.models import Article, Site, Story
from storage.records import ArticleRecord, Credit, SiteRecord, StoryRecord, StoryView
from storage.rows import batches, record


def lock(db: Session, text_key: str) -> None:
    """Until the transaction ends nobody else looks for or creates the story of this text."""
    locks.hold(db, f"text {text_key}")


def of_text(db: Session, text_key: str) -> StoryRecord | None:
    """The story one of whose articles carries this text."""
    carried = select(Story).join(Article, Article.story_id == Story.id).where(Article.text_key == text_key)
    row = db.scalars(carried.order_by(Story.id).limit(1)).one_or_none()
    return record(StoryRecord, row) if row else None


def create(
    db: Session,
    *,
    first: ArticleRecord,
    published_at: datetime,
    released_at: datetime | None,
    now: datetime,
    tag: str,
) -> tuple[StoryRecord, int]:
    """A new story with its first article, and that article's id. The guid is minted here, once, under `tag`.

    An article that has an id is stored already, such as one that a revision made relevant; it is given to the story.
    """
    article_id = first.id or articles.add(db, first, None)
    row = Story(first_article_id=article_id, published_at=published_at, released_at=released_at, updated_at=now)
    db.add(row)
    db.flush()
    row.guid = f"tag:{tag}:story/{row.id}"
    _give(db, article_id, row.id)
    return record(StoryRecord, row), article_id


def join(db: Session, story_id: int, article: ArticleRecord) -> int:
    """Another article that carries the story's text; its id. What subscribers see of the story does not change."""
    article_id = article.id or articles.add(db, article, None)
    _give(db, article_id, story_id)
    return article_id


def release(db: Session, story_id: int, now: datetime) -> None:
    """From now on subscribers see the story; one released earlier keeps its moment."""
    db.execute(update(Story).where(Story.id == story_id, Story.released_at.is_(None)).values(released_at=now))


def touch(db: Session, story_id: int, now: datetime) -> None:
    """The text of the story was revised."""
    db.execute(update(Story).where(Story.id == story_id).values(updated_at=now))


def get(db: Session, story_id: int) -> StoryRecord | None:
    row = db.get(Story, story_id)
    return record(StoryRecord, row) if row else None


def view(db: Session, story_id: int) -> StoryView | None:
    return next(iter(views(db, [story_id])), None)


def recent(db: Session, *, at_least: int, since: datetime, at_most: int = 500) -> list[StoryView]:
    """Released stories, last released first: the `at_least` newest and whatever was released after `since`, capped."""
    released = select(Story.id, Story.released_at > since).where(Story.released_at.is_not(None))
    rows = db.execute(released.order_by(Story.released_at.desc(), Story.id.desc()).limit(at_most)).all()
    return views(db, [story_id for rank, (story_id, lately) in enumerate(rows) if rank < at_least or lately])


def listing(db: Session, limit: int, offset: int = 0, *, released: bool = False) -> list[StoryView]:
    """All stories, or only the released ones, latest date first."""
    ids = _ids(released).order_by(Story.published_at.desc(), Story.id.desc()).limit(limit).offset(offset)
    return views(db, db.scalars(ids).all())


def count(db: Session, *, released: bool = False) -> int:
    return db.scalars(select(func.count()).select_from(_ids(released).subquery())).one()


def _ids(released: bool) -> Select[int]:
    ids = select(Story.id)
    return ids.where(Story.released_at.is_not(None)) if released else ids


def _give(db: Session, article_id: int, story_id: int) -> None:
    db.get_one(Article, article_id).story_id = story_id
    db.flush()
    cards.refresh(db, story_id)


def views(db: Session, ids: Sequence[int]) -> list[StoryView]:
    """Views in the order of the ids; two statements per batch, however many stories."""
    views: dict[int, StoryView] = {}
    for batch in batches(ids):
        carried = _carried(db, batch)
        rows = db.execute(
            select(Story, Article, Site)
            .join(Article, Article.id == Story.first_article_id)
            .join(Site, Site.id == Article.site_id)
            .where(Story.id.in_(batch))
        )
        for story, article, site in rows:
            views[story.id] = StoryView(
                story=record(StoryRecord, story),
                article=record(ArticleRecord, article),
                site=record(SiteRecord, site),
                carriers=tuple(carrier for number, carrier, _ in carried[story.id] if number != article.id),
                credits=tuple(credit for _, _, credit in carried[story.id]),
            )
    return [views[story_id] for story_id in ids if story_id in views]


def _carried(db: Session, ids: Sequence[int]) -> dict[int | None, list[tuple[int, tuple[str, str, str], Credit]]]:
    """Of each story's articles the id, the carrier and what they say of the writer."""
    rows = db.execute(
        select(
            Article.story_id,
            Article.id,
            Site.name,
            func.coalesce(Article.source, ""),
            Article.url,
            Article.outlet,
            Article.published,
            Article.precision,
            Article.first_seen_at,
        )
        .join(Site, Site.id == Article.site_id)
        .where(Article.story_id.in_(ids))
        .order_by(Article.id)
    )
    carried: dict[int | None, list[tuple[int, tuple[str, str, str], Credit]]] = defaultdict(list)
    for story_id, number, site, source, url, outlet, published, precision, found in rows:
        credit = Credit(site, outlet, published, precision, found)
        carried[story_id].append((number, (site, source, url), credit))
    return carried
