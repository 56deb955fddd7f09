"""The database as a crawl sees it: each method is one transaction, and all run in one thread of their own."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from crawlers.catalogue import Catalogue
from pipeline.article import Outcome, RawArticle
from pipeline.intake import take_in
from pipeline.settings import Settings
from storage import channels, hosts, links, sites, visits
from storage.database import open_database, prepare
from storage.records import ChannelRecord, FoundLink, Lease, StoredVisit, VisitRecord

T = TypeVar("T")
Session = Any  # a session's type is known to storage alone


def now() -> datetime:
    """The crawl process reads the clock here and nowhere else."""
    return datetime.now(UTC)


class Ledger:
    """What is stored of a page shows the lease of its host: LeaseLost, and nothing is stored, if that is lost."""

    def __init__(self, settings: Settings) -> None:
        """SchemaError, or another ZhijiaoError, if the database cannot be used."""
        prepare(settings.database_url)
        self._settings = settings
        self._database = open_database(settings.database_url)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    def synchronise(self, catalogue: Catalogue) -> None:
        """For a crawl that no tick has prepared; before the event loop runs."""
        found = catalogue.sites.values()
        listed = [channel.record() for site in found for channel in site.channels]
        with self._database.begin() as db:
            sites.sync(db, [site.record() for site in found], listed)

    async def channel(self, channel_id: str) -> ChannelRecord | None:
        return await self._read(lambda db: channels.get(db, channel_id))

    async def known(self, canonicals: Sequence[str]) -> set[str]:
        return await self._read(lambda db: links.known(db, canonicals))

    async def visit(self, lease: Lease, visit: VisitRecord, found: Sequence[FoundLink], again: bool) -> StoredVisit:
        """Store a visit. `again`: every link that it saw is to be read, not only the unread ones."""

        def change(db: Session) -> StoredVisit:
            stored = visits.store(db, visit, found)
            if not again:
                return stored
            seen = links.of_channel(db, visit.channel_id, [link.canonical for link in found])
            return replace(stored, pending=tuple(seen))

        return await self._write(change, lease)

    async def article(self, lease: Lease, raw: RawArticle) -> Outcome:
        def change() -> Outcome:
            return take_in(self._database, raw, now=now(), settings=self._settings, lease=lease)

        return await self._in_thread(change)

    async def link_failed(self, lease: Lease, canonical: str, reason: str, next_try: datetime | None) -> None:
        await self._write(lambda db: links.failed(db, canonical, reason, next_try), lease)

    async def link_refused(self, canonical: str, reason: str) -> None:
        """Left unread for what it is: nothing of its host's is stored."""
        await self._write(lambda db: links.refused(db, canonical, reason))

    async def take(self, host: str, holder: str, seconds: float) -> Lease | None:
        return await self._write(lambda db: hosts.take(db, host, holder, now(), seconds))

    async def renew(self, lease: Lease, seconds: float) -> Lease:
        return await self._write(lambda db: hosts.renew(db, lease, now(), seconds))

    async def release(self, lease: Lease, next_allowed_at: datetime | None) -> None:
        await self._write(lambda db: hosts.release(db, lease, next_allowed_at))

    async def close(self) -> None:
        await self._in_thread(self._database.close)
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
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
