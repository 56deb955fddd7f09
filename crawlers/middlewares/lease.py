"""No request without the lease of its host: pages, robots.txt and every hop of a redirect alike."""

from contextvars import ContextVar
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawlers.leases import Leases, host_of

# robots.txt is asked for by Scrapy itself, while the page that waits for it is on its way: on behalf of that visit.
_visit: ContextVar[object] = ContextVar("visit", default="crawl")


class HostLease:
    def __init__(self, leases: Leases) -> None:
        self._leases = leases

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        desk = getattr(crawler.spider, "desk", None)
        if desk is None:
            raise NotConfigured  # `scrapy fetch` and `scrapy shell` outside a site: a person at work, no visits
        return cls(desk.leases)

    async def process_request(self, request: Request) -> None:
        host = host_of(request.url)
        request.meta["download_slot"] = host  # overwrites what a redirect brought along from another host
        visit = request.meta.get("visit") or _visit.get()
        _visit.set(visit)
        await self._leases.hold(host, visit)
