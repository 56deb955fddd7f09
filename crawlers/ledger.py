"""The database as a crawl sees it: each method is one transaction, and all run in one thread of their own."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from crawlers.catalogue import Catalogue
from pipeline.article import Outcome, RawArticle
from pipeline.intake import take_in
from pipeline.settings import Settings
from storage import channels, hosts, links, sites, visits
from storage.database import open_database, prepare
from storage.records import ChannelRecord, FoundLink, Lease, StoredVisit, VisitRecord

P = ParamSpec("P")
T = TypeVar("T")


def now() -> datetime:
    """The crawl process reads the clock here and nowhere else."""
    return datetime.now(UTC)


class Ledger:
    """A transaction that stores shows the lease of the host it read from: LeaseLost, and nothing is stored."""

    def __init__(self, settings: Settings) -> None:
        """SchemaError, or another ZhijiaoError, if the database cannot be used."""
        prepare(settings.database_url)
        self._settings = settings
        self._database = open_database(settings.database_url)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))

    def synchronise(self, catalogue: Catalogue) -> None:
        """For a crawl that no tick has prepared; before the event loop runs."""
        found = catalogue.sites.values()
        with self._database.begin() as db:
            sites.sync(
                db,
                [site.record() for site in found],
                [channel.record() for site in found for channel in site.channels],
            )

    async def channel(self, channel_id: str) -> ChannelRecord | None:
        def read() -> ChannelRecord | None:
            with self._database.read() as db:
                return channels.get(db, channel_id)

        return await self._run(read)

    async def known(self, canonicals: Sequence[str]) -> set[str]:
        def read() -> set[str]:
            with self._database.read() as db:
                return links.known(db, canonicals)

        return await self._run(read)

    async def visit(self, lease: Lease, visit: VisitRecord, found: Sequence[FoundLink], again: bool) -> StoredVisit:
        """Store a visit. `again`: every link that it saw is to be read, not only the unread ones."""

        def write() -> StoredVisit:
            with self._database.begin() as db:
                hosts.require(db, lease, now())
                stored = visits.store(db, visit, found)
                if not again:
                    return stored
                seen = links.of_channel(db, visit.channel_id, [link.canonical for link in found])
                return StoredVisit(stored.id, stored.new, tuple(seen))

        return await self._run(write)

    async def article(self, raw: RawArticle, lease: Lease) -> Outcome:
        def write() -> Outcome:
            return take_in(self._database, raw, now=now(), settings=self._settings, lease=lease)

        return await self._run(write)

    async def link_failed(self, lease: Lease, canonical: str, reason: str, next_try: datetime | None) -> None:
        def write() -> None:
            with self._database.begin() as db:
                hosts.require(db, lease, now())
                links.failed(db, canonical, reason, next_try)

        await self._run(write)

    async def link_refused(self, canonical: str, reason: str) -> None:
        """Left unread for its address alone: no host was asked, so no lease is shown."""

        def write() -> None:
            with self._database.begin() as db:
                links.refused(db, canonical, reason)

        await self._run(write)

    async def take(self, host: str, holder: str, seconds: float) -> Lease | None:
        def write() -> Lease | None:
            with self._database.begin() as db:
                return hosts.take(db, host, holder, now(), seconds)

        return await self._run(write)

    async def renew(self, lease: Lease, seconds: float) -> Lease:
        def write() -> Lease:
            with self._database.begin() as db:
                return hosts.renew(db, lease, now(), seconds)

        return await self._run(write)

    async def release(self, lease: Lease, next_allowed_at: datetime | None) -> None:
        def write() -> None:
            with self._database.begin() as db:
                hosts.release(db, lease, next_allowed_at)

        await self._run(write)

    async def close(self) -> None:
        await self._run(self._database.close)
        self._thread.shutdown()
