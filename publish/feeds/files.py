"""Published files: an old or a new one, never half of one, and untouched as long as their bytes are the same."""

import gzip
import os
import tempfile
from pathlib import Path

from storage.errors import PublishError
from storage.language import say


def packed(path: Path) -> Path:
    """The gzip copy beside a published file."""
    return path.with_name(path.name + ".gz")


def put(path: Path, data: bytes) -> bool:
    """Store the bytes and a gzip copy; whether anything had to be written.

    The copy goes first: should we die in between, the next run still sees that the file itself is old.
    """
    copy = gzip.compress(data, 9, mtime=0)
    return any([_replace(packed(path), copy), _replace(path, data)])


def _replace(path: Path, data: bytes) -> bool:
    if path.exists() and path.read_bytes() == data:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(path, data)
    except OSError as error:
        raise PublishError(
            say(f"无法写入 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}")
        ) from error
    return True


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
