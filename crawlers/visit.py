"""One visit to one channel, from its list page to the last article; `Visit.run` tells it in order."""

import logging
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, cast
from urllib.parse import urlsplit

from scrapy.http import Response, TextResponse

from crawlers.catalogue import Channel, Site
from crawlers.desk import Desk
from crawlers.due import next_due, next_try
from crawlers.events import ArticleOutcome, ArticleRead, Job, Tell, VisitFinished, VisitStarted
from crawlers.failures import NotAsked, Unread, broken, lost
from crawlers.handover import Reading
from crawlers.leases import HostBusy, host_of
from crawlers.ledger import now
from crawlers.look import Look, Shown, listed_before
from crawlers.middlewares.conditional import Validators
from crawlers.pages.article import read_article
from crawlers.reading import page_of, read
from crawlers.tally import Tally
from pipeline.article import Joined, Listed, Origin, Outcome, RawArticle, Rejected, Revised, Stored, Unchanged
from pipeline.stages.normalise import normalise
from pipeline.stages.relevance import judge
from storage.errors import LeaseLost
from storage.language import say
from storage.records import ChannelRecord, FoundLink, LinkRecord, VisitRecord

logger = logging.getLogger(__name__)

# A list that links a file gives no page to read; such links are refused by their address.
FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|ofd|zip|rar|7z|jpe?g|png|gif|mp3|mp4)$", re.IGNORECASE)


class Web(Protocol):
    """What a visit asks of the spider that runs it."""

    async def get(self, url: str, visit: object, validators: Validators | None = None) -> Response: ...

    async def hand_over(self, reading: Reading) -> Outcome: ...


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

    async def run(self) -> None:
        self.tell(VisitStarted(self.channel.id))
        try:
            for link in await self._look():
                article = await self._read(link)
                self.tally.count(article)
                self.tell(article)
        finally:
            await self.desk.leases.leave(self)

    async def _look(self) -> Sequence[LinkRecord]:
        """Read the list page, store the visit, and say which articles are to be read."""
        started = now()
        try:
            shown = await Look(self.job, self.site, self.channel, self.record, self._ask).take()
            visit = self._as_record(shown, started)
            new, links = await (self._sighted(shown) if self.job.dry_run else self._stored(shown, visit))
        except (NotAsked, LeaseLost) as why:  # the host is not ours: nothing is stored, and the channel stays due
            reason = why.reason if isinstance(why, NotAsked) else lost()
            self.tally.failed[reason] += 1
            self._tell_visit(Shown(reason=reason), 0, (), None)
            return ()
        if shown.reason:
            self.tally.failed[shown.reason] += 1
            links = ()  # what earlier visits left unread waits until the site answers again
        pending = [link for link in links if not listed_before(self.job.since, link.date)]
        self._tell_visit(shown, new, pending, None if self.job.dry_run else visit.next_due)
        return pending

    async def _stored(self, shown: Shown, visit: VisitRecord) -> tuple[int, Sequence[LinkRecord]]:
        lease = await self.desk.leases.hold(host_of(self.channel.url), self)
        stored = await self.desk.ledger.visit(lease, visit, list(shown.links.values()), self.job.again)
        return stored.new, stored.pending

    async def _sighted(self, shown: Shown) -> tuple[int, Sequence[LinkRecord]]:
        """What a dry run would read: what nobody has seen, or all that is listed."""
        known = await self.desk.ledger.known(list(shown.links))
        wanted = [link for link in shown.links.values() if self.job.again or link.canonical not in known]
        return len(shown.links.keys() - known), [self._unstored(link) for link in wanted]

    def _unstored(self, link: FoundLink) -> LinkRecord:
        return LinkRecord(
            id=0,
            canonical=link.canonical,
            url=link.url,
            site_id=self.site.id,
            state="new",
            attempts=0,
            next_try=None,
            reason=None,
            origin=link.origin,
            title=link.title,
            date=link.date,
        )

    def _as_record(self, shown: Shown, started: datetime) -> VisitRecord:
        finished = now()
        spread = random.uniform(-1, 1)  # noqa: S311 - it spreads visits and hides nothing
        poll = self.desk.settings.poll_seconds
        return VisitRecord(
            channel_id=self.channel.id,
            started_at=started,
            finished_at=finished,
            outcome=shown.outcome,
            next_due=next_due(finished, self.record, poll, failed=shown.outcome == "failed", spread=spread),
            status=shown.status,
            reason=shown.reason,
            rule=shown.rule,
            etag=shown.etag,
            last_modified=shown.last_modified,
            seen=len(shown.links),
        )

    def _tell_visit(self, shown: Shown, new: int, pending: Sequence[LinkRecord], due: datetime | None) -> None:
        seen = self.tally.seen = len(shown.links)
        self.tally.new = new
        told = VisitFinished(
            self.channel.id, self.channel.name, shown.status, shown.rule, seen, new, len(pending), shown.reason, due
        )
        self.tell(told)

    async def _read(self, link: LinkRecord) -> ArticleRead:
        """Whatever happens to one article, the next is read."""
        try:
            return await self._article(link)
        except NotAsked as why:
            return self._told(link, "failed", why.reason)
        except LeaseLost:
            return self._told(link, "failed", lost())
        except Unread as why:
            reason = why.reason
        except Exception as error:  # a page that breaks us fails like any other, and the log has the rest
            logger.exception("article broke url=%s", link.url)
            reason = broken(error)
        await self._remember_failure(link, reason)
        return self._told(link, "failed", reason)

    async def _article(self, link: LinkRecord) -> ArticleRead:
        if FILE.search(urlsplit(link.url).path):
            return await self._refuse(link)
        response = await self._ask(link.url)
        if not isinstance(response, TextResponse):
            return await self._refuse(link)
        page = page_of(response, self.site.encoding)
        raw = await read(read_article, page, self.site.article, Listed(link.title, link.date), now())
        if raw.kind != "article":
            raise Unread(raw.reason or raw.kind, response.status)
        # The address is that of the list: behind a redirect the link would stay unread for ever.
        raw = replace(
            raw,
            url=link.url,
            site=self.site.facts(self.channel),
            channel_id=self.channel.id,
            origin=cast("Origin", link.origin),
        )
        if self.job.dry_run:
            return self._judged(link, raw)
        lease = await self.desk.leases.hold(host_of(link.url), self)
        return self._outcome(link, raw, await self.web.hand_over(Reading(raw, lease)))

    async def _refuse(self, link: LinkRecord) -> ArticleRead:
        reason = say("附件", "attachment")
        if not self.job.dry_run:
            await self.desk.ledger.link_refused(link.canonical, reason)
        return self._told(link, "rejected", reason)

    async def _remember_failure(self, link: LinkRecord, reason: str) -> None:
        if self.job.dry_run:
            return
        with suppress(LeaseLost, HostBusy):  # then the link stays as it was
            lease = await self.desk.leases.hold(host_of(link.url), self)
            await self.desk.ledger.link_failed(lease, link.canonical, reason, next_try(now(), link.attempts))

    def _judged(self, link: LinkRecord, raw: RawArticle) -> ArticleRead:
        """A dry run's end of an article: what intake would make of it."""
        raw, settings = normalise(raw, now()), self.desk.settings
        verdict = judge(
            raw.title or "", raw.text, raw.site, threshold=settings.threshold, review_band=settings.review_band
        )
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

    async def _ask(self, url: str, validators: Validators | None = None) -> Response:
        return await self.web.get(url, self, validators)
