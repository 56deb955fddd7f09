"""Raw pages as WARC, a gzip record each, so that later readers can read early pages again.

A page is on the disk before the transaction begins that refers to it: a crash may leave a page that no row names, never
a row whose page is missing.
"""

import io
import os
import uuid
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.errors import ArchiveError, PageGone
from storage.language import say
from storage.records import Archived

LARGEST = 256_000_000  # bytes; the page after that begins another file
# Headers that speak of how the body was sent; it is kept unpacked, as it was read.
OF_TRANSPORT = frozenset({"content-encoding", "content-length", "transfer-encoding"})
SET_ASIDE = "X-Archive-Orig-"


@dataclass(frozen=True)
class RawPage:
    """An answer as the crawler had it, its body unpacked."""

    url: str  # behind all redirects
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime


class Archive:
    """Writes files of its own, which no other process appends to. For one thread."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest
        self._file: io.FileIO | None = None
        self._name = ""  # of the file, within the folder
        self._day = ""

    def add(self, page: RawPage) -> Archived:
        """Where the page is from now on. OSError, and nothing half there, where it cannot be written."""
        file = self._current(page.fetched_at)
        offset, record = file.tell(), _packed(page)
        try:
            _write(file, record)
        except OSError:
            self.close()
            raise
        return Archived(self._name, offset, len(record))

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _current(self, now: datetime) -> io.FileIO:
        day = now.astimezone(UTC).date().isoformat()
        if self._file and (self._day != day or self._file.tell() >= self._largest):
            self.close()
        if self._file is None:
            self._day, self._name = day, f"{day[:7]}/{day}-{uuid.uuid4().hex[:12]}.warc.gz"
            self._file = _begin(self._folder / self._name, now)
        return self._file


def read(folder: Path, archived: Archived) -> RawPage:
    """A page again. PageGone where its file is gone, ArchiveError where that does not hold what was written."""
    path = folder / archived.file
    try:
        with path.open("rb") as file:
            file.seek(archived.offset)
            packed = file.read(archived.length)
        if len(packed) < archived.length:
            raise EOFError
        return _page(next(iter(ArchiveIterator(io.BytesIO(packed), check_digests="raise"))))
    except FileNotFoundError:
        raise PageGone(say(f"归档文件已不在：{path}", f"the archive file is gone: {path}")) from None
    except (ArchiveLoadFailed, AttributeError, EOFError, StopIteration, ValueError, zlib.error) as error:
        shown = f"{path}, {archived.offset}"
        raise ArchiveError(say(f"归档文件已损坏：{shown}", f"the archive is damaged: {shown}")) from error


def following(folder: Path, archived: Archived) -> Iterator[RawPage]:
    """The pages that were written behind this one into its file, as far as they can be read."""
    with suppress(ArchiveLoadFailed, EOFError, OSError, zlib.error), (folder / archived.file).open("rb") as file:
        file.seek(archived.offset + archived.length)
        for record in ArchiveIterator(file, check_digests="raise"):
            if record.rec_type == "response":
                yield _page(record)


def _page(record: ArcWarcRecord) -> RawPage:
    """EOFError where the file ends within it."""
    body = record.content_stream().read()
    if record.raw_stream.limit:
        raise EOFError
    return RawPage(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        status=int(record.http_headers.get_statuscode()),
        headers=tuple((name.removeprefix(SET_ASIDE), value) for name, value in record.http_headers.headers),
        body=body,
        fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
    )


def _packed(page: RawPage) -> bytes:
    headers = [(f"{SET_ASIDE}{name}" if name.lower() in OF_TRANSPORT else name, value) for name, value in page.headers]
    phrase = HTTPStatus(page.status).phrase if page.status in set(HTTPStatus) else ""
    packed = io.BytesIO()
    writer = WARCWriter(packed, warc_version="1.1")
    record = writer.create_warc_record(
        page.url,
        "response",
        payload=io.BytesIO(page.body),
        length=len(page.body),
        http_headers=StatusAndHeaders(f"{page.status} {phrase}", headers, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": _as_date(page.fetched_at)},
    )
    writer.write_record(record)
    return packed.getvalue()


def opening(name: str, now: datetime) -> bytes:
    """The record that a file begins with, which says what it is."""
    said = b"software: zhijiao\r\nformat: WARC File Format 1.1\r\n"
    about = {"WARC-Filename": name, "WARC-Date": _as_date(now)}
    packed = io.BytesIO()
    writer = WARCWriter(packed, warc_version="1.1")
    writer.write_record(
        writer.create_warc_record("", "warcinfo", payload=io.BytesIO(said), length=len(said), warc_headers_dict=about)
    )
    return packed.getvalue()


def _begin(path: Path, now: datetime) -> io.FileIO:
    """A new file, on the disk under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = io.FileIO(path, "x")
    _write(file, opening(path.name, now))
    sync_folder(path.parent)
    return file


def _as_date(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _write(file: io.FileIO, record: bytes) -> None:
    """All of it, on the disk; what a full disk has taken of it is taken back."""
    start, rest = file.tell(), memoryview(record)
    try:
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(start)
        raise


def sync_folder(folder: Path) -> None:
    """A file's name is on the disk once its folder is; Windows has no such thing."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
