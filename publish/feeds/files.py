"""Published files: an old or a new one, never half of one, and untouched as long as their bytes are the same."""

import gzip
import os
import tempfile
from pathlib import Path

from publish.feeds.formats import FORMATS, OPML, Format
from storage.errors import PublishError
from storage.language import say

LONGEST = 240  # bytes of an address below /feeds/; a file system takes 255 in a name

MARK = ".placed"  # the file that says up to where the outbox is placed in the others


def packed(path: Path) -> Path:
    """The gzip copy beside a published file."""
    return path.with_name(path.name + ".gz")


def path_of(public: Path, name: str, form: Format) -> Path:
    """Where a feed stands in a format."""
    return public / "feeds" / f"{name}{form.suffix}"


def published(public: Path, address: str) -> tuple[Path, Format] | None:
    """The file that an address below /feeds/ asks for, whether or not it is there; None where none could be."""
    if "\0" in address or len(address.encode(errors="replace")) > LONGEST:
        return None
    folder = public / "feeds"
    path = Path(os.path.normpath(folder / address))
    form = next((form for form in (*FORMATS, OPML) if form.suffix == path.suffix), None)
    return (path, form) if form and path.is_relative_to(folder) else None


def put(path: Path, data: bytes) -> bool:
    """Store the bytes and a gzip copy; whether anything had to be written.

    The copy goes first: should we die in between, the next run still sees that the file itself is old.
    """
    if path.exists() and packed(path).exists() and path.read_bytes() == data:
        return False
    replace(packed(path), gzip.compress(data, 4, mtime=0))  # 6 takes twice as long to save 3 %, 9 thrice for 4 %
    replace(path, data)
    return True


def names(feed: str) -> set[str]:
    """The files of a feed, as `present` tells them."""
    return {f"{feed}{form.suffix}{copy}" for form in FORMATS for copy in ("", ".gz")}


def present(public: Path) -> set[str]:
    """All files of feeds that are there, archives aside: they are many."""
    found: set[str] = set()
    _list(public / "feeds", "", found)
    return found


def _list(folder: Path, under: str, found: set[str]) -> None:
    if not folder.exists():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name != "archive" and entry.is_dir():
                _list(folder / entry.name, f"{under}{entry.name}/", found)
            else:
                found.add(under + entry.name)


def mark(public: Path) -> str | None:
    """What these files say of the outbox, as `note` has put it down."""
    path = public / MARK
    return path.read_text() if path.exists() else None


def note(public: Path, mark: str) -> None:
    replace(public / MARK, mark.encode())


def remove(public: Path, feed: str) -> None:
    """Take a feed's files away, in all formats."""
    for name in names(feed):
        (public / "feeds" / name).unlink(missing_ok=True)


def replace(path: Path, data: bytes) -> None:
    """Write the file, all of it or nothing; PublishError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(path, data)
    except OSError as error:
        raise PublishError(
            say(f"无法写入 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}")
        ) from error


def _write_beside(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)  # mkstemp makes it private; web servers read it under another account
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
