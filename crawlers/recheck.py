"""Articles of a site that are looked at again, after a visit's news are in: changed, taken down, or as they were.

What would take something from readers is believed when a second look finds it, too; docs/revisions.md has the rules.
"""

import logging
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import cast
from urllib.parse import urlsplit

from scrapy.http import Response, TextResponse

from crawlers.events import ArticleOutcome, ArticleRead
from crawlers.failures import NotAsked, Unread
from crawlers.habits import Redirects, digest
from crawlers.handover import Reading
from crawlers.hosts import host_of
from crawlers.ledger import now
from crawlers.middlewares.conditional import Validators
from crawlers.parts import GONE, Whole, whole
from crawlers.reading import answer_of, raw_of
from crawlers.visit import Visit
from pipeline.article import Listed, RawArticle, Revised
from pipeline.freshness.recheck import after_doubt, after_failure, confirmed, next_recheck
from pipeline.intake import completed, content_of, deadlines_of, is_document
from pipeline.stages.fingerprint import content_key
from pipeline.stages.loss import Loss, loss
from pipeline.stages.normalise import normalise
from storage.errors import DatabaseAway, LeaseLost
from storage.language import say
from storage.records import ABSENT, Answer, ArticleRecord, RecheckRecord

logger = logging.getLogger(__name__)

MOST = 8  # looks after one visit
WITNESSES = 2  # articles that are asked for, to see whether the others still stand
SECONDS = 30.0  # after a visit's news in which looks begin: a tick, and a worker's job, end no later for them
LONGEST_PAUSE = SECONDS / (1 + WITNESSES)  # of a host that is looked at: a look with its witnesses fits in
NEIGHBOURS = 8  # among which these are looked for
A_DAY = timedelta(days=1)
INDEX = re.compile(r"(?:(?:index|default|list)[^/]*)?")  # last segment of a column's address


@dataclass
class Rechecks:
    visit: Visit
    standing: set[int] = field(default_factory=set)  # articles that were there a moment ago
    doubtful: set[int] = field(default_factory=set)  # those that were not, the last time
    until: float = field(default_factory=lambda: monotonic() + SECONDS)

    @property
    def seconds_left(self) -> float:
        return self.until - monotonic()

    async def run(self) -> None:
        """Look at what is due at this site, as long as there is time and nobody waits for its host with news."""
        visit = self.visit
        try:
            due = await visit.desk.ledger.rechecks(visit.site.id, MOST)
            self.doubtful = {article.id for recheck, article in due if recheck.doubt or recheck.failures}
            for recheck, article in due:
                if visit.web.is_wanted(visit.channel.url) or self.seconds_left <= 0:
                    return
                look = Recheck(self, recheck, article)
                if await visit.desk.ledger.pause(host_of(article.url)) > LONGEST_PAUSE:
                    await look.pass_over()
                    continue
                visit.tally.rechecked += 1
                await look.run()
        except (NotAsked, LeaseLost) as why:  # another time
            logger.info("rechecks put off site=%s reason=%s", visit.site.id, why)
        finally:
            await visit.desk.leases.leave(visit)

    async def open(self, article: ArticleRecord, known: Answer) -> tuple[Whole[Response], Answer] | None:
        """The article as it is now; None: it is as it was.

        NotAsked, or Unread: with a status of GONE if it is not there.
        """
        visit = self.visit
        validators = None if visit.record.distrusted_at else Validators(known.etag, known.last_modified)
        response = await visit.ask(article.url, validators)
        if response.status == 304 or digest(response.body) == known.digest:
            return None
        redirects = Redirects.behind(response)
        if redirects and redirects.to_the_home_page_from(article.url):
            raise Unread(say("转到了首页", "redirected to the home page"), 404)
        if not isinstance(response, TextResponse):
            raise Unread(say("不是网页", "no web page"), response.status)
        link = await visit.desk.ledger.link(article.canonical)
        try:
            first = await visit.page(response, Listed(link.title, link.date) if link else Listed())
        except NotAsked:
            raise
        except Unread as why:
            if redirects and _is_above(redirects.final, article.url):
                raise Unread(say("转到了栏目页", "redirected to its column"), 404) from why
            raise
        found = await whole(first, visit.part, last_try=False)
        return found, answer_of(response, found.pages)

    async def others_stand(self, article: ArticleRecord) -> bool:
        """Whether another article of its host, read no later, still stands, text and all.

        If not, the site has moved, is being rebuilt, or shows one notice everywhere.
        """
        host = host_of(article.url)
        neighbours = await self.visit.desk.ledger.neighbours(article, NEIGHBOURS)
        witnesses = [other for other in neighbours if host_of(other.url) == host]
        if any(other.id in self.standing for other in witnesses):
            return True
        for other in [other for other in witnesses if other.id not in self.doubtful][:WITNESSES]:
            if await self._stands(other):
                return True
        return False

    async def _stands(self, article: ArticleRecord) -> bool:
        try:
            opened = await self.open(article, Answer())
        except NotAsked:
            raise
        except Unread:
            return False
        if opened and _lost(article, normalise(opened[0].raw, now())):
            return False
        self.standing.add(article.id)
        return True


