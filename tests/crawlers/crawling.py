"""Runs the crawl process on a folder of its own and hands back what it told."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Timer
from typing import Any

from crawlers.catalogue import load
from storage import sites
from storage.database import Database, open_database, prepare
from storage.models import Article, Recheck

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 300  # seconds; a machine with much else to do is no failure


@dataclass
class Home:
    """A data folder with a catalogue of one's own, and the database in it."""

    path: Path
    options: dict[str, str] = field(default_factory=dict)
    url: str = ""  # of its database; SQLite in the folder unless it is named
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        (self.path / "sources").mkdir(parents=True)
        self.url = self.url or f"sqlite:///{self.path / 'zhijiao.db'}"
        prepare(self.url)
        self.database = open_database(self.url)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PYTHONPATH": str(CHECKOUT),
            "ZHIJIAO_HOME": str(self.path),
            "ZHIJIAO_DATABASE_URL": self.url,
            "ZHIJIAO_SOURCES": str(self.path / "sources"),
            "ZHIJIAO_BUNDLED_SOURCES": "false",
            "ZHIJIAO_CONTACT": "https://zhijiao.example/about",
            "ZHIJIAO_DELAY_SECONDS": "0.05",
            "ZHIJIAO_ALLOW_PRIVATE": "127.0.0.0/8",
            "ZHIJIAO_LANG": "en",
        }
        return {**os.environ, **own, **self.options}

    def site(self, site_id: str, base: str, *, keys: str = "", **channels: str) -> None:
        """A site with channels key="path" (a list) or key="feed:path"; `keys`: further lines about the site."""
        lines = [f'id = "{site_id}"', f'name = "{site_id}"', f'home = "{base}/"', 'kind = "media"', keys]
        for key, path in channels.items():
            kind, path = ("feed", path[5:]) if path.startswith("feed:") else ("list", path)
            lines += ["[[channels]]", f'key = "{key}"', f'name = "{key}"', f'url = "{base}{path}"', f'kind = "{kind}"']
        (self.path / "sources" / f"{site_id}.toml").write_text("\n".join(lines))
        catalogue = load(self.path / "sources", bundled=False)
        found = catalogue.sites.values()
        with self.database.begin() as db:
            sites.sync(db, [s.record() for s in found], [channel.record() for s in found for channel in s.channels])

    def start(self) -> "subprocess.Popen[str]":
        return started(self.path, self.environment)

    def crawl(self, *jobs: dict[str, Any]) -> "Told":
        """In a process of its own."""
        with self.start() as process:
            out, err = process.communicate("".join(map(line_of, jobs)), timeout=PATIENCE)
        assert process.returncode == 0, err
        return Told([json.loads(line) for line in out.splitlines()], err)

    def crawling(self) -> "AbstractContextManager[Crawl]":
        return crawling(self.path, self.environment)


@dataclass
class Told:
    events: list[dict[str, Any]]
    log: str = ""

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [{k: v for k, v in event.items() if k != "event"} for event in self.events if event["event"] == kind]

    def finished(self, channel: str) -> dict[str, Any]:
        """The one last word on a channel, without the counts that are nought."""
        (event,) = [event for event in self.of("channel_finished") if event["channel"] == channel]
        return {name: value for name, value in event.items() if value and name != "channel"}

    def articles(self) -> dict[str, str]:
        return {event["title"]: event["outcome"] for event in self.of("article")}


Crawl = Callable[..., Told]  # of jobs


@contextmanager
def crawling(folder: Path, environment: dict[str, str]) -> Iterator[Crawl]:
    """One process for several crawls, one after another, as a worker has it: to start one takes more than to crawl."""
    process = started(folder, environment)
    late = Timer(PATIENCE, process.kill)
    late.start()

    def crawl(*jobs: dict[str, Any]) -> Told:
        assert process.stdin
        assert process.stdout
        process.stdin.writelines(map(line_of, jobs))
        process.stdin.flush()
        told, waiting = Told([]), len(jobs)
        while waiting and (line := process.stdout.readline()):
            told.events.append(json.loads(line))
            waiting -= told.events[-1]["event"] == "channel_finished"
        assert not waiting, "the crawl process has ended"
        return told

    with process:
        try:
            yield crawl
            _, log = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, log
        finally:
            late.cancel()
            process.kill()


def let_pass(database: Database, hours: float) -> None:
    """What rechecks go by has been so much longer ago."""
    passed = timedelta(hours=hours)
    with database.begin() as db:
        for row in db.query(Recheck):
            row.due -= passed
            row.doubted_at = row.doubted_at and row.doubted_at - passed
        for article in db.query(Article):
            article.first_seen_at -= passed
            article.removed_at = article.removed_at and article.removed_at - passed


def started(folder: Path, environment: dict[str, str]) -> "subprocess.Popen[str]":
    """`folder` is not the checkout: as cron has it."""
    command, pipe = [sys.executable, "-m", "crawlers.run"], subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=folder, env=environment)


def line_of(job: dict[str, Any]) -> str:
    return json.dumps(job) + "\n"


def jobs(*channels: str, **options: Any) -> Iterable[dict[str, Any]]:
    return [{"channel": channel, **options} for channel in channels]
