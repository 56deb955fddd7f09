"""Publishing while a crawl goes on: what it brought is out within a minute, however long its slowest visit takes."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from zhijiao.crawl import Event, OnEvent

logger = logging.getLogger(__name__)

EVERY = 60.0  # seconds from the end of one run to the beginning of the next
NEWS = {"stored", "joined", "revised"}  # outcomes of articles that feeds may show


@contextmanager
def meanwhile(publish: Callable[[], Sequence[Path]], on_event: OnEvent, every: float = EVERY) -> Iterator["Meanwhile"]:
    """An `on_event` that also publishes; a run that is at work at the end of the block is waited for."""
    with ThreadPoolExecutor(1) as thread:
        yield Meanwhile(publish, on_event, every, thread)


class Meanwhile:
    """Passes events on, and publishes in a thread of its own: nobody waits for it, least of all the crawl."""

    def __init__(
        self, publish: Callable[[], Sequence[Path]], on_event: OnEvent, every: float, thread: ThreadPoolExecutor
    ) -> None:
        self.written: list[Path] = []
        self._publish, self._on_event, self._every, self._thread = publish, on_event, every, thread
        self._next = time.monotonic() + every
        self._news = False
        self._run: Future[None] | None = None

    def __call__(self, event: Event) -> None:
        self._on_event(event)
        self._news |= event["event"] == "article" and event["outcome"] in NEWS
        idle = self._run is None or self._run.done()
        if self._news and idle and time.monotonic() >= self._next:
            self._news = False
            self._run = self._thread.submit(self._published)

    def _published(self) -> None:
        try:
            self.written += self._publish()
        except Exception:  # the run at the end of the tick meets it again and reports it
            logger.exception("publishing during the crawl failed")
        self._next = time.monotonic() + self._every
