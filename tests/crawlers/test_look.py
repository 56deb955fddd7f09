"""What one look at a channel finds, and what it remembers of it."""

from pathlib import Path

from storage import channels
from storage.records import Habits
from tests.crawlers.crawling import Home, jobs
from tests.crawlers.website import serve

LOGIN = "<html><title>登录</title><body><form>请登录后访问<input type=password name=p></form></body></html>"


def test_a_page_that_cannot_be_read_fails_each_time(tmp_path: Path) -> None:
    """Its bytes are the same at every visit, which says nothing good of it."""
    home = Home(tmp_path / "home")
    with serve() as site:
        site.set("/list/", LOGIN)
        home.site("linjiang", site.base, news="/list/")
        first, second = (home.crawl(*jobs("linjiang/news")).finished("linjiang/news") for _ in range(2))
    assert first == second
    assert first["failed"]
    with home.database.read() as db:
        record = channels.get(db, "linjiang/news")
    assert record and (record.failures, record.digest) == (2, Habits().digest)
