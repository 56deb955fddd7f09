"""What goes out of the archive in due time, and a copy of a part of it that other programs accept."""

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from storage import archive, archived, articles, stories, visits
from storage.archive import Archive
from storage.archived import Exported, File, Forgotten, export, files, first_kept, forget
from storage.database import Database
from storage.errors import PageGone, ZhijiaoError
from storage.records import Archived
from tests.storage.samples import ARTICLE, stock, visit
from tests.storage.test_archive import PAGE

TODAY = date(2026, 11, 22)
DAYS = [File(f"{day}", TODAY - timedelta(days=day), 10) for day in (90, 60, 30, 2, 1, 0)]


@pytest.mark.parametrize(
    ("days", "most", "kept"),
    [
        pytest.param(0, 0, [90, 60, 30, 2, 1, 0], id="no limit"),
        pytest.param(60, 0, [60, 30, 2, 1, 0], id="age"),
        pytest.param(0, 40, [30, 2, 1, 0], id="size"),
        pytest.param(60, 29, [1, 0], id="both"),
        pytest.param(0, 1, [1, 0], id="what may still be written to stays"),
        pytest.param(1, 0, [1, 0], id="one day"),
    ],
)
def test_what_stays(days: int, most: int, kept: Sequence[int]) -> None:
    before = first_kept(DAYS, TODAY, days, most)
    assert [file.name for file in DAYS if file.day >= before] == [str(day) for day in kept]


def archived_on(folder: Path, *days: date, url: str = PAGE.url) -> list[Archived]:
    """A page on each day."""
    with closing(Archive(folder)) as kept:
        moments = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in days]
        return [kept.add(replace(PAGE, url=url, fetched_at=moment)) for moment in moments]


def test_old_files_go_and_nothing_names_them(database: Database, tmp_path: Path) -> None:
    old, new = archived_on(tmp_path, date(2026, 8, 1), date(2026, 11, 21))
    (tmp_path / "2026-08" / "a letter.txt").write_text("not ours")
    with database.begin() as db:
        stock(db)
        article_id = articles.add(db, replace(ARTICLE, archived=old), None)
        articles.revise(db, article_id, replace(ARTICLE, title="改了", archived=new), PAGE.fetched_at)
        visits.store(db, visit(archived=old), [])
    gone = forget(database, tmp_path, date(2026, 11, 1))
    assert (gone.files, gone.size > 0, gone.references) == (1, True, 2)
    with database.read() as db:
        (former,) = articles.revisions(db, article_id)
        (seen,) = visits.recent(db, "linjiang/news", 9)
        article = articles.get(db, article_id)
        assert article
        assert (former[1].archived, seen.archived, article.archived) == (None, None, new)
    assert [file.name for file in files(tmp_path)] == [new.file]
    assert archive.read(tmp_path, new).body == PAGE.body
    with pytest.raises(PageGone):
        archive.read(tmp_path, old)
    assert forget(database, tmp_path, date(2026, 11, 1)) == Forgotten()


def test_a_page_read_meanwhile_keeps_its_name(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article is revised between the look at who names old pages and the writing."""
    old, new = archived_on(tmp_path, date(2026, 8, 1), date(2026, 11, 21))
    with database.begin() as db:
        stock(db)
        article_id = articles.add(db, replace(ARTICLE, archived=old), None)

    def revised(items: Sequence[object]) -> Iterator[Sequence[object]]:
        monkeypatch.undo()
        with database.begin() as db:
            articles.revise(db, article_id, replace(ARTICLE, title="改了", archived=new), PAGE.fetched_at)
        yield items

    monkeypatch.setattr(archived, "batches", revised)
    forget(database, tmp_path, date(2026, 11, 1))
    with database.read() as db:
        article = articles.get(db, article_id)
        (former,) = articles.revisions(db, article_id)
        assert article
        assert (article.archived, former[1].archived) == (new, None)


def test_an_export_is_sound_to_other_programs(tmp_path: Path) -> None:
    folder, target = tmp_path / "archive", tmp_path / "pages.warc.gz"
    places = archived_on(folder, date(2026, 10, 1), date(2026, 11, 20), date(2026, 11, 21))
    archived_on(folder, date(2026, 11, 21), url="http://other.example/")
    last = folder / places[-1].file
    since = datetime(2026, 11, 20, tzinfo=UTC)
    assert export(folder, target, since=since, hosts={"www.linjiang.example"}, now=PAGE.fetched_at) == Exported(2, ())
    checked = Checker(type("Given", (), {"inputs": [str(target)], "verbose": True})())
    assert checked.process_all() == 0
    with target.open("rb") as file:
        found = [(r.rec_type, r.rec_headers.get_header("WARC-Date")) for r in ArchiveIterator(file)]
    assert found == [
        ("warcinfo", "2026-11-21T08:30:00.250000Z"),
        ("response", "2026-11-20T12:00:00Z"),
        ("response", "2026-11-21T12:00:00Z"),
    ]
    with pytest.raises(ZhijiaoError, match="已存在"):
        export(folder, target, now=PAGE.fetched_at)
    target.unlink()
    last.write_bytes(last.read_bytes()[:-30])
    assert export(folder, target, now=PAGE.fetched_at) == Exported(3, (places[-1].file,))
    assert len(list(ArchiveIterator(io.BytesIO(target.read_bytes())))) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "pages.warc.gz"]


def test_hosts_of_a_site(database: Database) -> None:
    with database.begin() as db:
        stock(db)
        stories.create(db, first=ARTICLE, published_at=PAGE.fetched_at, released_at=None, now=PAGE.fetched_at, tag="x")
        assert archived.hosts(db, "linjiang") == {"edu.linjiang.example"}
