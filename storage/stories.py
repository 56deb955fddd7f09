"""Stories: all articles that carry one text. A story owns the guid, from its creation and for ever."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage import articles, cards, locks
from storage.models import Apart, Article, Site, Story
from storage.records import ArticleRecord, Credit, SiteRecord, StoryRecord, StoryView
from storage.rows import batches, insert, record


def lock(db: Session) -> None:
    """Until the transaction ends nobody else looks for, creates or merges stories.

    One lock for all texts: two edited reposts of one text have no key in common that both could wait for.
    """
    locks.hold(db, "stories")


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
    article = db.get_one(Article, first.id) if first.id else articles.added(db, first, None)
    row = Story(first_article_id=article.id, published_at=published_at, released_at=released_at, updated_at=now)
    db.add(row)
    db.flush()
    row.guid, article.story_id = f"tag:{tag}:story/{row.id}", row.id
    db.flush()
    cards.refresh(db, row.id)
    return record(StoryRecord, row), article.id


def join(db: Session, story_id: int, article: ArticleRecord) -> int:
    """Another article that carries the story's text; its id. What subscribers see of the story does not change."""
    row = db.get_one(Article, article.id) if article.id else articles.added(db, article, story_id)
    if row.story_id != story_id:
        row.story_id = story_id
        db.flush()
    cards.refresh(db, story_id, retold=False)
    return row.id


def leave(db: Session, article_id: int) -> None:
    """Out of its story, into none yet; the story must have others, and be told by one of them."""
    row = db.get_one(Article, article_id)
    former, row.story_id = row.story_id, None
    db.flush()
    if former is not None:
        cards.refresh(db, former)


def credited(db: Session, story_id: int) -> list[Credit]:
    """What each of its articles says of who wrote it, first found first."""
    return [credit for _, _, credit in _carried(db, [story_id])[story_id]]


def show(db: Session, story_id: int, article_id: int) -> None:
    """Let it be told by this one of its articles. Subscribers who have its entry are not told that it changed."""
    row = db.get_one(Story, story_id)
    if row.first_article_id != article_id:
        row.first_article_id = article_id
        db.flush()
        cards.refresh(db, story_id)


def release(db: Session, story_id: int, now: datetime) -> None:
    """From now on subscribers see the story; one released earlier keeps its moment, one withdrawn stays so."""
    hidden = update(Story).where(Story.id == story_id, Story.released_at.is_(None), Story.withdrawn_at.is_(None))
    db.execute(hidden.values(released_at=now))


def withdraw(db: Session, story_id: int, now: datetime) -> None:
    """It does not belong after all: it leaves the feeds, and no repost brings it out. It keeps guid and articles."""
    db.execute(update(Story).where(Story.id == story_id).values(released_at=None, withdrawn_at=now))
    cards.refresh(db, story_id)


def restore(db: Session, story_id: int) -> None:
    """It belongs after all; `release` lets it be seen again, under the guid it had."""
    db.execute(update(Story).where(Story.id == story_id).values(withdrawn_at=None))
    cards.refresh(db, story_id)


def touch(db: Session, story_id: int, now: datetime) -> None:
    """Its entry says something else: the text was revised, or was taken down, or is back."""
    db.execute(update(Story).where(Story.id == story_id).values(updated_at=now))


def is_taken_down(db: Session, story_id: int) -> bool:
    """Whether the article that tells it was taken down by its site, which its entry then says."""
    told = select(Article.removed_at).join(Story, Story.first_article_id == Article.id).where(Story.id == story_id)
    return db.scalars(told).one_or_none() is not None


def get(db: Session, story_id: int) -> StoryRecord | None:
    row = db.get(Story, story_id)
    return record(StoryRecord, row) if row else None


def view(db: Session, story_id: int) -> StoryView | None:
    """The story, or the one it was merged into."""
    return next(iter(views(db, [surviving(db, story_id)])), None)


def surviving(db: Session, story_id: int) -> int:
    """The story that this one was merged into, else itself."""
    return db.scalars(select(Story.merged_into).where(Story.id == story_id)).one_or_none() or story_id


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
    ids = select(Story.id).where(Story.merged_into.is_(None))
    return ids.where(Story.released_at.is_not(None)) if released else ids


