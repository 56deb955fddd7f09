"""What one look at a channel finds, and what it remembers of it."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from crawlers import look
from crawlers.habits import MOVED
from crawlers.pages.data import read_data
from crawlers.pages.page import Page
from crawlers.pages.rules import DataRules
from storage import channels, hosts, visits
from storage.database import Database
from storage.models import Channel
from storage.records import FoundLink, Habits
from tests.crawlers.crawling import Home, jobs
from tests.crawlers.website import listing, serve
from tests.storage.samples import NEWS, link, stock, visit

LOGIN = "<html><title>登录</title><body><form>请登录后访问<input type=password name=p></form></body></html>"

BASE = "https://edu.linjiang.example"
DATA = DataRules("site:linjiang", items="rows", url="url", title="title", date="date")
JSON = rb"""{"rows": [
    {"url": "/1\u0000\ud800.html", "title": "\u0000\ud800", "date": "2026-11-20\u0000"},
    {"url": "/2.html", "title": "\ud83d\ude00 2", "date": null}
]}"""


def test_what_a_database_refuses_costs_no_links(database: Database) -> None:
    items = read_data(Page(f"{BASE}/list.json", JSON), DATA).items
    found = [look._link(link(number).canonical, item.url or "", item, "news") for number, item in enumerate(items, 1)]
    assert found == [
        FoundLink(link(1).canonical, f"{BASE}/1.html", "", "2026-11-20"),
        FoundLink(link(2).canonical, f"{BASE}/2.html", "😀 2", None),
    ]
    with database.begin() as db:
        stock(db)
        assert visits.store(db, visit(), found).new == 2
        assert [row.title for row in visits.pending(db, NEWS.id, visit().finished_at)] == ["", "😀 2"]


def test_nothing_is_held_against_a_channel_whose_host_is_busy(tmp_path: Path) -> None:
    """Also where only the address that it has moved to was asked: its own host stands for the channel."""
    home = Home(tmp_path / "home")
    with serve() as old, serve() as new:
        new.set("/list/", listing([("/1.html", "职业学校技能竞赛开赛", "2026-11-20")]))
        home.site("linjiang", old.base, news="/list/")
        with home.database.begin() as db:
            hosts.take(db, old.host, "another", datetime.now(UTC), 600)
            moved = {"moved_to": f"{new.base}/list/", "moved_times": MOVED}
            db.execute(update(Channel).values(moved))
            before = channels.get(db, "linjiang/news")
        told = home.crawl(*jobs("linjiang/news")).finished("linjiang/news")
    assert new.paths()[-1] == "/list/"
    assert told == {"failed": {"another crawl is asking this host": 1}}
    with home.database.read() as db:
        assert (channels.get(db, "linjiang/news"), visits.recent(db, "linjiang/news", 9)) == (before, [])


def test_a_page_that_cannot_be_read_fails_each_time(tmp_path: Path) -> None:
    """Its bytes are the same at every visit, which says nothing good of it."""
    home = Home(tmp_path / "home")
    with serve() as site:
        site.set("/list/", LOGIN)
        home.site("linjiang", site.base, news="/list/")
        with home.crawling() as crawl:
            first, second = (crawl(*jobs("linjiang/news")).finished("linjiang/news") for _ in range(2))
    assert first == second
    assert first["failed"]
    with home.database.read() as db:
        record = channels.get(db, "linjiang/news")
    assert record and (record.failures, record.digest) == (2, Habits().digest)
