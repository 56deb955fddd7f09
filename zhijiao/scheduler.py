"""`zhijiao up`: APScheduler runs the ticks, uvicorn serves feeds and page, one signal ends both."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import uvicorn
from apscheduler.schedulers.background import BackgroundScheduler

from pipeline.settings import Settings
from publish.site.app import create_app
from storage.errors import ZhijiaoError
from zhijiao.crawl import stop_running
from zhijiao.tick import opened, tick

logger = logging.getLogger(__name__)


def up(settings: Settings) -> None:
    """Tick and serve until SIGINT or SIGTERM. The scheduler owns no state: the database knows what is due."""
    with ticking(settings), opened(settings) as database:
        config = uvicorn.Config(
            create_app(settings, database),
            settings.listen_host,
            settings.listen_port,
            log_level="warning",
            server_header=False,
        )
        uvicorn.Server(config).run()


@contextmanager
def ticking(settings: Settings, run: Callable[[Settings], None] | None = None) -> Iterator[BackgroundScheduler]:
    """Run a tick now and after each pause; a late one runs once (FAULTS 69, 70), never two at a time."""
    scheduler = BackgroundScheduler(timezone="Asia/Shanghai")
    scheduler.add_job(
        run or logged_tick,
        "interval",
        args=[settings],
        seconds=settings.tick_seconds,
        next_run_time=datetime.now(UTC),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    scheduler.start()
    try:
        yield scheduler
    finally:
        stop_running()
        scheduler.shutdown(wait=True)


def logged_tick(settings: Settings) -> None:
    """A tick whose troubles are logged: the next one may succeed (a TOML mended, a disk freed)."""
    try:
        result = tick(settings)
    except ZhijiaoError as error:
        logger.error("tick failed: %s", error)
        return
    for event in result.channels:
        counts = {name: event[name] for name in ("seen", "new", "kept", "joined", "revised")}
        logger.info(
            "visit channel=%s %s rejected=%s failed=%s", event["channel"], counts, event["rejected"], event["failed"]
        )
