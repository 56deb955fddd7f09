from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from pipeline.settings import Settings
from publish.feeds import write
from publish.feeds.write import publish_feeds, publish_pending
from storage import outbox, stories
from storage.database import Database
from storage.errors import PublishError
from storage.records import StoryView

View = Callable[..., StoryView]
Release = Callable[..., int]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def paths(settings: Settings) -> list[Path]:
    return [settings.public / "feeds" / name for name in ("all.atom", "all.xml")]


def ids(paths: list[Path]) -> list[list[str]]:
    return [[entry.id for entry in feedparser.parse(path).entries] for path in paths]


def pending(database: Database) -> int:
    with database.read() as db:
        return len(outbox.pending(db))


def test_an_empty_database_has_feeds_without_entries(database: Database, settings: Settings, paths: list[Path]) -> None:
    assert publish_pending(database, settings, NOW) == paths
    assert ids(paths) == [[], []]
    assert publish_pending(database, settings, NOW) == []


def test_what_the_outbox_announces_is_published_once(
    database: Database, settings: Settings, paths: list[Path], view: View, release: Release
) -> None:
    publish_pending(database, settings, NOW)
    release(view(1))
    release(view(2, canonical="2", text_key="t2"), at=NOW)
    assert publish_pending(database, settings, NOW) == paths
    newest_first = ["tag:feeds.example,2026:story/2", "tag:feeds.example,2026:story/1"]
    assert ids(paths) == [newest_first, newest_first]
    assert pending(database) == 0
    assert publish_pending(database, settings, NOW) == []


def test_an_unreleased_story_stays_out(
    database: Database, settings: Settings, paths: list[Path], view: View, release: Release
) -> None:
    release(view(), at=None)
    publish_pending(database, settings, NOW)
    assert ids(paths) == [[], []]


def test_a_second_run_an_hour_later_touches_no_file(
    database: Database, settings: Settings, paths: list[Path], view: View, release: Release
) -> None:
    release(view())
    publish_feeds(database, settings, NOW)
    before = [(path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in paths]
    assert publish_feeds(database, settings, NOW + timedelta(hours=1)) == []
    assert [(path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in paths] == before


def test_a_revision_keeps_the_guid(
    database: Database, settings: Settings, paths: list[Path], view: View, release: Release
) -> None:
    story_id = release(view())
    publish_pending(database, settings, NOW)
    with database.begin() as db:
        stories.touch(db, story_id, NOW)
        outbox.add(db, "revised", story_id, NOW)
    assert publish_pending(database, settings, NOW) == paths
    assert ids(paths) == [["tag:feeds.example,2026:story/1"]] * 2


def test_a_lost_file_comes_back(database: Database, settings: Settings, paths: list[Path]) -> None:
    publish_pending(database, settings, NOW)
    paths[1].unlink()
    assert publish_pending(database, settings, NOW) == [paths[1]]


def test_a_feed_that_fails_its_check_leaves_the_old_files_and_the_outbox(
    database: Database,
    settings: Settings,
    paths: list[Path],
    view: View,
    release: Release,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish_pending(database, settings, NOW)
    before = [path.read_bytes() for path in paths]
    release(view())
    whole = write.render
    monkeypatch.setattr(write, "render", lambda form, feed, entries: whole(form, feed, entries)[:-9])
    with pytest.raises(PublishError):
        publish_pending(database, settings, NOW)
    assert ([path.read_bytes() for path in paths], pending(database)) == (before, 1)


def test_a_story_that_cannot_be_shown_does_not_stop_the_others(
    database: Database, settings: Settings, paths: list[Path], view: View, release: Release
) -> None:
    release(view(1, url="javascript:x()"))
    release(view(2, canonical="2", text_key="t2", title="\x00\ud7ff]]>"))
    publish_pending(database, settings, NOW)
    assert ids(paths) == [["tag:feeds.example,2026:story/2"]] * 2


def test_the_feed_holds_the_newest_and_all_of_the_last_hours(
    database: Database, settings: Settings, paths: list[Path], view: View, release: Release
) -> None:
    for number, age in enumerate((100, 90, 80, 2, 1), start=1):
        release(view(number, canonical=str(number), text_key=str(number)), at=NOW - timedelta(hours=age))
    few = settings.model_copy(update={"feed_entries": 1, "feed_hours": 48})
    publish_feeds(database, few, NOW)
    assert ids(paths) == [["tag:feeds.example,2026:story/5", "tag:feeds.example,2026:story/4"]] * 2
