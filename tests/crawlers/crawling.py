"""Runs the crawl process on a folder of its own and hands back what it told."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawlers.catalogue import load
from storage import sites
from storage.database import Database, open_database, prepare

CHECKOUT = Path(__file__).resolve().parents[2]


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
        return subprocess.Popen(
            [sys.executable, "-m", "crawlers.run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.path,  # not the checkout: as cron has it
            env=self.environment,
        )

    def crawl(self, *jobs: dict[str, Any]) -> "Told":
        with self.start() as process:
            out, err = process.communicate("".join(json.dumps(job) + "\n" for job in jobs), timeout=60)
        assert process.returncode == 0, err
        return Told([json.loads(line) for line in out.splitlines()], err)


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


def jobs(*channels: str, **options: Any) -> Iterable[dict[str, Any]]:
    return [{"channel": channel, **options} for channel in channels]
