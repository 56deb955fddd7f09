import gzip
from datetime import UTC, datetime

import pytest

from crawlers.pages.listing import ListItem, ListPage
from crawlers.pages.page import Page
from crawlers.pages.sitemap import Sitemap, read_sitemap

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
NEWS = f"""{HEAD}<urlset {SPACES}>
<url><loc> https://www.linjiang.example/a/1.html </loc><news:news><news:publication>
<news:name>临江日报</news:name><news:language>zh-cn</news:language></news:publication>
<news:publication_date>2026-11-20T09:30:00+08:00</news:publication_date><news:title>技能大赛&amp;今日开幕</news:title></news:news></url>
<url><loc>/a/2.html</loc><lastmod>2026-11-21</lastmod></url>
<url><loc>/a/old.html</loc><lastmod>2020-01-01</lastmod></url>
<url><loc>/about.html</loc></url><url><lastmod>2026-11-21</lastmod></url></urlset>""".encode()
ITEMS = (
    ListItem("/a/2.html", "", "2026-11-21", "2026-11-21T00:00:00", "https://www.linjiang.example/a/2.html"),
    ListItem(
        "https://www.linjiang.example/a/1.html",
        "技能大赛&今日开幕",
        "2026-11-20T09:30:00+08:00",
        "2026-11-20T09:30:00+08:00",
        "https://www.linjiang.example/a/1.html",
    ),
    ListItem("/about.html", "", None, None, "https://www.linjiang.example/about.html"),
)


def page(body: bytes | str) -> Page:
    return Page("https://www.linjiang.example/sitemap.xml", body if isinstance(body, bytes) else body.encode())


@pytest.mark.parametrize("body", [NEWS, gzip.compress(NEWS)], ids=["plain", "gz"])
def test_a_news_sitemap_newest_first_without_what_is_long_past(body: bytes) -> None:
    assert read_sitemap(page(body), NOW) == Sitemap(ListPage(ITEMS, None, None, "sitemap:news"))


def test_an_index_names_its_parts_newest_first() -> None:
    parts = "".join(f"<sitemap><loc>/{n}.xml.gz</loc><lastmod>2026-1{n}-01</lastmod></sitemap>" for n in (0, 2, 1))
    found = read_sitemap(page(f"{HEAD}<sitemapindex {SPACES}>{parts}</sitemapindex>"), NOW)
    assert found.parts == tuple(f"https://www.linjiang.example/{n}.xml.gz" for n in (2, 1, 0))
    assert found.page == ListPage((), None, None, "sitemap:index")


def test_no_entity_is_expanded_and_no_file_is_read() -> None:
    tower = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'{HEAD}<!DOCTYPE x [<!ENTITY e0 "bomb">{tower}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    title = "<news:news><news:title>&e9;&f;</news:title></news:news>"
    bomb += f"<urlset {SPACES}><url><loc>/a.html</loc>{title}</url></urlset>"
    (item,) = read_sitemap(page(bomb), NOW).page.items
    assert (item.href, item.title) == ("/a.html", "")


@pytest.mark.parametrize(
    "body", ["", "<html><body>404</body></html>", "{}", "\0\xff", b"\x1f\x8bbroken", "<urlset", "<a:1px/>"]
)
def test_what_is_no_sitemap_says_so(body: bytes | str) -> None:
    found = read_sitemap(page(body), NOW).page
    assert (found.items, found.kind) in {((), "unparsable"), ((), "list")}


def test_a_packed_bomb_is_unpacked_to_a_limit() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 200_000_000)
    assert read_sitemap(page(bomb), NOW).page.items == ()
