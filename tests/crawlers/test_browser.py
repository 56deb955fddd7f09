"""A site that shows nothing without JavaScript, crawled with a real Chromium."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawlers import browser
from crawlers.failures import NotAsked, Unread
from storage import archive, articles, hosts
from storage.records import ArticleRecord, HostRecord
from tests.crawlers.crawling import Home, Told, jobs
from tests.crawlers.website import Website, serve, wording
from tests.services import program

pytestmark = pytest.mark.slow

TODAY = datetime.now(UTC).date().isoformat()
TITLES = [f"临江市职业教育新闻第{number}条:校企合作有新进展" for number in range(2)]
SHELL = (
    '<html><head><meta charset="gbk"><title>临江教育</title><link rel="stylesheet" href="/app.css"></head>'
    '<body><div id="app"></div><script src="/app.js"></script><img src="/logo.png"></body></html>'
)
OPTIONS = {"ZHIJIAO_ALLOW_PRIVATE": "127.0.0.1/32", "ZHIJIAO_LOG_LEVEL": "INFO"}
# A made-up single-page application: which data it asks for depends on its own address.
APP = """
const app = document.getElementById("app");
const get = async (path, form) => (await fetch(path, form && {method: "POST", body: JSON.stringify(form)})).json();
const tell = (tag, text, into) => {
  const element = document.createElement(tag);
  element.textContent = text;
  into.append(element);
  return element;
};
(async () => {
  for (const place of ["/secret/1.json", "http://10.0.0.1/x.json", "http://127.0.0.2:PORT/x.json"])
    await fetch(place).catch(() => {});
  if (location.pathname === "/list/") {
    const items = await get("/api/list", {page: 1});
    const list = tell("ul", "", app);
    for (const item of items) {
      const row = tell("li", "", list), link = tell("a", item.title, row);
      link.href = item.url; tell("span", item.date, row);
    }
  } else {
    const article = await get("/api" + location.pathname);
    tell("h1", article.title, app);
    tell("div", "发布时间:" + article.date + " 来源:临江日报", app);
    for (const text of article.text) tell("p", text, app);
  }
})();
"""


@dataclass
class Crawled:
    site: Website
    other: Website  # on an address that is not allowed
    told: Told
    second: Told
    found: dict[str, ArticleRecord]  # by path
    kept: bytes  # of the first article, as archived
    host: HostRecord | None


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    program("chromium")
    with serve() as site, serve("127.0.0.2") as other:
        furnish(site, other)
        home = Home(tmp_path_factory.mktemp("browser") / "home", OPTIONS)
        home.site("scripted", site.base, news="/list/")
        allow_browser(home, "scripted")
        told, second = home.crawl(*jobs("scripted/news")), home.crawl(*jobs("scripted/news"))
        with home.database.read() as db:
            found = {record.url.removeprefix(site.base): record for record in articles.listing(db, limit=9)}
            host = hosts.ledger(db, site.host)
        home.database.close()
        first = found["/n/0"].archived
        assert first
        yield Crawled(site, other, told, second, found, archive.read(home.path / "archive", first).body, host)


def furnish(site: Website, other: Website) -> None:
    site.set("/robots.txt", "User-agent: *\nDisallow: /secret/\n")
    site.set("/app.js", APP.replace("PORT", other.base.rpartition(":")[2]), Content_Type="text/javascript")
    site.set("/list/", SHELL)
    rows = [{"title": title, "url": f"/n/{n}", "date": TODAY} for n, title in enumerate(TITLES)]
    site.json("/api/list", rows)
    for n, title in enumerate(TITLES):
        site.set(f"/n/{n}", SHELL)
        site.json(f"/api/n/{n}", {"title": title, "date": f"{TODAY} 08:30", "text": wording(title)})


def allow_browser(home: Home, site: str) -> None:
    path = home.path / "sources" / f"{site}.toml"
    path.write_text(f"browser = true\n{path.read_text()}")


def test_its_articles_are_stored_as_a_reader_sees_them(crawled: Crawled) -> None:
    assert crawled.told.finished("scripted/news") == {"seen": 2, "new": 2, "kept": 2}
    for n, title in enumerate(TITLES):
        record = crawled.found[f"/n/{n}"]
        assert (record.title, record.source, record.precision) == (title, "临江日报", "minute")
        assert record.paragraphs == wording(title)
    assert wording(TITLES[0])[0] in crawled.kept.decode()


def test_the_list_is_looked_at_again_although_its_page_stays_the_same(crawled: Crawled) -> None:
    assert crawled.second.finished("scripted/news") == {"seen": 2}


def test_the_browser_asks_through_the_crawler_and_for_nothing_more_than_texts_need(crawled: Crawled) -> None:
    asked = crawled.site.asked
    assert crawled.site.paths() == [
        *("/robots.txt", "/list/", "/app.js", "/api/list"),
        *("/n/0", "/api/n/0", "/n/1", "/api/n/1"),  # the script is at hand
        *("/list/", "/app.js", "/api/list"),  # another process; robots.txt is in the database
    ]
    assert {one.headers["user-agent"].partition("/")[0] for one in asked} == {"zhijiao"}
    assert crawled.other.asked == []
    assert crawled.told.log.count("10.0.0.1 is a private address") == 3
    assert crawled.told.log.count("127.0.0.2 is a private address") == 3
    assert crawled.told.log.count("/secret/1.json forbidden by robots.txt") == 3
    assert crawled.host
    assert crawled.host.requests == len(asked)


@pytest.mark.parametrize(
    ("program", "advice"),
    [
        pytest.param("shutil.which", "apt install chromium", id="no Chromium"),
        pytest.param("crawlers.browser.find_spec", r"pip install 'zhijiao\[browser\]'", id="no extra"),
    ],
)
def test_where_there_is_no_browser_it_says_what_to_install(
    program: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, lambda name: None)
    with pytest.raises(NotAsked, match=advice):
        asyncio.run(shown_one_after_another({SHELL: 60.0}))


@pytest.mark.parametrize(
    ("script", "seconds", "why"),
    [
        pytest.param("for (;;) {}", 2.0, "超过", id="too long"),
        pytest.param(
            "const all = []; for (;;) all.push(new Uint8Array(1e7).fill(1))", 60.0, "内存", id="too much memory"
        ),
    ],
)
def test_a_hostile_page_is_given_up_and_the_next_is_shown(
    script: str, seconds: float, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("chromium")
    monkeypatch.setattr(browser, "MEMORY", 400_000_000)
    pages = {f"<script>{script}</script>": seconds, SHELL: 60.0}
    assert asyncio.run(shown_one_after_another(pages)) == [why, "临江教育"]


async def shown_one_after_another(pages: dict[str, float]) -> list[str]:
    """What became of pages, each with the seconds that it may take."""

    async def ask(request: Request) -> Response:
        raise TimeoutError(request.url)

    chromium, told = browser.Browser(ask, 1_000_000), []
    for page, seconds in pages.items():
        response = HtmlResponse("https://www.linjiang.example/", body=page.encode("gbk"))
        try:
            shown = await chromium.shown(response, None, seconds)
            told += re.findall("<title>(.*?)</title>", shown.text)
        except NotAsked:
            raise
        except Unread as failed:
            told += re.findall("超过|内存", failed.reason)
    await chromium.close()
    return told
