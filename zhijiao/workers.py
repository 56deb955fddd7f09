"""`zhijiao worker`: one of any number of programs, on any number of machines, that visit what a tick has handed out.

Procrastinate hands each worker the jobs of its networks; a long-lived crawl process visits the channels, and is
replaced when it dies, hangs, grows too large or old. Whether a channel is due, who may ask a host, and what counts,
the database alone decides (docs/scale.md): a job may be lost or delivered twice, and no visit is.
"""

import asyncio
import faulthandler
import logging
import os
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path

from procrastinate import App, JobContext
from procrastinate.jobs import DeleteJobCondition
from procrastinate.jobs import Job as Delivery
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker as Engine

from pipeline.settings import Settings
from storage import workers
from storage.database import Database, open_database, prepare
from storage.errors import DatabaseAway
from storage.records import WorkerRecord
from zhijiao import jobs
from zhijiao.crawler import AlreadyVisiting, CrawlDied, Crawler

logger = logging.getLogger(__name__)

GRACE = 8.0  # seconds in which visits may end by themselves when the worker is told to stop
ENDING = 15.0  # seconds in which the crawl process then gives its hosts back; both are less than half a minute
LONGEST_RETIREMENT = 600.0  # seconds in which a replaced crawl process may finish its visits
PATIENCE = (1.0, 2.0, 5.0, 10.0)  # seconds between tries to reach a database that is away
FROZEN = 120.0  # seconds without a beat of our own event loop: the program ends, to be started anew by its service
FORGOTTEN = timedelta(days=1)  # of silence


class Unasked(Exception):  # noqa: N818 - says what happened
    """The host is another crawl's, or the visit was stopped: nothing is wrong with the channel."""


class Again(BaseRetryStrategy):
    """When a job that was not done is delivered again. What is never done is no job any more, but a dead letter."""

    def get_retry_decision(self, *, exception: BaseException, job: Delivery) -> RetryDecision | None:
        if not isinstance(exception, CrawlDied):
            return RetryDecision(retry_in={"seconds": jobs.SOON})
        if job.attempts + 1 >= jobs.MOST_DELIVERIES:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=jobs.pause(job.attempts + 1)))


def work(settings: Settings, networks: Sequence[str], concurrency: int, memory: int) -> None:
    """Visit what waits, until SIGTERM or SIGINT. `memory`: bytes that a crawl process may use."""
    _ready(settings)
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what it tells is told here, in fewer words
    asyncio.run(Worker(settings, networks or [jobs.ANY], concurrency, memory).run())


def _ready(settings: Settings) -> None:
    """The tables are there; a database that does not answer yet is waited for."""
    for seconds in chain(PATIENCE, repeat(PATIENCE[-1])):
        try:
            prepare(settings.database_url)
            jobs.prepare(settings.database_url)
        except DatabaseAway as error:
            logger.warning("waiting for the database error=%s", error)
            time.sleep(seconds)
        else:
            return


