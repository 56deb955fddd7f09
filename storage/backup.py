"""A backup is one SQLite file, whichever database it was made from and goes back to: all rows, and beside them, in two
tables of its own, what it is and the operator's files.

Each step that a crash or a full disk can end leaves the former state whole: a backup is written under another name and
gets its own when it has been checked; a database is replaced by a checked file in one step, or in one transaction.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import make_url, select, union_all
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage import copying, feeds, workers
from storage.archive import sync_folder
from storage.database import open_database, prepare, upgrade
from storage.errors import ZhijiaoError
from storage.language import say
from storage.models import Host, Target

LEAP = 1_000_000  # numbers of stories left out behind a backup: they were given out after it, and guids name them
STEP = 4_000  # pages of the database copied at a time
OWN = ("backup", "backup_files")

Progress = Callable[[str, int, int], None]  # what is being done, how far, of how much


@dataclass(frozen=True)
class Backup:
    """What a backup file holds."""

    about: Mapping[str, str]  # made_at, version, feed_domain, feed_since …
    rows: Mapping[str, int]  # by table
    files: Mapping[str, bytes]  # by their path in the data folder


def back_up(url: str, path: Path, files: Mapping[str, bytes], about: Mapping[str, str], progress: Progress) -> Backup:
    """Write a checked backup to `path`, in the place of an earlier one; others may write to the database meanwhile.

    ZhijiaoError where it cannot be written; then there is none, or the earlier one.
    """
    if path.exists() and not _is_backup(path):
        raise ZhijiaoError(
            say(f"{path} 已存在,而且不是备份:请换一个文件名", f"{path} exists and is no backup: take another name")
        )
    part = path.with_name(f".{path.name}.part")
    with _explained(say("备份没有完成", "no backup was made"), part):
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # it holds keys of notification targets
        if _file_of(url):
            _copy_file(url, part, progress)
        else:
            part.unlink()
            copying.copy(url, f"sqlite:///{part}", progress, moving=False)
            part.chmod(0o600)
        _describe(part, files, about)
        made = examine(part)
        _sync(part)
        part.replace(path)
        sync_folder(path.parent)
    return made


def examine(path: Path) -> Backup:
    """What a backup holds, after every page, reference and count was checked. ZhijiaoError where it is no good."""
    try:
        with closing(_connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as db:
            about = dict(db.execute("SELECT name, value FROM backup"))
            files = dict(db.execute("SELECT name, content FROM backup_files"))
            faults = db.execute("PRAGMA integrity_check").fetchone()[0]
            broken = db.execute("PRAGMA foreign_key_check").fetchone()
            rows = _rows(db)
    except sqlite3.Error as error:
        raise ZhijiaoError(
            say(f"{path} 不是备份,或已损坏:{error}", f"{path} is no backup, or damaged: {error}")
        ) from None
    if faults != "ok" or broken or rows != json.loads(about["rows"]):
        raise ZhijiaoError(say(f"备份 {path} 已损坏", f"the backup {path} is damaged"))
    return Backup(about, rows, files)


def require_empty(url: str) -> None:
    """ZhijiaoError where the database has rows, or cannot be read."""
    file = _file_of(url)
    if file and not file.exists():
        return
    try:
        prepare(url)
        with closing(open_database(url)) as database, database.read() as db:
            filled = any(copying.counts(db).values())
    except ZhijiaoError:
        filled = True
    if filled:
        raise ZhijiaoError(
            say(
                "数据库里已有数据。要用备份取代它,请加 --replace(原来的会留在旁边)",
                "the database is not empty. Add --replace to put the backup in its place (the former one stays aside)",
            )
        )


def restore(
    path: Path,
    url: str,
    folder: Path,
    progress: Progress,
    ready: Callable[[], None],
    *,
    replace: bool,
    now: datetime,
    leap: int = LEAP,
) -> Path | None:
    """Put a backup in the place of a database; the former SQLite file, if there was one, is kept under another name.

    Nothing changes before the new one is complete and checked; `folder` takes a copy meanwhile, and `ready` is called
    right before the decisive step. ZhijiaoError where the database is not empty (unless it is to be replaced), or in
    use. `leap` 0: no story came after the backup.
    """
    if not replace:
        require_empty(url)
    target = _file_of(url)
    work = (target.parent if target else folder) / ".zhijiao.restoring.db"
    with _explained(say("没有恢复,原来的数据库没有改变", "not restored, the database is as it was"), work):
        work.parent.mkdir(parents=True, exist_ok=True)
        _clear(work)
        shutil.copyfile(path, work)
        work.chmod(0o600)
        _make_ready(work, leap)
        if target:
            return _put(work, target, ready, now)
        with _nobody_at_work(url, now):
            copying.copy(f"sqlite:///{work}", url, progress, ready, replace=replace, moving=False)
        _clear(work)
        return None


def _copy_file(url: str, part: Path, progress: Progress) -> None:
    """By SQLite's own backup, from one snapshot: without its transaction each foreign commit would begin it anew."""
    source_file = _file_of(url)
    assert source_file
    if not source_file.exists():
        raise ZhijiaoError(say(f"没有数据库 {source_file}", f"there is no database {source_file}"))
    with closing(_connect(str(source_file))) as source, closing(_connect(str(part))) as target:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            target, pages=STEP, progress=lambda _, left, total: progress(say("复制", "copying"), total - left, total)
        )
        source.execute("ROLLBACK")
        target.execute("PRAGMA journal_mode=DELETE")


