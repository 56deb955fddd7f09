"""Runs `python -m crawlers.run` as a child process: jobs go in, events come out, and it never outlives its parent."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from crawlers.events import Job
from pipeline.settings import Settings
from storage.language import say, spoken

Event = dict[str, Any]
OnEvent = Callable[[Event], None]
STOP_SECONDS = 20  # a crawl that is told to stop finishes its page and releases its hosts within this time
_running: set["subprocess.Popen[str]"] = set()


def ignore(event: Event) -> None:
    """The callback of those who want the result alone."""


def crawl(jobs: Iterable[Job], settings: Settings, on_event: OnEvent) -> list[Event]:
    """Visit the channels; returns their `channel_finished` events, one a job.

    A crawl process that dies in mid-run leaves the channels it had not finished as failed: none is silently missing.
    """
    wanted = {job.channel: job for job in jobs}
    if not wanted:
        return []
    finished: dict[str, Event] = {}
    process = _start(settings)
    try:
        _send(process, wanted.values())
        for event in _events(process):
            if event["event"] == "channel_finished":
                finished[event["channel"]] = event
            on_event(event)
        process.wait()
    finally:
        _stop(process)
    for channel in wanted.keys() - finished.keys():
        finished[channel] = _unfinished(channel, process.returncode)
        on_event(finished[channel])
    return [finished[channel] for channel in wanted]


def stop_running() -> None:
    """End the crawls of this process in order, from another thread than theirs; `crawl` then returns there."""
    for process in list(_running):
        process.terminate()


def _start(settings: Settings) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "crawlers.run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | settings.environment() | {"ZHIJIAO_LANG": spoken()},
        start_new_session=True,  # Ctrl-C reaches the parent alone, which then ends the child in order
    )
    _running.add(process)
    return process


def _send(process: "subprocess.Popen[str]", jobs: Iterable[Job]) -> None:
    assert process.stdin
    try:
        with process.stdin as lines:
            lines.writelines(job.line() for job in jobs)
    except BrokenPipeError:
        pass  # it died at once; what it did not finish is reported by the caller


def _events(process: "subprocess.Popen[str]") -> Iterator[Event]:
    assert process.stdout
    for line in process.stdout:
        if line.endswith("\n"):  # half a line is the last word of a process that was killed
            yield json.loads(line)


def _stop(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout:
        process.stdout.close()
    _running.discard(process)


def _unfinished(channel: str, status: int) -> Event:
    counted = ("seen", "new", "kept", "joined", "revised", "unchanged", "rechecked", "removed", "returned")
    nothing = dict.fromkeys(counted, 0)
    failed = {say(f"抓取进程提前结束(状态 {status})", f"crawl process ended early (status {status})"): 1}
    return {"event": "channel_finished", "channel": channel, **nothing, "rejected": {}, "failed": failed, "notes": []}
