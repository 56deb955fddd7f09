"""`bench.network` in small: a web of hosts with one habit each, crawled in three rounds, judged by its own log."""

from pathlib import Path

from bench.network import problems, run
from bench.network_hosts import build

HABITS = {
    *("feed", "sitemap", "data", "liar", "forbids", "crawl-delay", "429", "503", "gone"),
    *("pinned", "visitor", "endless", "private", "cookies"),
}


def test_every_planted_article_is_stored_once_and_no_host_is_asked_faster_than_it_allows(tmp_path: Path) -> None:
    network = run(build(HABITS, pause=0.04), tmp_path, rounds=3)
    assert {host.habit.name for host in network.hosts} == HABITS
    assert problems(network) == []
