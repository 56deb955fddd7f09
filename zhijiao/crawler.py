"""A crawl process that is fed one channel after another for hours, and looked after: `python -m crawlers.run`."""

import asyncio
import json
import logging
import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path

from crawlers.events import Job
from pipeline.settings import Settings
from storage.language import spoken
from zhijiao.crawl import Event

logger = logging.getLogger(__name__)

ALIVE = 5.0  # seconds between two signs of life
DEAF = 60.0  # seconds without one: its event loop hangs
SILENT = 1800.0  # seconds in which a visit tells nothing: longer than any patience with a host
OLD = 3600.0  # seconds after which it makes room for one that has read the catalogue anew
LINE = 2**22  # bytes of the longest event
RESIDENT = re.compile(r"VmRSS:\s+(\d+) kB")


class CrawlDied(Exception):  # noqa: N818 - says what happened
    """The process ended in the middle of the visit."""


class AlreadyVisiting(Exception):  # noqa: N818 - as above
    """An earlier delivery of the same job is still at work here."""


class Crawler:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.finished = 0  # visits
        self.stopping = False
        self._waiting: dict[str, asyncio.Future[Event]] = {}
        self._heard: dict[str, float] = {}  # when each visit last told something, by the monotonic clock
        self._born = self._alive_at = time.monotonic()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, settings: Settings) -> "Crawler":
        pipe = asyncio.subprocess.PIPE
        own = settings.environment() | {"ZHIJIAO_LANG": spoken()}
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "crawlers.run", "--alive", str(ALIVE)),
                stdin=pipe,
                stdout=pipe,
                env=os.environ | own,
                limit=LINE,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which then ends the child in order
            )
        )

    @property
    def doing(self) -> int:
        return len(self._waiting)

    async def visit(self, channel: str) -> Event:
        """Its `channel_finished`. CrawlDied where the process does not live to tell it."""
        if channel in self._waiting:
            raise AlreadyVisiting(channel)
        assert self.process.stdin
        ending = self._waiting[channel] = asyncio.get_running_loop().create_future()
        self._heard[channel] = time.monotonic()
        try:
            if self._listening.done():
                raise CrawlDied(channel)
            self.process.stdin.write(Job(channel, if_due=True).line().encode())
            with suppress(ConnectionError):  # the listener sees the end, too
                await self.process.stdin.drain()
            finished: Event = await ending
            return finished
        finally:
            self._waiting.pop(channel, None)
            self._heard.pop(channel, None)

    def fault(self, memory: int) -> str | None:
        """Why it has to be replaced, in a word for the log; None while it does its work. `memory`: bytes allowed."""
        now = time.monotonic()
        if self._listening.done():
            return "died"
        if now - self._alive_at > DEAF:
            return "hangs"
        if self._heard and now - min(self._heard.values()) > SILENT:
            return "silent visit"
        if self.memory() > memory:
            return "memory"
        return "old" if now - self._born > OLD else None

    def memory(self) -> int:
        """Bytes of the process and of those that read pages for it; 0 where the system does not tell."""
        own = self.process.pid
        with suppress(OSError):
            listed = [path.read_text().split() for path in Path(f"/proc/{own}/task").glob("*/children")]
            return sum(map(_resident, [own, *(int(pid) for pids in listed for pid in pids)]))
        return 0

    async def retire(self, seconds: float) -> None:
        """Let it finish what it has begun, for so long; then as `stop`."""
        with suppress(ConnectionError):
            if self.process.stdin:
                self.process.stdin.close()
        await asyncio.wait([self._listening], timeout=seconds)
        await self.stop(15)

    async def stop(self, seconds: float) -> None:
        """End its visits where they are; it gives its hosts back. Killed where that takes longer."""
        self.stopping = True
        with suppress(ProcessLookupError):
            self.process.terminate()
        await asyncio.wait([self._listening], timeout=seconds)
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        await asyncio.wait([self._listening])

    async def _listen(self) -> None:
        assert self.process.stdout
        try:
            async for line in self.process.stdout:
                if line.endswith(b"\n"):  # half a line is the last word of a process that was killed
                    self._heed(json.loads(line))
        except ValueError as error:  # a line without end
            logger.error("crawl process talks nonsense error=%s", error)
            with suppress(ProcessLookupError):
                self.process.kill()
        finally:
            for channel, ending in self._waiting.items():
                if not ending.done():
                    ending.set_exception(CrawlDied(channel))

    def _heed(self, event: Event) -> None:
        self._alive_at = time.monotonic()
        channel = event.get("channel")
        if channel in self._heard:
            self._heard[channel] = self._alive_at
        if event["event"] == "channel_finished":
            self.finished += 1
            ending = self._waiting.get(event["channel"])
            if ending and not ending.done():
                ending.set_result(event)


def _resident(pid: int) -> int:
    try:
        found = RESIDENT.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:  # ended meanwhile
        return 0
    return int(found[1]) * 1024 if found else 0
