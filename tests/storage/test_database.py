"""Transactions as the rest of the program relies on them, on both databases."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from storage import articles, channels, hosts, outbox, sites, stories
from storage.database import Database, open_database, prepare
from storage.errors import DatabaseAway, ZhijiaoError
from tests.storage.samples import ARTICLE, NOW, SITE, stock


def test_a_block_commits(database: Database) -> None:
    with database.begin() as db:
        stock(db)
    with database.read() as db:
        assert sites.listing(db) == [SITE]


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="in mid-transaction"), database.begin() as db:
        stock(db)
        raise RuntimeError("in mid-transaction")
    with database.read() as db:
        assert sites.listing(db) == []


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read() as db:
        assert sites.listing(db) == []
        with database.begin() as other:
            stock(other)
        assert sites.listing(db) == []
    with database.read() as db:
        assert sites.listing(db) == [SITE]


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly database|read-only transaction"), database.read() as db:
        stock(db)
    with database.begin() as db:  # on the same pooled connection
        stock(db)


def test_writers_take_turns(database: Database) -> None:
    """Eight threads that read, then write what they read plus one: nothing is lost, nobody is told "locked"."""
    with database.begin() as db:
        stock(db)
        hosts.take(db, "counter", "", NOW, 60)
    start = threading.Barrier(8)

    def count() -> None:
        start.wait()
        for _ in range(5):
            with database.begin() as db:
                channels.due(db, NOW)  # begins by reading, as every transaction of ours does
                db.execute(text("UPDATE hosts SET token = token + 1"))

    with ThreadPoolExecutor(8) as threads:
        for counted in [threads.submit(count) for _ in range(8)]:
            counted.result()
    with database.read() as db:
        assert db.scalar(text("SELECT token FROM hosts")) == 1 + 8 * 5


@pytest.mark.parametrize("backend", ["sqlite"])  # PostgreSQL's writers lock rows, not the database
def test_a_writer_that_waited_too_long_is_told_and_may_try_again(
    database_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0)
    impatient = open_database(database_url)
    with database.begin() as db:
        stock(db)
        with pytest.raises(OperationalError, match="database is locked"), impatient.begin() as other:
            stock(other)
    with impatient.begin() as db:
        stock(db)
        assert sites.listing(db) == [SITE]
    impatient.close()


def test_datetimes_are_aware_and_come_back_in_utc(database: Database) -> None:
    shanghai = timezone(timedelta(hours=8))
    with database.begin() as db:
        stock(db)
        first = replace(ARTICLE, published=datetime(2026, 11, 20, 0, 0, tzinfo=shanghai))
        article_id = articles.add(db, first, None)
    with database.read() as db:
        stored = articles.get(db, article_id)
    assert stored is not None and stored.published is not None
    assert stored.published.isoformat() == "2026-11-19T16:00:00+00:00"


def test_a_naive_datetime_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive datetime"), database.begin() as db:
        stock(db)
        articles.add(db, replace(ARTICLE, published=datetime(2026, 11, 20)), None)  # noqa: DTZ001 - the mistake itself


def test_lists_are_stored_as_legible_chinese(database: Database) -> None:
    with database.begin() as db:
        stock(db)
        articles.add(db, ARTICLE, None)
    with database.read() as db:
        assert "会议表彰了" in db.scalars(text("SELECT CAST(paragraphs AS VARCHAR) FROM articles")).one()


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as db:
        outbox.add(db, "released", 1, NOW)


def test_an_error_tells_no_bodies(database: Database) -> None:
    with database.begin() as db:
        stock(db)
        articles.add(db, ARTICLE, None)
    with pytest.raises(IntegrityError) as caught, database.begin() as db:
        articles.add(db, ARTICLE, None)
    assert ARTICLE.canonical in str(caught.value) or "articles.canonical" in str(caught.value)
    assert ARTICLE.paragraphs[0] not in str(caught.value)
    assert len(str(caught.value)) < 2000


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'er' / 'zhijiao.db'}"
    open_database(url).close()
    assert (tmp_path / "deep" / "er").is_dir()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ZhijiaoError, match=r"无法创建文件夹 .*/file/var"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'var' / 'zhijiao.db'}")


def test_sqlite_is_set_up_for_one_writer_and_many_readers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'zhijiao.db'}"
    prepare(url)
    database = open_database(url)
    with database.begin() as db:
        pragmas = {name: db.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "busy_timeout")}
        foreign_keys = db.scalar(text("PRAGMA foreign_keys"))
    database.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 30_000}
    assert foreign_keys == 1


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_of_every_spelling(scheme: str, postgresql_server: psycopg.Connection) -> None:
    info = postgresql_server.info
    database = open_database(f"{scheme}://{info.user}@{info.host}:{info.port}/postgres")
    with database.read() as db:
        assert db.scalar(text("SELECT 1")) == 1
    database.close()


def test_postgresql_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ZhijiaoError, match=r"psycopg.*pip install -e '\.\[postgresql\]'"):
        open_database("postgresql://127.0.0.1/zhijiao")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("zhijiao.db", "数据库地址无法识别"),
        ("mysql://127.0.0.1/zhijiao", "不支持数据库 mysql"),
        ("sqlite://", "必须是文件"),
        ("sqlite:///:memory:", "必须是文件"),
    ],
)
def test_an_address_that_is_none_of_ours(url: str, said: str) -> None:
    with pytest.raises(ZhijiaoError, match=said):
        open_database(url)


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_dead_connection_costs_one_transaction(database: Database, postgresql_server: psycopg.Connection) -> None:
    with pytest.raises(DatabaseAway), database.begin() as db:
        stock(db)
        backend_pid = db.scalar(text("SELECT pg_backend_pid()"))
        postgresql_server.execute("SELECT pg_terminate_backend(%s, 5000)", [backend_pid])
        stories.count(db)
    with database.begin() as db:
        assert sites.listing(db) == []
        stock(db)
    with database.read() as db:
        assert sites.listing(db) == [SITE]
