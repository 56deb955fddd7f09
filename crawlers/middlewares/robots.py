"""Asks what robots.txt allows; `crawlers/robots.py` says what counts as one. Kept in the database between crawls."""

import asyncio
from collections import defaultdict
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from crawlers.addresses import NoSuchWeb
from crawlers.desk import Desk
from crawlers.failures import Refused, fault_of, reason_of
from crawlers.leases import Held, HostBusy
from crawlers.ledger import now
from crawlers.robots import Robots, answered, unanswered
from storage.errors import LeaseLost
from storage.language import say
from storage.records import HostRecord

KEPT = 1_000  # hosts whose rules stay in memory


class Forbidden(Refused):
    fault = "robots"


class Unknown(Refused):
    """What it allows could not be read, for this fault."""

    def __init__(self, robots: Robots) -> None:
        super().__init__(robots.why or say("robots.txt 读不到,暂不访问", "robots.txt cannot be read"))
        self.fault = robots.fault


class RobotsTxt:
    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self._crawler = crawler
        self._desk = desk
        self._known: dict[str, Robots] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        desk = getattr(crawler.spider, "desk", None)
        if desk is None or not desk.settings.obey_robots:
            raise NotConfigured
        return cls(crawler, desk)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("asks_robots"):
            return
        held: Held = request.meta["held"]
        host = held.lease.host
        async with self._turns[host]:
            robots = await self._robots(held, request)
        held.pace.wanted = robots.pause
        if not robots.read_at:
            raise Unknown(robots)
        if not robots.allows(request.url):
            raise Forbidden(say("robots.txt 不允许", "forbidden by robots.txt"))

    async def _robots(self, held: Held, request: Request) -> Robots:
        """From memory, else from the database, else from the host."""
        host = held.lease.host
        known = self._known.get(host) or _stored(held.record)
        if known is None or known.until <= now():
            known = await self._ask(request, known)
            await self._desk.ledger.robots(host, known.text, known.read_at, known.until)
        self._known.pop(host, None)
        self._known[host] = known
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return known

    async def _ask(self, request: Request, former: Robots | None) -> Robots:
        parts = urlsplit(request.url)
        asking = Request(
            f"{parts.scheme}://{parts.netloc}/robots.txt", meta={"asks_robots": True, "visit": request.meta["visit"]}
        )
        try:
            response: Response = await self._crawler.engine.download_async(asking)
        except (HostBusy, LeaseLost, NoSuchWeb):
            raise
        except IgnoreRequest:  # too many redirects
            return answered(404, b"", now())
        except Exception as error:  # whatever a download can fail with: the page would fail in the same way
            return unanswered(former, now(), reason_of(error), fault_of(error))
        if response.status >= 500:
            said = f"HTTP {response.status}"
            why = say(f"robots.txt 读不到({said}),暂不访问", f"robots.txt cannot be read ({said})")
            return unanswered(former, now(), why, "http")
        return answered(response.status, response.body, now())


def _stored(record: HostRecord) -> Robots | None:
    until = record.robots_until
    return Robots(record.robots, record.robots_read_at, until) if until else None
