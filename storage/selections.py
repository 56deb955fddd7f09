"""Selections: which stories fit, newest first, read from either end by their places."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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

READ_FIRST, READ = 100, 5000  # texts that are read before and after the index is asked how frequent the words are
TAKEN_OUT = 10_000  # places that are taken out of the index at most before texts are read
CANDIDATES = 1000  # of them, in order, whose texts are read
BATCH = 50  # texts looked at in the first statement, four times as many in each further one
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
    found = _searched(db, words, selection.headings, reach) if words else _under(db, selection.headings, reach)
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


def _under(db: Session, headings: Sequence[str], reach: Reach) -> Sequence[int]:
    if not headings:
        return db.scalars(reach.of(Card.place, select(Card.place))).all()
    rarest, *others = _rarest_first(db, headings, reach)
    statement = select(Heading.place).where(Heading.heading == rarest)
    return db.scalars(reach.of(Heading.place, statement.where(*_stands_under(others, Heading.place)))).all()


def _rarest_first(db: Session, headings: Sequence[str], reach: Reach) -> Sequence[str]:
    return sorted(headings, key=lambda name: _frequency(db, name, reach)) if len(headings) > 1 else headings


def _frequency(db: Session, heading: str, reach: Reach) -> tuple[int, int]:
    """To compare headings by: stories that come next under it, COUNTED at most; those are rarer that reach further."""
    under = select(Heading.place.label("place")).where(Heading.heading == heading)
    some = replace(reach, limit=COUNTED).of(Heading.place, under).subquery()
    number, first, last = db.execute(select(func.count(), func.min(some.c.place), func.max(some.c.place))).one()
    return number, (first - last) if number else 0


def _stands_under(headings: Sequence[str], place: Place) -> list[ColumnElement[bool]]:
    other = aliased(Heading)
    return [exists().where(other.heading == name, other.place == place) for name in headings]


def _searched(db: Session, words: Sequence[str], headings: Sequence[str], reach: Reach) -> Sequence[int]:
    """FTS5 gives its rows in order and stops when enough are found; PostgreSQL's index knows no order.

    Nobody knows before how frequent the words are. If they are, it is enough to read the texts that come next (under
    the rarest heading); if they are rare, to take all their places out of the index.
    """
    asked = Asked(db, words, _rarest_first(db, headings, reach))
    if search.sqlite(db) and not (headings and search.implied(words)):
        return asked.in_order(reach)
    found, _ = asked.read(reach, READ_FIRST)
    if len(found) == reach.limit:
        return found
    few = TAKEN_OUT // 5 if search.sqlite(db) else TAKEN_OUT  # FTS5 is slower at it
    if (taken := asked.taken_out(reach, few)) is not None:
        return taken
    found, more = asked.read(reach, READ)
    return found if len(found) == reach.limit or not more else asked.everywhere(reach)


@dataclass(frozen=True)
class Asked:
    """Words that a text must have, and its headings, the rarest first. Each way to find it gives places in order."""

    db: Session
    words: Sequence[str]
    headings: Sequence[str]

    def in_order(self, reach: Reach) -> Sequence[int]:
        """FTS5 alone."""
        place, statement = self._index()
        if not search.decided(self.words):
            statement = statement.join(Card, Card.place == place).where(*self._says(Card.text))
        return self.db.scalars(reach.of(place, statement.where(*_stands_under(self.headings, place)))).all()

    def read(self, reach: Reach, number: int) -> tuple[Sequence[int], bool]:
        """Of the next texts, so many; whether there are more."""
        place = Heading.place if self.headings else Card.place
        under = [Heading.heading == name for name in self.headings[:1]]
        texts = select(place, Card.text).where(*under)
        texts = texts.join(Card, Card.place == place) if under else texts
        read = replace(reach, limit=number).of(place, texts).subquery("read")
        fitting = select(read.c.place).where(*self._says(read.c.text), *_stands_under(self.headings[1:], read.c.place))
        if not search.implied(self.words):
            indexed = table("card_words", column("place", BigInteger))
            tokens = exists().where(indexed.c.place == read.c.place, search.indexed(self.db, self.words))
            fitting = fitting.where(tokens)
        found = self.db.scalars(reach.of(read.c.place, fitting)).all()
        if len(found) == reach.limit:
            return found, True
        beyond = replace(reach, limit=1).of(place, select(place).where(*under)).offset(number)
        return found, self.db.scalars(beyond).first() is not None

    def taken_out(self, reach: Reach, at_most: int) -> Sequence[int] | None:
        """Of all whose tokens are in the index; None where there are so many of these that it would take long."""
        place, known = self._index()
        some = known.where(place >= reach.low, place < reach.high).limit(at_most).cte("known")
        number = select(func.count()).select_from(some).scalar_subquery()
        sought = select(some.c.place, number).where(*_stands_under(self.headings, some.c.place))
        with _by_index(self.db):
            rows = self.db.execute(replace(reach, limit=CANDIDATES).of(some.c.place, sought)).all()
            all_ = rows[0][1] if rows else self.db.scalars(select(number)).one()
        if all_ == at_most:
            return None
        found = list(islice(self._saying([place for place, _ in rows], reach), reach.limit))
        return found if len(found) == reach.limit or len(rows) < CANDIDATES else self.everywhere(reach)

    def everywhere(self, reach: Reach) -> Sequence[int]:
        return self.in_order(reach) if search.sqlite(self.db) else list(islice(self._everywhere(reach), reach.limit))

    def _everywhere(self, reach: Reach) -> Iterator[int]:
        known = self._index()[1].cte("known").prefix_with("MATERIALIZED")
        part = replace(reach, limit=CANDIDATES)
        while True:
            with _by_index(self.db):
                sought = select(known.c.place).where(*_stands_under(self.headings, known.c.place))
                candidates = self.db.scalars(part.of(known.c.place, sought)).all()
            yield from self._saying(candidates, reach)
            if len(candidates) < CANDIDATES:
                return
            part = part.beyond(candidates[-1])

    def _saying(self, candidates: Sequence[int], reach: Reach) -> Iterator[int]:
        """The index says which texts have all the tokens; only a text says whether they stand together."""
        if search.decided(self.words):
            yield from candidates
            return
        start, size = 0, BATCH
        while batch := candidates[start : start + size]:
            fitting = select(Card.place).where(Card.place.in_(batch), *self._says(Card.text))
            yield from self.db.scalars(fitting.order_by(Card.place.asc() if reach.rising else Card.place.desc()))
            start, size = start + size, size * 4

    def _index(self) -> tuple[Place, Select[int]]:
        place = column("rowid" if search.sqlite(self.db) else "place", BigInteger)
        indexed = table("card_words", place)
        return place, select(place.label("place")).select_from(indexed).where(search.indexed(self.db, self.words))

    def _says(self, text: SQLCoreOperations[str]) -> list[ColumnElement[bool]]:
        return [search.contains(self.db, text, word) for word in self.words]


@contextmanager
def _by_index(db: Session) -> Iterator[None]:
    """To PostgreSQL's planner reading a list of words out of a row is as cheap as comparing numbers: it is not."""
    _plan(db, "off")
    yield
    _plan(db, "on")


def _plan(db: Session, scans: str) -> None:
    if not search.sqlite(db):
        names = ("enable_seqscan", "enable_indexscan")
        db.execute(select(*(func.set_config(name, scans, True) for name in names)))
