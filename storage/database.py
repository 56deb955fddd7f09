"""The database: opened by its address, created and upgraded by migrations, written and read in transactions."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from storage import locks
from storage.errors import DatabaseAway, SchemaError, ZhijiaoError
from storage.language import say

MIGRATIONS = Path(__file__).with_name("migrations")
UNUSABLE = (DBAPIError, DatabaseAway)  # what is raised where a database is locked, full, damaged or away
BUSY_SECONDS = 30  # how long a SQLite writer waits for another
# What a cut network leaves behind is found out within half a minute, by this side and by the server: a transaction that
# nobody ends would keep its rows, and with them hosts and channels, from everybody else.
WATCHFUL = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}
WATCHFUL_SERVER = "; ".join(
    f"SET SESSION {setting}"
    for setting in (
        "tcp_keepalives_idle = 10",
        "tcp_keepalives_interval = 5",
        "tcp_keepalives_count = 3",
        "tcp_user_timeout = 20000",
    )
)


class Database:
    """A pool of connections. A session is for one transaction in one thread; the records out of it stay valid."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = sessionmaker(engine.execution_options(writes=True))
        self._reading = sessionmaker(_read_only(engine))

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One write transaction: committed at the end of the block, rolled back when it raises."""
        with _away_told(), self._writing.begin() as db:
            yield db

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only snapshot: what others commit meanwhile does not appear in it."""
        with _away_told(), self._reading() as db:
            yield db

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Wait for the lock `name` and hold it for the block, over many transactions; on SQLite nothing to do.

        It ends with its connection, so that a machine that dies, or is cut off, keeps nobody waiting for long.
        """
        if self._engine.dialect.name != "postgresql":
            yield
            return
        with _away_told(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                connection.execute(text("SELECT pg_advisory_lock(hashtextextended(:name, 1))"), {"name": name})
                yield
            finally:
                connection.invalidate()  # closed, whatever has happened, and the lock is free

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def _away_told() -> Iterator[None]:
    """DatabaseAway where PostgreSQL has gone, or cannot be reached."""
    try:
        yield
    except OperationalError as error:
        if _is_away(error):
            raise DatabaseAway(
                say(f"数据库暂时无法使用:{_first_line(error)}", f"the database is away: {_first_line(error)}")
            ) from error
        raise


def _is_away(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", "")  # None: no answer at all; SQLite's errors have none
    return error.connection_invalidated or state is None or state.startswith(("08", "57P", "53300"))


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]


def conninfo(url: str) -> str:
    """The address of a PostgreSQL database as libpq reads it. ZhijiaoError where it is another database."""
    address = _address(url)
    if address.get_backend_name() != "postgresql":
        raise ZhijiaoError(
            say(
                "多台机器一起工作需要 PostgreSQL,现在用的是 SQLite。先运行 "
                "`zhijiao db migrate-to postgresql://用户@主机/库名`,再在 zhijiao.toml 里改 database_url",
                "workers need PostgreSQL, and this installation uses SQLite: run "
                "`zhijiao db migrate-to postgresql://user@host/name`, then set database_url in zhijiao.toml",
            )
        )
    return address.set(drivername="postgresql").render_as_string(hide_password=False)


def open_database(url: str) -> Database:
    """Open a database that `prepare` has seen; the folder of an SQLite file is created."""
    return Database(_engine(url))


def prepare(url: str) -> None:
    """Create the tables of an empty database. SchemaError if they are older or newer than this program."""
    with _explained(url) as engine:
        current, newest = _current(engine, url), _revisions()[0]
        if current is None:
            _migrate(engine)
        elif current != newest:
            shown = _shown(url)
            raise SchemaError(
                say(
                    f"数据库 {shown} 的结构早于本程序（{current} < {newest}）。请运行 `zhijiao db upgrade`",
                    f"the tables of {shown} are older than this program ({current} < {newest}): "
                    "run `zhijiao db upgrade`",
                )
            )


def upgrade(url: str) -> None:
    """Bring the tables to this program's version, in one transaction. SchemaError if they are newer."""
    with _explained(url) as engine:
        _current(engine, url)  # refuses a newer one
        _migrate(engine)


