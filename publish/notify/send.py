"""`zhijiao notify send`, and the end of every tick: all targets are told what waits for them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from threading import Event

from pipeline.settings import Settings
from publish.notify.announcing import announce
from publish.notify.courier import Courier, Report
from publish.notify.targets import load
from storage.database import Database

_running: set[Event] = set()


def _now() -> datetime:
    return datetime.now(UTC)


def send_pending(database: Database, settings: Settings, clock: Callable[[], datetime] = _now) -> list[Report]:
    """Tell all targets what waits for them, side by side: a slow service holds up no other.

    The clock is asked again for every message. SettingsError where `notify.toml` must be mended: then nothing is
    lost, as the outbox keeps what is new.
    """
    targets = load(settings.home)
    announce(database, targets, clock())
    if not targets:
        return []
    stop = Event()
    _running.add(stop)
    couriers = [Courier(database, settings, target, clock, stop) for target in targets]
    with ThreadPoolExecutor(len(couriers)) as threads:
        try:
            running = [threads.submit(copy_context().run, courier.run) for courier in couriers]
            return [one.result() for one in running]
        except BaseException:
            stop.set()  # the program is to end: after the messages that are on their way
            raise
        finally:
            _running.discard(stop)


def stop_sending() -> None:
    """Let what is being sent in this process be the last, from another thread; the rest waits for the next run."""
    for stop in list(_running):
        stop.set()
