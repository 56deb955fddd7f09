"""The archive: what goes in comes out, files rotate, other programs can read them, and nothing is half there."""

import errno
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage import archive
from storage.archive import Archive, RawPage
from storage.errors import ArchiveError
from storage.records import Archived

NOW = datetime(2026, 11, 21, 8, 30, 0, 250_000, tzinfo=UTC)
PAGE = RawPage(
    url="http://www.linjiang.example/xw/1.html?id=临江",
    status=200,
    headers=(("Content-Type", "text/html; charset=gb2312"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
    body="<h1>临江市职业院校技能大赛开幕</h1>".encode("gbk") + bytes(range(256)),
    fetched_at=NOW,
)


@pytest.fixture
def archived(tmp_path: Path) -> Iterator[Archive]:
    with closing(Archive(tmp_path)) as opened:
        yield opened


def test_a_page_comes_back_as_it_was(tmp_path: Path, archived: Archive) -> None:
    pages = [PAGE, replace(PAGE, body=b""), replace(PAGE, status=299, headers=())]
    places = [archived.add(page) for page in pages]
    assert [archive.read(tmp_path, place) for place in places] == pages
    assert len({place.file for place in places}) == 1
    assert places[1].offset == places[0].offset + places[0].length


def test_headers_of_transport_are_set_aside_for_other_readers_of_warc(tmp_path: Path, archived: Archive) -> None:
    page = replace(PAGE, headers=(("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")))
    place = archived.add(page)
    assert archive.read(tmp_path, place) == page
    with (tmp_path / place.file).open("rb") as file:
        info, record = ((r.rec_type, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise"))
    assert info[0] == "warcinfo"
    assert record == ("response", page.body)


def test_a_day_and_a_size_end_a_file(tmp_path: Path) -> None:
    days = [NOW, NOW, NOW, NOW + timedelta(days=1)]
    with closing(Archive(tmp_path, largest=1_500)) as archived:
        places = [archived.add(replace(PAGE, fetched_at=day)) for day in days]
    assert [place.file[:18] for place in places] == ["2026-11/2026-11-21"] * 3 + ["2026-11/2026-11-22"]
    assert len({place.file for place in places}) == 3
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.gz")} == {p.file for p in places}


def test_two_writers_have_files_of_their_own(tmp_path: Path, archived: Archive) -> None:
    with closing(Archive(tmp_path)) as other:
        assert archived.add(PAGE).file != other.add(PAGE).file


def test_a_torn_end_harms_no_page_before_it(tmp_path: Path, archived: Archive) -> None:
    first, last = archived.add(PAGE), archived.add(PAGE)
    file = tmp_path / first.file
    file.write_bytes(file.read_bytes()[:-20])
    assert archive.read(tmp_path, first) == PAGE
    with pytest.raises(ArchiveError, match="归档文件已损坏"):
        archive.read(tmp_path, last)


def test_a_changed_byte_is_noticed(tmp_path: Path, archived: Archive) -> None:
    place = archived.add(PAGE)
    file = tmp_path / place.file
    sound = file.read_bytes()
    for at in range(place.offset, place.offset + place.length - 9, 7):
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 16]) + sound[at + 1 :])
        try:
            assert archive.read(tmp_path, place).body == PAGE.body
        except ArchiveError:
            continue


@pytest.mark.parametrize("place", [Archived("none.warc.gz", 0, 10), Archived("x.warc.gz", 3, 10)])
def test_what_is_not_there_is_said(tmp_path: Path, place: Archived) -> None:
    (tmp_path / "x.warc.gz").write_bytes(b"nothing of the kind")
    with pytest.raises(ArchiveError):
        archive.read(tmp_path, place)


def test_a_full_disk_leaves_no_half_page(tmp_path: Path, archived: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    before = archived.add(PAGE)
    size = (tmp_path / before.file).stat().st_size
    with monkeypatch.context() as patched:
        patched.setattr(archive.os, "fsync", _full)
        with pytest.raises(OSError, match="No space"):
            archived.add(PAGE)
    assert (tmp_path / before.file).stat().st_size == size
    after = archived.add(PAGE)
    assert after.file != before.file
    assert archive.read(tmp_path, after) == PAGE


def _full(_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_page_is_small_in_it(archived: Archive) -> None:
    page = replace(PAGE, body="职业教育产教融合".encode() * 2_000)
    assert archived.add(page).length < 1_500
