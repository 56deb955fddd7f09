"""The databases that tests run on: a fresh, migrated one per test, on SQLite and on PostgreSQL."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from storage.database import Database, open_database, prepare
from storage.language import speak
from storage.models import Base

# Whatever the habit here: once compiled, tests are collected twice as fast, and programs that they start begin sooner.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

POSTGRESQL = os.environ.get("ZHIJIAO_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Every test begins in the language of a fresh installation, whatever the test before has spoken."""
    speak("zh")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "zhijiao.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[psycopg.Connection]:
    """The server, or a skip; on a build machine, which is set up with one, its absence is a failure."""
    try:
        connection = psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        missing = f"no PostgreSQL at {POSTGRESQL} (ZHIJIAO_TEST_POSTGRESQL): {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with connection:
        yield connection


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: psycopg.Connection) -> Iterator[str]:
    """One database for the whole run, emptied after each test: creating one takes a hundred times as long."""
    with _postgresql_database(postgresql_server, f"zhijiao_test_{os.getpid()}") as url:
        prepare(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables; on SQLite of a file that does not exist yet."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'zhijiao.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    with _postgresql_database(server, f"zhijiao_test_{os.getpid()}_empty") as url:
        yield url


@pytest.fixture
def other_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the other kind, without tables."""
    if backend == "postgresql":
        yield f"sqlite:///{tmp_path / 'other' / 'zhijiao.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    with _postgresql_database(server, f"zhijiao_test_{os.getpid()}_other") as url:
        yield url


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with all tables, all empty: for tests that open it in another process too.

    A test that changes the tables themselves takes `empty_url`.
    """
    if backend == "sqlite":
        path = tmp_path / "zhijiao.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgresql_url")
    yield url
    _empty(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@contextmanager
def _postgresql_database(server: psycopg.Connection, name: str) -> Iterator[str]:
    """A database named after this process, as two test runs may meet; removed even where a child is still connected."""
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")  # no test cuts the server's power
    try:
        yield f"{POSTGRESQL}/{name}"
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _empty(url: str) -> None:
    """Remove all rows and count from 1 again; DELETE is ten times as fast as TRUNCATE on small tables."""
    steps = [
        "SET LOCAL session_replication_role = replica",  # no foreign keys: any order will do
        "SET LOCAL lock_timeout = '10s'",  # a transaction left open by the test fails it here
        *(f"DELETE FROM {table}" for table in (*Base.metadata.tables, "card_words")),
        "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'",
    ]
    with psycopg.connect(url) as connection:
        connection.execute("; ".join(steps))  # in one message: a round trip for each table would take twice as long
