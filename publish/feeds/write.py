"""From what is stale to files: read, rendered, checked, and only then put in place."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.settings import Settings
from publish.entries import readable
from publish.feeds import saved
from publish.feeds.catalogue import MAIN, feed_of, main_feed
from publish.feeds.check import check, parse
from publish.feeds.files import path_of, put, remove
from publish.feeds.formats import FORMATS, OPML, Feed, Format
from publish.feeds.opml import opml
from publish.feeds.render import Piece, pieces, render
from publish.feeds.saved import Saved
from publish.feeds.standing import archived, describe, settle
from storage import feeds, parts
from storage.database import Database
from storage.errors import PublishError
from storage.parts import Part
from storage.records import StoryView

logger = logging.getLogger(__name__)

MOST_ENTRIES = 500


def publish_pending(database: Database, settings: Settings, now: datetime) -> list[Path]:
    """Write the feeds that what is new touches, and those whose files are lost; the files that changed.

    A feed that would be broken keeps its old files and stays stale: PublishError says which, after all others are out.
    """
    with database.read() as db:
        known = saved.load(settings.home, feeds.saved(db))
    told = settle(database, known, now)
    listed = describe(database, settings, known)
    with database.read() as db:
        stale = feeds.stale(db)
    press = Press(database, settings, known, now, told)
    for name in stale:
        press.print(name)
    if listed or not path_of(settings.public, MAIN, OPML).exists():
        press.list_feeds()
    with database.begin() as db:
        feeds.written(db, press.done)
    if press.written:
        logger.info("feeds_published feeds=%d files=%d", len(press.done), len(press.written))
    if press.refused:
        raise PublishError("\n".join(press.refused))
    return press.written


class Press:
    """One run of the press: an entry is made once, however many feeds show it."""

    def __init__(
        self, database: Database, settings: Settings, saved: Sequence[Saved], now: datetime, told: set[int]
    ) -> None:
        self.database = database
        self.settings = settings
        self.archived = archived(saved)
        self.now = now
        self.told = told  # stories that are new or changed
        self.written: list[Path] = []
        self.done: list[str] = []
        self.refused: list[str] = []
        self._made: dict[int, Piece | None] = {}

    def print(self, name: str) -> None:
        """Write a feed, or a part of an archive, in all formats; a broken one keeps its files."""
        part = Part.named(name)
        feed, views = self._part(part) if part else self._feed(name)
        try:
            if part and not views:
                remove(self.settings.public, name)
            else:
                self.written += self._put(feed, list(self._pieces(views)))
            self.done.append(name)
        except PublishError as error:
            logger.error("feed_refused feed=%s error=%s", name, error)
            self.refused.append(f"{name}: {error}")

    def list_feeds(self) -> None:
        with self.database.read() as db:
            known = [feed_of(self.settings, feed.name, feed.title) for feed in feeds.listing(db)]
        path = path_of(self.settings.public, MAIN, OPML)
        if put(path, opml(known, main_feed(self.settings))):
            self.written.append(path)

    def _feed(self, name: str) -> tuple[Feed, list[StoryView]]:
        with self.database.read() as db:
            views = feeds.newest(
                db,
                name,
                at_least=self.settings.feed_entries,
                since=self.now - timedelta(hours=self.settings.feed_hours),
                at_most=max(MOST_ENTRIES, self.settings.feed_entries),
            )
            newest = parts.latest(db, name) if name in self.archived else None
            more = newest if newest and parts.previous(db, newest) else None  # else the feed shows all that there is
            return replace(self._described(name), previous=more.name if more else None), views

    def _part(self, part: Part) -> tuple[Feed, list[StoryView]]:
        feed = self._described(part.feed)
        with self.database.read() as db:
            before, after = parts.previous(db, part), parts.following(db, part)
            linked = replace(
                feed,
                name=part.name,
                title=f"{feed.title}（{part.title}）",
                archive_of=part.feed,
                previous=before.name if before else None,
                next=after.name if after else None,
            )
            return linked, parts.entries(db, part)

    def _described(self, name: str) -> Feed:
        with self.database.read() as db:
            record = feeds.get(db, name)
        return feed_of(self.settings, name, record.title if record else name)

    def _pieces(self, views: Iterable[StoryView]) -> Iterator[Piece]:
        for view in views:
            if view.story.id not in self._made:
                self._made[view.story.id] = next(pieces(readable([view], self.now)), None)
            if piece := self._made[view.story.id]:
                yield piece

    def _put(self, feed: Feed, shown: Sequence[Piece]) -> list[Path]:
        rendered = [self._checked(form, feed, shown) for form in FORMATS]
        paths = [path_of(self.settings.public, feed.name, form) for form in FORMATS]
        with ThreadPoolExecutor() as threads:  # compressing and waiting for the disk take longest
            changed = list(threads.map(put, paths, rendered))
        return [path for path, new in zip(paths, changed, strict=True) if new]

    def _checked(self, form: Format, feed: Feed, shown: Sequence[Piece]) -> bytes:
        data = render(form, feed, shown)
        check(form, data, [piece.entry for piece in shown])
        fresh = [piece for piece in shown if piece.entry.story_id in self.told] or shown[:1]
        parse(form, render(form, feed, fresh), [piece.entry for piece in fresh])
        return data
