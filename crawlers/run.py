"""`python -m crawlers.run`: one long-lived crawl; jobs come from standard input, events go to standard output.

`--alive SECONDS` adds signs of life, for a parent that looks after it for long.
It ends with 0 when standard input is closed and all jobs are done, with 2 when it cannot begin.
"""

import asyncio
import logging
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Sequence
from typing import TextIO

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawlers.desk import Desk, set_up
from crawlers.events import Event, Job, Tell, line_of
from crawlers.spiders.channel import ChannelSpider
from pipeline.settings import load
from storage.errors import ZhijiaoError
from storage.language import speak

logger = logging.getLogger(__name__)


def main() -> int:
    events = _standard_output()
    try:
        settings = load()
        speak(settings.lang)
        desk = set_up(settings)
    except ZhijiaoError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return _crawl(desk, _teller(events), _alive_seconds(sys.argv[1:]))


def _alive_seconds(words: Sequence[str]) -> float | None:
    parser = ArgumentParser(prog="python -m crawlers.run")
    parser.add_argument("--alive", type=float, metavar="SECONDS")
    seconds: float | None = parser.parse_args(words).alive
    return seconds


def _crawl(desk: Desk, tell: Tell, alive_seconds: float | None) -> int:
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")  # by name: the working directory may be any
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader")  # one spider, already here
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    process.crawl(ChannelSpider, desk=desk, jobs=_jobs(), tell=tell, alive_seconds=alive_seconds)
    process.start()
    return 2 if process.bootstrap_failed else 0


def _standard_output() -> TextIO:
    """Standard output for events alone: whatever else is printed goes to standard error."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return events


def _teller(events: TextIO) -> Tell:
    def tell(event: Event) -> None:
        try:
            events.write(line_of(event))
        except BrokenPipeError:  # the parent is gone: end in order, so that no host stays held, and tell nobody
            os.dup2(os.open(os.devnull, os.O_WRONLY), events.fileno())
            signal.raise_signal(signal.SIGTERM)

    return tell


async def _jobs() -> AsyncIterator[Job]:
    """Jobs as they come, read by a thread of its own: a file as standard input cannot be awaited."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()

    def pump() -> None:
        with os.fdopen(os.dup(0), "rb") as standard_input:
            for line in standard_input:
                loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=pump, name="jobs", daemon=True).start()
    while (line := await lines.get()) is not None:
        try:
            yield Job.of(line)
        except (ValueError, TypeError) as error:
            logger.error("not a job line=%r error=%s", line, error)


if __name__ == "__main__":
    sys.exit(main())
