"""What a channel shows now: its list page, feed, sitemap or data, asked for only if it has changed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapy.http import Response

from crawlers import habits
from crawlers.catalogue import Channel, Site
from crawlers.desk import Desk
from crawlers.events import Job
from crawlers.failures import NotAsked, Unread
from crawlers.habits import Redirects
from crawlers.hosts import host_of
from crawlers.ledger import now
from crawlers.middlewares.conditional import Validators
from crawlers.pages.data import read_data
from crawlers.pages.familiar import Before, looks_new, most_familiar
from crawlers.pages.feed import read_feed
from crawlers.pages.listing import ListItem, ListPage, read_list, read_lists
from crawlers.pages.sitemap import read_sitemap
from crawlers.reading import SCRIPTED, header, page_of, raw_of, read
from pipeline.article import PageKind
from pipeline.stages.normalise import canonical_url, clean
from storage.language import say
from storage.records import Archived, ChannelRecord, Fault, FoundLink, Habits, VisitOutcome

FAULTS: dict[PageKind, Fault] = {
    "challenge": "challenge",
    "login": "login",
    "not_found": "not_found",
    "shell": "shell",
}  # of pages that show no list; any other is one on which none was found
LATELY = 200  # links of a channel that a list without known addresses is compared with
OLD = timedelta(days=7)  # before the visit
PARTS = 5  # sitemaps of an index that one visit asks for, the newest
Form = Sequence[tuple[str, str]]
Links = dict[str, FoundLink]  # by canonical address, in page order


class Ask(Protocol):
    """Gets a page: status 2xx, or 304 where validators were sent. Unread if there is none."""

    async def __call__(self, url: str, validators: Validators | None = None, form: Form | None = None) -> Response: ...


@dataclass
class Shown:
    """What was found; `reason` says why it failed."""

    habits: Habits
    status: int | None = None
    rule: str | None = None
    reason: str | None = None
    fault: Fault | None = None
    etag: str | None = None
    last_modified: str | None = None
    page: ListPage | None = None  # None: not modified, or failed
    archived: Archived | None = None
    links: Links = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  # what a person should know
    redesigned: bool = False  # known titles under new addresses: it is no burst

    @property
    def outcome(self) -> VisitOutcome:
        return "failed" if self.reason else "ok" if self.page else "not_modified"


@dataclass(frozen=True)
class Look:
    job: Job
    site: Site
    channel: Channel
    record: ChannelRecord
    ask: Ask
    desk: Desk
    render: Callable[[Response], Awaitable[Response]] | None = None  # by a browser, where the site may need one

    async def take(self) -> Shown:
        """NotAsked where the host may not be asked; every other failure is in what comes back."""
        shown = Shown(habits.of(self.record))
        asked = habits.address(self.record, self.channel.url)
        try:
            response = await self._ask(asked, self._validators())
            shown.status = response.status
            redirects = Redirects.behind(response)
            if redirects and redirects.to_the_home_page_from(asked):
                raise Unread(say("转到了首页", "redirected to the home page"), response.status, "redirects")
            if response.status == 304:
                shown.habits = habits.unmodified(shown.habits, redirects, asked=asked)
                await self._believe(shown, asked)
            else:
                shown.habits = habits.answered(shown.habits, redirects, asked=asked)
                if habits.digest(response.body) != self.record.digest or self._all_wanted:
                    await self._take_over(shown, response)
            if redirects and shown.habits.moved_times == habits.MOVED:
                shown.notes.append(say(f"已搬到 {redirects.final}", f"has moved to {redirects.final}"))
        except NotAsked:
            raise
        except Unread as why:
            shown.reason, shown.status, shown.fault = clean(why.reason), why.status or shown.status, why.fault
            shown.habits = habits.refused(shown.habits, shown.status, now(), asked=asked)
            if shown.habits.gone_at and not self.record.gone_at:
                shown.notes.append(say("网站说这个栏目已不存在(410),不再访问", "gone (410): not visited any more"))
        return shown

    async def further(self, url: str) -> ListPage:
        """A list page behind the first. NotAsked or Unread."""
        page, response = await self._read(await self._ask(url))
        await self._keep(response)
        return page

    def links(self, page: ListPage, origin: str, since: date | None = None) -> Links:
        found: Links = {}
        for item in page.items:
            if item.url and _is_web(item.url) and not listed_before(since, item.date_iso):
                canonical = canonical_url(item.url)
                found.setdefault(canonical, _link(canonical, item.url, item, origin))
        return found

    async def _take_over(self, shown: Shown, response: Response) -> None:
        shown.status = response.status
        shown.etag, shown.last_modified = header(response, "ETag"), header(response, "Last-Modified")
        page, read_as = await self._read(response)
        page, redesigned = await self._familiar(page, read_as)
        shown.page = page
        shown.habits = replace(shown.habits, digest=habits.digest(response.body))  # only of a page that can be read
        shown.archived = await self._keep(read_as)
        shown.rule = page.rule
        shown.links = self.links(page, "news" if self.record.first_visited_at else "first_visit")
        if redesigned:
            shown.redesigned = True
            shown.links = {key: replace(link, origin=_origin(link, redesigned)) for key, link in shown.links.items()}
        if self.site.list and self.channel.kind == "list" and page.rule != self.site.list.name:
            shown.notes.append(_fallen_back(page, self.site))
        if page.rule == "sitemap:index" or read_as is not response:  # it may stay the same when what it shows changes
            shown.etag = shown.last_modified = None
            shown.habits = replace(shown.habits, digest=None)

    async def _familiar(self, page: ListPage, response: Response) -> tuple[ListPage, Before | None]:
        """The reading that shows what the channel has shown before, and that, if its addresses are new: a redesign.

        Unread where none does and what was found is no burst of news: after a redesign a rule may find the menu.
        """
        if self.channel.kind != "list" or not self.record.first_visited_at:
            return page, None
        ledger, moment = self.desk.ledger, now()
        found = list(self.links(page, ""))
        if await ledger.shown_before(self.channel.id, found, moment):
            return page, None
        before = Before.of([(link.title, link.date) for link in await ledger.shown_lately(self.channel.id, LATELY)])
        readings = await read(
            self.desk.reader, read_lists, page_of(response, self.site.encoding), self.site.list, moment
        )
        if best := most_familiar(readings, before):
            return best, before
        if before.titles and not looks_new(page.items, before):
            why = say("列表变了:找到的链接没有一条见过", "another list: none of its links was shown before")
            raise Unread(why, response.status, "empty")
        return page, None

    async def _keep(self, response: Response) -> Archived | None:
        """Where the page is in the archive; a dry run keeps nothing."""
        return None if self.job.dry_run else await self.desk.ledger.keep(raw_of(response))

    async def _believe(self, shown: Shown, asked: str) -> None:
        """A 304 is believed, and now and then checked: does the page not show anything new?"""
        if not habits.audit_due(shown.habits):
            return
        response = await self._ask(asked)
        page, _ = await self._read(response)
        links = self.links(page, "")
        if links.keys() - await self.desk.ledger.known(list(links)):
            await self._take_over(shown, response)
            shown.habits = habits.lied(shown.habits, response.body, now())
            shown.notes.append(say("它的 304 不可信,以后总取全页", "its 304 was wrong: asked in full from now on"))

    async def _read(self, response: Response) -> tuple[ListPage, Response]:
        """The list, and what it was read from: the answer, or what a browser made of it. NotAsked or Unread."""
        found = await self._found(response)
        if found.kind in SCRIPTED and self.render and self.channel.kind == "list":
            try:
                response = await self.render(response)
            except NotAsked as why:  # no browser: the host was asked, and the visit counts
                raise Unread(why.reason, response.status, "browser") from why
            found = await self._found(response)
        if found.kind != "list":
            raise Unread(found.reason or found.kind, response.status, FAULTS.get(found.kind, "empty"))
        return found, response

    async def _found(self, response: Response) -> ListPage:
        page, reader = page_of(response, self.site.encoding), self.desk.reader
        match self.channel.kind:
            case "feed":
                return await read(reader, read_feed, page)
            case "sitemap":
                sitemap = await read(reader, read_sitemap, page, now())
                return await self._parts(sitemap.page, sitemap.parts)
            case "json":
                assert self.channel.data
                return await read(reader, read_data, page, self.channel.data)
            case "list":
                return await read(reader, read_list, page, self.site.list, now())

    async def _parts(self, index: ListPage, parts: Sequence[str]) -> ListPage:
        """An index with the items of its newest sitemaps."""
        items = list(index.items)
        for url in parts[:PARTS]:
            part = await read(self.desk.reader, read_sitemap, page_of(await self._ask(url), None), now())
            items += part.page.items
        return replace(index, items=tuple(items))

    async def _ask(self, url: str, validators: Validators | None = None) -> Response:
        """Data that is asked for by a form gets its page number there, not in the address."""
        rules = self.channel.data
        if not rules or not rules.form:
            return await self.ask(url, validators)
        form = list(rules.form)
        if rules.page:
            parts = urlsplit(url)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            form.append((rules.page, query.pop(rules.page, "1")))
            response = await self.ask(urlunsplit(parts._replace(query=urlencode(query))), validators, form)
            return response.replace(url=url)  # which page it is shows where the next is
        return await self.ask(url, validators, form)

    @property
    def _all_wanted(self) -> bool:
        """Whether the page itself is wanted, changed or not."""
        return bool(self.job.again or self.job.backfill or self.job.dry_run or self.job.since)

    def _validators(self) -> Validators | None:
        if self._all_wanted or self.record.distrusted_at:
            return None
        return Validators(self.record.etag, self.record.last_modified)


def _origin(link: FoundLink, before: Before) -> str:
    """Of a link on a list that was redesigned: what was known or is old does not become news by a new address."""
    old = listed_before((now() - OLD).date(), link.date)
    return "first_visit" if old or before.knows(link.title) else "news"


def _fallen_back(page: ListPage, site: Site) -> str:
    name = site.id
    return say(
        f"网站文件里的列表规则没有用上,由 {page.rule} 读出;zhijiao sources heal {name} 给出新规则",
        f"the list rule of the site's file found nothing; read by {page.rule}: try zhijiao sources heal {name}",
    )


def listed_before(day: date | None, listed: str | None) -> bool:
    """Whether an item's date, if it is ISO, lies before the day."""
    return bool(day and listed and listed[:4].isdigit() and listed[:10] < day.isoformat())


def _link(canonical: str, url: str, item: ListItem, origin: str) -> FoundLink:
    """Without what a database refuses, such as the lone surrogates that JSON can spell."""
    return FoundLink(canonical, clean(url), clean(item.title), clean(item.date_iso or item.date or "") or None, origin)


def _is_web(url: str) -> bool:
    try:
        return url.lower().startswith(("http://", "https://")) and bool(host_of(url))
    except ValueError:  # such as a port that is no number
        return False