@dataclass
class Recheck:
    """One look at one article."""

    site: Rechecks
    recheck: RecheckRecord
    article: ArticleRecord

    async def run(self) -> None:
        known = Answer(self.recheck.etag, self.recheck.last_modified, self.recheck.digest)
        try:
            opened = await self.site.open(self.article, known)
            if opened is None:
                await self._same()
            else:
                await self._read(*opened)
        except (NotAsked, LeaseLost, DatabaseAway):
            raise
        except Unread as why:
            if why.status in GONE:
                await self._absent(why.reason)
            else:
                await self._unanswered()
        except Exception:  # a page that breaks us has no answer, and the log has the rest
            logger.exception("recheck broke url=%s", self.article.url)
            await self._unanswered()

    async def pass_over(self) -> None:
        """As if the look had been missed: its host asks for so long a pause that others would have to wait for it."""
        due = self._regular
        await self.site.visit.desk.ledger.passed_over(self.article.id, replace(self.recheck, due=due) if due else None)

    async def _same(self) -> None:
        self.site.standing.add(self.article.id)
        await self._settle(self._regular, back=bool(self.article.removed_at))
        if self.article.removed_at:
            self._tell("returned")

    async def _read(self, found: Whole[Response], answer: Answer) -> None:
        raw = self._completed(found.raw)
        new = normalise(raw, now())
        lost, key = _lost(self.article, new), content_key(new)
        if lost == "other":
            await self._absent(say(f"那里现在是另一篇文章:{new.title}", f"another article stands there: {new.title}"))
            return
        if lost and not await self._believed(key):
            return
        self.site.standing.add(self.article.id)
        visit, archived = self.site.visit, None
        if key != content_key(content_of(self.article)):
            archived, *_ = [await visit.desk.ledger.keep(raw_of(page)) for page in found.pages]
        lease = await visit.lease_for(self.article.url)
        outcome = await visit.web.hand_over(Reading(replace(raw, answer=answer, archived=archived), lease))
        if self.article.removed_at:
            self._tell("returned")
        elif isinstance(outcome, Revised):
            self._tell("revised")

    def _completed(self, raw: RawArticle) -> RawArticle:
        """With the facts of its site, and with what this reading missed of what the first one found."""
        visit, before = self.site.visit, content_of(self.article)
        found = visit.desk.catalogue.find(self.article.channel_id or "")
        if _is_vague(raw.published, before.published):
            raw = replace(raw, published=before.published, precision=before.precision)
        facts = visit.site.facts(found[1] if found else visit.channel)
        raw = completed(raw, self.article)
        return replace(raw, url=self.article.url, site=facts, channel_id=self.article.channel_id)

    async def _absent(self, reason: str) -> None:
        if self.article.removed_at:
            await self._settle(self._regular)
        elif await self._believed(ABSENT):
            moment = now()
            await self._settle(next_recheck(moment, moment, removed_at=moment), removed=reason)
            self._tell("removed", reason)

    async def _believed(self, found: str) -> bool:
        """Whether what would take something from readers was found before, while the rest of the site stands.

        If not, the doubt is written down.
        """
        if not self._confirmed(found):
            await self._doubt(found)
        elif await self.site.others_stand(self.article):
            return True
        else:
            logger.info("whole site elsewhere? url=%s", self.article.url)
            await self._settle(self._regular, self.recheck.doubt, self.recheck.doubted_at)
        return False

    async def _doubt(self, found: str) -> None:
        moment = now()
        before = self.recheck.doubted_at if self.recheck.doubt == found else None
        await self._settle(after_doubt(before or moment, moment), found, before or moment)

    async def _unanswered(self) -> None:
        """Says nothing of the article, and neither confirms nor ends a doubt."""
        failures = self.recheck.failures + 1
        due = after_failure(failures, now(), self._regular)
        await self._settle(due, self.recheck.doubt, self.recheck.doubted_at, failures=failures)

    async def _settle(
        self,
        due: datetime | None,
        doubt: str | None = None,
        doubted_at: datetime | None = None,
        *,
        failures: int = 0,
        removed: str | None = None,
        back: bool = False,
    ) -> None:
        """Write down what was found, and when the article is looked at next; None: no more."""
        following = (
            replace(self.recheck, due=due, failures=failures, doubt=doubt, doubted_at=doubted_at) if due else None
        )
        visit = self.site.visit
        lease = await visit.lease_for(self.article.url)
        await visit.desk.ledger.rechecked(lease, self.article.id, following, removed=removed, back=back)

    @property
    def _regular(self) -> datetime | None:
        article, moment = self.article, now()
        return next_recheck(
            article.first_seen_at or moment,
            moment,
            is_document=is_document(article),
            deadlines=deadlines_of(article),
            removed_at=article.removed_at,
        )

    def _confirmed(self, found: str) -> bool:
        return confirmed(found, self.recheck.doubt, self.recheck.doubted_at, now())

    def _tell(self, outcome: str, reason: str | None = None) -> None:
        visit, article = self.site.visit, self.article
        kind = cast("ArticleOutcome", outcome)
        told = ArticleRead(visit.channel.id, article.url, article.title, kind, reason, article.story_id)
        visit.tally.count(told)
        visit.tell(told)


def _lost(article: ArticleRecord, new: RawArticle) -> Loss | None:
    return loss(content_of(article), new)


def _is_above(final: str, asked: str) -> bool:
    """Whether an address is that of a column in which the other stands."""
    here, there = urlsplit(final), urlsplit(asked)
    folder, _, last = here.path.rpartition("/")
    return here.netloc == there.netloc and bool(INDEX.fullmatch(last)) and there.path.startswith(f"{folder}/")


def _is_vague(new: datetime | None, before: datetime | None) -> bool:
    """Whether a date says no more than the former one: 3 小时前 is another time at each look."""
    return before is not None and (new is None or abs(new - before) < A_DAY)
