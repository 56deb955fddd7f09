"""The spider of all list pages and feeds: it serves jobs as they come, many at a time, one for each host."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from typing import Any

from scrapy import FormRequest, Request, Spider
from scrapy.http import Response

from crawlers.browser import Browser
from crawlers.desk import Desk
from crawlers.events import Alive, Job, Tell
from crawlers.failures import NotAsked, Unread, broken, lost, unread
from crawlers.handover import Reading
from crawlers.hosts import host_of
from crawlers.leases import HostBusy
from crawlers.look import Form
from crawlers.middlewares.conditional import Validators
from crawlers.recheck import Rechecks
from crawlers.tally import Tally
from crawlers.visit import Visit
from pipeline.article import Outcome
from storage.errors import DatabaseAway, LeaseLost
from storage.language import say

logger = logging.getLogger(__name__)

LOOKING_BACK = 8  # sites whose articles are looked at again at the same time


class ChannelSpider(Spider):
    """A visit is a coroutine that asks for one page after another, so that it reads from top to bottom.

    Its requests pass all downloader middlewares (leases, robots.txt, redirects, retries) and the host's delay.
    """

    name = "channel"

    def __init__(
        self, *, desk: Desk, jobs: AsyncIterator[Job], tell: Tell, alive_seconds: float | None = None, **kwargs: Any
    ) -> None:
        """`alive_seconds`: the pause between two signs of life, for a parent that wants them."""
        super().__init__(**kwargs)
        self.alive_seconds = alive_seconds
        self.desk = desk
        self.jobs = jobs
        self.tell = tell
        self.browser = Browser(self._download, desk.settings.max_bytes)
        self._serving: set[asyncio.Task[None]] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._wanted: Counter[str] = Counter()  # visits that wait, by host

    async def start(self) -> AsyncIterator[Any]:
        """Ends when no more jobs come and all are done; told to stop, it ends the visits where they are."""
        self._room = asyncio.Semaphore(self.settings.getint("CONCURRENT_REQUESTS"))
        self._spare = asyncio.Semaphore(LOOKING_BACK)
        standing = [asyncio.create_task(self.desk.leases.keep()), asyncio.create_task(self._live())]
        try:
            async for job in self.jobs:
                task = asyncio.create_task(self._serve(job))
                self._serving.add(task)
                task.add_done_callback(self._serving.discard)
            await self._all_served()
        finally:
            for task in self._serving:
                task.cancel()
            await self._all_served()
            for task in standing:
                task.cancel()
        requests: tuple[Request, ...] = ()  # none: the visits ask for their pages themselves, one after another
        for request in requests:
            yield request

    async def closed(self, _reason: str) -> None:
        await self._all_served()
        await self.desk.leases.close()
        await self.desk.ledger.close()
        await self.browser.close()
        self.desk.reader.close()

    async def _all_served(self) -> None:
        while self._serving:
            await asyncio.wait(self._serving)

    async def _live(self) -> None:
        while self.alive_seconds:
            await asyncio.sleep(self.alive_seconds)
            self.tell(Alive())

    async def _serve(self, job: Job) -> None:
        """A job from its arrival to its one `channel_finished`, whatever happens in between."""
        tally = Tally(job.channel)
        try:
            await self._visit(job, tally)
        except asyncio.CancelledError:
            tally.failed[say("抓取被中断", "crawl was stopped")] += 1
            raise
        except DatabaseAway as away:
            logger.warning("visit ended channel=%s error=%s", job.channel, away)
            tally.unasked = True
            tally.failed[str(away)] += 1
        except Exception as error:  # what nobody foresaw ends this visit and leaves the others alone
            logger.exception("visit broke channel=%s", job.channel)
            tally.failed[broken(error)] += 1
        finally:
            self._log(tally)
            self.tell(tally.finished())

    def _log(self, tally: Tally) -> None:
        kept, rejected = tally.outcomes["stored"], tally.rejected.total()
        logger.info(
            "visit channel=%s seen=%d new=%d kept=%d rejected=%d failed=%s",
            *(tally.channel, tally.seen, tally.new, kept, rejected, dict(tally.failed)),
        )

    async def _visit(self, job: Job, tally: Tally) -> None:
        found = self.desk.catalogue.find(job.channel)
        record = await self.desk.ledger.channel(job.channel)
        if found is None or record is None:
            tally.failed[say("目录里没有这个栏目", "no such channel in the catalogue")] += 1
            return
        site, channel = found
        if not (site.enabled and channel.enabled):
            why = channel.disabled_reason or site.disabled_reason
            tally.failed[say(f"栏目已停用:{why}", f"channel is disabled: {why}")] += 1
            return
        visit, host = Visit(job, site, channel, record, self.desk, self, self.tell, tally), host_of(channel.url)
        self._wanted[host] += 1
        async with self._turns[host]:
            async with self._room:
                self._wanted[host] -= 1
                await visit.run()
            if visit.may_look_back:  # beside the room: news of other hosts need not wait for it
                await self._look_back(Rechecks(visit))

    async def _look_back(self, rechecks: Rechecks) -> None:
        """Unless too many others do all the while: then after the next visit."""
        try:
            async with asyncio.timeout(rechecks.seconds_left):
                await self._spare.acquire()
        except TimeoutError:
            return
        try:
            await rechecks.run()
        finally:
            self._spare.release()

    def is_wanted(self, url: str) -> bool:
        """Whether another visit waits for the host of this address."""
        return self._wanted[host_of(url)] > 0

    async def get(
        self, url: str, visit: object, validators: Validators | None = None, form: Form | None = None
    ) -> Response:
        """The page: status 2xx, or 304 where validators were sent. Unread if there is none."""
        meta = {"visit": visit, "validators": validators}
        request = Request(url, meta=meta) if form is None else FormRequest(url, formdata=list(form), meta=meta)
        try:
            response = await self._download(request)
        except HostBusy as busy:
            raise NotAsked(str(busy), busy.until, busy.status) from busy
        except LeaseLost as gone:
            raise NotAsked(lost()) from gone
        except Exception as error:  # every way in which a download can fail ends here, in words
            raise unread(error) from error
        if not (200 <= response.status < 300 or (response.status == 304 and validators)):
            raise Unread(f"HTTP {response.status}", response.status, "http")
        return response

    async def rendered(self, response: Response, visit: object) -> Response:
        """The page as a browser shows it. NotAsked or Unread."""
        return await self.browser.shown(response, visit)

    async def _download(self, request: Request) -> Response:
        """Through all downloader middlewares; raises whatever a download can fail with."""
        response: Response = await self.crawler.engine.download_async(request)
        return response

    async def hand_over(self, reading: Reading) -> Outcome:
        """Through the item pipeline."""
        outcome: Outcome = await self.crawler.engine.scraper.itemproc.process_item_async(reading)
        return outcome
