"""`scrapy list`, `scrapy crawl SITE` and `scrapy parse`, as a person at the checkout types them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy import Request

from crawlers.catalogue import load
from crawlers.loader import SiteLoader
from storage import articles, hosts, visits
from tests.crawlers.crawling import CHECKOUT, PATIENCE, Home
from tests.crawlers.website import Website, article, listing, serve

TITLES = [f"澜州技师学院第{number}届技能节开幕" for number in range(3)]


@pytest.fixture
def site() -> Iterator[Website]:
    with serve() as website:
        website.set("/list/", listing([(f"/{n}.html", title, "2026-11-20") for n, title in enumerate(TITLES)]))
        for number, title in enumerate(TITLES):
            website.set(f"/{number}.html", article(title))
        yield website


def scrapy(home: Home, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "scrapy", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=CHECKOUT, env=home.environment)


def printed(process: "subprocess.Popen[str]") -> str:
    out, log = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, log
    return out


def test_a_site_is_a_spider(tmp_path: Path, site: Website) -> None:
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    for one in (home, other):
        one.site("lanzhou", site.base, news="/list/", gone="/gone/")
    crawl = scrapy(home, "crawl", "lanzhou")
    parse = scrapy(other, "parse", "--spider=lanzhou", f"{site.base}/0.html")
    assert printed(crawl).splitlines() == [
        "lanzhou/news: seen 3, new 3, kept 3, joined 0, revised 0, rejected 0, failed 0",
        "lanzhou/gone: seen 0, new 0, kept 0, joined 0, revised 0, rejected 0, failed 1 (HTTP 404 ×1)",
    ]
    with home.database.read() as db:
        assert [visit.new for visit in visits.recent(db, "lanzhou/news", 9)] == [3]
        assert sorted(one.title for one in articles.listing(db, limit=9)) == TITLES
        lease = hosts.get(db, site.host)
    assert lease is not None
    assert lease.next_allowed_at is not None
    assert f"'title': '{TITLES[0]}'" in printed(parse)
    with other.database.read() as db:
        assert articles.count(db) == 0


def test_the_sites_are_listed_by_scrapy_itself(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.site("lanzhou", "http://lanzhou.example", news="/list/")
    assert printed(scrapy(home, "list")) == "lanzhou\n"


def test_a_site_is_found_by_name_and_by_address(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.site("lanzhou", "http://lanzhou.example", news="/list/")
    loader = SiteLoader(load(home.path / "sources", bundled=False))
    assert loader.load("lanzhou").name == "lanzhou"
    assert loader.find_by_request(Request("http://lanzhou.example/1.html")) == ["lanzhou"]
    assert loader.find_by_request(Request("http://elsewhere.example/")) == []
    with pytest.raises(KeyError, match=r"目录里没有 qingchuan$"):
        loader.load("qingchuan")


def test_a_site_that_is_not_there_is_told_in_a_sentence_and_one_that_is_disabled_with_its_reason(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    home.site(
        "lanzhou", "http://lanzhou.example", keys='enabled = false\ndisabled_reason = "moved away"', news="/list/"
    )
    mistyped, disabled = scrapy(home, "crawl", "lanzou"), scrapy(home, "crawl", "lanzhou")
    _, said = mistyped.communicate(timeout=PATIENCE)
    assert mistyped.returncode == 2
    assert said.splitlines()[-1].endswith("error: no lanzou in the catalogue (did you mean lanzhou?)")
    assert "failed 1 (channel is disabled: moved away ×1)" in printed(disabled)