def _describe(part: Path, files: Mapping[str, bytes], about: Mapping[str, str]) -> None:
    with closing(_connect(str(part))) as db:
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("BEGIN")
        for table in OWN:
            db.execute(f"DROP TABLE IF EXISTS {table}")
        db.execute("CREATE TABLE backup (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        db.execute("CREATE TABLE backup_files (name TEXT PRIMARY KEY, content BLOB NOT NULL)")
        db.executemany("INSERT INTO backup_files VALUES (?, ?)", files.items())
        db.executemany("INSERT INTO backup VALUES (?, ?)", {**about, "rows": json.dumps(_rows(db))}.items())
        db.execute("COMMIT")


def _make_ready(work: Path, leap: int) -> None:
    """From a checked copy of a backup to a database of this program's version, for the days after the backup."""
    examine(work)
    with closing(_connect(str(work))) as db:
        for table in OWN:
            db.execute(f"DROP TABLE {table}")
    url = f"sqlite:///{work}"
    upgrade(url)
    with closing(open_database(url)) as database, database.begin() as session:
        feeds.outdate(session, [feed.name for feed in feeds.listing(session)], whole=True)
    with closing(_connect(str(work))) as db:
        last = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'stories'").fetchone()[0]
        db.execute("DELETE FROM sqlite_sequence WHERE name = 'stories'")
        db.execute("INSERT INTO sqlite_sequence VALUES ('stories', ?)", (last + leap,))
        db.execute("PRAGMA journal_mode=DELETE")
    _sync(work)


def _put(work: Path, target: Path, ready: Callable[[], None], now: datetime) -> Path | None:
    """In one step: whatever happens, there is the former database or the new one."""
    aside = None
    if target.exists():
        shutil.copymode(target, work)
        aside = target.with_name(f"{target.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        # In this order: to close a file drops all locks of a process on it, SQLite's too.
        with target.open("rb") as former, _nobody_else_in(target, aside):
            try:
                _keep(target, former, aside)
                ready()
                work.replace(target)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
    else:
        ready()
        work.replace(target)
    sync_folder(target.parent)
    return aside


def _keep(target: Path, former: IO[bytes], aside: Path) -> None:
    try:
        os.link(target, aside)
    except OSError:  # a file system without links
        with aside.open("wb") as copy:
            shutil.copyfileobj(former, copy)
        shutil.copymode(target, aside)
        _sync(aside)


@contextmanager
def _nobody_else_in(target: Path, aside: Path) -> Iterator[None]:
    """Hold a database that nobody else has open, with all of it in its one file; ZhijiaoError where somebody has."""
    with closing(_connect(str(target), timeout=2.0)) as db:
        in_use = False
        try:
            in_use = db.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete"
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            in_use = True
        except sqlite3.DatabaseError:  # too damaged to be opened, as may be why the backup is wanted: kept as it is
            for end in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(f"{target}{end}").replace(f"{aside}{end}")
        if in_use:
            raise ZhijiaoError(
                say(
                    f"{target} 正在使用:请先停止 zhijiao up、cron 和其他程序",
                    f"{target} is in use: stop `zhijiao up`, cron and whoever else first",
                )
            )
        yield


@contextmanager
def _nobody_at_work(url: str, now: datetime) -> Iterator[None]:
    """Keep the ticks of all machines from a PostgreSQL database; ZhijiaoError where somebody crawls or notifies.

    Such a program would go on in the database put back, where tokens of leases and numbers of rows are given out anew.
    """
    prepare(url)
    with (
        closing(open_database(url)) as database,
        database.alone("jobs"),
        database.alone("watching"),
        database.alone("publishing"),
    ):
        with database.read() as db:
            busy = _at_work(db, now)
        if busy:
            names, wait = ", ".join(sorted(busy)), (max(busy.values()) - now) // timedelta(seconds=1) + 1
            raise ZhijiaoError(
                say(
                    f"有程序正在工作({names}):请先停止所有机器上的 zhijiao up、worker 和 cron;"
                    f"如果它们是被杀掉的,{wait} 秒后再来",
                    f"programs are at work ({names}): stop `zhijiao up`, workers and cron on all machines first; "
                    f"if they were killed, come back in {wait} s",
                )
            )
        yield


def _at_work(db: Session, now: datetime) -> dict[str, datetime]:
    """Who visits hosts or tells targets, on whatever machine, and when that is over if they say nothing more."""
    busy = {worker.name: worker.seen_at + workers.SILENT for worker in workers.listing(db)}
    held = union_all(*(select(table.holder, table.lease_until) for table in (Host, Target)))
    for holder, until in db.execute(held):
        if holder and until:
            busy[holder] = max(until, busy.get(holder, until))
    return {name: until for name, until in busy.items() if until > now}


def _rows(db: sqlite3.Connection) -> dict[str, int]:
    """Of all tables but those that SQLite keeps for itself, and our own two."""
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    kept = [name for name in names if not name.startswith(("sqlite_", "card_words")) and name not in OWN]
    return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in kept}  # noqa: S608 - our tables


def _is_backup(path: Path) -> bool:
    try:
        with closing(_connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as db:
            return bool(db.execute("SELECT count(*) FROM backup").fetchone())
    except sqlite3.Error:
        return False


def _file_of(url: str) -> Path | None:
    address = make_url(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def _connect(place: str, *, uri: bool = False, timeout: float = 30.0) -> sqlite3.Connection:
    return sqlite3.connect(place, uri=uri, timeout=timeout, isolation_level=None)


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _clear(path: Path) -> None:
    for end in ("", "-journal", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


@contextmanager
def _explained(failed: str, rest: Path) -> Iterator[None]:
    """What is left half done goes; a full disk, a missing folder, a damaged file are told in words."""
    try:
        yield
    except BaseException as error:
        with suppress(OSError):
            _clear(rest)
        if isinstance(error, (OSError, sqlite3.Error, DBAPIError)):
            why = getattr(error, "strerror", None) or str(getattr(error, "orig", error))
            raise ZhijiaoError(
                f"{failed}:{why}" + (f" ({rest.parent})" if isinstance(error, OSError) else "")
            ) from error
        raise
