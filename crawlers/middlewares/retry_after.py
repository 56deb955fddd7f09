"""429 and 503 ask for patience: until it is over nothing more is asked of the host, by this crawl or any other."""

import logging
import random
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawlers.leases import Held, HostBusy, Leases
from crawlers.ledger import now
from crawlers.pace import patient_until
from storage.language import say

logger = logging.getLogger(__name__)

REFUSALS = (429, 503)


class RetryAfter:
    def __init__(self, leases: Leases) -> None:
        self._leases = leases

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        desk = getattr(crawler.spider, "desk", None)
        if desk is None:
            raise NotConfigured
        return cls(desk.leases)

    async def process_response(self, request: Request, response: Response) -> Response:
        """HostBusy after a refusal; it is written down before anybody can ask again."""
        held: Held = request.meta["held"]
        if response.status not in REFUSALS:
            await self._leases.forgive(held)
            return response
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        spread = random.random()  # noqa: S311 - it spreads visits and hides nothing
        until = patient_until(header, now(), held.refusals, spread)
        await self._leases.be_patient(held, until)
        logger.info(
            "host asks for patience host=%s status=%d until=%s", held.lease.host, response.status, until.isoformat()
        )
        reason = say(
            f"主机要求稍后再来(HTTP {response.status})", f"the host asks for patience (HTTP {response.status})"
        )
        raise HostBusy(reason, until, response.status)
