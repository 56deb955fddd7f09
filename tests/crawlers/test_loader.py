"""`scrapy list`, `scrapy crawl SITE` and `scrapy parse`, as a person at the checkout types them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import articles, hosts, visits
from tests.crawlers.crawling import CHECKOUT, Home
from tests.crawlers.website import Website, article, listing, serve

TITLES = [f"澜州技师学院第{number}届技能节开幕" for number in range(3)]


@pytest.fixture
def site() -> Iterator[Website]:
    with serve() as website:
        website.set("/list/", listing([(f"/{n}.html", title, "2026-11-20") for n, title in enumerate(TITLES)]))
        for number, title in enumerate(TITLES):
            website.set(f"/{number}.html", article(title))
        yield website


def scrapy(home: Home, *arguments: str) -> str:
    command = [sys.executable, "-m", "scrapy", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, env=home.environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_site_is_a_spider(tmp_path: Path, site: Website) -> None:
    home = Home(tmp_path / "home")
    home.site("lanzhou", site.base, news="/list/", gone="/gone/")
    assert scrapy(home, "list") == "lanzhou\n"
    assert scrapy(home, "crawl", "lanzhou").splitlines() == [
        "lanzhou/news: seen 3, new 3, kept 3, joined 0, revised 0, rejected 0, failed 0",
        "lanzhou/gone: seen 0, new 0, kept 0, joined 0, revised 0, rejected 0, failed 1 (HTTP 404 ×1)",
    ]
    with home.database.read() as db:
        assert [visit.new for visit in visits.recent(db, "lanzhou/news", 9)] == [3]
        assert sorted(one.title for one in articles.listing(db, limit=9)) == TITLES
        lease = hosts.get(db, site.host)
    assert lease is not None
    assert lease.next_allowed_at is not None
    assert "'title': '澜州技师学院第0届技能节开幕'" in scrapy(home, "parse", "--spider=lanzhou", f"{site.base}/0.html")
