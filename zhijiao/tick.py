"""One tick: crawl what is due, publish what is new, tell who wants to know. Cron, systemd, the scheduler call it."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

from filelock import FileLock, Timeout

from crawlers.catalogue import Catalogue
from crawlers.catalogue import load as load_catalogue
from crawlers.events import Job
from crawlers.hosts import host_of
from crawlers.timetable import awaited_items
from pipeline.settings import Settings
from pipeline.watching import NOTHING, Watched, watch
from publish.feeds.write import publish_pending
from publish.notify.courier import Report
from publish.notify.send import send_pending
from storage import channels, sites, visits
from storage.database import UNUSABLE, Database, conninfo, open_database, prepare
from storage.errors import PublishError, SettingsError
from storage.records import ChannelRecord
from zhijiao.crawl import Event, OnEvent, crawl, ignore
from zhijiao.meanwhile import meanwhile
from zhijiao.upkeep import Upkeep, upkeep, upkeep_due

logger = logging.getLogger(__name__)

MOST_WATCHED = 20_000  # visits of workers that a tick judges; the channels of others are judged at their next


@dataclass(frozen=True)
class TickResult:
    ran: bool  # False: another tick was at work
    channels: tuple[Event, ...] = ()  # one `channel_finished` for each channel visited
    written: tuple[Path, ...] = ()  # feed files that changed
    refused: str | None = None  # which feeds keep their old files and why, should any; the others are out
    told: tuple[Report, ...] = ()  # of the notification targets
    untold: str | None = None  # why no target could be told
    watched: Watched = NOTHING  # incidents that have begun or ended
    deferred: int | None = None  # channels that were due and now wait for workers; None: visited here
    upkeep: Upkeep | None = None  # what was too old and has been forgotten, if anything

    @property
    def all_failed(self) -> bool:
        return bool(self.channels) and all(not event["seen"] and event["failed"] for event in self.channels)


def tick(settings: Settings, on_event: OnEvent = ignore, *, enqueue: bool = False) -> TickResult:
    """Crawl what is due; publish meanwhile and at the end. While another tick runs on the same data nothing is done.

    `enqueue`: workers do the crawling, see `zhijiao.workers`; what they have stored is published.
    """
    if enqueue:
        jobs_of(settings).prepare(settings.database_url)
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.home / "tick.lock", timeout=0), opened(settings) as database:
            catalogue = catalogue_of(settings)
            synchronise(database, catalogue)
            with database.read() as db:
                due = channels.due(db, datetime.now(UTC))
            if enqueue:
                visited, until = visited_meanwhile(database, settings)
                result = TickResult(True, deferred=hand_out(database, settings, catalogue, due))
            else:
                with meanwhile(partial(publish, database, settings), on_event) as publishing:
                    events = crawl([Job(channel.id) for channel in due], settings, publishing)
                visited, until = [channel.id for channel in due], None
                result = TickResult(True, tuple(events), tuple(publishing.written))
            with database.alone("watching"):
                result = replace(result, watched=watch(database, visited, datetime.now(UTC)))
            if until is not None:
                watched_until(settings, until)
            result = told(published(result, database, settings), database, settings)
            return replace(result, upkeep=kept_up(database, settings))
    except Timeout:
        return TickResult(False)


def published(result: TickResult, database: Database, settings: Settings) -> TickResult:
    try:
        written, refused = publish(database, settings), None
    except PublishError as error:
        written, refused = [], str(error)
    return replace(result, written=tuple(dict.fromkeys([*result.written, *written])), refused=refused)


def told(result: TickResult, database: Database, settings: Settings) -> TickResult:
    reports, untold = notify(database, settings)
    return replace(result, told=reports, untold=untold)


def kept_up(database: Database, settings: Settings) -> Upkeep | None:
    """Once a day; what cannot be removed, or not now, waits for the next tick, and is no fault of this one."""
    if not upkeep_due(settings, datetime.now(UTC)):
        return None
    try:
        done = upkeep(database, settings, datetime.now(UTC))
        return done if any((done.pages.files, done.visits, done.deliveries)) else None
    except (OSError, *UNUSABLE) as error:
        logger.error("upkeep_failed error=%s", error)
        return None


def jobs_of(settings: Settings) -> ModuleType:
    """`zhijiao.jobs`, known only where workers are wanted. ZhijiaoError without PostgreSQL, or without the extra."""
    conninfo(settings.database_url)
    return import_module("zhijiao.jobs")


def hand_out(database: Database, settings: Settings, catalogue: Catalogue, due: Sequence[ChannelRecord]) -> int:
    """Let the channels wait for workers; how many did not wait before. One tick at a time, on whatever machine."""
    jobs = jobs_of(settings)
    items = awaited_items(due, datetime.now(UTC))
    sites = catalogue.sites
    waiting = [
        jobs.Due(channel.id, host_of(channel.url), sites[channel.site_id].network, number)
        for channel, number in zip(due, items, strict=True)
        if channel.site_id in sites
    ]

    async def deferred() -> int:
        async with jobs.opened(settings.database_url) as app:
            new: int = await jobs.defer(app, waiting)
            return new

    with database.alone("jobs"):
        return asyncio.run(deferred())


def visited_meanwhile(database: Database, settings: Settings) -> tuple[list[str], int]:
    """The channels that workers have visited since the tick before, and the number of the last visit."""
    path = settings.home / "watched"
    with database.read() as db:
        last = visits.last(db)
        try:
            since = max(int(path.read_text()), last - MOST_WATCHED)
        except (FileNotFoundError, ValueError):  # the first tick, or a file that a power cut has torn
            since = last
        return visits.visited(db, since, last), last


def watched_until(settings: Settings, last: int) -> None:
    """Remember up to which visit all have been judged: only then, as a tick that is killed before judges none."""
    fresh = settings.home / ".watched.new"
    fresh.write_text(str(last))
    fresh.replace(settings.home / "watched")


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, created where there is none yet."""
    prepare(settings.database_url)
    database = open_database(settings.database_url)
    try:
        yield database
    finally:
        database.close()


def catalogue_of(settings: Settings) -> Catalogue:
    return load_catalogue(settings.own_sources, settings.bundled_sources)


def synchronise(database: Database, catalogue: Catalogue) -> None:
    """Tell storage what the catalogue says now, so that the rooms below read site facts there."""
    found = catalogue.sites.values()
    with database.begin() as db:
        sites.sync(
            db, [site.record() for site in found], [channel.record() for site in found for channel in site.channels]
        )


def publish(database: Database, settings: Settings) -> list[Path]:
    """Render what is pending, one process at a time, on all machines: an older rendering must not replace a newer."""
    with FileLock(settings.home / "publish.lock"), database.alone("publishing"):
        return publish_pending(database, settings, datetime.now(UTC))


def notify(database: Database, settings: Settings) -> tuple[tuple[Report, ...], str | None]:
    """Tell the notification targets; a mistake in `notify.toml` hides nothing of the tick, and waits to be mended."""
    try:
        return tuple(send_pending(database, settings)), None
    except SettingsError as error:
        return (), str(error)
