"""Real reader programs subscribe to the served feed: nothing doubled, nothing lost, edits in place."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest

from pipeline.settings import Settings
from tests.journey.conftest import Journey
from tests.services import program
from zhijiao.demo.show import free_port, served
from zhijiao.tick import opened

pytestmark = pytest.mark.slow

START = 1_780_000_000
STEPS = ("first", "again", "edited", "fresh")


@pytest.fixture
def subscription(journey: Journey, tmp_path: Path) -> Iterator[Settings]:
    """The feeds served from a folder of their own, so that each step can be shown again."""
    port = free_port(0)
    settings = journey.settings.model_copy(
        update={"home": tmp_path, "base_url": f"http://127.0.0.1:{port}", "listen_port": port}
    )
    (settings.public / "feeds").mkdir(parents=True)
    with opened(journey.settings) as database, served(settings, database):
        yield settings


def test_newsboat(journey: Journey, subscription: Settings, tmp_path: Path) -> None:
    """Step by step, what newsboat has in its cache is what the feed says."""
    feed = subscription.public / "feeds" / "all.xml"
    (tmp_path / "urls").write_text(f"{subscription.base_url}/feeds/all.xml\n", encoding="utf-8")
    files = ["-u", str(tmp_path / "urls"), "-c", str(tmp_path / "cache.db"), "-C", os.devnull]
    for hour, step in enumerate(STEPS):
        feed.write_bytes(journey.looks[step].rss)
        os.utime(feed, (START + hour * 3600,) * 2)  # some readers ask by Last-Modified alone, which counts seconds
        subprocess.run([program("newsboat"), *files, "-x", "reload"], check=True, timeout=30, capture_output=True)
        with sqlite3.connect(tmp_path / "cache.db") as cache:
            held = set(cache.execute("SELECT guid, title, url, pubDate FROM rss_item"))
            texts = dict(cache.execute("SELECT guid, content FROM rss_item"))
        cache.close()
        entries = feedparser.parse(journey.looks[step].rss).entries
        assert held == {(e.id, e.title, e.link, _seconds(e.published)) for e in entries}
    edited = journey.running.samples.articles[journey.edited]
    guid = next(e.id for e in entries if e.title == edited.title)
    assert all(paragraph in texts[guid] for paragraph in edited.paragraphs)


def _seconds(date: str) -> int:
    return int(parsedate_to_datetime(date).timestamp())
