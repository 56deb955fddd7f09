"""Feeds: which stories stand in which, which files are stale, and what readers put together for themselves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from storage.models import Article, Card, Entry, Feed, SavedFeed, Site, StaleFeed, StaleStory, Story
from storage.records import FeedRecord, Marks, SavedFeedRecord, StoryRecord
from storage.rows import batches, insert, record

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)


def place(db: Session, story: StoryRecord, feeds: Mapping[str, str]) -> list[tuple[str, datetime, bool]]:
    """Let a story stand in these feeds (name: title) and in no others.

    Told are all feeds that this touches, each with the place in its order and whether the story came there or went.
    """
    stood = {name: (feed_id, moment) for feed_id, name, moment in _standing(db, story.id)}
    stays = {name for name, (_, moment) in stood.items() if name in feeds and moment == story.released_at}
    gone = [feed_id for name, (feed_id, _) in stood.items() if name not in stays]
    db.execute(delete(Entry).where(Entry.story_id == story.id, Entry.feed_id.in_(gone)))
    ids = ids_of(db, {name: title for name, title in feeds.items() if name not in stays})
    db.add_all([Entry(feed_id=feed_id, released_at=story.released_at, story_id=story.id) for feed_id in ids.values()])
    db.flush()
    touched = [(name, moment, name not in stays) for name, (_, moment) in stood.items()]
    return touched + [(name, story.released_at, True) for name in ids if story.released_at]


def marks(db: Session, ids: Sequence[int]) -> list[Marks]:
    """What is known of these stories; one that is gone is left out."""
    found: list[Marks] = []
    for batch in batches(ids):
        sites: dict[int, dict[str, str]] = defaultdict(dict)
        regions: dict[int, dict[tuple[str, str], None]] = defaultdict(dict)
        carried = select(Story.id, Article.site_id, Site.name, Article.regions)
        carried = carried.join(Article, Article.story_id == Story.id).join(Site, Site.id == Article.site_id)
        for story_id, site_id, name, places in db.execute(carried.where(Story.id.in_(batch)).order_by(Article.id)):
            sites[story_id][site_id] = name
            regions[story_id] |= dict.fromkeys(places)
        cards = select(Story, Card.headings, Card.text).join(Card, Card.story_id == Story.id, isouter=True)
        for story, headings, text in db.execute(cards.where(Story.id.in_(batch)).order_by(Story.id)):
            told = tuple(regions[story.id])
            found.append(Marks(record(StoryRecord, story), headings or (), text or "", sites[story.id], told))
    return found


def ids_of(db: Session, feeds: Mapping[str, str]) -> dict[str, int]:
    """The ids of feeds (name: title); those that are not known yet are added."""
    if missing := feeds.keys() - _ids(db, feeds).keys():
        rows = [{"name": name, "title": feeds[name], "facts": None} for name in sorted(missing)]
        db.execute(insert(db, Feed).values(rows).on_conflict_do_nothing())
    return _ids(db, feeds)


def fill(db: Session, name: str, stories: Iterable[StoryRecord]) -> None:
    """Let these released stories, and no others, stand in a feed."""
    feed_id = _ids(db, [name])[name]
    db.execute(delete(Entry).where(Entry.feed_id == feed_id))
    db.add_all([Entry(feed_id=feed_id, released_at=story.released_at, story_id=story.id) for story in stories])
    db.flush()


def get(db: Session, name: str) -> FeedRecord | None:
    row = db.scalars(select(Feed).where(Feed.name == name)).one_or_none()
    return record(FeedRecord, row) if row else None


def listing(db: Session) -> list[FeedRecord]:
    return [FeedRecord(*row) for row in db.execute(select(Feed.name, Feed.title, Feed.facts).order_by(Feed.id))]


def remove(db: Session, names: Iterable[str]) -> None:
    db.execute(delete(Feed).where(Feed.name.in_(list(names))))


def describe(db: Session, feed: FeedRecord) -> None:
    """What the feed's files are made with from now on."""
    db.execute(update(Feed).where(Feed.name == feed.name).values(title=feed.title, facts=feed.facts))


def sharing(db: Session, name: str) -> list[str]:
    """All feeds that show a story which stands in this one, itself among them."""
    here, there = aliased(Entry), aliased(Entry)
    shared = (
        select(there.feed_id)
        .join(here, here.story_id == there.story_id)
        .join(Feed, Feed.id == here.feed_id)
        .where(Feed.name == name)
    )
    return list(db.scalars(select(Feed.name).where(Feed.id.in_(shared))))


