"""Selections: which stories fit, newest first, read from either end by their places."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Select, column, exists, func, select, table
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import SQLCoreOperations

from storage import search
from storage.cards import MINUTE, day_begins
from storage.models import Card, Heading
from storage.records import Selection
from storage.rows import batches

NEWEST = 500  # cards that PostgreSQL looks through before it asks its index, which knows no order
CANDIDATES = 5000  # places that it then takes out of the index at once
COUNTED = 2000  # stories counted under each of several headings, to begin with the rarest
DAY = 24 * 60 * MINUTE
_END = 2**31 * MINUTE - 1

S = TypeVar("S", bound=Select[*tuple[Any, ...]])
Place = SQLCoreOperations[int]


@dataclass(frozen=True)
class Reach:
    """A part of all places, read from its end or, `rising`, from its beginning."""

    low: int
    high: int
    rising: bool
    limit: int

    def of(self, place: Place, statement: S) -> S:
        order = place.asc() if self.rising else place.desc()
        return statement.where(place >= self.low, place < self.high).order_by(order).limit(self.limit)

    def beyond(self, place: int) -> "Reach":
        return replace(self, low=place + 1) if self.rising else replace(self, high=place)


def places(
    db: Session, selection: Selection, limit: int, *, before: int | None = None, after: int | None = None
) -> list[int]:
    """Places of fitting stories, newest first: the newest of all, those before a place, or the nearest after one."""
    reach = _reach(selection, limit, before, after)
    words = search.words_of(selection.query)
    if not words:
        found = db.scalars(_under(db, selection.headings, reach)).all()
    elif search.sqlite(db):
        found = db.scalars(_matching(db, words, selection.headings, reach)).all()
    else:
        found = _searched(db, words, selection.headings, reach)
    return sorted(found, reverse=True)


def _reach(selection: Selection, limit: int, before: int | None, after: int | None) -> Reach:
    since = min(_END, day_begins(selection.since)) if selection.since else -_END
    until = min(_END, day_begins(selection.until) + DAY) if selection.until else _END
    return Reach(
        low=since if after is None else max(since, after + 1),
        high=until if before is None else min(until, before),
        rising=after is not None,
        limit=limit,
    )


def _under(db: Session, headings: Sequence[str], reach: Reach) -> Select[int]:
    if not headings:
        return reach.of(Card.place, select(Card.place))
    rarest, *others = sorted(headings, key=lambda name: _count(db, name)) if len(headings) > 1 else headings
    statement = select(Heading.place).where(Heading.heading == rarest)
    return reach.of(Heading.place, statement.where(*_stands_under(others, Heading.place)))


def _count(db: Session, heading: str) -> int:
    some = select(Heading.place).where(Heading.heading == heading).limit(COUNTED)
    return db.scalars(select(func.count()).select_from(some.subquery())).one()


def _stands_under(headings: Sequence[str], place: Place) -> list[ColumnElement[bool]]:
    other = aliased(Heading)
    return [exists().where(other.heading == name, other.place == place) for name in headings]


def _matching(db: Session, words: Sequence[str], headings: Sequence[str], reach: Reach) -> Select[int]:
    """SQLite: FTS5 gives rows in the order of places and stops when enough are found."""
    indexed = table("card_words", column("rowid", BigInteger))
    place = indexed.c.rowid
    statement = select(place).join_from(indexed, Card, Card.place == place).where(search.indexed(db, words))
    return reach.of(place, statement.where(*_says(db, words, Card.text), *_stands_under(headings, place)))


def _searched(db: Session, words: Sequence[str], headings: Sequence[str], reach: Reach) -> list[int]:
    """PostgreSQL: a frequent word is found among the newest stories; a rare one has few places in the index."""
    newest = replace(reach, limit=NEWEST).of(Card.place, _read_along()).subquery("card_words")
    fitting = select(newest.c.place).where(search.indexed(db, words), *_says(db, words, newest.c.text))
    found = db.scalars(reach.of(newest.c.place, fitting.where(*_stands_under(headings, newest.c.place)))).all()
    if len(found) == reach.limit:
        return list(found)
    return list(islice(_looked_up(db, words, headings, replace(reach, limit=CANDIDATES)), reach.limit))


def _read_along() -> Select[int, str, str]:
    indexed = table("card_words", column("place", BigInteger), column("words"))
    return select(Card.place, Card.text, indexed.c.words).join(indexed, indexed.c.place == Card.place)


def _looked_up(db: Session, words: Sequence[str], headings: Sequence[str], reach: Reach) -> Iterator[int]:
    """The index says which texts have all the pairs, anywhere; only the text says whether they follow one another."""
    indexed = table("card_words", column("place", BigInteger))
    known = select(indexed.c.place).where(search.indexed(db, words)).cte("known")
    place = known.prefix_with("MATERIALIZED").c.place  # or a limit would make the planner read texts in order
    while True:
        candidates = db.scalars(reach.of(place, select(place).where(*_stands_under(headings, place)))).all()
        for batch in batches(candidates, 200):
            statement = select(Card.place).where(Card.place.in_(batch), *_says(db, words, Card.text))
            yield from db.scalars(statement.order_by(Card.place.asc() if reach.rising else Card.place.desc()))
        if len(candidates) < reach.limit:
            return
        reach = reach.beyond(candidates[-1])


def _says(db: Session, words: Sequence[str], text: SQLCoreOperations[str]) -> list[ColumnElement[bool]]:
    return [search.contains(db, text, word) for word in words]
