"""The crawl process against websites on loopback: what it tells, stores, asks and leaves alone."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from storage import articles, channels, hosts, links, stories, visits
from storage.records import ChannelRecord, LinkRecord, VisitRecord
from tests.crawlers.crawling import Crawl, Home, Told, jobs
from tests.crawlers.website import Website, article, listing, serve

DELAY = 0.05
TODAY = datetime.now(UTC).date().isoformat()
TITLES = [f"临江市职业教育新闻第{number}条:校企合作有新进展" for number in range(4)]
OTHER = "市民公园今日开放,游客络绎不绝"
SECRET = "不许看的职业教育新闻一则在这里"
DELETED = "已经删除的职业教育新闻一则在这里"
FILE = "职业教育规划文件一份请下载"
GBK = [f"澜州技师学院招生简章发布,新增第{number}个专业" for number in range(3)]
CONTEST = "青川职业技术学院举行技能竞赛开幕式"
LISTED = (
    "/a/0.html",
    "/a/1.html",
    "/a/2.html",
    "/a/3.html",
    "/a/other.html",
    "/secret/1.html",
    "/a/gone.html",
    "/plan.pdf",
)
SITES = ("good", "gbk", "closed", "broken", "busy", "dead")


@dataclass
class Crawled:
    """Three crawls of the same sites: the first, one more, and one that reads known links anew after an edit."""

    good: Website
    first: Told
    second: Told
    again: Told
    asked: dict[str, list[str]]  # paths of the good site, by crawl
    guids: dict[str, list[str]]  # of all stories after each crawl
    channels: dict[str, ChannelRecord]  # after the first crawl
    links: dict[str, LinkRecord]  # of good/news after the first crawl, by path
    visits: dict[str, list[VisitRecord]]  # of the first crawl
    texts: list[str]  # titles in the database at the end


def furnish(good: Website, gbk: Website, closed: Website, broken: Website) -> None:
    named = list(zip(LISTED, [*TITLES, OTHER, SECRET, DELETED, FILE], strict=True))
    good.set("/robots.txt", "User-agent: *\nDisallow: /secret/\n")
    etag, modified = 'W/"one:1"', "Fri, 20 Nov 2026 08:00:00 GMT"
    good.set("/list/", listing([(path, title, TODAY) for path, title in named]), ETag=etag, Last_Modified=modified)
    for path, title in named[:4]:
        good.set(path, article(title, day=TODAY))
    good.set("/a/other.html", article(OTHER, text=("公园内花草繁盛,设施完善,市民纷纷前来散步休闲。" * 4,)))
    good.set("/feed.xml", feed(good.base, "/f/1.html", CONTEST))
    good.set("/f/1.html", article(CONTEST, day=TODAY))
    gbk.set(
        "/list/",
        listing([(f"/{n}.html", title, TODAY) for n, title in enumerate(GBK)], charset="gb2312"),
        encoding="gb18030",
    )
    for number, title in enumerate(GBK):
        gbk.set(f"/{number}.html", article(title, day=TODAY, charset="gb2312"), encoding="gb18030")
    closed.set("/robots.txt", "User-agent: *\nDisallow: /\n")
    broken.refuses = True


def feed(base: str, path: str, title: str) -> str:
    item = (
        f"<item><title>{title}</title><link>{base}{path}</link><pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item>"
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>青川</title>{item}</channel></rss>'


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with ExitStack() as stack:
        good, gbk, closed, broken, busy = (stack.enter_context(serve()) for _ in range(5))
        with serve() as gone:
            dead = gone.base
        furnish(good, gbk, closed, broken)
        home = Home(tmp_path_factory.mktemp("crawled") / "home")
        home.site("good", good.base, news="/list/", feed="feed:/feed.xml", missing="/nowhere/", story="/a/0.html")
        for site_id, base in zip(SITES[1:], (gbk.base, closed.base, broken.base, busy.base, dead), strict=True):
            home.site(site_id, base, news="/list/")
        home.site("dead", dead, news="/list/", more="/more/")
        with home.database.begin() as db:
            assert hosts.take(db, busy.host, "another process", datetime.now(UTC), 600)
        lists = [f"{site_id}/news" for site_id in SITES]
        first = home.crawl(
            *jobs(*lists, "good/feed", "good/missing", "good/story", "good/unheard", "dead/more"), {"nonsense": 1}
        )
        assert busy.asked == []
        assert closed.paths() == ["/robots.txt"]
        with home.crawling() as crawl:
            yield proceed(home, good, first, crawl)


def proceed(home: Home, good: Website, first: Told, crawl: Crawl) -> Crawled:
    asked, guids = {"first": good.paths()}, {"first": guids_of(home)}
    canonicals = {f"https://{good.host}{path}": path for path in LISTED}
    with home.database.read() as db:
        records = {channel.id: channel for site_id in SITES for channel in channels.of_site(db, site_id)}
        visited = {channel_id: visits.recent(db, channel_id, 9) for channel_id in records}
        found = {canonicals[link.canonical]: link for link in links.of_channel(db, "good/news", [*canonicals])}
    second = crawl(*jobs("good/news"))
    asked["second"], guids["second"] = good.paths()[len(asked["first"]) :], guids_of(home)
    edited = ("更正:原文中的数字有误,现予更正,职业教育经费为三千万元。",)
    good.set(LISTED[1], article(TITLES[1], day=TODAY, text=edited))
    again = crawl(*jobs("good/news", again=True))
    asked["again"] = good.paths()[len(asked["first"]) + len(asked["second"]) :]
    guids["again"] = guids_of(home)
    with home.database.read() as db:
        texts = sorted(one.title for one in articles.listing(db, limit=100))
    return Crawled(good, first, second, again, asked, guids, records, found, visited, texts)


def guids_of(home: Home) -> list[str]:
    with home.database.read() as db:
        return sorted(view.story.guid for view in stories.listing(db, limit=100, offset=0))


def test_every_job_has_one_last_word(crawled: Crawled) -> None:
    refused = {"robots": "forbidden by robots.txt", "busy": "another crawl is asking this host"}
    kept = {"seen": 1, "new": 1, "kept": 1}
    assert {
        event["channel"]: crawled.first.finished(event["channel"]) for event in crawled.first.of("channel_finished")
    } == {
        "good/news": {
            "seen": 8,
            "new": 8,
            "kept": 4,
            "rejected": {"没有提到职业教育。": 1, "attachment": 1},
            "failed": {refused["robots"]: 1, "HTTP 404": 1},
        },
        "good/feed": kept,
        "good/missing": {"failed": {"HTTP 404": 1}},
        "good/story": {"failed": {"没有找到正文": 1}},
        "good/unheard": {"failed": {"no such channel in the catalogue": 1}},
        "gbk/news": {"seen": 3, "new": 3, "kept": 3},
        "closed/news": {"failed": {refused["robots"]: 1}},
        "broken/news": {"failed": {"download failed (DownloadFailedError)": 1}},
        "busy/news": {"failed": {refused["busy"]: 1}},
        "dead/news": {"failed": {"connection refused": 1}},
        "dead/more": {"failed": {"connection refused": 1}},  # robots.txt is not asked for again, and its cause is known
    }


def test_a_visit_tells_its_list_page_and_then_each_article(crawled: Crawled) -> None:
    started, visited, *read, finished = (e for e in crawled.first.events if e["channel"] == "good/feed")
    url = f"{crawled.good.base}/f/1.html"
    counts = {"seen": 1, "new": 1, "pending": 1}
    due = crawled.channels["good/feed"].next_due
    assert due is not None
    assert started == {"event": "visit_started", "channel": "good/feed"}
    assert visited == {
        "event": "visit_finished",
        "channel": "good/feed",
        "name": "feed",
        "status": 200,
        "rule": "feed:rss20",
        **counts,
        "error": None,
        "next_due": due.isoformat(),
    }
    assert [{**one, "story": 0} for one in read] == [
        {
            "event": "article",
            "channel": "good/feed",
            "url": url,
            "title": CONTEST,
            "outcome": "stored",
            "reason": None,
            "story": 0,
        }
    ]
    nothing = dict.fromkeys(("joined", "revised", "unchanged", "rechecked", "removed", "returned"), 0)
    assert finished == {
        "event": "channel_finished",
        "channel": "good/feed",
        "seen": 1,
        "new": 1,
        "kept": 1,
        **nothing,
        "rejected": {},
        "failed": {},
        "notes": [],
        "unasked": False,
    }


def test_visits_are_recorded_whatever_happens(crawled: Crawled) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)

    def visit(channel_id: str, status: int | None, reason: str | None, **rest: object) -> VisitRecord:
        outcome = "failed" if reason else "ok"
        return replace(VisitRecord(channel_id, moment, moment, outcome, moment, status, reason), **rest)  # type: ignore[arg-type]

    timeless = {
        channel_id: [replace(v, started_at=moment, finished_at=moment, next_due=moment, archived=None) for v in found]
        for channel_id, found in crawled.visits.items()
    }
    validators = {"etag": 'W/"one:1"', "last_modified": "Fri, 20 Nov 2026 08:00:00 GMT"}
    assert timeless == {
        "good/news": [visit("good/news", 200, None, rule="generic", seen=8, new=8, **validators)],
        "good/feed": [visit("good/feed", 200, None, rule="feed:rss20", seen=1, new=1)],
        "good/missing": [visit("good/missing", 404, "HTTP 404", fault="http")],
        "good/story": [visit("good/story", 200, "没有找到正文", fault="empty")],
        "gbk/news": [visit("gbk/news", 200, None, rule="generic", seen=3, new=3)],
        "closed/news": [visit("closed/news", None, "forbidden by robots.txt", fault="robots")],
        "broken/news": [visit("broken/news", None, "download failed (DownloadFailedError)", fault="download")],
        "busy/news": [],
        "dead/news": [visit("dead/news", None, "connection refused", fault="refused")],
        "dead/more": [visit("dead/more", None, "connection refused", fault="refused")],
    }


def test_links_end_as_fetched_failed_or_refused(crawled: Crawled) -> None:
    ends = {path: (link.state, link.attempts, link.reason, link.origin) for path, link in crawled.links.items()}
    fetched = ("fetched", 1, None, "first_visit")
    assert ends == {
        **dict.fromkeys(LISTED[:5], fetched),
        "/secret/1.html": ("failed", 1, "forbidden by robots.txt", "first_visit"),
        "/a/gone.html": ("failed", 1, "HTTP 404", "first_visit"),
        "/plan.pdf": ("refused", 0, "attachment", "first_visit"),
    }
    gone, visit = crawled.links["/a/gone.html"].next_try, crawled.visits["good/news"][0]
    assert gone is not None
    assert timedelta(minutes=10) <= gone - visit.finished_at < timedelta(minutes=11)


def test_a_channel_that_fails_is_asked_less_often(crawled: Crawled) -> None:
    pauses = {channel: found[0].next_due - found[0].finished_at for channel, found in crawled.visits.items() if found}
    assert timedelta(minutes=15) <= pauses["good/news"] <= timedelta(days=1)  # by its rhythm, within floor and ceiling
    assert timedelta(seconds=3600 * 0.85) <= pauses["dead/news"] <= timedelta(seconds=3600 * 1.15)
    assert crawled.channels["busy/news"].next_due is None


def test_what_robots_txt_forbids_is_not_asked(crawled: Crawled) -> None:
    assert "/secret/1.html" not in crawled.good.paths()
    assert "/plan.pdf" not in crawled.good.paths()


def test_an_unchanged_list_is_not_sent_again(crawled: Crawled) -> None:
    conditional = [asked.headers for asked in crawled.good.asked if asked.path == "/list/"][1]
    assert conditional["if-none-match"] == 'W/"one:1"'
    assert conditional["if-modified-since"] == "Fri, 20 Nov 2026 08:00:00 GMT"
    assert [event["status"] for event in crawled.second.of("visit_finished")] == [304]
    assert crawled.second.finished("good/news") == {}
    assert crawled.asked["second"] == ["/list/"]
    assert crawled.guids["second"] == crawled.guids["first"]


def test_known_links_are_read_anew_where_asked(crawled: Crawled) -> None:
    assert crawled.again.finished("good/news") == {
        "seen": 8,
        "revised": 1,
        "unchanged": 4,
        "rejected": {"attachment": 1},
        "failed": {"forbidden by robots.txt": 1, "HTTP 404": 1},
    }
    assert crawled.again.articles()[TITLES[1]] == "revised"
    assert crawled.guids["again"] == crawled.guids["first"]
    assert crawled.texts == sorted([*TITLES, OTHER, *GBK, CONTEST])


def test_a_host_is_asked_by_one_request_at_a_time_and_never_faster_than_the_delay(crawled: Crawled) -> None:
    moments = [asked.at for asked in crawled.good.asked]
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert min(pauses) >= DELAY * 0.6  # an arrival is noted some milliseconds after its sending, more or fewer


def test_the_crawler_says_who_it_is(crawled: Crawled) -> None:
    agents = {asked.headers["user-agent"] for asked in crawled.good.asked}
    assert len(agents) == 1
    assert agents.pop().endswith(" (+https://zhijiao.example/about)")
    assert not any({"cookie", "referer"} & asked.headers.keys() for asked in crawled.good.asked)


def test_a_line_that_is_no_job_is_logged_and_passed_over(crawled: Crawled) -> None:
    assert 'not a job line=b\'{"nonsense": 1}' in crawled.first.log


@pytest.fixture
def site() -> Iterator[Website]:
    with serve() as website:
        yield website


def furnish_pages(site: Website, last: int) -> None:
    """List pages 1 to last, three articles each, the newest first."""
    for page in range(1, last + 1):
        rows = [
            (f"/{page}-{n}.html", f"职业教育专题报道第{page}页第{n}篇", f"2026-{12 - page:02d}-0{n}") for n in (3, 2, 1)
        ]
        address = "/" if page == 1 else f"/{page}/"
        site.set(address, listing(rows, following=f"/{page + 1}/" if page < last else ""))
        for path, title, day in rows:
            site.set(path, article(title, day=day))


def test_a_back_fill_follows_pages_and_a_dry_run_stores_nothing(site: Website, tmp_path: Path) -> None:
    furnish_pages(site, last=4)
    home = Home(tmp_path / "home")
    home.site("paged", site.base, news="/")
    with home.crawling() as crawl:
        dry = crawl(*jobs("paged/news", dry_run=True, since="2026-11-02"))
        with home.database.read() as db:
            assert (visits.recent(db, "paged/news", 9), articles.count(db)) == ([], 0)
            assert links.known(db, [f"https://{site.host}/1-3.html"]) == set()
        site.asked.clear()
        told = crawl(*jobs("paged/news", backfill=2))
    assert dry.articles() == {f"职业教育专题报道第1页第{n}篇": "dry" for n in (3, 2)}
    assert dry.finished("paged/news") == {"seen": 3, "new": 3, "kept": 2}
    there = ["back-fill has reached 2026-09-01 and can go on"]
    assert told.finished("paged/news") == {"seen": 9, "new": 9, "kept": 9, "notes": there}
    assert [path for path in site.paths() if path.endswith("/")] == ["/", "/2/", "/3/"]
    with home.database.read() as db:
        every = links.of_channel(db, "paged/news", [f"https://{site.host}/{page}-1.html" for page in (1, 2, 3)])
    assert [link.origin for link in every] == ["first_visit", "backfill", "backfill"]
    site.asked.clear()
    further = home.crawl(*jobs("paged/news", backfill=2)).finished("paged/news")  # a new process goes on at page 4
    assert further == {"seen": 6, "new": 3, "kept": 3}
    assert [path for path in site.paths() if path.endswith("/")] == ["/", "/4/"]


def test_articles_behind_a_redirect_and_pages_that_are_too_large(site: Website, tmp_path: Path) -> None:
    titles = [
        "职业技能等级认定办法今起施行",
        "职业教育活动周图片集锦(大图)",
        "职业院校教师素质提高计划启动",
        "技工院校招生",
    ]
    with serve() as other:
        home = Home(tmp_path / "home", {"ZHIJIAO_MAX_BYTES": "100000", "ZHIJIAO_ALLOW_PRIVATE": "127.0.0.1/32"})
        paths = ("/moved.html", "/huge.html", "/loop.html", "/inside.html")
        site.set("/", listing([(path, title, TODAY) for path, title in zip(paths, titles, strict=True)]))
        site.set("/moved.html", "", status=302, Location=f"{other.base}/new.html")
        site.set("/huge.html", article(titles[1]) + " " * 200_000)
        site.set("/loop.html", "", status=302, Location="/loop.html")
        site.set("/inside.html", "", status=302, Location=other.base.replace("127.0.0.1", "127.0.0.2"))
        other.set("/new.html", article(titles[0], day=TODAY))
        home.site("moving", site.base, news="/")
        told = home.crawl(*jobs("moving/news"))
        reasons = {event["title"]: event["reason"] for event in told.of("article")}
        assert reasons == {
            titles[0]: None,
            titles[1]: "page too large",
            titles[2]: "too many redirects",
            titles[3]: "127.0.0.2 is a private address",
        }
        assert other.paths() == ["/robots.txt", "/new.html"]
        with home.database.read() as db:
            (stored,) = articles.listing(db, limit=9)
            link = links.get(db, f"https://{site.host}/moved.html")
            lease = hosts.get(db, other.host)
    assert (stored.title, stored.url) == (titles[0], f"{site.base}/moved.html")
    assert link is not None
    assert link.state == "fetched"
    assert lease is not None
    assert lease.lease_until < datetime.now(UTC)
    assert site.paths().count("/loop.html") == 6
