"""The list pages of one visit, the first and those behind it, each stored as it is read; and what is to read then."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawlers import trail, twins
from crawlers.desk import Desk
from crawlers.failures import NotAsked, Unread
from crawlers.ledger import Entry, now
from crawlers.look import Links, Look, Shown, listed_before
from crawlers.pages.listing import ListPage
from crawlers.tally import Tally
from storage.records import FoundLink, GapRecord, Lease, LinkRecord, VisitRecord

logger = logging.getLogger(__name__)


@dataclass
class Survey:
    look: Look
    desk: Desk
    lease: Callable[[], Awaitable[Lease]]  # of the channel's host
    tally: Tally
    visit_id: int = 0  # 0: nothing is stored

    async def make(self) -> tuple[Shown, VisitRecord, Sequence[LinkRecord]]:
        """What was shown, the visit, and the links to read. NotAsked or LeaseLost, and nothing stored, if the host is
        not ours."""
        started = now()
        shown = await self.look.take()
        finished = now()
        shown.links = await self._known_as(shown.links)
        visit = await self._as_record(shown, started, finished)
        links = await self._store(shown, visit)
        if not shown.reason:
            try:
                further = await self._go_on(shown, visit)
            except NotAsked as why:  # the rest waits for the next visit: it is written down where to go on
                self.tally.failed[why.reason] += 1
                further = True
            links = await self._pending(shown) if further else links
        since = self.look.job.since
        return shown, visit, [link for link in links if not listed_before(since, link.date)]

    async def _store(self, shown: Shown, visit: VisitRecord) -> Sequence[LinkRecord]:
        """The first page, in one transaction with the gap behind it."""
        if self.look.job.dry_run:
            known = await self.desk.ledger.known(list(shown.links))
            self.tally.new = len(shown.links.keys() - known)
            return await self._pending(shown)
        gap = await self._gap_behind(shown, visit)
        entry = Entry(visit, list(shown.links.values()), shown.habits, gap, self.look.job.again)
        stored = await self.desk.ledger.visit(await self.lease(), entry)
        self.visit_id, self.tally.new = stored.id, stored.new
        return stored.pending

    async def _gap_behind(self, shown: Shown, visit: VisitRecord) -> GapRecord | None:
        record = self.look.record
        if shown.page is None or shown.reason or record.first_visited_at is None or shown.redesigned:
            return None  # a first visit, and a new list, show where the news begin, not what came before
        if self.look.job.backfill or await self._far_side(shown.page, shown.links, visit.finished_at):
            return None
        last_good = await self.desk.ledger.last_good(record.id)
        return trail.burst(record.id, shown.page, visit.finished_at, last_good)

    async def _go_on(self, shown: Shown, visit: VisitRecord) -> bool:
        """Through the gaps that are open, as far as one visit may; whether there were any."""
        ledger, record, job = self.desk.ledger, self.look.record, self.look.job
        pages = self.desk.settings.overflow_pages
        gaps = [] if job.dry_run else await ledger.gaps(record.id)
        for gap in gaps:
            pages -= await self._walk(shown, gap, pages)
        if job.backfill and shown.page:
            former = None if job.again or job.dry_run else await ledger.last_back_fill(record.id)
            deep = trail.back_fill(record.id, shown.page, visit.finished_at, job.since, former)
            if deep:
                gaps.append(deep)
                await self._walk(shown, deep, job.backfill)
        return bool(gaps)

    async def _walk(self, shown: Shown, gap: GapRecord, pages: int) -> int:
        """Returns how many pages were asked for."""
        pages = max(pages, 0)
        for asked in range(pages):
            brought: Links = {}
            try:
                page = await self.look.further(gap.next_url)
            except NotAsked:
                raise
            except Unread as why:
                logger.warning("list page unread channel=%s url=%s reason=%s", gap.channel_id, gap.next_url, why.reason)
                gap = trail.unreadable(gap, why.reason, why.status, now())
            else:
                since = self.look.job.since if gap.origin == "backfill" else None
                found = await self._known_as(self.look.links(page, gap.origin, since))
                brought = {canonical: link for canonical, link in found.items() if canonical not in shown.links}
                far = gap.origin == "news" and await self._far_side(page, found, gap.opened_at)
                gap = trail.read_on(gap, page, now(), brought=len(brought), far_side=far)
            gap = await self._keep(shown, brought, gap)
            if gap.closed_at or gap.failures:
                pages = asked + 1
                break
        if not gap.closed_at or gap.reason:
            shown.notes.append(trail.in_words(gap))
        return pages

    async def _keep(self, shown: Shown, brought: Links, gap: GapRecord) -> GapRecord:
        shown.links |= brought
        if not self.visit_id:
            self.tally.new += len(brought.keys() - await self.desk.ledger.known(list(brought)))
            return gap
        new, gap = await self.desk.ledger.page(await self.lease(), self.visit_id, list(brought.values()), gap)
        self.tally.new += new
        return gap

    async def _far_side(self, page: ListPage, found: Links, moment: datetime) -> bool:
        """Whether the channel had shown the last item of the page before the moment."""
        last = trail.last_dated(page.items)
        named = [canonical for canonical, link in found.items() if last and link.url == last.url]
        return bool(await self.desk.ledger.shown_before(self.look.record.id, named, moment))

    async def _known_as(self, found: Links) -> Links:
        """The links under the addresses by which they are known already."""
        titles = twins.candidates(found)
        namesakes = await self.desk.ledger.namesakes(self.look.record.id, titles) if titles else []
        return twins.renamed(found, namesakes)

    async def _pending(self, shown: Shown) -> Sequence[LinkRecord]:
        """What is to be read of all the pages of this visit, and of what earlier ones have left."""
        ledger, job = self.desk.ledger, self.look.job
        if not job.dry_run:
            return await ledger.pending(self.look.record.id, list(shown.links) if job.again else None)
        known = await ledger.known(list(shown.links))
        wanted = [link for link in shown.links.values() if job.again or link.canonical not in known]
        return [_unstored(link, self.look.site.id) for link in wanted]

    async def _as_record(self, shown: Shown, started: datetime, finished: datetime) -> VisitRecord:
        found = list(shown.links.values())
        due, learnt = await self.desk.timetable.after(self.look.record, shown.outcome, finished, found)
        shown.habits = replace(shown.habits, rhythm=learnt.rhythm, silence=learnt.silence)
        return VisitRecord(
            channel_id=self.look.record.id,
            started_at=started,
            finished_at=finished,
            outcome=shown.outcome,
            next_due=due,
            status=shown.status,
            reason=shown.reason,
            rule=shown.rule,
            etag=shown.etag,
            last_modified=shown.last_modified,
            seen=len(shown.links),
            archived=shown.archived,
            fault=shown.fault,
        )


def _unstored(link: FoundLink, site_id: str) -> LinkRecord:
    return LinkRecord(
        id=0,
        canonical=link.canonical,
        url=link.url,
        site_id=site_id,
        state="new",
        attempts=0,
        next_try=None,
        reason=None,
        origin=link.origin,
        title=link.title,
        date=link.date,
    )
