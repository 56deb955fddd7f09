"""The hosts that this crawl may ask, each held in the database for as long as a visit needs it and no longer."""

import asyncio
import logging
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from crawlers.ledger import Ledger, now
from storage.errors import LeaseLost
from storage.language import say
from storage.records import Lease

logger = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds that a request waits for its host's next allowed moment; beyond, the next visit has to ask


class HostBusy(IgnoreRequest):
    """The host may not be asked now. Nothing is wrong with the page, and nothing is held against it."""


@dataclass
class _Held:
    lease: Lease
    users: set[object] = field(default_factory=set)
    lost: LeaseLost | None = None


def host_of(url: str) -> str:
    """The key of a host: its name, with the port where that is unusual."""
    parts = urlsplit(url)
    name = (parts.hostname or "").lower()
    return name if parts.port in (None, 80, 443) else f"{name}:{parts.port}"


class Leases:
    """A user (a visit) takes a host with its first request to it and gives up all its hosts when it ends."""

    def __init__(self, ledger: Ledger, seconds: float, delay: float) -> None:
        self._ledger = ledger
        self._seconds = seconds
        self._delay = timedelta(seconds=delay)
        self._holder = str(uuid.uuid4())
        self._held: dict[str, _Held] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def hold(self, host: str, user: object) -> Lease:
        """The lease of the host, once a request is polite. HostBusy or LeaseLost where there is none."""
        async with self._turns[host]:
            if host not in self._held:
                await self._take(host)
            held = self._held[host]
            held.users.add(user)
        if held.lost:
            raise held.lost
        return held.lease

    async def leave(self, user: object) -> None:
        """The user asks no more."""
        for host in [host for host, held in self._held.items() if user in held.users]:
            async with self._turns[host]:
                held = self._held[host]
                held.users.discard(user)
                if not held.users:
                    del self._held[host]
                    await self._ledger.release(held.lease, now() + self._delay)

    async def close(self) -> None:
        """Give up what is left, such as the hosts that `scrapy parse` asked."""
        for held in self._held.values():
            await self._ledger.release(held.lease, now() + self._delay)
        self._held.clear()

    async def keep(self) -> None:
        """Renews, for as long as it runs, what somebody here still needs."""
        while True:
            await asyncio.sleep(self._seconds / 3)
            for host, held in list(self._held.items()):
                if held.lost:
                    continue
                try:
                    held.lease = await self._ledger.renew(held.lease, self._seconds)
                except LeaseLost as lost:
                    logger.warning("lease lost host=%s", host)
                    held.lost = lost
                except Exception:  # such as a database that is away: tried again until the lease has run out
                    logger.exception("lease not renewed host=%s", host)

    async def _take(self, host: str) -> None:
        lease = await self._ledger.take(host, self._holder, self._seconds)
        if lease is None:
            raise HostBusy(say("另一个抓取进程正在访问这个主机", "another crawl is asking this host"))
        wait = (lease.next_allowed_at - now()).total_seconds() if lease.next_allowed_at else 0.0
        if wait > PATIENCE:
            await self._ledger.release(lease, lease.next_allowed_at)
            raise HostBusy(say("还不能再次访问这个主机", "this host may not be asked again yet"))
        self._held[host] = _Held(lease)  # from here on it is renewed, also while waiting
        await asyncio.sleep(max(0.0, wait))
