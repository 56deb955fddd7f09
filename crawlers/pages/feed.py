"""A site's own RSS or Atom feed into a ListPage."""

import calendar
import re
from datetime import datetime
from typing import Any

import feedparser

from crawlers.pages.dates import CHINA
from crawlers.pages.flow import squeeze
from crawlers.pages.listing import ListItem, ListPage
from crawlers.pages.page import Page

ROOT = re.compile(r"<(?:[\w-]{1,20}:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
# References to half characters, which no encoder takes.
SURROGATE = re.compile(r"&#(?:[xX]0{0,4}[dD][89a-fA-F][0-9a-fA-F]{2}|0{0,4}5[56]\d{3});?")


def read_feed(page: Page) -> ListPage:
    """The entries of the feed with dates as ISO with their offset; what is no feed says so in `kind`."""
    if not ROOT.search(page.text[:10_000]):
        return ListPage((), None, None, "generic", "unparsable", "不是订阅源")
    source = SURROGATE.sub("", page.text).encode("utf-8", "replace")
    try:
        parsed = feedparser.parse(source, response_headers={"content-type": "application/xml; charset=utf-8"})
    except Exception as error:  # feedparser lets its parsers' exceptions through; the visit records the reason
        return ListPage((), None, None, "generic", "unparsable", f"订阅源无法解析：{type(error).__name__}")
    items = {item.href: item for entry in parsed.entries if (item := _item(page, entry))}
    version = parsed.get("version")  # absent where nothing could be parsed
    if not items and not version:
        return ListPage((), None, None, "generic", "unparsable", "不是订阅源")
    return ListPage(tuple(items.values()), None, None, f"feed:{version or 'unknown'}")


def _item(page: Page, entry: Any) -> ListItem | None:
    href, title = squeeze(entry.get("link") or ""), squeeze(entry.get("title") or "")
    if not href or not title:
        return None
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    date = datetime.fromtimestamp(calendar.timegm(moment), CHINA).isoformat() if moment else None
    return ListItem(href, title, date, date, page.absolute(href) if page.url else None)