def merge(db: Session, ids: Collection[int]) -> tuple[StoryRecord, list[StoryRecord]]:
    """One story out of several: the one that subscribers saw first, else the oldest; and the others as they were.

    It keeps guid, date and first article, so that whoever has seen it sees nothing new; the others' entries go.
    ValueError for one that was merged already: it has no articles left.
    """
    rows = db.scalars(select(Story).where(Story.id.in_(ids)).order_by(Story.id).with_for_update()).all()
    if merged := [row.id for row in rows if row.merged_into is not None]:
        raise ValueError(f"merged already: {merged}")
    first, *others = sorted(rows, key=lambda row: (row.released_at is None, row.released_at or row.updated_at, row.id))
    gone, before = [row.id for row in others], [record(StoryRecord, row) for row in others]
    if not gone:
        return record(StoryRecord, first), []
    db.execute(update(Article).where(Article.story_id.in_(gone)).values(story_id=first.id))
    db.execute(update(Story).where(Story.merged_into.in_(gone)).values(merged_into=first.id))
    db.execute(update(Story).where(Story.id.in_(gone)).values(merged_into=first.id, released_at=None))
    for one, other in _pairs_apart(db, gone):
        if {one, other} - {*gone, first.id}:
            set_apart(db, *(first.id if story_id in gone else story_id for story_id in (one, other)))
    db.execute(delete(Apart).where(or_(Apart.one_id.in_(gone), Apart.other_id.in_(gone))))
    db.expire_all()
    for story_id in (*gone, first.id):
        cards.refresh(db, story_id)
    return record(StoryRecord, first), before


def split(db: Session, article_ids: Collection[int], now: datetime, tag: str) -> StoryRecord:
    """A story of their own, and a guid, for some articles of one; ValueError where none would stay behind."""
    moved = db.scalars(select(Article).where(Article.id.in_(article_ids)).order_by(Article.id)).all()
    old = db.get_one(Story, moved[0].story_id) if moved and moved[0].story_id else None
    if old is None or len(moved) < len(set(article_ids)) or {row.story_id for row in moved} != {old.id}:
        raise ValueError(f"articles of one story are needed: {sorted(article_ids)}")
    staying = select(func.min(Article.id)).where(Article.story_id == old.id, Article.id.not_in(article_ids))
    stays = db.scalars(staying).one()
    if stays is None:
        raise ValueError(f"story {old.id} would be left without articles")
    first = record(ArticleRecord, moved[0])
    released_at = now if old.released_at else None
    new, _ = create(db, first=first, published_at=old.published_at, released_at=released_at, now=now, tag=tag)
    for row in moved:
        row.story_id = new.id
    if old.first_article_id in article_ids:
        old.first_article_id, old.updated_at = stays, now
    db.flush()
    set_apart(db, old.id, new.id)
    cards.refresh(db, old.id)
    cards.refresh(db, new.id)
    return new


def set_apart(db: Session, one: int, other: int) -> None:
    """From now on nothing but a merge by hand makes one story of these."""
    pair = {"one_id": min(one, other), "other_id": max(one, other)}
    db.execute(insert(db, Apart).values(pair).on_conflict_do_nothing())


def apart(db: Session, ids: Collection[int]) -> set[frozenset[int]]:
    """Pairs of these stories that were set apart."""
    return {frozenset(pair) for pair in _pairs_apart(db, ids) if set(pair) <= set(ids)}


def _pairs_apart(db: Session, ids: Collection[int]) -> list[tuple[int, int]]:
    rows = db.scalars(select(Apart).where(or_(Apart.one_id.in_(ids), Apart.other_id.in_(ids))))
    return [(row.one_id, row.other_id) for row in rows]


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
                removed=frozenset(url for _, (_, _, url), credit in carried[story.id] if credit.removed),
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
            Site.kind,
            Article.removed_at.is_not(None),
        )
        .join(Site, Site.id == Article.site_id)
        .where(Article.story_id.in_(ids))
        .order_by(Article.id)
    )
    carried: dict[int | None, list[tuple[int, tuple[str, str, str], Credit]]] = defaultdict(list)
    for story_id, number, site, source, url, outlet, published, precision, found, kind, removed in rows:
        credit = Credit(site, outlet, published, precision, found, kind, number, removed)
        carried[story_id].append((number, (site, source, url), credit))
    return carried
