"""The one Scrapy item pipeline: an article that was read goes to `pipeline.intake`, and its outcome comes back."""

from dataclasses import dataclass
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawlers.ledger import Ledger
from pipeline.article import RawArticle
from storage.records import Lease


@dataclass(frozen=True)
class Reading:
    """An article as read, and the lease of the host that it was read from."""

    raw: RawArticle
    lease: Lease


class Handover:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        desk = getattr(crawler.spider, "desk", None)
        if desk is None:
            raise NotConfigured
        return cls(desk.ledger)

    async def process_item(self, item: Any) -> Any:
        """The Outcome of a Reading; LeaseLost if its lease is. Other items pass."""
        return await self._ledger.article(item.lease, item.raw) if isinstance(item, Reading) else item