def _current(engine: Engine, url: str) -> str | None:
    """The revision of the tables, None where there are none; SchemaError where this program does not know it."""
    with engine.connect() as connection:
        kept = inspect(connection).has_table("alembic_version")
        current = connection.scalar(text("SELECT version_num FROM alembic_version")) if kept else None
    if current is None or current in _revisions():
        return current
    shown = _shown(url)
    raise SchemaError(
        say(
            f"数据库 {shown} 的结构比本程序新。请更新程序，或用 ZHIJIAO_DATABASE_URL 指定另一个数据库",
            f"the tables of {shown} are newer than this program: "
            "update the program, or name another database in ZHIJIAO_DATABASE_URL",
        )
    )


def _migrate(engine: Engine) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        locks.hold(connection, "migrations")  # two programs may start on one empty database
        from alembic import command  # only here: it takes as long to import as a command to run
        from alembic.config import Config

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        command.upgrade(config, "head")


def _revisions() -> list[str]:
    """All revisions that this program knows, newest first; m0001_first_tables.py is revision 0001."""
    return [path.name[1:5] for path in sorted(MIGRATIONS.glob("versions/m*.py"), reverse=True)]


@contextmanager
def _explained(url: str) -> Iterator[Engine]:
    """An engine for a short while; a database that cannot be used is reported in words."""
    engine = _engine(url)
    try:
        yield engine
    except DBAPIError as error:
        shown, why = _shown(url), str(error.orig).strip()
        kind = DatabaseAway if _is_away(error) else ZhijiaoError
        raise kind(say(f"无法使用数据库 {shown}：{why}", f"cannot use the database {shown}: {why}")) from error
    finally:
        engine.dispose()


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _engine(url: str) -> Engine:
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        _make_folder(address)
    try:
        engine = create_engine(
            address,
            hide_parameters=True,  # an error would otherwise print article bodies
            json_serializer=partial(json.dumps, ensure_ascii=False),  # Chinese at half the size, and legible
            **_for_postgresql() if address.get_backend_name() == "postgresql" else {},
        )
    except ImportError as error:
        raise ZhijiaoError(
            say(
                "使用 PostgreSQL 需要 psycopg。请在源码目录运行 `pip install -e '.[postgresql]'`",
                "PostgreSQL needs psycopg: run `pip install -e '.[postgresql]'` in the checkout",
            )
        ) from error
    if address.get_backend_name() == "postgresql":
        event.listen(engine, "connect", _set_up_postgresql)
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise ZhijiaoError(say("数据库地址无法识别", "the address of the database cannot be read")) from None
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ZhijiaoError(
            say(
                f"不支持数据库 {address.drivername}，可用 sqlite:///… 或 postgresql://…",
                f"no database for {address.drivername}: use sqlite:///… or postgresql://…",
            )
        )
    return address


def _make_folder(address: URL) -> None:
    if not address.database or address.database == ":memory:":
        raise ZhijiaoError(say("SQLite 数据库必须是文件", "a SQLite database must be a file"))
    folder = Path(address.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror
        raise ZhijiaoError(say(f"无法创建文件夹 {folder}：{why}", f"cannot make the folder {folder}: {why}")) from error


def _for_postgresql() -> dict[str, Any]:
    return {"pool_pre_ping": True, "connect_args": WATCHFUL}  # the server may have restarted


def _set_up_postgresql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WATCHFUL_SERVER)
    connection.commit()


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver would begin late, and never for a SELECT
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=NORMAL",  # a power cut may take the last commits, never the database
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """One that will write says so at once: if it began by reading, its first write would fail behind another's."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _read_only(engine: Engine) -> Engine:
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine
