"""One visit to one channel, from its list page to the last article; `Visit.run` tells it in order."""

import logging
import re
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, cast
from urllib.parse import urlsplit

from scrapy.http import Response, TextResponse

from crawlers.catalogue import Channel, Site
from crawlers.desk import Desk
from crawlers.due import is_due, next_try
from crawlers.events import ArticleOutcome, ArticleRead, Job, ListShown, Tell, VisitFinished, VisitStarted
from crawlers.failures import NotAsked, Unread, broken, lost
from crawlers.habits import address
from crawlers.handover import Reading
from crawlers.hosts import host_of
from crawlers.leases import HostBusy
from crawlers.ledger import now
from crawlers.look import Form, Look, Shown
from crawlers.middlewares.conditional import Validators
from crawlers.pages.article import UNLISTED, read_article
from crawlers.parts import Part, whole
from crawlers.reading import SCRIPTED, answer_of, page_of, raw_of, read
from crawlers.survey import Survey
from crawlers.tally import Tally
from pipeline.article import (
    Joined,
    Listed,
    Origin,
    Outcome,
    RawArticle,
    Rejected,
    Revised,
    Stored,
    Unchanged,
)
from pipeline.judging import lexicon_of, verdict_on
from pipeline.stages.normalise import canonical_url, normalise
from pipeline.stages.relevance import hopeless
from storage.errors import DatabaseAway, LeaseLost
from storage.language import say
from storage.records import ChannelRecord, Habits, Lease, LinkRecord, VisitRecord

logger = logging.getLogger(__name__)

# A list that links a file gives no page to read; such links are refused by their address.
FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|ofd|zip|rar|7z|jpe?g|png|gif|mp3|mp4)$", re.IGNORECASE)
CUT = re.compile(r"(?:…|\.\.\.?|···?)\s*$")


class Web(Protocol):
    """What a visit asks of the spider that runs it."""

    async def get(
        self, url: str, visit: object, validators: Validators | None = None, form: Form | None = None
    ) -> Response: ...

    async def rendered(self, response: Response, visit: object) -> Response: ...

    async def hand_over(self, reading: Reading) -> Outcome: ...

    def is_wanted(self, url: str) -> bool: ...


