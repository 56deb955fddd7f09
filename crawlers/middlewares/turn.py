"""One request at a time to a host, at its pace, and none once the answer to the one before has asked for patience."""

import asyncio
import random
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawlers.leases import Held


class Turn:
    """Next to the downloader, so that a request that waits for its robots.txt keeps nobody waiting.

    The pause, up to half as long again, begins with the answer: so the host, too, sees no two requests closer together,
    however long the first was on its way.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if getattr(crawler.spider, "desk", None) is None:
            raise NotConfigured
        return cls()

    async def process_request(self, request: Request) -> None:
        held: Held = request.meta["held"]
        await held.turn.acquire()
        request.meta["in_turn"] = True
        pause = held.pace.pause * random.uniform(1, 1.5)  # noqa: S311 - it spreads requests and hides nothing
        await asyncio.sleep(max(0.0, held.answered_at + pause - asyncio.get_running_loop().time()))
        await held.wait()
        held.require()

    def process_response(self, request: Request, response: Response) -> Response:
        self._done(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's signature
        self._done(request)

    def _done(self, request: Request) -> None:
        if not request.meta.pop("in_turn", False):  # refused on its way here
            return
        held: Held = request.meta["held"]
        held.answered_at = asyncio.get_running_loop().time()
        held.turn.release()
