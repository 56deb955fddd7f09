"""The feeds of all released stories: read, rendered, checked, and only then put in place."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.settings import Settings
from publish.entries import readable
from publish.feeds.check import check
from publish.feeds.files import packed, put
from publish.feeds.formats import FORMATS, Feed, fits, render
from storage import outbox, stories
from storage.database import Database

logger = logging.getLogger(__name__)

MOST_ENTRIES = 500


def publish_pending(database: Database, settings: Settings, now: datetime) -> list[Path]:
    """Publish what the outbox announces, or all where a file is missing; the files that changed.

    The outbox is read before the stories: a crash in between renders the same bytes once more, and loses nothing.
    """
    with database.read() as db:
        waiting = outbox.pending(db)
    if not waiting and all(path.exists() for path in _files(settings)):
        return []
    changed = publish_feeds(database, settings, now)
    with database.begin() as db:
        outbox.delivered(db, [row.id for row in waiting], now)
    return changed


def publish_feeds(database: Database, settings: Settings, now: datetime) -> list[Path]:
    """Publish every feed in every format; the files that changed. PublishError leaves all of them as they were."""
    with database.read() as db:
        views = stories.recent(
            db,
            at_least=settings.feed_entries,
            since=now - timedelta(hours=settings.feed_hours),
            at_most=max(MOST_ENTRIES, settings.feed_entries),
        )
    entries = [entry for entry in readable(views, now) if fits(entry)]
    feed = main_feed(settings)
    rendered = [render(form, feed, entries) for form in FORMATS]
    for form, data in zip(FORMATS, rendered, strict=True):
        check(form, data, entries)
    changed = [path for path, data in zip(feed_paths(settings), rendered, strict=True) if put(path, data)]
    if changed:
        logger.info("feeds_published entries=%d files=%s", len(entries), " ".join(path.name for path in changed))
    return changed


def main_feed(settings: Settings) -> Feed:
    return Feed(
        name="all",
        guid=f"tag:{settings.tag}:feed/all",
        title=settings.feed_title,
        description=f"{settings.feed_title}：职业教育新闻",
        home=settings.base_url.rstrip("/"),
        begun=datetime(settings.feed_since, 1, 1, tzinfo=UTC),
    )


def feed_paths(settings: Settings) -> list[Path]:
    """Where the main feed stands, in the order of FORMATS."""
    return [settings.public / "feeds" / f"all{form.suffix}" for form in FORMATS]


def _files(settings: Settings) -> list[Path]:
    return [file for path in feed_paths(settings) for file in (path, packed(path))]
