"""`zhijiao up`: APScheduler runs the ticks, uvicorn serves feeds and page, one signal ends both."""

import errno
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, datetime

import uvicorn
from apscheduler.schedulers.background import BackgroundScheduler

from pipeline.settings import Settings
from publish.notify.send import stop_sending
from publish.site.app import create_app
from storage.errors import SettingsError, ZhijiaoError
from storage.language import say
from zhijiao.crawl import stop_running
from zhijiao.meanwhile import EVERY
from zhijiao.tick import TickResult, jobs_of, opened, tick

logger = logging.getLogger(__name__)

Report = Callable[[TickResult], None]


def up(settings: Settings, report: Report, *, workers: bool = False) -> None:
    """Tick and serve until SIGINT or SIGTERM. The scheduler owns no state: the database knows what is due.

    `workers`: they do the crawling, and a tick comes at least once a minute, as it also publishes what they have found.
    """
    if workers:
        jobs_of(settings).prepare(settings.database_url)
    with listening(settings) as door, opened(settings) as database, ticking(settings, report, workers=workers):
        config = uvicorn.Config(create_app(settings, database), log_level="warning", server_header=False)
        uvicorn.Server(config).run([door])


def listening(settings: Settings) -> socket.socket:
    """The socket to serve on; SettingsError where another program has it."""
    host, port = settings.listen_host, settings.listen_port
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = say("已有程序在用", "it is in use") if error.errno == errno.EADDRINUSE else error.strerror
        raise SettingsError(
            say(
                f"不能在 {host}:{port} 上提供服务:{why}。请改 listen_port,或先结束那个程序",
                f"cannot serve on {host}:{port}: {why}. Change listen_port, or end that program first",
            )
        ) from None


@contextmanager
def ticking(settings: Settings, report: Report, *, workers: bool = False) -> Iterator[BackgroundScheduler]:
    """Run a tick now and after each pause; a late one runs once (FAULTS 69, 70), never two at a time."""
    scheduler = BackgroundScheduler(timezone="Asia/Shanghai")
    scheduler.add_job(
        copy_context().run,  # the language is the thread's own
        "interval",
        name="tick",
        args=[reported_tick, settings, report, workers],
        seconds=min(settings.tick_seconds, EVERY) if workers else settings.tick_seconds,
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
        stop_sending()
        scheduler.shutdown(wait=True)


def reported_tick(settings: Settings, report: Report, enqueue: bool = False) -> None:
    """A tick whose troubles are logged: the next one may succeed (a TOML mended, a disk freed)."""
    try:
        report(tick(settings, enqueue=enqueue))
    except ZhijiaoError as error:
        logger.error("tick failed: %s", error)
