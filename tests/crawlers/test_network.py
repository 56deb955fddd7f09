"""`bench.network` in small: a web of hosts with one habit each, crawled in three rounds, judged by its own log."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from bench.network import Crawl, problems, run
from bench.network_hosts import build
from pipeline.settings import Settings
from tests.crawlers.crawling import crawling

pytestmark = pytest.mark.slow

HABITS = {
    *("feed", "sitemap", "data", "liar", "forbids", "crawl-delay", "429", "503", "gone"),
    *("pinned", "visitor", "endless", "private", "cookies"),
}


@contextmanager
def one_for_all(settings: Settings) -> Iterator[Crawl]:
    """A process for all rounds, as a worker has it."""
    with crawling(settings.home, os.environ | settings.environment()) as crawl:
        yield lambda jobs: crawl(*(asdict(job) for job in jobs)).of("channel_finished")


def test_every_planted_article_is_stored_once_and_no_host_is_asked_faster_than_it_allows(tmp_path: Path) -> None:
    network = run(build(HABITS, pause=0.04), tmp_path, rounds=3, started=one_for_all)
    assert {host.habit.name for host in network.hosts} == HABITS
    assert problems(network) == []
