"""The databases that tests run on: a fresh, migrated one per test, on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from storage.database import Database, open_database, prepare
from storage.language import speak

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
def postgresql_template(postgresql_server: psycopg.Connection) -> Iterator[str]:
    with _postgresql_database(postgresql_server, f"zhijiao_test_{os.getpid()}_template") as name:
        prepare(f"{POSTGRESQL}/{name}")
        yield name


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
    with _postgresql_database(server, f"zhijiao_test_{os.getpid()}_empty") as name:
        yield f"{POSTGRESQL}/{name}"


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with all tables: for tests that open it in another process too."""
    if backend == "sqlite":
        path = tmp_path / "zhijiao.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgresql_template")
    server = request.getfixturevalue("postgresql_server")
    with _postgresql_database(server, f"zhijiao_test_{os.getpid()}", template) as name:
        yield f"{POSTGRESQL}/{name}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@contextmanager
def _postgresql_database(server: psycopg.Connection, name: str, template: str = "template0") -> Iterator[str]:
    """A database named after this process, as two test runs may meet; removed even where a child is still connected."""
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
