"""The spider behind `scrapy crawl SITE`: all enabled channels of one site, and a line for each at the end."""

import sys
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.catalogue import Catalogue
from crawlers.desk import set_up
from crawlers.events import ChannelFinished, Event, Job
from crawlers.ledger import now
from crawlers.pages.article import read_article
from crawlers.reading import page_of, read
from crawlers.spiders.channel import ChannelSpider
from pipeline.article import RawArticle
from pipeline.settings import load
from storage.language import say, speak

YES = ("1", "true", "yes")


class SiteSpider(ChannelSpider):
    """Takes what a job takes: -a channel=KEY -a again=true -a backfill=3 -a since=2026-11-01 -a dry_run=true."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_args: Any, **kwargs: Any) -> Self:
        settings = load()
        speak(settings.lang)
        desk = set_up(settings)
        desk.ledger.synchronise(desk.catalogue)
        finished: list[ChannelFinished] = []

        def tell(event: Event) -> None:
            if isinstance(event, ChannelFinished):
                finished.append(event)

        jobs = _jobs(desk.catalogue, cls.name, **kwargs)
        spider = super().from_crawler(crawler, desk=desk, jobs=jobs, tell=tell)
        spider.finished = finished
        return spider

    finished: list[ChannelFinished]

    async def closed(self, reason: str) -> None:
        await super().closed(reason)
        site = self.desk.catalogue.sites[self.name]
        if not site.channels:
            why = site.disabled_reason
            sys.stdout.write(say(f"{site.id} 没有栏目:{why}\n", f"{site.id} has no channels: {why}\n"))
        sys.stdout.writelines(event.summary() + "\n" for event in self.finished)

    async def parse(self, response: Response) -> AsyncIterator[RawArticle]:
        """`scrapy parse --spider=SITE URL`: how the site's rules read an article page; nothing is stored."""
        site = self.desk.catalogue.sites[self.name]
        yield await read(self.desk.reader, read_article, page_of(response, site.encoding), site.article, now=now())


async def _jobs(catalogue: Catalogue, site_id: str, channel: str = "", **options: str) -> AsyncIterator[Job]:
    every = catalogue.sites[site_id].channels
    enabled = [one for one in every if one.enabled] or every
    for one in enabled:
        if not channel or one.id == f"{site_id}/{channel}":
            yield _job(one.id, **options)


def _job(channel: str, again: str = "", backfill: str = "0", since: str = "", dry_run: str = "") -> Job:
    day = date.fromisoformat(since) if since else None
    return Job(channel, again in YES, int(backfill), day, dry_run in YES)
