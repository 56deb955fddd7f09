"""What a channel shows now: its list page or feed, and in a back-fill the list pages behind it."""

import logging
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from scrapy.http import Response

from crawlers.catalogue import Channel, Site
from crawlers.events import Job
from crawlers.failures import NotAsked, Unread
from crawlers.leases import host_of
from crawlers.ledger import now
from crawlers.middlewares.conditional import Validators
from crawlers.pages.feed import read_feed
from crawlers.pages.listing import ListItem, ListPage, read_list
from crawlers.reading import page_of, read
from pipeline.stages.normalise import canonical_url
from storage.records import ChannelRecord, FoundLink, VisitOutcome

logger = logging.getLogger(__name__)


class Ask(Protocol):
    """Gets a page: status 2xx, or 304 where validators were sent. Unread if there is none."""

    async def __call__(self, url: str, validators: Validators | None = None) -> Response: ...


@dataclass
class Shown:
    """What was found; `reason` says why it failed."""

    status: int | None = None
    rule: str | None = None
    reason: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    links: dict[str, FoundLink] = field(default_factory=dict)  # by canonical address, in page order

    @property
    def outcome(self) -> VisitOutcome:
        return "failed" if self.reason else "not_modified" if self.status == 304 else "ok"


@dataclass(frozen=True)
class Look:
    job: Job
    site: Site
    channel: Channel
    record: ChannelRecord
    ask: Ask

    async def take(self) -> Shown:
        """NotAsked where the host may not be asked; every other failure is in what comes back."""
        shown = Shown()
        try:
            response = await self.ask(self.channel.url, self._validators())
            shown.status = response.status
            if response.status != 304:
                shown.etag, shown.last_modified = _header(response, "ETag"), _header(response, "Last-Modified")
                page = await self._read(response)
                shown.rule = page.rule
                self._add(shown, page, "news" if self.record.first_visited_at else "first_visit")
                await self._go_back(shown, page)
        except NotAsked:
            raise
        except Unread as why:
            shown.reason, shown.status = why.reason, why.status or shown.status
        return shown

    async def _go_back(self, shown: Shown, page: ListPage) -> None:
        """Through further pages, until one has nothing new or cannot be read: a calendar or a loop ends there."""
        for _ in range(self.job.backfill):
            if not page.next_url:
                return
            try:
                page = await self._read(await self.ask(page.next_url))
            except Unread as why:
                logger.warning(
                    "back-fill ended channel=%s url=%s reason=%s", self.channel.id, page.next_url, why.reason
                )
                return
            if not self._add(shown, page, "backfill", self.job.since):
                return

    async def _read(self, response: Response) -> ListPage:
        page = page_of(response, self.site.encoding)
        if self.channel.kind == "feed":
            found = await read(read_feed, page)
        else:
            found = await read(read_list, page, self.site.list, now())
        if found.kind != "list":
            raise Unread(found.reason or found.kind, response.status)
        return found

    def _add(self, shown: Shown, page: ListPage, origin: str, since: date | None = None) -> int:
        """How many links were added. Those of the first page all are, as later visits would call the rest news."""
        before = len(shown.links)
        for item in page.items:
            if item.url and _is_web(item.url) and not listed_before(since, item.date_iso):
                canonical = canonical_url(item.url)
                shown.links.setdefault(canonical, _link(canonical, item.url, item, origin))
        return len(shown.links) - before

    def _validators(self) -> Validators | None:
        """None where the page itself is wanted, changed or not."""
        if self.job.again or self.job.backfill or self.job.dry_run or self.job.since:
            return None
        return Validators(self.record.etag, self.record.last_modified)


def listed_before(day: date | None, listed: str | None) -> bool:
    """Whether an item's date, if it is ISO, lies before the day."""
    return bool(day and listed and listed[:4].isdigit() and listed[:10] < day.isoformat())


def _link(canonical: str, url: str, item: ListItem, origin: str) -> FoundLink:
    return FoundLink(canonical, url, item.title, item.date_iso or item.date, origin)


def _is_web(url: str) -> bool:
    try:
        return url.lower().startswith(("http://", "https://")) and bool(host_of(url))
    except ValueError:  # such as a port that is no number
        return False


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