class Worker:
    def __init__(self, settings: Settings, networks: Sequence[str], concurrency: int, memory: int) -> None:
        self.settings, self.networks, self.concurrency, self.memory = settings, networks, concurrency, memory
        now = datetime.now(UTC)
        self.told = WorkerRecord(f"{socket.gethostname()}-{os.getpid()}", tuple(networks), now, now)
        self.stopping = asyncio.Event()
        self._retiring: dict[asyncio.Task[None], Crawler] = {}

    async def run(self) -> None:
        """Work; while the database is away, wait for it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.stopping.set)
        database, failures = open_database(self.settings.database_url), 0
        while not self.stopping.is_set():
            try:
                async with jobs.opened(self.settings.database_url) as app:
                    failures = 0
                    await self._serve(app, database)
            except jobs.AWAY as error:
                logger.warning("database away, trying again error=%s", str(error).partition("\n")[0])
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stopping.wait(), PATIENCE[min(failures, len(PATIENCE) - 1)])
                failures += 1
        with suppress(*jobs.AWAY):
            await asyncio.to_thread(self._leave, database)
        database.close()

    async def _serve(self, app: App, database: Database) -> None:
        """One connection's life: from the first job to the stop, or to the loss of the database."""
        await asyncio.to_thread(self._succeed, database)
        self.crawler = await Crawler.start(self.settings)
        self.learn(app)
        engine = Engine(
            app,
            queues=self.networks,
            name=self.told.name,
            concurrency=self.concurrency,
            install_signal_handlers=False,
            listen_notify=False,  # asking every second costs less than a connection that listens
            fetch_job_polling_interval=1.0,
            shutdown_graceful_timeout=GRACE + ENDING + 1,  # the crawl processes are gone by then
            update_heartbeat_interval=jobs.BEAT,
            stalled_worker_timeout=jobs.STALLED,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
        )
        tasks = [asyncio.create_task(one) for one in (self._live(app, database), self._stop(engine))]
        try:
            await engine.run()  # type: ignore[no-untyped-call]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._end()

    async def _end(self) -> None:
        """No crawl process is left behind."""
        retiring = dict(self._retiring)
        for task in retiring:
            task.cancel()
        await asyncio.gather(*(crawler.stop(ENDING) for crawler in (self.crawler, *retiring.values())))

    def learn(self, app: App) -> None:
        """The one kind of job there is."""

        async def visit(context: JobContext, channel: str) -> None:
            try:
                await self._visit(channel)
            except (Unasked, AlreadyVisiting):
                await jobs.excuse(app, context.job.id)
                raise

        app.task(name=jobs.VISIT, retry=Again(), pass_context=True)(visit)

    async def _visit(self, channel: str) -> None:
        """A job. It ends well whatever the visit has found: that is in the database."""
        crawler = self.crawler
        finished = await crawler.visit(channel)
        self.told = replace(self.told, visits=self.told.visits + 1)
        logger.info("visited channel=%s new=%s kept=%s", channel, finished["new"], finished["kept"])
        if finished["unasked"] or (crawler.stopping and finished["failed"]):
            raise Unasked(channel)

    async def _stop(self, engine: Engine) -> None:
        """On a signal: no more jobs, a while for those at work, then the crawl processes end them in order."""
        await self.stopping.wait()
        engine.stop()  # type: ignore[no-untyped-call]
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                while any(crawler.doing for crawler in (self.crawler, *self._retiring.values())):
                    await asyncio.sleep(0.1)
        await self._end()

    async def _live(self, app: App, database: Database) -> None:
        """Tell that we live, see to it that the crawl process does, and to the jobs of those who do not."""
        try:
            while True:
                faulthandler.dump_traceback_later(FROZEN, exit=True)
                try:
                    await self._replace_where_needed()
                    await asyncio.to_thread(self._tell, database)
                    await jobs.redeliver(app)
                except jobs.AWAY as error:
                    logger.warning("no sign of life error=%s", str(error).partition("\n")[0])
                await asyncio.sleep(jobs.BEAT)
        finally:  # nobody beats while the database is waited for
            faulthandler.cancel_dump_traceback_later()

    async def _replace_where_needed(self) -> None:
        fault = self.crawler.fault(self.memory)
        if fault is None or self.stopping.is_set():
            return
        old, self.crawler = self.crawler, await Crawler.start(self.settings)
        (logger.info if fault == "old" else logger.warning)(
            "crawl process replaced pid=%d why=%s", old.process.pid, fault
        )
        if fault != "old":
            self.told = replace(self.told, replaced=self.told.replaced + 1)
        seconds = 0 if fault in ("died", "hangs") else LONGEST_RETIREMENT
        retiring = asyncio.create_task(old.retire(seconds))
        self._retiring[retiring] = old
        retiring.add_done_callback(self._retiring.pop)

    def _tell(self, database: Database) -> None:
        now = datetime.now(UTC)
        self.told = replace(self.told, seen_at=now, doing=self.crawler.doing, memory=self.crawler.memory())
        with database.begin() as db:
            workers.tell(db, self.told)
            workers.forget(db, now - FORGOTTEN)

    def _succeed(self, database: Database) -> None:
        """Take the place of those that worked for these networks on this machine and were killed."""
        here = socket.gethostname()
        with database.begin() as db:
            for one in workers.listing(db):
                machine, _, pid = one.name.rpartition("-")
                if (machine, one.networks) == (here, self.told.networks) and not Path("/proc", pid).exists():
                    workers.left(db, one.name)

    def _leave(self, database: Database) -> None:
        with database.begin() as db:
            workers.left(db, self.told.name)
