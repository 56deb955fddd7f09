"""Publishing while a crawl goes on: what it brought is out within a minute, however long its slowest visit takes."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Signal
from threading import Thread

from zhijiao.crawl import Event, OnEvent

logger = logging.getLogger(__name__)

EVERY = 60.0  # seconds from the end of one run to the beginning of the next
NEWS = {"stored", "joined", "revised"}  # outcomes of articles that feeds may show


@contextmanager
def meanwhile(publish: Callable[[], Sequence[Path]], on_event: OnEvent, every: float = EVERY) -> Iterator["Meanwhile"]:
    """An `on_event` that also publishes; a run that is at work at the end of the block is waited for."""
    publishing, over = Meanwhile(publish, on_event), Signal()
    thread = Thread(target=publishing.until, args=(over, every), name="publishing")
    thread.start()
    try:
        yield publishing
    finally:
        over.set()
        thread.join()


class Meanwhile:
    """Passes events on, and publishes in a thread of its own: nobody waits for it, least of all the crawl."""

    def __init__(self, publish: Callable[[], Sequence[Path]], on_event: OnEvent) -> None:
        self.written: list[Path] = []
        self._publish, self._on_event = publish, on_event
        self._news = False

    def __call__(self, event: Event) -> None:
        self._on_event(event)
        self._news |= event["event"] == "article" and event["outcome"] in NEWS

    def until(self, over: Signal, every: float) -> None:
        """Publish what is new, again and again, whether further events come or not."""
        while not over.wait(every):
            if self._news:
                self._news = False
                self._run()

    def _run(self) -> None:
        try:
            self.written += self._publish()
        except Exception:  # the run at the end of the tick meets it again and reports it
            logger.exception("publishing during the crawl failed")
