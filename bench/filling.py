"""Fill an empty database with made-up stories in bulk: COPY on PostgreSQL, executemany on SQLite, indexes last."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, create_engine

from bench.stories import Made, Maker, marks
from publish.feeds.catalogue import feeds_of
from storage import cards, search
from storage.models import Article, Base, Card, Entry, Feed, Heading, Site, Story
from storage.rows import values

PORTION = 100_000  # stories at a time: each portion becomes one piece of SQLite's full-text index

Rows = dict[type[Base], list[dict[str, Any]]]
Words = Iterable[tuple[int, list[str], str]]  # place of a card, its tokens, its text


def fill(url: str, maker: Maker) -> None:
    """Sites, articles, stories, the feeds they stand in and the cards they are found by, into empty tables."""
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), json_serializer=partial(json.dumps, ensure_ascii=False)
    )
    made, feeds = maker.stories(), dict[str, int]()
    with _sink(engine) as sink:
        _put(sink, {Site: [values(site) for site in maker.sites]})
        while batch := list(islice(made, PORTION)):
            for start in range(0, len(batch), PORTION // 20):
                _put(sink, _rows(batch[start : start + PORTION // 20], feeds, maker))
            batch.sort(key=_place)  # FTS5 begins a new piece of index at every step back
            sink.index(_words(one, maker) for one in batch)
            sink.commit()
    engine.dispose()


def _put(sink: "Sink", rows: Rows) -> None:
    for model, told in rows.items():
        table = model.__table__
        assert isinstance(table, Table)
        sink.put(table, told)


def _rows(batch: list[Made], feeds: dict[str, int], maker: Maker) -> Rows:
    sites = {site.id: site for site in maker.sites}
    rows: Rows = {model: [] for model in (Article, Story, Feed, Entry, Card, Heading)}
    for made in batch:
        story, told = made.story, marks(made, sites)
        rows[Article] += map(values, made.articles)
        rows[Story].append(values(story))
        for name, title in feeds_of(told).items():
            if name not in feeds:
                feeds[name] = len(feeds) + 1
                rows[Feed].append({"id": feeds[name], "name": name, "title": title, "facts": None})
            rows[Entry].append({"feed_id": feeds[name], "released_at": story.released_at, "story_id": story.id})
        place = _place(made)
        headings = tuple(sorted(told.headings))
        rows[Card].append({"place": place, "story_id": story.id, "headings": headings, "text": _text(made)})
        rows[Heading] += [{"heading": heading, "place": place} for heading in headings]
    return rows


def _place(made: Made) -> int:
    return cards.place_of(made.story.published_at, made.story.id)


def _text(made: Made) -> str:
    first = made.articles[0]
    return search.fold("\n".join((*_facts(made), *first.paragraphs)))


def _facts(made: Made) -> tuple[str, ...]:
    first = made.articles[0]
    return (first.title, first.document_number or "", first.source or "")


def _words(made: Made, maker: Maker) -> tuple[int, list[str], str]:
    """Put together of what was made for each paragraph before: the same as the tokens of the whole text."""
    tokens = search.bigrams(search.fold("\n".join(_facts(made))))
    for paragraph in made.articles[0].paragraphs:
        tokens = tokens + maker.tokens[paragraph]
    return _place(made), tokens, _text(made)


def _sink(engine: Engine) -> "AbstractContextManager[Sink]":
    return _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine)


@contextmanager
def _sqlite(engine: Engine) -> "Iterator[Sink]":
    connection = engine.raw_connection()
    sink = _Sqlite(engine, connection.cursor(), connection.commit)
    sink.cursor.execute("PRAGMA synchronous = OFF")
    sink.cursor.execute("PRAGMA cache_size = -1000000")
    sink.configure(hashsize=2**30, automerge=0)  # or most of the time would go into merging pieces of its index
    with _without_indexes(sink.cursor, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"):
        yield sink
    sink.configure(hashsize=2**20, automerge=4)  # as FTS5 has them by itself
    sink.cursor.execute("ANALYZE")
    sink.commit()
    connection.close()


@contextmanager
def _postgresql(engine: Engine) -> "Iterator[Sink]":
    connection = engine.raw_connection()
    sink = _Postgresql(engine, connection.cursor(), connection.commit)
    # Articles name stories that name articles: no order of filling would satisfy the foreign keys.
    for setting in ("session_replication_role = replica", "synchronous_commit = off", "maintenance_work_mem = '2GB'"):
        sink.cursor.execute(f"SET {setting}")
    for table in ("cards", "headings", "card_words"):  # half the writing; nothing refers to them
        sink.cursor.execute(f"ALTER TABLE {table} SET UNLOGGED")
    named = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE 'ix_%'"
    with _without_indexes(sink.cursor, named):
        yield sink
    for table in ("articles", "stories", "feeds"):
        sink.cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")  # noqa: S608  (ours)
    sink.commit()
    sink.cursor.execute("COMMIT")
    connection.driver_connection.autocommit = True  # type: ignore[union-attr]  # psycopg's; VACUUM needs it
    sink.cursor.execute("VACUUM ANALYZE")
    connection.close()


@contextmanager
def _without_indexes(cursor: Any, named: str) -> Iterator[None]:
    """They are made when all rows are there; those that keep keys unique stay."""
    cursor.execute(named)
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, made in found:
        cursor.execute(made)


class Sink:
    """Where rows go, in one of the two databases."""

    def __init__(self, engine: Engine, cursor: Any, commit: Callable[[], None]) -> None:
        self.engine, self.cursor, self.commit = engine, cursor, commit

    def put(self, table: Table, rows: list[dict[str, Any]]) -> None:
        raise NotImplementedError

    def index(self, words: Words) -> None:
        raise NotImplementedError

    def bound(self, table: Table, rows: Sequence[dict[str, Any]]) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Names of the columns that these rows have, and the rows' values as the driver takes them."""
        dialect = self.engine.dialect
        columns = [column for column in table.columns if column.name in rows[0]]
        bind = [(column.name, column.type._cached_bind_processor(dialect)) for column in columns]
        told = (tuple(of(row[name]) if of else row[name] for name, of in bind) for row in rows)
        return [column.name for column in columns], told


class _Sqlite(Sink):
    def put(self, table: Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            names, told = self.bound(table, rows)
            marks = ", ".join("?" * len(names))
            self.cursor.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", told)  # noqa: S608

    def index(self, words: Words) -> None:
        told = ((place, " ".join(tokens), " ".join(set(search.characters(text)))) for place, tokens, text in words)
        self.cursor.executemany("INSERT INTO card_words(rowid, words, chars) VALUES (?, ?, ?)", told)

    def configure(self, **options: int) -> None:
        for name, value in options.items():
            self.cursor.execute("INSERT INTO card_words(card_words, rank) VALUES (?, ?)", (name, value))


class _Postgresql(Sink):
    def put(self, table: Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            names, told = self.bound(table, rows)
            self._copy(f"{table.name} ({', '.join(names)})", told)

    def index(self, words: Words) -> None:
        told = ((place, "'" + "' '".join({*tokens, *search.characters(text)}) + "'") for place, tokens, text in words)
        self._copy("card_words (place, words)", told)

    def _copy(self, into: str, rows: Iterator[tuple[Any, ...]]) -> None:
        with self.cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
