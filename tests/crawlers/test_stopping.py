"""A crawl process that is killed, stopped or loses its hosts: nothing is lost, doubled or left held."""

import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from storage import articles, hosts, links
from storage.records import Lease
from tests.crawlers.crawling import PATIENCE, Home, Told, jobs
from tests.crawlers.website import Website, article, listing, serve

pytestmark = pytest.mark.slow

TITLES = {f"/{number}.html": f"职业学校技能竞赛第{number}场开赛" for number in range(4)}


@pytest.fixture
def site() -> Iterator[Website]:
    """Four articles, of which the third never comes."""
    with serve() as website:
        website.set("/list/", listing([(path, title, "2026-11-20") for path, title in TITLES.items()]))
        for path, title in TITLES.items():
            website.set(path, article(title))
        website.pages["/2.html"] = replace(website.pages["/2.html"], seconds=30)
        yield website


@pytest.fixture
def home(tmp_path: Path, site: Website) -> Home:
    home = Home(tmp_path / "home", {"ZHIJIAO_LEASE_SECONDS": "6"})
    home.site("slow", site.base, news="/list/", more="/list/?all")
    return home


def in_the_middle(home: Home, site: Website, *channels: str) -> "subprocess.Popen[str]":
    """A crawl that has stored two articles and waits for the third; its standard input stays open."""
    process = home.start()
    assert process.stdin
    process.stdin.writelines(json.dumps(job) + "\n" for job in jobs(*channels))
    process.stdin.flush()
    if not site.waiting.wait(60):
        process.kill()
        pytest.fail(process.communicate()[1])
    return process


def answer_at_once(site: Website) -> None:
    site.closing.set()
    site.pages["/2.html"] = replace(site.pages["/2.html"], seconds=0)


def stored(home: Home) -> list[str]:
    with home.database.read() as db:
        return sorted(one.title for one in articles.listing(db, limit=100))


def held(home: Home, site: Website) -> Lease:
    with home.database.read() as db:
        lease = hosts.get(db, site.host)
    assert lease is not None
    return lease


def test_a_host_is_held_while_it_is_needed_and_after_a_kill_the_next_run_stores_the_rest_once(
    home: Home, site: Website
) -> None:
    home.options["ZHIJIAO_LEASE_SECONDS"] = "2"
    process = in_the_middle(home, site, "slow/news")
    taken = held(home, site)
    while (renewed := held(home, site)).lease_until == taken.lease_until:
        assert taken.lease_until > datetime.now(UTC)
    assert replace(renewed, lease_until=taken.lease_until) == taken
    process.kill()
    process.communicate()
    assert stored(home) == [TITLES["/0.html"], TITLES["/1.html"]]
    while held(home, site).lease_until > datetime.now(UTC):
        pass  # the host of the dead is free only when their lease has run out
    answer_at_once(site)
    site.asked.clear()
    assert home.crawl(*jobs("slow/news")).finished("slow/news") == {"kept": 2}  # the same page
    assert stored(home) == sorted(TITLES.values())
    assert [path for path in site.paths() if path.endswith(".html")] == ["/2.html", "/3.html"]


def test_a_crawl_that_is_told_to_stop_says_so_and_gives_up_its_hosts(home: Home, site: Website) -> None:
    process = in_the_middle(home, site, "slow/news", "slow/more")
    process.send_signal(signal.SIGTERM)
    out, log = process.communicate(timeout=PATIENCE)
    told = Told([json.loads(line) for line in out.splitlines()])
    assert process.returncode == 0, log
    assert told.finished("slow/news") == {"seen": 4, "new": 4, "kept": 2, "failed": {"crawl was stopped": 1}}
    assert told.finished("slow/more") == {"failed": {"crawl was stopped": 1}}
    assert "Traceback" not in log
    with home.database.read() as db:
        unread = links.get(db, f"https://{site.host}/2.html")
    assert held(home, site).next_allowed_at is not None
    assert held(home, site).lease_until < datetime.now(UTC)
    assert unread is not None
    assert (unread.state, unread.attempts) == ("new", 0)


def test_when_the_parent_is_gone_the_crawl_ends(home: Home, site: Website) -> None:
    with in_the_middle(home, site, "slow/news") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        site.closing.set()
        assert process.wait(PATIENCE) == 0, process.stderr.read()
        assert "Traceback" not in process.stderr.read()
    assert held(home, site).lease_until < datetime.now(UTC)


def test_under_a_lost_lease_nothing_more_is_stored(home: Home, site: Website) -> None:
    process = in_the_middle(home, site, "slow/news")
    with home.database.begin() as db:
        mine = hosts.get(db, site.host)
        assert mine is not None
        hosts.release(db, mine, None)
        theirs = hosts.take(db, site.host, "another process", datetime.now(UTC), 600)
    site.closing.set()
    out, _ = process.communicate(timeout=PATIENCE)
    told = Told([json.loads(line) for line in out.splitlines()])
    lost = "the lease of this host was lost; nothing stored"
    assert told.finished("slow/news") == {"seen": 4, "new": 4, "kept": 2, "failed": {lost: 2}}
    assert stored(home) == [TITLES["/0.html"], TITLES["/1.html"]]
    with home.database.read() as db:
        assert hosts.get(db, site.host) == theirs
        unread = [links.get(db, f"https://{site.host}{path}") for path in ("/2.html", "/3.html")]
    assert [(link.state, link.attempts) for link in unread if link] == [("new", 0)] * 2


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_database_server_that_drops_its_connections_costs_nothing(
    tmp_path: Path, site: Website, database_url: str, postgresql_server: psycopg.Connection
) -> None:
    home = Home(tmp_path / "elsewhere", url=database_url)
    home.site("slow", site.base, news="/list/")
    process = in_the_middle(home, site, "slow/news")
    dropped = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    postgresql_server.execute(dropped, [database_url.rpartition("/")[2]])
    site.closing.set()
    out, log = process.communicate(timeout=PATIENCE)
    told = Told([json.loads(line) for line in out.splitlines()])
    assert told.finished("slow/news") == {"seen": 4, "new": 4, "kept": 4}, log
    assert stored(home) == sorted(TITLES.values())
    home.database.close()
