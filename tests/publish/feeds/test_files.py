import gzip
import os
from pathlib import Path

import pytest

from publish.feeds.files import packed, put
from storage.errors import PublishError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "public" / "feeds" / "all.xml"


def identity(path: Path) -> list[tuple[int, int]]:
    return [(file.stat().st_ino, file.stat().st_mtime_ns) for file in (path, packed(path))]


def test_file_and_copy(path: Path) -> None:
    assert put(path, "职教".encode())
    assert path.read_bytes() == gzip.decompress(packed(path).read_bytes()) == "职教".encode()
    assert sorted(file.name for file in path.parent.iterdir()) == ["all.xml", "all.xml.gz"]
    assert path.stat().st_mode & 0o777 == packed(path).stat().st_mode & 0o777 == 0o644


def test_same_bytes_touch_nothing(path: Path) -> None:
    put(path, b"same")
    before = identity(path)
    assert not put(path, b"same")
    assert identity(path) == before


def test_a_lost_copy_comes_back(path: Path) -> None:
    put(path, b"same")
    packed(path).unlink()
    assert put(path, b"same")
    assert gzip.decompress(packed(path).read_bytes()) == b"same"


def test_the_copy_does_not_tell_the_hour(path: Path) -> None:
    put(path, b"same")
    assert packed(path).read_bytes()[4:8] == b"\0\0\0\0"


@pytest.mark.parametrize("step", ["fsync", "fchmod"])
def test_a_full_disk_leaves_the_old_file(path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path, b"old")
    before = identity(path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(PublishError, match=r"无法写入 .*all\.xml\.gz：No space left on device"):
        put(path, b"new")
    assert identity(path) == before
    assert path.read_bytes() == b"old"
    assert sorted(file.name for file in path.parent.iterdir()) == ["all.xml", "all.xml.gz"]
