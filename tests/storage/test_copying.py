"""`zhijiao db migrate-to`: everything arrives, from either database in the other, or nothing does."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from storage import articles, copying, deliveries, labels, links, outbox, selections, stories, visits
from storage.database import Database, open_database, prepare
from storage.errors import ZhijiaoError
from storage.models import Base, Fingerprint
from storage.records import Archived, Selection
from tests.storage.samples import ARTICLE, NOW, article, link, stock, visit

TAG = "zhijiao.example,2026"
Rows = dict[str, list[Any]]


@pytest.fixture
def filled(database: Database) -> Database:
    """Something in most tables, with all that is awkward: stories in a circle with articles, one merged into a later
    one, the last one deleted, big numbers, odd characters."""
    with database.begin() as db:
        stock(db)
        db.execute(insert(Fingerprint), [{"gram": n * 977, "article_id": n} for n in range(1, 2_500)])
        visits.store(db, visit(archived=Archived("2026-11/x.warc.gz", 12, 3_000_000_000)), [link(1), link(2), link(3)])
        links.failed(db, link(2).canonical, '超时 ‘ " \\ 𠮷', NOW)
        for number, changes in enumerate([{}, {"paragraphs": ("正文“𠮷”", "")}, {"topics": ()}, {}], 1):
            first = replace(article(number, **changes), archived=Archived("2026-11/x.warc.gz", number, 8_000))
            stories.create(db, first=first, published_at=NOW, released_at=NOW, now=NOW, tag=TAG)
            outbox.add(db, "released", number, NOW)
        articles.revise(db, 1, replace(ARTICLE, title="改了标题"), NOW + timedelta(microseconds=1))
        labels.decide(db, 2, relevant=False, now=NOW)
        deliveries.declare(db, ["group"], NOW)
        deliveries.add(db, "group", "story:1", 1, NOW)
        db.execute(text("UPDATE stories SET merged_into = 3 WHERE id = 2"))
        db.execute(text("DELETE FROM outbox WHERE story_id = 4"))
        db.execute(text("UPDATE stories SET released_at = NULL WHERE id = 4"))
    return database


def test_everything_arrives(filled: Database, database_url: str, other_url: str) -> None:
    told: list[tuple[str, int, int]] = []
    copied = copying.copy(database_url, other_url, lambda *said: told.append(said))
    with opened(other_url) as other:
        with filled.read() as old, other.read() as new:
            assert rows(new) == rows(old)
            assert copying.counts(new) == copying.counts(old) == copied
            found = Selection(query="表彰 三个")
            assert selections.places(new, found, 9) == selections.places(old, found, 9) != []
        assert {name: (done, total) for name, done, total in told if done == total} == {
            name: (number, number) for name, number in copied.items() if number or name != copying.INDEX
        }
        assert ("fingerprints", 1_000, 2_499) in told
        with other.begin() as db:
            story, _ = stories.create(db, first=article(9), published_at=NOW, released_at=None, now=NOW, tag=TAG)
            assert visits.store(db, visit(), []).id == 2
        assert story.guid == f"tag:{TAG}:story/5"


def test_a_target_with_anything_in_it_is_refused(filled: Database, database_url: str, other_url: str) -> None:
    prepare(other_url)
    with opened(other_url) as other:
        with other.begin() as db:
            stock(db)
        with pytest.raises(ZhijiaoError, match=r"不是空的（.*sites 1.*）"):
            copying.copy(database_url, other_url, lambda *_: None)


def test_nothing_arrives_where_the_source_changes_meanwhile(
    filled: Database, database_url: str, other_url: str
) -> None:
    def change(table: str, done: int, total: int) -> None:
        if table == "visits" and done == total:
            with filled.begin() as db:
                visits.store(db, visit(NOW + timedelta(hours=1)), [])

    with pytest.raises(ZhijiaoError, match="复制时原数据库还在变化（visits）"):
        copying.copy(database_url, other_url, change)
    with opened(other_url) as other, other.read() as db:
        assert set(copying.counts(db).values()) == {0}


def test_a_broken_reference_is_refused(filled: Database, database_url: str, other_url: str, backend: str) -> None:
    broken = "UPDATE articles SET story_id = 77 WHERE id = 1"
    if backend == "sqlite":
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as unchecked:
            unchecked.execute(broken)
    else:
        with filled.begin() as db:
            db.execute(text("SET LOCAL session_replication_role = replica"))
            db.execute(text(broken))
    with pytest.raises(ZhijiaoError, match="目标没有改变"):
        copying.copy(database_url, other_url, lambda *_: None)
    with opened(other_url) as other, other.read() as db:
        assert set(copying.counts(db).values()) == {0}


def test_foreign_keys_are_checked_at_once_again_afterwards(
    database: Database, database_url: str, other_url: str, backend: str
) -> None:
    copying.copy(database_url, other_url, lambda *_: None)
    if backend == "sqlite":
        with opened(other_url) as other, other.read() as db:
            deferrable = text("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferrable")
            assert db.scalars(deferrable).one() == 0


def rows(db: Any) -> Rows:
    return {
        table.name: list(db.execute(select(table).order_by(*table.primary_key)))
        for table in Base.metadata.sorted_tables
    }


@contextmanager
def opened(url: str) -> Iterator[Database]:
    with closing(open_database(url)) as database:
        yield database
