"""Copies everything from one database into another, whichever kind either is: for `zhijiao db migrate-to`, and for
backups and their return on PostgreSQL."""

from collections.abc import Callable

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage import search
from storage.database import open_database, prepare
from storage.errors import ZhijiaoError
from storage.language import say
from storage.models import Base, Card
from storage.rows import batches

BATCH = 1_000
INDEX = "card_words"  # not a table of the models: each database has its own, made anew from the cards

Counts = dict[str, int]  # rows by table
Progress = Callable[[str, int, int], None]  # table, rows copied so far, rows in all


def copy(
    source_url: str,
    target_url: str,
    progress: Progress,
    ready: Callable[[], None] = lambda: None,
    *,
    replace: bool = False,
    moving: bool = True,
) -> Counts:
    """All tables, in one transaction of the target. ZhijiaoError says why not, and the target is as it was before.

    The target must be empty unless its rows are to be replaced. `moving` False: the source goes on living, and a
    snapshot of it is what is wanted. `ready` is called when all is done but the commit.
    """
    prepare(source_url)
    prepare(target_url)
    source, target = open_database(source_url), open_database(target_url)
    try:
        with source.read() as old, target.begin() as new:
            if replace:
                _empty(new)
            _require_empty(counts(new))
            wanted = counts(old)
            _check_keys_later(new)
            for table in _tables():
                _copy_table(old, new, table, wanted[table.name], progress)
                _go_on_counting(old, new, table)
            _index(new, wanted[INDEX], progress)
            _check_keys_now(new)
            copied = counts(new)
            if moving:
                with source.read() as later:
                    _require_equal(copied, counts(later))
            else:
                _require_equal(copied, wanted)
            ready()
        return copied
    except DBAPIError as error:
        why = str(error.orig).strip()
        raise ZhijiaoError(
            say(f"复制失败，目标没有改变：{why}", f"copying failed, the target is unchanged: {why}")
        ) from error
    finally:
        source.close()
        target.close()


def counts(db: Session) -> Counts:
    found = {table.name: db.scalars(select(func.count()).select_from(table)).one() for table in _tables()}
    return found | {INDEX: db.scalars(text(f"SELECT count(*) FROM {INDEX}")).one()}  # noqa: S608 - a constant


def _empty(new: Session) -> None:
    """So that a transaction that fails leaves everything as it was."""
    tables = [*(table.name for table in _tables()), INDEX]
    if search.sqlite(new):
        raise ZhijiaoError("an SQLite database is replaced as a file")
    new.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"))


def _tables() -> list[Table]:
    return Base.metadata.sorted_tables


def _copy_table(old: Session, new: Session, table: Table, total: int, progress: Progress) -> None:
    rows = old.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH))
    done = 0
    progress(table.name, done, total)
    for part in rows.mappings().partitions():
        new.execute(insert(table), [dict(row) for row in part])
        done += len(part)
        progress(table.name, done, total)


def _index(new: Session, total: int, progress: Progress) -> None:
    places = new.scalars(select(Card.place).order_by(Card.place)).all()
    done = 0
    for part in batches(places):
        texts = new.execute(select(Card.place, Card.text).where(Card.place.in_(part)))
        search.put(new, {card.place: card.text for card in texts})
        done += len(part)
        progress(INDEX, done, total)


def _go_on_counting(old: Session, new: Session, table: Table) -> None:
    """The next row gets the number that it would have got in the old database, also where its last rows are deleted."""
    column = table.autoincrement_column
    if column is None:
        return
    last = _last(old, table, column.name)
    if not search.sqlite(new):
        if last:  # not setval(), which no rollback takes back
            sequence = new.scalars(select(func.pg_get_serial_sequence(table.name, column.name))).one()
            new.execute(text(f"ALTER SEQUENCE {sequence} RESTART WITH {last + 1}"))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        new.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        new.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), {"name": table.name, "last": last})


def _last(db: Session, table: Table, column: str) -> int:
    """The highest number given so far."""
    highest: int = db.scalars(select(func.max(table.c[column]))).one() or 0
    if not search.sqlite(db):
        sequence = db.scalars(select(func.pg_get_serial_sequence(table.name, column))).one()
        number = f"SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {sequence}"  # noqa: S608 - its own name
        given = db.scalars(text(number)).one()
    else:
        rows = db.scalars(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        given = rows.one_or_none() or 0
    return max(highest, int(given))


def _check_keys_later(new: Session) -> None:
    """Stories and articles point at each other: foreign keys are checked when all rows are there."""
    if search.sqlite(new):
        new.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        _alter_keys(new, "DEFERRABLE")
        new.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def _check_keys_now(new: Session) -> None:
    """On SQLite the commit does."""
    if not search.sqlite(new):
        new.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        _alter_keys(new, "NOT DEFERRABLE")


def _alter_keys(new: Session, to: str) -> None:
    ours = "contype = 'f' AND connamespace = current_schema()::regnamespace"
    for table, key in new.execute(text(f"SELECT conrelid::regclass, conname FROM pg_constraint WHERE {ours}")).all():  # noqa: S608 - a constant
        new.execute(text(f"ALTER TABLE {table} ALTER CONSTRAINT {key} {to}"))


def _require_empty(found: Counts) -> None:
    filled = ", ".join(f"{name} {number}" for name, number in found.items() if number)
    if filled:
        raise ZhijiaoError(say(f"目标数据库不是空的（{filled}）", f"the target is not empty ({filled})"))


def _require_equal(copied: Counts, now: Counts) -> None:
    differing = ", ".join(name for name in now if now[name] != copied[name])
    if differing:
        raise ZhijiaoError(
            say(
                f"复制时原数据库还在变化（{differing}）。请先停止 zhijiao up 和 cron，再来一次",
                f"the database changed while it was copied ({differing}): stop `zhijiao up` and cron, then repeat",
            )
        )
