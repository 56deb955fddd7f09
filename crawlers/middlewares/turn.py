"""One request at a time to a host, at its pace, and none once the answer to the one before has asked for patience."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawlers.leases import Held

JITTER = 1.25  # Scrapy's jitter of 20 % around it makes 1 to 1.5 times the pause, never less


class Turn:
    """Next to the downloader, so that a request that waits for its robots.txt keeps nobody waiting."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if getattr(crawler.spider, "desk", None) is None:
            raise NotConfigured
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        held: Held = request.meta["held"]
        await held.turn.acquire()
        request.meta["in_turn"] = True
        await held.wait()
        self._slow_down(held)

    def process_response(self, request: Request, response: Response) -> Response:
        self._done(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's signature
        self._done(request)

    def _done(self, request: Request) -> None:
        if request.meta.pop("in_turn", False):  # and not only on its way here
            request.meta["held"].turn.release()

    def _slow_down(self, held: Held) -> None:
        """Scrapy's slot of the host keeps the spacing; how long that is, only we know."""
        downloader = self._crawler.engine.downloader
        host, delay = held.lease.host, held.pace.pause * JITTER
        downloader.per_slot_settings[host] = {"delay": delay}  # of the slot that the next request makes
        if host in downloader.slots:
            downloader.slots[host].delay = delay
