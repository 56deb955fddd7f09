"""One tick: crawl what is due, publish what is new, tell who wants to know. Cron, systemd, the scheduler call it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from crawlers.catalogue import Catalogue
from crawlers.catalogue import load as load_catalogue
from crawlers.events import Job
from pipeline.settings import Settings
from pipeline.watching import NOTHING, Watched, watch
from publish.feeds.write import publish_pending
from publish.notify.courier import Report
from publish.notify.send import send_pending
from storage import channels, sites
from storage.database import Database, open_database, prepare
from storage.errors import PublishError, SettingsError
from zhijiao.crawl import Event, OnEvent, crawl, ignore
from zhijiao.meanwhile import meanwhile


@dataclass(frozen=True)
class TickResult:
    ran: bool  # False: another tick was at work
    channels: tuple[Event, ...] = ()  # one `channel_finished` for each channel visited
    written: tuple[Path, ...] = ()  # feed files that changed
    refused: str | None = None  # which feeds keep their old files and why, should any; the others are out
    told: tuple[Report, ...] = ()  # of the notification targets
    untold: str | None = None  # why no target could be told
    watched: Watched = NOTHING  # incidents that have begun or ended

    @property
    def all_failed(self) -> bool:
        return bool(self.channels) and all(not event["seen"] and event["failed"] for event in self.channels)


def tick(settings: Settings, on_event: OnEvent = ignore) -> TickResult:
    """Crawl what is due; publish meanwhile and at the end. While another tick runs on the same data nothing is done."""
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.home / "tick.lock", timeout=0), opened(settings) as database:
            synchronise(database, catalogue_of(settings))
            with database.read() as db:
                due = channels.due(db, datetime.now(UTC))
            with meanwhile(partial(publish, database, settings), on_event) as publishing:
                visited = crawl([Job(channel.id) for channel in due], settings, publishing)
            watched = watch(database, [channel.id for channel in due], datetime.now(UTC))
            try:
                written, refused = publish(database, settings), None
            except PublishError as error:
                written, refused = [], str(error)
            files = tuple(dict.fromkeys([*publishing.written, *written]))
            return TickResult(True, tuple(visited), files, refused, *notify(database, settings), watched)
    except Timeout:
        return TickResult(False)


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
    """Render what is pending, one process at a time: an older rendering must not replace a newer one."""
    with FileLock(settings.home / "publish.lock"):
        return publish_pending(database, settings, datetime.now(UTC))


def notify(database: Database, settings: Settings) -> tuple[tuple[Report, ...], str | None]:
    """Tell the notification targets; a mistake in `notify.toml` hides nothing of the tick, and waits to be mended."""
    try:
        return tuple(send_pending(database, settings)), None
    except SettingsError as error:
        return (), str(error)
