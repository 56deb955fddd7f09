"""From what is stale to files: read, rendered, checked, and only then put in place."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.settings import Settings
from publish.entries import readable
from publish.feeds import files, saved
from publish.feeds.catalogue import MAIN, feed_of, main_feed
from publish.feeds.check import check, parse
from publish.feeds.files import path_of, put, remove
from publish.feeds.formats import FORMATS, JSON, OPML, Feed, Format
from publish.feeds.opml import opml
from publish.feeds.render import compose, fragments, make
from publish.feeds.saved import Saved
from publish.feeds.standing import archived, describe, settle
from storage import feeds, outbox, parts, stories
from storage.database import Database
from storage.errors import PublishError
from storage.parts import Part

logger = logging.getLogger(__name__)

MOST_ENTRIES = 500
MOST_PARTS = 200  # of archives, in one run
SAMPLE = 5  # entries that feedparser reads where none is new, as after an upgrade; it is slow
MOST_KEPT = 5000  # entries kept for other feeds of the same run


def publish_pending(database: Database, settings: Settings, now: datetime) -> list[Path]:
    """Write the feeds that what is new touches, and those whose files are lost; the files that changed.

    A feed that would be broken keeps its old files and stays stale: PublishError says which, after all others are out.
    """
    with database.read() as db:
        known, told = saved.load(settings.home, feeds.saved(db)), outbox.mark(db)
    strange = _strange(settings.public, told)
    settle(database, known, now)
    listed = describe(database, settings, known, strange=strange)
    press = Press(database, settings, known, now)
    press.run()
    if listed or strange or not path_of(settings.public, MAIN, OPML).exists():
        press.list_feeds()
    _note(database, settings.public)
    if press.written:
        logger.info("feeds_published feeds=%d files=%d", len(press.done), len(press.written))
    if press.refused:
        raise PublishError("\n".join(press.refused))
    return press.written


def _note(database: Database, public: Path) -> None:
    """Files that are refused are stale all the same, and known to be: this run has done what it can."""
    with database.read() as db:
        mark = outbox.mark(db)
    if mark != files.mark(public):
        files.note(public, mark)


def _strange(public: Path, told: str) -> bool:
    """Whether the feeds were last written elsewhere: on another machine, in another folder, or before a backup."""
    here = files.mark(public)
    if here not in (None, told):
        logger.warning("feeds_written_elsewhere folder=%s here=%s last=%s", public, here, told)
    return here != told


class Press:
    """One run of the press. Entries that did not change are taken from the old files, the others are made once."""

    def __init__(self, database: Database, settings: Settings, saved: Sequence[Saved], now: datetime) -> None:
        self.database = database
        self.settings = settings
        self.archived = archived(saved)
        self.now = now
        with database.read() as db:
            self.stale = feeds.stale_stories(db)
        self.written: list[Path] = []
        self.done: list[str] = []
        self.refused: list[str] = []
        self._made: dict[Format, dict[str, bytes]] = {form: {} for form in FORMATS}  # bytes of entries, by guid
        self._unfit: set[str] = set()

    def run(self) -> None:
        """All stale feeds, then parts of archives, newest first: after a loss these wait for later runs."""
        with self.database.read() as db:
            stale = feeds.stale(db)
        old = sorted((name for name in stale if Part.named(name)), reverse=True)[:MOST_PARTS]
        for name in [*(name for name in stale if not Part.named(name)), *old]:
            self.print(name, whole=stale[name])
        with self.database.begin() as db:
            feeds.written(db, self.done)

    def print(self, name: str, *, whole: bool) -> None:
        """Write a feed, or a part of an archive, in all formats; a broken one keeps its files."""
        part = Part.named(name)
        feed, shown = self._part(part) if part else self._feed(name)
        try:
            if part and not shown:
                remove(self.settings.public, name)
            else:
                self._put(feed, shown, whole)
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

    def _feed(self, name: str) -> tuple[Feed, dict[int, str]]:
        with self.database.read() as db:
            shown = feeds.newest(
                db,
                name,
                at_least=self.settings.feed_entries,
                since=self.now - timedelta(hours=self.settings.feed_hours),
                at_most=max(MOST_ENTRIES, self.settings.feed_entries),
            )
            newest = parts.latest(db, name) if name in self.archived else None
            more = newest if newest and parts.previous(db, newest) else None  # else the feed shows all that there is
        return replace(self._described(name), previous=more.name if more else None), shown

    def _part(self, part: Part) -> tuple[Feed, dict[int, str]]:
        with self.database.read() as db:
            before, after, shown = parts.previous(db, part), parts.following(db, part), parts.entries(db, part)
        feed = self._described(part.feed)
        linked = replace(
            feed,
            name=part.name,
            title=f"{feed.title}（{part.title}）",
            archive_of=part.feed,
            previous=before.name if before else None,
            next=after.name if after else None,
        )
        return linked, shown

    def _described(self, name: str) -> Feed:
        with self.database.read() as db:
            record = feeds.get(db, name)
        return feed_of(self.settings, name, record.title if record else name)

    def _put(self, feed: Feed, shown: Mapping[int, str], whole: bool) -> None:
        paths = {form: path_of(self.settings.public, feed.name, form) for form in FORMATS}
        old = {form: fragments(form, path.read_bytes()) if path.exists() else {} for form, path in paths.items()}
        kept = set() if whole else {guid for guid in old[JSON] if all(guid in old[form] for form in FORMATS)}
        self._make(feed, {n: guid for n, guid in shown.items() if n in self.stale or guid not in kept})
        rendered = [self._composed(form, feed, old[form] | self._made[form], shown.values()) for form in FORMATS]
        with ThreadPoolExecutor() as threads:  # compressing and waiting for the disk take longest
            changed = list(threads.map(put, paths.values(), rendered))
        self.written += [path for path, new in zip(paths.values(), changed, strict=True) if new]

    def _composed(self, form: Format, feed: Feed, parts: Mapping[str, bytes], guids: Iterable[str]) -> bytes:
        wanted = [guid for guid in guids if guid not in self._unfit]
        data = compose(form, feed, {guid: parts[guid] for guid in wanted if guid in parts})
        check(form, data, wanted)
        return data

    def _make(self, feed: Feed, wanted: Mapping[int, str]) -> None:
        """Make the bytes of these stories' entries; feedparser must read what is new as reader programs will."""
        if len(self._made[JSON]) > MOST_KEPT:
            for made in self._made.values():
                made.clear()
        missing = {n: guid for n, guid in wanted.items() if guid not in self._made[JSON] and guid not in self._unfit}
        with self.database.read() as db:
            views = stories.views(db, list(missing))
        new = make(feed, readable(views, self.now))
        stale = {view.story.guid for view in views if view.story.id in self.stale}
        tried = [guid for guid in new[JSON] if guid in stale] or list(new[JSON])[:SAMPLE]
        for form, entries in new.items():
            parse(form, compose(form, feed, {guid: entries[guid] for guid in tried}), tried)
        for form, entries in new.items():
            self._made[form] |= entries
        self._unfit |= set(missing.values()) - new[JSON].keys()