@dataclass(eq=False)  # a visit is itself: it stands for its requests where hosts are held
class Visit:
    job: Job
    site: Site
    channel: Channel
    record: ChannelRecord
    desk: Desk
    web: Web
    tell: Tell
    tally: Tally
    parts: set[str] = field(default_factory=set)  # canonical addresses that belong to articles read at other addresses
    answered: bool = False  # the list page could be read, or is as it was

    async def run(self) -> None:
        self.tell(VisitStarted(self.channel.id))
        try:
            if self.job.show:
                await self._show()
                return
            for link in await self._links():
                article = await self._read(link)
                self.tally.count(article)
                self.tell(article)
        finally:
            await self.desk.leases.leave(self)

    async def _show(self) -> None:
        try:
            response = await self.ask(address(self.record, self.channel.url))
            response = await self._rendered(response) if self.site.browser else response
        except Unread as why:
            self.tally.failed[why.reason] += 1
            return
        page = page_of(response, self.site.encoding)
        self.tell(ListShown(self.channel.id, response.url, page.charset, b64encode(page.body).decode()))

    async def _links(self) -> Sequence[LinkRecord]:
        """What is to be read: of a new visit, or what earlier ones have left unread where none is due."""
        if not self.job.if_due:
            return await self._look()
        try:
            due = await self._is_due()
        except NotAsked as why:
            self.tally.unasked = why.until is None
            await self._put_off(why, now())
            return self._unseen(why.reason)
        except LeaseLost:
            return self._unseen(lost())
        return await self._look() if due else await self.desk.ledger.pending(self.channel.id)

    async def _is_due(self) -> bool:
        """Looked up under the lease of the host: nobody else can visit the channel now, so no visit counts twice."""
        await self._lease()
        self.record = await self.desk.ledger.channel(self.channel.id) or self.record
        return is_due(self.record, now())

    @property
    def may_look_back(self) -> bool:
        """Whether older articles of the site may be looked at now: it answers, and nobody asked for something else."""
        job = self.job
        return self.answered and not (job.again or job.backfill or job.since or job.dry_run)

    async def _look(self) -> Sequence[LinkRecord]:
        """Read and store the list pages, and say which articles are to be read."""
        render = self._rendered if self.site.browser else None
        look = Look(self.job, self.site, self.channel, self.record, self.ask, self.desk, render)
        started = now()
        try:
            shown, visit, links = await Survey(look, self.desk, self._lease, self.tally).make()
        except NotAsked as why:  # nothing is held against the channel
            await self._put_off(why, started)
            return self._unseen(why.reason)
        except LeaseLost:
            return self._unseen(lost())
        self.answered = not shown.reason
        if shown.reason:
            self.tally.failed[shown.reason] += 1
            links = ()  # what earlier visits left unread waits until the site answers again
        self.tally.notes += shown.notes
        self._tell_visit(shown, links, None if self.job.dry_run else visit.next_due)
        return links

    async def _put_off(self, why: NotAsked, started: datetime) -> None:
        if self.job.dry_run or why.until is None:
            return
        if why.status is None:
            await self.desk.ledger.put_off(self.channel.id, why.until)
            return
        visit = VisitRecord(self.channel.id, started, now(), "put_off", why.until, why.status, why.reason)
        await self.desk.ledger.turned_away(replace(visit, fault=why.fault))

    def _unseen(self, reason: str) -> Sequence[LinkRecord]:
        self.tally.failed[reason] += 1
        self._tell_visit(Shown(Habits(), reason=reason), (), None)
        return ()

    async def _lease(self) -> Lease:
        """Of the channel's own host, wherever its pages are: it stands for the channel."""
        return await self.lease_for(self.channel.url)

    async def lease_for(self, url: str) -> Lease:
        """Of the host of an address. NotAsked or LeaseLost where it is not ours."""
        try:
            return (await self.desk.leases.hold(host_of(url), self)).lease
        except HostBusy as busy:
            raise NotAsked(str(busy), busy.until, busy.status) from busy

    def _tell_visit(self, shown: Shown, pending: Sequence[LinkRecord], due: datetime | None) -> None:
        seen = self.tally.seen = len(shown.links)
        counts = (seen, self.tally.new, len(pending))
        self.tell(
            VisitFinished(self.channel.id, self.channel.name, shown.status, shown.rule, *counts, shown.reason, due)
        )

    async def _read(self, link: LinkRecord) -> ArticleRead:
        """Whatever happens to one article, the next is read."""
        try:
            return await self._article(link)
        except NotAsked as why:
            return self._told(link, "failed", why.reason)
        except LeaseLost:
            return self._told(link, "failed", lost())
        except Unread as why:
            return await self._failed(link, why.reason, gone=why.status == 410)
        except DatabaseAway:
            raise  # the article is not to blame, and the next could not be stored either
        except Exception as error:  # a page that breaks us fails like any other, and the log has the rest
            logger.exception("article broke url=%s", link.url)
            return await self._failed(link, broken(error))

    async def _failed(self, link: LinkRecord, reason: str, *, gone: bool = False) -> ArticleRead:
        """Tried again later and later, and in the end no more, which is said."""
        again = None if gone else next_try(now(), link.attempts)
        if not self.job.dry_run:
            await self._remember_failure(link, reason, again)
        given_up = say(",不再尝试", ", given up") if again is None else ""
        return self._told(link, "failed", reason + given_up)

    async def _article(self, link: LinkRecord) -> ArticleRead:
        if FILE.search(urlsplit(link.url).path):
            return await self._refuse(link, say("附件", "attachment"))
        if link.canonical in self.parts:
            return await self._refuse(link, say("是另一篇文章的一部分", "part of another article"))
        if self._is_hopeless(link.title):
            return await self._refuse(
                link, say("标题与主题无关,没有打开", "its title has nothing to do with the topic")
            )
        response = await self.ask(link.url)
        if not isinstance(response, TextResponse):
            return await self._refuse(link, say("附件", "attachment"))
        first = await self.page(response, Listed(link.title, link.date))
        found = await whole(first, self.part, last_try=next_try(now(), link.attempts) is None)
        self.parts.update(canonical_url(page.url) for page in found.pages[1:])
        # The address is that of the list: behind a redirect the link would stay unread for ever.
        raw = replace(
            found.raw,
            url=link.url,
            site=self.site.facts(self.channel),
            channel_id=self.channel.id,
            origin=cast("Origin", link.origin),
            answer=answer_of(response, found.pages),
        )
        if self.job.dry_run:
            return _lacking(self._judged(link, raw), raw.missing)
        kept = [await self.desk.ledger.keep(raw_of(page)) for page in found.pages]
        lease = await self.lease_for(link.url)
        outcome = await self.web.hand_over(Reading(replace(raw, archived=kept[0]), lease))
        return _lacking(self._outcome(link, raw, outcome), raw.missing)

    async def part(self, url: str) -> Part[Response]:
        """A further part of an article. NotAsked or Unread."""
        response = await self.ask(url)
        if not isinstance(response, TextResponse) or host_of(response.url) != host_of(url):
            raise Unread(say("不是这个网站的网页", "no page of this site"), 404)
        return await self.page(response)

    async def page(self, response: Response, listed: Listed = UNLISTED) -> Part[Response]:
        """What an article's page says, in a browser where it says it by scripts alone. NotAsked or Unread."""
        raw = await self._raw(response, listed)
        if raw.kind in SCRIPTED and self.site.browser:
            try:
                response = await self._rendered(response)
            except NotAsked as why:  # the host was asked for the page itself: not again at every visit
                raise Unread(why.reason) from why
            raw = await self._raw(response, listed)
        if raw.kind != "article":
            # 404, not 410: words alone end no link at its first visit.
            raise Unread(raw.reason or raw.kind, 404 if raw.kind == "not_found" else response.status)
        return Part(raw, response)

    async def _raw(self, response: Response, listed: Listed) -> RawArticle:
        page = page_of(response, self.site.encoding)
        return await read(self.desk.reader, read_article, page, self.site.article, listed, now())

    def _is_hopeless(self, title: str) -> bool:
        """Whether a title alone is reason enough to leave its page unread; one that is cut is not."""
        if not title or CUT.search(title):
            return False
        return hopeless(title, self.site.facts(self.channel), words=lexicon_of(self.desk.settings))

    async def _refuse(self, link: LinkRecord, reason: str) -> ArticleRead:
        if not self.job.dry_run:
            await self.desk.ledger.link_refused(link.canonical, reason)
        return self._told(link, "rejected", reason)

    async def _remember_failure(self, link: LinkRecord, reason: str, again: datetime | None) -> None:
        with suppress(LeaseLost, NotAsked):  # then the link stays as it was
            lease = await self.lease_for(link.url)
            await self.desk.ledger.link_failed(lease, link.canonical, reason, again)

    def _judged(self, link: LinkRecord, raw: RawArticle) -> ArticleRead:
        """A dry run's end of an article: what intake would make of it."""
        raw = normalise(raw, now())
        verdict = verdict_on(raw.title or "", raw.text, raw.site, self.desk.settings)
        if verdict.relevant:
            self.tally.outcomes["stored"] += 1
        else:
            self.tally.rejected[verdict.reasons[0]] += 1
        kept = say("会收", "would be kept") if verdict.relevant else say("不会收", "would be rejected")
        return self._told(link, "dry", f"{kept} ({verdict.score:.2f}): {' '.join(verdict.reasons)}", raw)

    def _outcome(self, link: LinkRecord, raw: RawArticle, outcome: Outcome) -> ArticleRead:
        match outcome:
            case Stored(story_id=story, released=released):
                old = None if released else say("旧文,只存不发", "old: stored, not published")
                return self._told(link, "stored", old, raw, story)
            case Joined(story_id=story):
                return self._told(link, "joined", None, raw, story)
            case Revised(story_id=story):
                return self._told(link, "revised", None, raw, story)
            case Unchanged():
                return self._told(link, "unchanged", None, raw)
            case Rejected(reason=reason):
                return self._told(link, "rejected", reason, raw)

    def _told(
        self,
        link: LinkRecord,
        outcome: ArticleOutcome,
        reason: str | None = None,
        raw: RawArticle | None = None,
        story: int | None = None,
    ) -> ArticleRead:
        title = (raw and raw.title) or link.title
        return ArticleRead(self.channel.id, link.url, title, outcome, reason, story)

    async def ask(self, url: str, validators: Validators | None = None, form: Form | None = None) -> Response:
        return await self.web.get(url, self, validators, form)

    async def _rendered(self, response: Response) -> Response:
        return await self.web.rendered(response, self)


def _lacking(told: ArticleRead, missing: str | None) -> ArticleRead:
    """With what is missing of the article's text."""
    return replace(told, reason="; ".join(filter(None, (told.reason, missing))) or None)
