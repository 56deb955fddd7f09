"""The hosts of `bench.network`: a layout, articles, and one habit each."""

import gzip
import json
import random
from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from posixpath import basename

from bench.web import Answer
from zhijiao.demo.printing import documents
from zhijiao.demo.sites import CHINA, SampleArticle, SampleSite
from zhijiao.demo.sites import load as load_samples

PAUSE = 0.2  # seconds between two requests to a host
WAIT = 3  # seconds that a host asks for
BURST = 26  # articles between two visits: a list page shows four, and a visit reads five pages behind the first
WHO = ("临江市职业教育中心", "青川职业技术学院", "澜州技师学院", "东平中等职业学校", "云浦高级技工学校", "江州职教集团")
WHAT = ("与企业签订校企合作协议", "公布高职单招计划", "举行职业技能竞赛选拔", "新建产教融合实训基地", "试行现代学徒制")
WHY = ("把专业建在产业链上", "让学生毕业即可上岗", "缓解一线技工短缺", "服务乡村振兴", "补上康养人才缺口")
Headers = dict[str, str]


@dataclass
class Host:
    address: str
    habit: "Habit"
    site: SampleSite
    pause: float  # seconds between two requests, at least
    base: str = ""
    round: int = 1
    listed: list[SampleArticle] = field(default_factory=list)  # newest first
    hits: dict[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return "h" + self.address.replace(".", "_")

    @property
    def list_path(self) -> str:
        return self.site.channels[0].path

    def publish(self, count: int, now: datetime) -> None:
        """The next articles, newest first on the list."""
        for _ in range(count):
            self.listed.insert(0, written(self, len(self.listed), now))

    def respond(self, path: str, headers: Headers) -> Answer:
        self.hits[path] = self.hits.get(path, 0) + 1
        return self.habit.does(self, path, headers) or self.ordinary(path, headers)

    def ordinary(self, path: str, headers: Headers) -> Answer:
        found = documents(replace(self.site, articles=tuple(self.listed)), self.base).get(path)
        if found is None:
            return Answer(b"not here", 404)
        kind = ("Content-Type", found.content_type)
        if path == "/robots.txt" or found.location:
            return Answer(
                found.body, found.status, (kind, *((("Location", found.location),) if found.location else ()))
            )
        etag = f'W/"{sha256(found.body).hexdigest()[:16]}"'
        if headers.get("if-none-match") == etag:
            return Answer(b"", 304, (("ETag", etag),))
        return Answer(found.body, found.status, (kind, ("ETag", etag)))


def written(host: Host, number: int, now: datetime) -> SampleArticle:
    """An article that no other host or number has; one a few minutes younger than the one before."""
    site = host.site
    seed = sha256(f"{host.address} {number}".encode()).digest() * 4
    who, what = WHO[seed[0] % 6], WHAT[seed[1] % 5]
    published = (
        (now - timedelta(hours=30) + timedelta(minutes=number)).astimezone(CHINA).replace(second=0, microsecond=0)
    )
    if site.precision == "day":
        published = published.replace(hour=0, minute=0)
    sentences = [
        f"{WHO[a % 6]}{WHAT[b % 5]},{a * 7 + b}名师生和{c + d}家企业参加,为的是{WHY[d % 5]},投入{b * 3 + c}万元。"
        for a, b, c, d in zip(*[iter(seed[:96])] * 4, strict=True)
    ]
    place = site.number + 13 * number
    return replace(
        site.articles[0],
        id=f"{host.id}-{number}",
        channel=site.channels[0].key,
        path=site.article.format(published=published, number=place),
        number=place,
        title=f"{who}{what}({host.address.rpartition('.')[2]}-{number}号)",
        published=published,
        original_title=None,
        printed=tuple("".join(sentences[start : start + 6]) for start in range(0, 24, 6)),
        captions=(),
        tail=(),
        images=(),
        attachments=(),
        relevant=True,
        same_as=None,
        held=False,
        gone=False,
        edit=None,
    )


Does = Callable[[Host, str, Headers], Answer | None]  # None: the ordinary answer


def nothing(_host: Host, _path: str, _headers: Headers) -> Answer | None:
    return None


@dataclass(frozen=True)
class Habit:
    name: str
    planted: str  # in words
    happens: str  # what must come of it
    does: Does = nothing
    hosts: int = 1
    layouts: tuple[str, ...] = ("djedu", "lanchuan", "linjiang")
    robots: str | None = None
    slower: int = 1  # times the usual pause between two requests
    later: int = 1  # articles that appear in the third round
    unread: tuple[int, ...] = ()  # numbers of articles that must not be stored
    kind: str = "list"


def no_validators(host: Host, path: str, _headers: Headers) -> Answer | None:
    answer = host.ordinary(path, {})
    return replace(answer, headers=answer.headers[:1])


def liar(host: Host, path: str, headers: Headers) -> Answer | None:
    return Answer(b"", 304) if path == host.list_path and "if-none-match" in headers else None


def robots(**answer: object) -> Does:
    def does(_host: Host, path: str, _headers: Headers) -> Answer | None:
        return Answer(**answer) if path == "/robots.txt" else None  # type: ignore[arg-type]

    return does


def robots_down(host: Host, path: str, _headers: Headers) -> Answer | None:
    return Answer(b"", 500) if path == "/robots.txt" and host.round < 4 else None


def refuses_list(host: Host, path: str, _headers: Headers) -> Answer | None:
    if path == host.list_path and host.hits[path] == 1:
        return Answer(b"", 429, (("Retry-After", str(WAIT)),))
    return None


def refuses_article(host: Host, path: str, _headers: Headers) -> Answer | None:
    if path == host.listed[-2].path and host.hits[path] == 1:
        until = datetime.now(UTC) + timedelta(seconds=WAIT)
        return Answer(b"", 503, (("Retry-After", format_datetime(until, usegmt=True)),))
    return None


def moved(status: int) -> Does:
    def does(host: Host, path: str, headers: Headers) -> Answer | None:
        if path == host.list_path:
            return Answer(b"", status, (("Location", "/xin" + path),))
        return host.ordinary(path[4:], headers) if path.startswith("/xin/") else None

    return does


def home(host: Host, path: str, headers: Headers) -> Answer | None:
    if path == "/":
        return host.ordinary(host.list_path, headers)
    return Answer(b"", 301, (("Location", "/"),)) if path == host.list_path and host.round >= 3 else None


def gone(host: Host, path: str, _headers: Headers) -> Answer | None:
    return Answer(b"", 410) if path == host.list_path and host.round >= 3 else None


def visitor(host: Host, path: str, headers: Headers) -> Answer | None:
    """Every link of the list carries a number that is another one at every visit."""
    if path != host.list_path:
        return host.ordinary(path.partition("?")[0], headers)
    answer, number = host.ordinary(path, {}), random.randrange(10**6)  # noqa: S311 - a visitor's number
    body = answer.body
    for article in host.listed:
        name = basename(article.path).encode()
        body = body.replace(name + b'"', name + f'?vv={number}"'.encode())
    return Answer(body, 200, answer.headers[:1])


def shuffled(host: Host, path: str, headers: Headers) -> Answer | None:
    if path != host.list_path:
        return None
    random.shuffle(host.listed)
    return host.ordinary(path, headers)


def pinned(host: Host, _path: str, _headers: Headers) -> Answer | None:
    """The oldest article stands on top of its list, too."""
    oldest = min(host.listed, key=lambda article: article.number)
    host.listed = [oldest, *(article for article in host.listed if article is not oldest)]
    return None


def endless(host: Host, path: str, _headers: Headers) -> Answer | None:
    """The list shows four articles, and behind it come pages without end that show the same four."""
    if path != host.list_path and "/page/" not in path:
        return None
    page = int(path.rpartition("/")[2]) if "/page/" in path else 1
    shown = replace(host.site, articles=tuple(host.listed[:4]))
    body = documents(shown, host.base)[host.list_path].body.decode()
    return Answer(body.replace("</body>", f'<a href="/page/{page + 1}">下一页</a></body>').encode(), 200, HTML)


def stumbles(host: Host, path: str, _headers: Headers) -> Answer | None:
    return Answer(b"", 500) if path == host.listed[-1].path and host.hits[path] <= 4 else None


def lost(host: Host, path: str, _headers: Headers) -> Answer | None:
    return Answer(b"", 404) if path == host.listed[-1].path else None


def private(host: Host, path: str, _headers: Headers) -> Answer | None:
    if path == host.listed[-1].path:
        return Answer(b"", 302, (("Location", "http://10.255.255.1:8080/admin"),))
    return (
        Answer(b"", 302, (("Location", "http://[::ffff:169.254.169.254]/"),)) if path == host.listed[-2].path else None
    )


def cookies(host: Host, path: str, headers: Headers) -> Answer | None:
    answer = host.ordinary(path, headers)
    return replace(answer, headers=(*answer.headers, ("Set-Cookie", "visitor=7; Path=/")))


def slow(host: Host, path: str, headers: Headers) -> Answer | None:
    return replace(host.ordinary(path, headers), seconds=0.4) if path == host.list_path else None


def sitemap(host: Host, path: str, _headers: Headers) -> Answer | None:
    spaces = "http://www.sitemaps.org/schemas/sitemap/0.9"
    if path == host.list_path:
        part = f"<sitemap><loc>{host.base}/news.xml.gz</loc></sitemap>"
        return Answer(f'<sitemapindex xmlns="{spaces}">{part}</sitemapindex>'.encode(), 200, XML)
    if path != "/news.xml.gz":
        return None
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    entries = "".join(
        f"<url><loc>{host.base}{a.path}</loc><n:news><n:publication_date>{a.published.isoformat()}</n:publication_date>"
        f"<n:title>{a.title}</n:title></n:news></url>"
        for a in host.listed
    )
    body = f'<urlset xmlns="{spaces}" xmlns:n="{news}">{entries}</urlset>'.encode()
    return Answer(gzip.compress(body, mtime=0), 200, (("Content-Type", "application/gzip"),))


def data(host: Host, path: str, headers: Headers) -> Answer | None:
    if path != host.list_path:
        return None
    page = int(dict(pair.split("=") for pair in headers.get("body", "page=1").split("&")).get("page", 1))
    shown = host.listed[4 * page - 4 : 4 * page]
    rows = [{"title": a.title, "url": a.path, "time": a.published.isoformat()} for a in shown]
    return Answer(json.dumps({"data": {"rows": rows}}).encode(), 200, (("Content-Type", "application/json"),))


HTML = (("Content-Type", "text/html; charset=utf-8"),)
XML = (("Content-Type", "application/xml"),)
FORBIDS_ALL = b"User-agent: *\nDisallow: /\n"
HABITS = (
    Habit("plain", "a site of its family", "stored; 304 when nothing is new", hosts=22,
          layouts=("anlan", "djedu", "djrb", "gongjiang", "lanchuan", "linjiang", "qiming", "rexian", "yunpu")),
    Habit("feed", "a native RSS feed", "stored", layouts=("zhixun",), kind="feed", hosts=2),
    Habit("sitemap", "a sitemap index with a packed news sitemap", "stored", sitemap, kind="sitemap", hosts=2),
    Habit("data", "JSON asked for by a form, page by page", "stored, page by page", data, kind="json", later=9),
    Habit("validators", "no validators: the same bytes again", "not read twice", no_validators, hosts=3),
    Habit("liar", "304 whatever is new", "noticed at its second 304; asked in full since", liar, hosts=2),
    Habit("forbids", "an article that robots.txt forbids", "never asked", robots="forbid", unread=(0,), hosts=2),
    Habit("forbids all", "robots.txt forbids everything", "nothing but robots.txt asked",
          robots(body=FORBIDS_ALL), unread=tuple(range(9))),
    Habit("robots 404", "no robots.txt", "stored", robots(status=404)),
    Habit("robots HTML", "a web page as robots.txt", "stored", robots(body=b"<html>Disallow: /</html>", headers=HTML)),
    Habit("robots loop", "robots.txt redirects to itself", "stored",
          robots(status=302, headers=(("Location", "/robots.txt"),))),
    Habit("robots huge", "robots.txt of 3 MB", "stored; its beginning counts",
          robots(body=b"User-agent: *\nDisallow: /x/\n" + b"# \n" * 1_000_000 + b"Disallow: /\n")),
    Habit("robots 500", "robots.txt answers 500 for three rounds", "nothing asked until it answers", robots_down,
          unread=(0,)),  # its first visit sees one page
    Habit("crawl-delay", "Crawl-delay five times our pause", "kept", slower=5,
          robots="User-agent: *\nCrawl-delay: {}\n"),
    Habit("429", f"the list answers 429, Retry-After: {WAIT}", "no request before; no failed visit", refuses_list,
          hosts=2),
    Habit("503", "an article answers 503 with a date", "no request before; read later", refuses_article, hosts=2),
    Habit("moved", "the list moved (301)", "asked at its new address from the sixth visit on", moved(301), hosts=2),
    Habit("found", "the list redirects (302)", "never remembered", moved(302)),
    Habit("home", "the list redirects to the home page", "a failure, not a move", home, later=0),
    Habit("gone", "the list answers 410 from the third round", "disabled; never asked again", gone, later=0, hosts=2),
    Habit("burst", f"{BURST} new articles, four on a page", "followed; the gap behind the cap read next time",
          later=BURST, hosts=3),
    Habit("pinned", "an old article on top of the list, nine new", "followed past it", pinned, later=9),
    Habit("shuffled", "the list in another order each time", "each stored once", shuffled, later=5,
          layouts=("gongjiang",)),
    Habit("visitor", "links with another number at each visit", "each stored once", visitor, layouts=("linjiang",)),
    Habit("endless", "pages without end that show the same", "one further page asked", endless, later=9,
          layouts=("gongjiang",), unread=tuple(range(4, 9))),
    Habit("stumbles", "an article answers 500 four times", "tried again and read", stumbles),
    Habit("lost", "an article that is never there", "tried five times, then given up", lost, unread=(0,)),
    Habit("private", "articles that redirect to private addresses", "refused before connecting", private,
          unread=(0, 1)),
    Habit("cookies", "every answer sets a cookie", "none comes back", cookies),
    Habit("slow", "a list that takes 0.4 s", "asked less often", slow),
)  # fmt: skip


def build(names: Container[str] | None = None, pause: float = PAUSE) -> list[Host]:
    """All habits, each on as many hosts as it says; or those named, each on one."""
    samples = load_samples(datetime.now(UTC)).sites
    wanted = [
        (habit, number)
        for habit in HABITS
        for number in range(habit.hosts if names is None else int(habit.name in names))
    ]
    found = []
    for place, (habit, number) in enumerate(wanted):
        site = samples[habit.layouts[number % len(habit.layouts)]]
        channel = replace(site.channels[0], rows=4 if site.channels[0].more else 50)
        longer = pause * habit.slower
        text = site.robots if not habit.robots or habit.robots == "forbid" else habit.robots.format(longer)
        address = f"127.0.1.{place + 1}"
        found.append(Host(address, habit, replace(site, channels=(channel,), robots=text), longer))
    return found
