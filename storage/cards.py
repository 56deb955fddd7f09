"""Cards: what a story is found by, as in a library's catalogue, rewritten whenever one of its articles changes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, delete, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from storage import search
from storage.models import Article, Card, Heading, Site, Story
from storage.rows import insert

MONDAY = date(2000, 1, 3)
MINUTE = 2**32  # in places: a story's id fits below it
WEEK = 7 * 24 * 60 * MINUTE
Carrier = Row[*tuple[Any, ...]]  # of the columns in _CARRIED
# What a card says of each article that carries the story: not its text, which would be read for every repost.
_CARRIED = (
    Article.id,
    Article.site_id,
    Article.title,
    Article.relevant,
    Article.topics,
    Article.regions,
    Article.document_number,
    Article.documents,
    Site.kind,
)
# Columns of an article that its story's card rests on.
SHOWN = frozenset({"relevant", "topics", "regions", "documents", "title", "paragraphs", "document_number"})
_MIDNIGHT = datetime(2000, 1, 2, 16, tzinfo=UTC)  # of that Monday in China, so that whole weeks are whole numbers


def place_of(published_at: datetime, story_id: int) -> int:
    """Where a story stands among all others, later ones after it."""
    return (published_at - _MIDNIGHT) // timedelta(minutes=1) * MINUTE + story_id


def story_at(place: int) -> int:
    return place % MINUTE


def day_begins(day: date) -> int:
    """The place before all stories of a day in China."""
    return (day - MONDAY).days * 24 * 60 * MINUTE


def refresh(db: Session, story_id: int, *, retold: bool = True) -> None:
    """Write the story's card anew from its articles, and of it no more than what changed.

    `retold` False: who carries it changed, and its first article says what it said; most reposts add a site, no more.
    """
    old = db.scalars(select(Card).where(Card.story_id == story_id)).one_or_none()
    if old and not retold and _carried_on(db, old):
        return
    new = _card(db, story_id)
    if old and new and old.place == new.place:
        _amend(db, old, new.headings, new.text)
        return
    if old:
        _take_out(db, old)
    if new:
        db.add(new)
        db.flush()
        _put_under(db, new.headings, new.place)
        search.put(db, {new.place: new.text})


def values(db: Session, kind: str) -> list[str]:
    """All topics, sites or kinds under which a story stands."""
    return _leaps(db, f"{kind}:", None)


def provinces(db: Session) -> list[str]:
    """Adcodes of the provinces in which a story lies."""
    return [f"{code[:2]}0000" for code in _leaps(db, "region:", len("region:32"))]


def _leaps(db: Session, prefix: str, length: int | None) -> list[str]:
    """What follows the prefix, once for each heading (of those alike in their first `length` characters the first)."""
    return [heading.removeprefix(prefix) for heading in db.scalars(_leaping(prefix, length))]


@cache
def _leaping(prefix: str, length: int | None) -> Select[str]:
    """From each heading to the next it is one step in the index, however many stories stand in between."""
    high = prefix.replace(":", ";")  # the character after the colon
    first = select(func.min(Heading.heading).label("heading")).where(Heading.heading >= prefix, Heading.heading < high)
    steps = first.cte("steps", recursive=True)
    past = steps.c.heading if length is None else func.substr(steps.c.heading, 1, length) + "~"
    following = select(func.min(Heading.heading)).where(Heading.heading > past, Heading.heading < high)
    steps = steps.union_all(select(following.scalar_subquery()).where(steps.c.heading.is_not(None)))
    return select(steps.c.heading).where(steps.c.heading.is_not(None))


def weekly(db: Session, headings: Sequence[str], first: date, last: date) -> dict[tuple[str, date], int]:
    """Stories under each heading in each week (named by its Monday), from that of `first` to that of `last`.

    A count for each of them along the index is seven times as fast as one grouped by a computed week.
    """
    if not headings:
        return {}
    begin, end = (day_begins(day - timedelta(days=day.weekday())) for day in (first, last))
    names = union_all(*(select(literal(name).label("heading")) for name in headings)).subquery("names")
    lows = (select(literal(low, BigInteger).label("low")) for low in range(begin, end + 1, WEEK))
    weeks = union_all(*lows).subquery("weeks")
    standing = select(func.count()).where(
        Heading.heading == names.c.heading, Heading.place >= weeks.c.low, Heading.place < weeks.c.low + WEEK
    )
    counted = select(names.c.heading, weeks.c.low, standing.scalar_subquery()).join_from(names, weeks, true())
    rows = [(heading, MONDAY + timedelta(weeks=low // WEEK), number) for heading, low, number in db.execute(counted)]
    return {(heading, monday): number for heading, monday, number in rows if number}


def _carried_on(db: Session, card: Card) -> bool:
    """Bring the headings up to date, if no carrier has a title that the card does not say yet."""
    rows = _carriers(db, card.story_id)
    said = set(card.text.split("\n"))
    if not all(search.fold(row.title) in said for row in rows):
        return False
    _amend(db, card, _headings(rows), card.text)
    return True


def _amend(db: Session, card: Card, headings: tuple[str, ...], text: str) -> None:
    if card.headings != headings:
        _take_from(db, [name for name in card.headings if name not in headings], card.place)
        _put_under(db, [name for name in headings if name not in card.headings], card.place)
        card.headings = headings
    if card.text != text:
        search.remove(db, card.place, card.text)
        search.put(db, {card.place: text})
        card.text = text
    db.flush()


def _take_out(db: Session, card: Card) -> None:
    search.remove(db, card.place, card.text)
    _take_from(db, card.headings, card.place)
    db.delete(card)
    db.flush()


def _put_under(db: Session, headings: Sequence[str], place: int) -> None:
    if headings:
        db.execute(insert(db, Heading), [{"heading": name, "place": place} for name in headings])


def _take_from(db: Session, headings: Sequence[str], place: int) -> None:
    if headings:
        db.execute(delete(Heading).where(Heading.heading.in_(headings), Heading.place == place))


def _card(db: Session, story_id: int) -> Card | None:
    story = db.get(Story, story_id)
    if story is None or story.withdrawn_at:
        return None
    rows = _carriers(db, story_id)
    if all(row.id != story.first_article_id for row in rows):
        return None
    first = db.get_one(Article, story.first_article_id)
    return Card(
        place=place_of(story.published_at, story_id),
        story_id=story_id,
        headings=_headings(rows),
        text=_text(first, [row.title for row in rows]),
    )


def _carriers(db: Session, story_id: int) -> Sequence[Carrier]:
    carried = select(*_CARRIED).join(Site, Site.id == Article.site_id).where(Article.story_id == story_id)
    return db.execute(carried.order_by(Article.id)).all()


def _headings(rows: Sequence[Carrier]) -> tuple[str, ...]:
    return tuple(sorted({heading for row in rows for heading in _headings_of(row)}))


def _headings_of(row: Carrier) -> Iterator[str]:
    yield f"site:{row.site_id}"
    yield f"kind:{row.kind}"
    for topic in row.topics if row.relevant else ():
        yield f"topic:{topic}"
    for _, adcode in row.regions:
        for end in (2, 4, 6):  # province, city, county
            yield f"region:{adcode[:end].ljust(6, '0')}"
    if row.document_number or any(document.own for document in row.documents):
        yield "documents"


def _text(first: Article, titles: Sequence[str]) -> str:
    facts = (first.original_title, first.document_number, first.source, first.author)
    paragraphs = () if first.removed_at else first.paragraphs
    lines = (first.title, *titles, *facts, *paragraphs)
    return search.fold("\n".join(dict.fromkeys(filter(None, lines))))
