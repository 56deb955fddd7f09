"""A crawl process that dies, or is stopped, leaves no channel unreported and nothing running."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crawlers.events import Job
from pipeline.settings import Settings
from zhijiao import crawl as crawling
from zhijiao.crawl import Event, crawl

COUNTS = {"seen": 1, "new": 1, "kept": 1, "joined": 0, "revised": 0, "unchanged": 0, "rejected": {}, "failed": {}}
FINISHED = json.dumps({"event": "channel_finished", "channel": "a/x", **COUNTS})


def pretend(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let `program` stand in for the crawl process."""
    real = subprocess.Popen

    def start(command: list[str], **options: object) -> "subprocess.Popen[str]":
        del command
        return real([sys.executable, "-c", program], **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(crawling.subprocess, "Popen", start)


def test_a_process_that_dies_leaves_the_unfinished_channels_as_failed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = '{"event": "arti'
    pretend(
        monkeypatch,
        f"import sys, os; sys.stdin.read(); print({FINISHED!r}); print({half!r}, end='', flush=True);"
        " os.kill(os.getpid(), 9)",
    )
    seen: list[Event] = []
    events = crawl([Job("a/x"), Job("b/y")], settings, seen.append)
    assert [(e["channel"], e["kept"], e["failed"]) for e in events] == [
        ("a/x", 1, {}),
        ("b/y", 0, {"抓取进程提前结束(状态 -9)": 1}),
    ]
    assert seen == events


def test_a_process_that_never_starts_is_reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "raise SystemExit(3)")
    (event,) = crawl([Job("a/x")], settings, lambda event: None)
    assert event["failed"] == {"抓取进程提前结束(状态 3)": 1}


def test_without_jobs_no_process_is_started(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawling.subprocess, "Popen", None)
    assert crawl([], settings, lambda event: None) == []


def test_an_interrupted_crawl_ends_its_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(
        monkeypatch,
        f"import os, sys; sys.stdin.read(); open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()));"
        f" print('''{FINISHED}''', flush=True); import signal; signal.pause()",
    )

    def interrupt(event: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crawl([Job("a/x"), Job("b/y")], settings, interrupt)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGCONT)
