"""Once a day a tick forgets what is too old, and what keeps anybody from being told twice outlives it."""

from datetime import UTC, date, datetime, timedelta
from os import utime
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy.exc import OperationalError

from pipeline.settings import Settings
from storage import deliveries, links, stories, visits
from storage.archived import files
from storage.database import Database
from storage.errors import DatabaseAway
from tests.storage.samples import NOW, article, link, stock, visit
from tests.storage.test_archived import archived_on
from tests.zhijiao.conftest import Type
from zhijiao.tick import kept_up
from zhijiao.upkeep import LAST_VISITS, upkeep, upkeep_due

LATER = NOW + timedelta(days=500)


def test_visits_go_but_the_last_of_each_channel_and_links_stay(database: Database, settings: Settings) -> None:
    with database.begin() as db:
        stock(db)
        for hour in range(LAST_VISITS + 5):
            visits.store(db, visit(NOW + timedelta(hours=hour)), [link(hour)] if hour < 2 else [])
        visits.store(db, visit(LATER), [])
    settings.home.mkdir()
    done = upkeep(database, settings, LATER)
    assert (done.visits, done.deliveries, done.pages.files) == (6, 0, 0)
    with database.read() as db:
        kept = visits.recent(db, "linjiang/news", 999)
        assert (len(kept), kept[0].finished_at, kept[-1].finished_at) == (LAST_VISITS, LATER, NOW + timedelta(hours=6))
        assert len(visits.pending(db, "linjiang/news", LATER)) == 2
        assert links.get(db, link(1).canonical) is not None


def test_a_story_that_was_told_is_never_told_again(database: Database, settings: Settings) -> None:
    """Its delivery is forgotten; a fresh story, told to nobody yet, is merged into it."""
    with database.begin() as db:
        stock(db)
        for number, at in ((1, NOW), (2, LATER)):
            stories.create(db, first=article(number), published_at=at, released_at=at, now=at, tag="x")
        deliveries.declare(db, ["group"], NOW)
        for number, at in ((1, NOW), (2, LATER)):
            deliveries.add(db, "group", deliveries.key_of(number), number, at)
        (told, _) = deliveries.waiting(db, "group", 9)
        deliveries.settle(db, [told.id], "sent", NOW)
    settings.home.mkdir()
    assert upkeep(database, settings, LATER).deliveries == 1
    with database.begin() as db:
        assert stories.merge(db, [1, 2])[0].id == 1
        assert deliveries.views(db, deliveries.waiting(db, "group", 9), LATER) == []
        assert deliveries.counts(db, "group") == {"dropped": 1}


def test_pages_go_when_there_is_much_to_forget(database: Database, settings: Settings) -> None:
    now = datetime(2026, 11, 22, 4, tzinfo=UTC)
    archived_on(settings.archive, date(2026, 9, 20), date(2026, 10, 5), date(2026, 11, 21))
    patient = settings.model_copy(update={"archive_days": 40})
    assert upkeep(database, patient, now).pages.files == 0
    hasty = settings.model_copy(update={"archive_days": 30})
    assert upkeep(database, hasty, now).pages.files == 2
    assert [file.day for file in files(settings.archive)] == [date(2026, 11, 21)]


def test_a_file_that_cannot_be_removed_keeps_nothing_else(database: Database, settings: Settings) -> None:
    """It waits for the next day, as the rest has been done."""
    with database.begin() as db:
        stock(db)
        for hour in range(LAST_VISITS + 5):
            visits.store(db, visit(NOW + timedelta(hours=hour)), [])
    stuck = settings.archive / "2026-01" / "2026-01-02-stuck.warc.gz"
    stuck.mkdir(parents=True)
    done = upkeep(database, settings, NOW + timedelta(days=900))
    assert (done.pages.files, done.visits, stuck.exists()) == (0, 5, True)
    assert not upkeep_due(settings, datetime.now(UTC))


def test_a_tick_does_it_once_a_day(zhijiao: Type, settings: Settings) -> None:
    old = datetime.now(UTC) - timedelta(days=900)
    archived_on(settings.archive, old.date())
    assert "removed 1 files of the archive" in zhijiao("--lang", "en", "tick").stdout
    assert not upkeep_due(settings, datetime.now(UTC))
    archived_on(settings.archive, old.date())
    assert "归档" not in zhijiao("tick").stdout
    yesterday = (datetime.now(UTC) - timedelta(hours=25)).timestamp()
    utime(settings.home / "upkeep.done", (yesterday, yesterday))
    assert "已删掉 1 个归档文件" in zhijiao("tick").stdout


def test_a_database_that_is_locked_or_away_is_no_fault_of_a_finished_tick(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.home.mkdir()
    for error in (DatabaseAway("away"), OperationalError("DELETE", {}, Exception("database is locked"))):

        def fail(error: Exception = error) -> None:
            raise error

        broken = cast(Database, SimpleNamespace(read=fail, begin=fail))
        assert kept_up(broken, settings) is None
        assert upkeep_due(settings, NOW)
    assert [record.message.partition(" ")[0] for record in caplog.records] == ["upkeep_failed"] * 2


def test_status_prune_and_export(zhijiao: Type, settings: Settings, database: Database) -> None:
    today = datetime.now(UTC).date()
    archived_on(settings.archive, today - timedelta(days=731), today)
    shown = zhijiao("--lang", "en", "archive")
    assert f"2 files, 0.0 MB, oldest {today - timedelta(days=731)}. Settings: kept for 730 days, 50 GB at most." in (
        shown.stdout
    )
    out = settings.home / "pages.warc.gz"
    assert "2 个网页" in zhijiao("archive", "export", str(out)).stdout
    assert zhijiao("archive", "export", str(out)).returncode == 2
    assert "已删掉 1 个归档文件" in zhijiao("archive", "prune").stdout
    assert "没有要删的" in zhijiao("archive", "prune").stdout
    assert zhijiao("archive", "export", "--site", "nowhere", "x").returncode == 2
