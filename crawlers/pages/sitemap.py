"""A sitemap, or an index of sitemaps, into the links of a list. No entity is expanded and nothing is loaded."""

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lxml import etree

from crawlers.pages.flow import squeeze
from crawlers.pages.listing import ListItem, ListPage
from crawlers.pages.page import Page

LARGEST = 50_000_000  # bytes unpacked: what the protocol allows a sitemap
ITEMS = 1_000  # the newest; a sitemap may name 50,000 addresses
RECENT = timedelta(days=30)  # a plain sitemap also lists everything that ever was


@dataclass(frozen=True)
class Sitemap:
    page: ListPage
    parts: tuple[str, ...] = field(default=())  # of an index: addresses of its sitemaps, newest first


def read_sitemap(page: Page, now: datetime | None = None) -> Sitemap:
    """Never raises on any bytes; what is no sitemap says so in the page's `kind`."""
    root = _root(page.body)
    name = str(root.tag).rpartition("}")[2] if root is not None else ""  # QName raises where recovery made up a name
    if root is None or name not in ("urlset", "sitemapindex"):
        return Sitemap(ListPage((), None, None, "generic", "unparsable", "不是站点地图"))
    if name == "sitemapindex":
        parts = sorted(_dated(root), key=lambda part: part[0], reverse=True)
        return Sitemap(ListPage((), None, None, "sitemap:index"), tuple(page.absolute(url) for _, url in parts if url))
    items = sorted(_items(page, root), key=lambda item: item.date_iso or "", reverse=True)
    since = (now - RECENT).date().isoformat() if now is not None else ""
    recent = [item for item in items if not item.date_iso or item.date_iso >= since]
    return Sitemap(ListPage(tuple(recent[:ITEMS]), None, None, "sitemap:news"))


def _items(page: Page, root: etree._Element) -> list[ListItem]:
    found = []
    for entry in root.iterfind("{*}url"):
        href = squeeze(entry.findtext("{*}loc") or "")
        title = squeeze(entry.findtext("{*}news/{*}title") or "")
        shown = squeeze(entry.findtext("{*}news/{*}publication_date") or entry.findtext("{*}lastmod") or "") or None
        if href:
            found.append(ListItem(href, title, shown, _iso(shown), page.absolute(href)))
    return found


def _dated(root: etree._Element) -> list[tuple[str, str]]:
    entries = root.iterfind("{*}sitemap")
    return [(squeeze(e.findtext("{*}lastmod") or ""), squeeze(e.findtext("{*}loc") or "")) for e in entries]


def _iso(shown: str | None) -> str | None:
    """W3C dates are ISO 8601, from the year alone to the fraction of a second."""
    try:
        return datetime.fromisoformat(shown).isoformat() if shown and len(shown) >= 10 else None
    except ValueError:
        return None


def _root(body: bytes) -> etree._Element | None:
    try:
        if body[:2] == b"\x1f\x8b":
            unpacking = zlib.decompressobj(wbits=31)
            body = unpacking.decompress(body, LARGEST)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError, zlib.error):
        return None
    return root
