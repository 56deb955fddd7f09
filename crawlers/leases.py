"""The hosts that this crawl may ask, each held in the database for as long as a visit needs it and no longer."""

import asyncio
import logging
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scrapy.exceptions import IgnoreRequest

from crawlers.ledger import Ledger, now
from crawlers.pace import Pace
from pipeline.settings import Settings
from storage.errors import DatabaseAway, LeaseLost
from storage.language import say
from storage.records import HostRecord, Lease, Requests

logger = logging.getLogger(__name__)

PATIENCE = 120.0  # seconds that a request waits for its host's next allowed moment; beyond, the next visit has to ask


class HostBusy(IgnoreRequest):
    """The host may not be asked now. Nothing is wrong with the page, and nothing is held against it.

    `until`: when it may, where that is known; `status`: of the answer that said so, if it has just been asked.
    """

    def __init__(self, reason: str, until: datetime | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.until = until
        self.status = status


@dataclass
class Held:
    """A host that this crawl may ask."""

    lease: Lease
    record: HostRecord  # as it was when the host was taken
    pace: Pace
    users: set[object] = field(default_factory=set)
    lost: LeaseLost | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # of the request that is on its way
    answered_at: float = float("-inf")  # by the event loop's clock
    next_allowed_at: datetime | None = None  # patience that it has asked for, or the pause after another crawl
    refusals: int = 0
    unwritten: Requests = field(default_factory=Requests)
    longest_margin: float = 0.0  # seconds, of those for which it is renewed

    def count(self, size: int, *, not_modified: bool = False, error: bool = False) -> None:
        """One request more for the ledger."""
        so_far = self.unwritten
        self.unwritten = Requests(
            so_far.requests + 1, so_far.bytes + size, so_far.not_modified + not_modified, so_far.errors + error
        )

    async def wait(self) -> None:
        """Until a request is polite; HostBusy where that takes too long."""
        while (seconds := _seconds_until(self.next_allowed_at)) > 0:  # a refusal may come while we wait
            if seconds > PATIENCE:
                raise HostBusy(
                    say("还不能再次访问这个主机", "this host may not be asked again yet"), self.next_allowed_at
                )
            await asyncio.sleep(seconds)

    def require(self) -> None:
        """LeaseLost unless the lease outlasts a request and its pause: who cannot renew it must fall silent in time.

        The next holder may ask the moment it has run out, and does not know when we did.
        """
        if self.lost:
            raise self.lost
        if _seconds_until(self.lease.lease_until) <= min(self.pace.pause, self.longest_margin):
            raise LeaseLost(say("主机的租约没能续上", "the lease of the host could not be renewed"))


class Leases:
    """Held by visits, shared by the visits of this process; renewed only while a visit needs them.

    A visit that ends gives its hosts up, also when it dies: a lease that nobody uses must run out. See
    docs/decisions/2026-11-21-politeness-between-and-within-processes.md.
    """

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._settings = settings
        self._seconds = settings.lease_seconds
        self._holder = str(uuid.uuid4())
        self._held: dict[str, Held] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def hold(self, host: str, user: object) -> Held:
        """The host with its lease, once a request is polite. HostBusy or LeaseLost where there is none."""
        async with self._turns[host]:
            if host not in self._held:
                await self._take(host)
            held = self._held[host]
            held.users.add(user)
            if held.lost:
                raise held.lost
            await held.wait()
        held.require()
        return held

    async def be_patient(self, held: Held, until: datetime) -> None:
        """The host is not asked before then, by anybody."""
        held.refusals += 1
        held.next_allowed_at = until
        await self._ledger.be_patient(held.lease.host, until, held.refusals)

    async def forgive(self, held: Held) -> None:
        """The host has answered."""
        if held.refusals:
            held.refusals = 0
            await self._ledger.forgive(held.lease.host)

    async def leave(self, user: object) -> None:
        """The user asks no more."""
        for host in [host for host, held in self._held.items() if user in held.users]:
            async with self._turns[host]:
                held = self._held[host]
                held.users.discard(user)
                if not held.users:
                    del self._held[host]
                    await self._release(held)

    async def close(self) -> None:
        """Give up what is left, such as the hosts that `scrapy parse` asked."""
        for held in self._held.values():
            await self._release(held)
        self._held.clear()

    async def keep(self) -> None:
        """Renews, for as long as it runs, what somebody here still needs."""
        while True:
            await asyncio.sleep(self._seconds / 3)
            for host, held in list(self._held.items()):
                if held.lost or self._held.get(host) is not held:  # given up while the others were renewed
                    continue
                try:
                    held.lease = await self._ledger.renew(held.lease, self._seconds)
                    await self._write_down(held)
                except LeaseLost as lost:
                    if self._held.get(host) is held:
                        logger.warning("lease lost host=%s", host)
                    held.lost = lost
                except DatabaseAway as away:  # tried again until the lease has run out
                    logger.warning("lease not renewed host=%s error=%s", host, away)
                except Exception:  # what nobody foresaw ends no other lease
                    logger.exception("lease not renewed host=%s", host)

    async def _take(self, host: str) -> None:
        taken = await self._ledger.take(host, self._holder, self._seconds)
        if taken is None:
            raise HostBusy(say("另一个抓取进程正在访问这个主机", "another crawl is asking this host"))
        lease, record = taken
        settings = self._settings
        pace = Pace(settings.delay_seconds, settings.longest_delay_seconds, slow=record.delay or 0.0)
        held = Held(
            lease,
            record,
            pace,
            next_allowed_at=record.next_allowed_at,
            refusals=record.refusals,
            longest_margin=self._seconds / 3,  # renewed by thirds, it rarely has less left
        )
        if _seconds_until(held.next_allowed_at) > PATIENCE:
            await self._ledger.release(lease, held.next_allowed_at)
            await held.wait()
        self._held[host] = held  # from here on it is renewed, also while waiting

    async def _release(self, held: Held) -> None:
        try:
            await self._write_down(held)
            await self._ledger.release(held.lease, now() + timedelta(seconds=held.pace.pause))
        except DatabaseAway as away:
            logger.warning("lease left to run out host=%s error=%s", held.lease.host, away)

    async def _write_down(self, held: Held) -> None:
        unwritten, held.unwritten = held.unwritten, Requests()
        if unwritten.requests:
            await self._ledger.note(held.lease.host, unwritten, held.pace.slower_than_usual)


def _seconds_until(moment: datetime | None) -> float:
    return (moment - now()).total_seconds() if moment else 0.0
