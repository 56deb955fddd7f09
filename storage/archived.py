"""The archive's files as a whole: how much there is, what goes in due time, and a copy of a part for other programs."""

import os
import re
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from storage.archive import opening, sync_folder
from storage.database import Database
from storage.errors import ZhijiaoError
from storage.language import say
from storage.models import Article, Revision, Visit
from storage.rows import batches

NAME = re.compile(r"\d{4}-\d\d/(\d{4}-\d\d-\d\d)-\w+\.warc\.gz")
TABLES = (Article, Revision, Visit)  # whose rows say where a page is


@dataclass(frozen=True)
class File:
    name: str  # within the archive
    day: date  # UTC, on which its pages were read
    size: int  # bytes


@dataclass(frozen=True)
class Forgotten:
    """What went out of the archive."""

    files: int = 0
    size: int = 0  # bytes
    references: int = 0  # rows that named a page in them


@dataclass(frozen=True)
class Exported:
    pages: int
    torn: tuple[str, ...]  # files of which the end could not be read


def files(folder: Path) -> list[File]:
    """All files that the archive has written, oldest first."""
    found = []
    for path in sorted(folder.glob("*/*.warc.gz")):
        name = path.relative_to(folder).as_posix()
        with suppress(FileNotFoundError):  # pruned meanwhile
            if known := NAME.fullmatch(name):
                found.append(File(name, date.fromisoformat(known[1]), path.stat().st_size))
    return found


def first_kept(kept: Sequence[File], today: date, most_days: int, most_bytes: int) -> date:
    """The first day whose files stay; 0 sets no limit. Those of today and yesterday may still be written to."""
    begin = today - timedelta(days=most_days) if most_days else date.min
    sizes: dict[date, int] = defaultdict(int)
    for file in kept:
        sizes[file.day] += file.size
    left = sum(size for day, size in sizes.items() if day >= begin)
    for day in sorted(sizes):
        if not most_bytes or left <= most_bytes:
            break
        if day >= begin:
            left -= sizes[day]
            begin = day + timedelta(days=1)
    return min(begin, today - timedelta(days=1))


def forget(database: Database, folder: Path, before: date) -> Forgotten:
    """Remove the files of earlier days; before that no row names a page in them any more."""
    gone = [file for file in files(folder) if file.day < before]
    if not gone:
        return Forgotten()
    references = _forget_references(database, {file.name for file in gone})
    for file in gone:
        (folder / file.name).unlink(missing_ok=True)
    for month in {(folder / file.name).parent for file in gone}:
        with suppress(OSError):  # it holds files of later days
            month.rmdir()
    return Forgotten(len(gone), sum(file.size for file in gone), references)


def _forget_references(database: Database, names: Collection[str]) -> int:
    """Looked for first, and written a few at a time: a crawl that wants to write meanwhile is not made to wait.

    A row that it has given a new page since keeps that.
    """
    count = 0
    for table in TABLES:
        with database.read() as db:
            named = db.execute(select(table.id, table.archived).where(table.archived.is_not(None))).yield_per(1_000)
            rows = [(number, place) for number, place in named if place and place.file in names]
        for batch in batches(rows):
            ids, places = zip(*batch, strict=True)
            with database.begin() as db:
                db.execute(update(table).where(table.id.in_(ids), table.archived.in_(places)).values(archived=None))
        count += len(rows)
    return count


def hosts(db: Session, site_id: str) -> set[str]:
    """The hosts on which a site's articles were read."""
    urls = db.scalars(select(Article.url).where(Article.site_id == site_id)).yield_per(1_000)
    return {urlsplit(url).hostname or "" for url in urls}


def export(
    folder: Path, target: Path, *, since: datetime | None = None, hosts: Collection[str] | None = None, now: datetime
) -> Exported:
    """Copy the pages read since a moment, or of some hosts, into one new WARC file, record by record as they are.

    ZhijiaoError where it cannot be written; then there is none.
    """
    if target.exists():
        raise ZhijiaoError(say(f"{target} 已存在", f"{target} exists"))
    part = target.with_name(f".{target.name}.part")
    chosen = [file for file in files(folder) if since is None or file.day >= since.astimezone(UTC).date()]
    pages, torn = 0, []
    try:
        with part.open("wb") as out:
            out.write(opening(target.name, now))
            for file in chosen:
                with (folder / file.name).open("rb") as looked_at, (folder / file.name).open("rb") as copied:
                    try:
                        for offset, length in _wanted(looked_at, since, hosts):
                            copied.seek(offset)
                            out.write(_whole(copied.read(length)))
                            pages += 1
                    except (ArchiveLoadFailed, EOFError, ValueError, zlib.error):
                        torn.append(file.name)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        why = error.strerror
        raise ZhijiaoError(say(f"无法写 {target}:{why}", f"cannot write {target}: {why}")) from error
    finally:
        part.unlink(missing_ok=True)
    return Exported(pages, tuple(torn))


def _wanted(source: IO[bytes], since: datetime | None, hosts: Collection[str] | None) -> Iterator[tuple[int, int]]:
    """Offset and length of each record that is asked for."""
    records: Any = ArchiveIterator(source, check_digests="raise")
    for record in records:
        address = record.rec_headers.get_header("WARC-Target-URI") or ""
        read_at = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date"))
        record.content_stream().read()
        offset = records.get_record_offset()
        if (
            record.rec_type == "response"
            and (since is None or read_at >= since)
            and (hosts is None or urlsplit(address).hostname in hosts)
        ):
            yield offset, records.get_record_length()


def _whole(packed: bytes) -> bytes:
    """A record's bytes, EOFError if its end is missing."""
    unpacking = zlib.decompressobj(wbits=31)
    unpacking.decompress(packed)
    if not unpacking.eof or unpacking.unused_data:
        raise EOFError
    return packed


def by_month(kept: Sequence[File]) -> Mapping[str, tuple[int, int]]:
    """Files and bytes of each month."""
    found: dict[str, tuple[int, int]] = {}
    for file in kept:
        count, size = found.get(f"{file.day:%Y-%m}", (0, 0))
        found[f"{file.day:%Y-%m}"] = (count + 1, size + file.size)
    return found