def newest(db: Session, name: str, *, at_least: int, since: datetime, at_most: int) -> dict[int, str]:
    """A feed's stories with their guids, last released first: the `at_least` newest and all after `since`, capped."""
    rows = db.execute(
        select(Story.id, Story.guid, Entry.released_at > since)
        .join(Entry, Entry.story_id == Story.id)
        .where(_of(name))
        .order_by(Entry.released_at.desc(), Entry.story_id.desc())
        .limit(at_most)
    )
    return {story_id: guid for rank, (story_id, guid, lately) in enumerate(rows) if rank < at_least or lately}


def period(db: Session, name: str, first: datetime, end: datetime, *, offset: int, limit: int) -> dict[int, str]:
    """A feed's stories of a time with their guids, first released first."""
    chosen = select(Story.id, Story.guid).join(Entry, Entry.story_id == Story.id).where(_of(name), *_within(first, end))
    rows = db.execute(chosen.order_by(Entry.released_at, Entry.story_id).limit(limit).offset(offset))
    return {row.id: row.guid for row in rows}


def count(db: Session, name: str, first: datetime = BEGINNING, end: datetime = END) -> int:
    return db.scalars(select(func.count()).select_from(Entry).where(_of(name), *_within(first, end))).one()


def rank(db: Session, name: str, first: datetime, moment: datetime, story_id: int) -> int:
    """How many entries since `first` come before the place of a story."""
    earlier = tuple_(Entry.released_at, Entry.story_id) < (moment, story_id)
    counted = select(func.count()).select_from(Entry).where(_of(name), Entry.released_at >= first, earlier)
    return db.scalars(counted).one()


def before(db: Session, name: str, moment: datetime) -> datetime | None:
    """When the last entry before a moment was released."""
    return db.scalars(select(func.max(Entry.released_at)).where(_of(name), Entry.released_at < moment)).one()


def after(db: Session, name: str, moment: datetime) -> datetime | None:
    """When the first entry from a moment on was released."""
    return db.scalars(select(func.min(Entry.released_at)).where(_of(name), Entry.released_at >= moment)).one()


def stale(db: Session) -> dict[str, bool]:
    """The feeds, and parts of archives, to be written anew; whether all their entries are."""
    return {row.name: row.whole for row in db.scalars(select(StaleFeed).order_by(StaleFeed.name))}


def stale_stories(db: Session) -> set[int]:
    """The stories whose entries are to be made anew wherever they stand."""
    return set(db.scalars(select(StaleStory.story_id)))


def outdate(db: Session, names: Iterable[str], *, whole: bool = False) -> None:
    """Their files are to be written anew, as a whole or for the sake of stale stories."""
    if rows := [{"name": name, "whole": whole} for name in sorted(set(names))]:
        into = insert(db, StaleFeed)
        either = or_(into.excluded.whole, StaleFeed.whole)
        db.execute(into.on_conflict_do_update(index_elements=["name"], set_={"whole": either}), rows)


def outdate_story(db: Session, story_id: int) -> None:
    db.execute(insert(db, StaleStory).values([{"story_id": story_id}]).on_conflict_do_nothing())


def written(db: Session, names: Iterable[str]) -> None:
    """Their files say what the database says. When all do, no story is stale either."""
    for batch in batches(list(names)):
        db.execute(delete(StaleFeed).where(StaleFeed.name.in_(batch)))
    if not db.scalars(select(StaleFeed.name).limit(1)).all():
        db.execute(delete(StaleStory))


def save(db: Session, saved: SavedFeedRecord) -> None:
    """Keep a feed that a reader asked for; one kept already stays as it is."""
    row = {"id": saved.id, "title": saved.title, "query": saved.query, "created_at": saved.created_at}
    db.execute(insert(db, SavedFeed).values([row]).on_conflict_do_nothing())


def saved(db: Session) -> list[SavedFeedRecord]:
    rows = db.scalars(select(SavedFeed).order_by(SavedFeed.created_at, SavedFeed.id))
    return [record(SavedFeedRecord, row) for row in rows]


def _standing(db: Session, story_id: int) -> list[tuple[int, str, datetime]]:
    stands = select(Feed.id, Feed.name, Entry.released_at).join(Entry, Entry.feed_id == Feed.id)
    return [(row.id, row.name, row.released_at) for row in db.execute(stands.where(Entry.story_id == story_id))]


def _ids(db: Session, names: Iterable[str]) -> dict[str, int]:
    rows = db.execute(select(Feed.name, Feed.id).where(Feed.name.in_(list(names))))
    return {row.name: row.id for row in rows}


def _of(name: str) -> ColumnElement[bool]:
    return Entry.feed_id == select(Feed.id).where(Feed.name == name).scalar_subquery()


def _within(first: datetime, end: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Entry.released_at >= first, Entry.released_at < end
