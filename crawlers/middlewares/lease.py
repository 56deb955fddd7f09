"""No request without the lease of its host: pages, robots.txt and every hop of a redirect alike."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawlers.hosts import host_of
from crawlers.leases import Leases


class HostLease:
    """Leaves the Held host in request.meta["held"], for those that come after."""

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
        visit = request.meta.setdefault("visit", "crawl")  # `scrapy parse` asks for no visit
        request.meta["held"] = await self._leases.hold(host, visit)
