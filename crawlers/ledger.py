"""The database as a crawl sees it: each method is one transaction, and all run in one thread of their own."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from crawlers.catalogue import Catalogue
from pipeline import removal
from pipeline.article import Outcome, RawArticle
from pipeline.intake import take_in
from pipeline.settings import Settings
from storage import articles, channels, gaps, hosts, links, rechecks, sites, visits
from storage.archive import Archive, RawPage
from storage.database import open_database, prepare
from storage.records import (
    Archived,
    ArticleRecord,
    ChannelRecord,
    FoundLink,
    GapRecord,
    Habits,
    HostRecord,
    Lease,
    LinkRecord,
    RecheckRecord,
    Requests,
    StoredVisit,
    VisitRecord,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")
Session = Any  # a session's type is known to storage alone


def now() -> datetime:
    """The crawl process reads the clock here and nowhere else."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Entry:
    """A visit with its first page."""

    visit: VisitRecord
    found: Sequence[FoundLink]
    habits: Habits
    gap: GapRecord | None = None  # behind the page
    again: bool = False  # every link that it saw is to be read, not only the unread ones


class Ledger:
    """What is stored of a page shows the lease of its host: LeaseLost, and nothing is stored, if that is lost."""

    def __init__(self, settings: Settings) -> None:
        """SchemaError, or another ZhijiaoError, if the database cannot be used."""
        prepare(settings.database_url)
        self._settings = settings
        self._database = open_database(settings.database_url)
        self._archive = Archive(settings.archive) if settings.keep_pages else None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    def synchronise(self, catalogue: Catalogue) -> None:
        """For a crawl that no tick has prepared; before the event loop runs."""
        found = catalogue.sites.values()
        listed = [channel.record() for site in found for channel in site.channels]
        with self._database.begin() as db:
            sites.sync(db, [site.record() for site in found], listed)

    async def channel(self, channel_id: str) -> ChannelRecord | None:
        return await self._read(lambda db: channels.get(db, channel_id))

    async def polled(self) -> list[ChannelRecord]:
        return await self._read(channels.polled)

    async def known(self, canonicals: Sequence[str]) -> set[str]:
        return await self._read(lambda db: links.known(db, canonicals))

    async def last_good(self, channel_id: str) -> datetime | None:
        """When the last visit that was answered with a list, or with "not modified", began."""
        visit = await self._read(lambda db: visits.last_good(db, channel_id))
        return visit.started_at if visit else None

    async def shown_before(self, channel_id: str, canonicals: Sequence[str], moment: datetime) -> set[str]:
        return await self._read(lambda db: links.shown_before(db, channel_id, canonicals, moment))

    async def shown_lately(self, channel_id: str, limit: int) -> list[LinkRecord]:
        return await self._read(lambda db: links.lately(db, channel_id, limit))

    async def namesakes(self, channel_id: str, titles: Sequence[str]) -> list[LinkRecord]:
        return await self._read(lambda db: links.namesakes(db, channel_id, titles))

    async def gaps(self, channel_id: str) -> list[GapRecord]:
        """Where bursts have not been read to their end."""
        return await self._read(lambda db: gaps.unread(db, channel_id, "news"))

    async def last_back_fill(self, channel_id: str) -> GapRecord | None:
        return await self._read(lambda db: gaps.last_back_fill(db, channel_id))

    async def pending(self, channel_id: str, seen: Sequence[str] | None = None) -> Sequence[LinkRecord]:
        """What is still to be read of a channel; or all of `seen`, read or not."""
        if seen is not None:
            return await self._read(lambda db: links.of_channel(db, channel_id, seen))
        return await self._read(lambda db: visits.pending(db, channel_id, now()))

    async def visit(self, lease: Lease, entry: Entry) -> StoredVisit:
        """Store a visit with its first page."""

        def change(db: Session) -> StoredVisit:
            stored = visits.store(db, entry.visit, entry.found, entry.habits)
            if entry.gap:
                gaps.put(db, entry.gap)
            if not entry.again:
                return stored
            seen = links.of_channel(db, entry.visit.channel_id, [link.canonical for link in entry.found])
            return replace(stored, pending=tuple(seen))

        return await self._write(change, lease)

    async def page(
        self, lease: Lease, visit_id: int, found: Sequence[FoundLink], gap: GapRecord
    ) -> tuple[int, GapRecord]:
        """Store a further page of a visit, and where reading goes on; returns how many links were new."""
        return await self._write(lambda db: (visits.extend(db, visit_id, found), gaps.put(db, gap)), lease)

    async def keep(self, page: RawPage) -> Archived | None:
        """Put a page on the disk, before anything is stored that refers to it."""

        def add() -> Archived | None:
            try:
                return self._archive.add(page) if self._archive else None
            except OSError as error:  # news matters more than its archive
                logger.error("page not archived url=%s error=%s", page.url, error)
                return None

        return await self._in_thread(add)

    async def article(self, lease: Lease, raw: RawArticle) -> Outcome:
        def change() -> Outcome:
            return take_in(self._database, raw, now=now(), settings=self._settings, lease=lease)

        return await self._in_thread(change)

    async def rechecks(self, site_id: str, limit: int) -> Sequence[tuple[RecheckRecord, ArticleRecord]]:
        """Which of a site's articles are to be looked at again."""
        return await self._read(lambda db: rechecks.due(db, site_id, now(), limit))

    async def neighbours(self, article: ArticleRecord, limit: int) -> list[ArticleRecord]:
        return await self._read(lambda db: articles.neighbours(db, article, limit))

    async def link(self, canonical: str) -> LinkRecord | None:
        return await self._read(lambda db: links.get(db, canonical))

    async def rechecked(
        self, lease: Lease, article_id: int, following: RecheckRecord | None, *, removed: str | None, back: bool
    ) -> None:
        """What a look at an article found; `removed`: why it is taken to be taken down, `back`: it is there again."""

        def change(db: Session) -> None:
            if removed is not None:
                removal.take_down(db, article_id, removed, now())
            if back:
                removal.bring_back(db, article_id, now())
            rechecks.follow(db, article_id, following)

        await self._write(change, lease)

    async def passed_over(self, article_id: int, following: RecheckRecord | None) -> None:
        """No look was made, so nothing of its host's is stored."""
        await self._write(lambda db: rechecks.follow(db, article_id, following))

    async def pause(self, host: str) -> float:
        """Seconds between two requests to a host, as far as is known of it."""
        known = await self._read(lambda db: hosts.ledger(db, host))
        return max(self._settings.delay_seconds, (known and known.delay) or 0.0)

    async def link_failed(self, lease: Lease, canonical: str, reason: str, next_try: datetime | None) -> None:
        await self._write(lambda db: links.failed(db, canonical, reason, next_try), lease)

    async def link_refused(self, canonical: str, reason: str) -> None:
        """Left unread for what it is: nothing of its host's is stored."""
        await self._write(lambda db: links.refused(db, canonical, reason))

    async def take(self, host: str, holder: str, seconds: float) -> tuple[Lease, HostRecord] | None:
        """The host's lease and its ledger; None while another crawl holds it."""

        def change(db: Session) -> tuple[Lease, HostRecord] | None:
            lease = hosts.take(db, host, holder, now(), seconds)
            return (lease, hosts.ledger(db, host) or HostRecord(host)) if lease else None

        return await self._write(change)

    async def renew(self, lease: Lease, seconds: float) -> Lease:
        return await self._write(lambda db: hosts.renew(db, lease, now(), seconds))

    async def release(self, lease: Lease, next_allowed_at: datetime | None) -> None:
        await self._write(lambda db: hosts.release(db, lease, next_allowed_at))

    async def be_patient(self, host: str, until: datetime, refusals: int) -> None:
        await self._write(lambda db: hosts.be_patient(db, host, until, refusals))

    async def forgive(self, host: str) -> None:
        await self._write(lambda db: hosts.forgive(db, host))

    async def note(self, host: str, asked: Requests, pace: float | None) -> None:
        await self._write(lambda db: hosts.note(db, host, asked, pace, now()))

    async def robots(self, host: str, text: str | None, read_at: datetime | None, until: datetime) -> None:
        await self._write(lambda db: hosts.keep_robots(db, host, text, read_at, until))

    async def put_off(self, channel_id: str, until: datetime) -> None:
        """The channel's host may not be asked before."""
        await self._write(lambda db: channels.put_off(db, channel_id, until))

    async def turned_away(self, visit: VisitRecord) -> None:
        """The host has just asked for patience; the visit counts neither as good nor as failed."""
        await self._write(lambda db: visits.store(db, visit, ()))

    async def close(self) -> None:
        await self._in_thread(self._database.close)
        if self._archive:
            await self._in_thread(self._archive.close)
        self._thread.shutdown()

    async def _read(self, query: Callable[[Session], T]) -> T:
        def run() -> T:
            with self._database.read() as db:
                return query(db)

        return await self._in_thread(run)

    async def _write(self, change: Callable[[Session], T], lease: Lease | None = None) -> T:
        def run() -> T:
            with self._database.begin() as db:
                if lease:
                    hosts.require(db, lease, now())
                return change(db)

        return await self._in_thread(run)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, copy_context().run, work)
