"""The formats of a feed, and how entries become its bytes: the same entries give the same bytes, whatever the hour."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publish.addresses import file_type
from publish.body import feed_html
from publish.characters import one_line
from publish.entries import Entry
from publish.feeds.generator import Item, generator

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Format:
    name: str
    suffix: str
    media_type: str

    @property
    def content_type(self) -> str:
        """Without a charset readers take Chinese for us-ascii."""
        return f"{self.media_type}; charset=utf-8"


ATOM = Format("Atom", ".atom", "application/atom+xml")
RSS = Format("RSS", ".xml", "application/rss+xml")
FORMATS = (ATOM, RSS)  # readers take the first that a page offers


@dataclass(frozen=True)
class Feed:
    """What a feed says of itself."""

    name: str  # of its files, such as "all"
    guid: str
    title: str
    description: str
    home: str  # base address of the site, without a slash at its end
    begun: datetime  # the date of a feed that is still empty
    hub: str | None = None  # WebSub

    def address(self, form: Format) -> str:
        return f"{self.home}/feeds/{self.name}{form.suffix}"


def render(form: Format, feed: Feed, entries: Sequence[Entry]) -> bytes:
    drawn = _channel(form, feed)
    drawn.updated(max((entry.updated for entry in entries), default=feed.begun))
    for entry in entries:
        drawn.add_entry(_item(entry), order="append")
    data: bytes = drawn.atom_str(pretty=True) if form is ATOM else drawn.rss_str(pretty=True)
    return data


def fits(entry: Entry) -> bool:
    """Whether feedgen takes the entry: one that it refuses would take the whole feed with it."""
    try:
        item = _item(entry)
        item.atom_entry()
        item.rss_entry()
    except Exception:  # whatever is wrong with one entry, the others go out
        logger.exception("entry_left_out guid=%s", entry.guid)
        return False
    return True


def _channel(form: Format, feed: Feed) -> Any:
    drawn = generator()
    drawn.id(feed.guid)
    drawn.title(one_line(feed.title))
    drawn.description(one_line(feed.description))
    drawn.language("zh-CN")
    drawn.author(name=one_line(feed.title))
    drawn.link(href=feed.address(form), rel="self", type=form.media_type)
    if feed.hub:
        drawn.link(href=feed.hub, rel="hub")
        drawn.hub.address = feed.hub
    drawn.link(href=f"{feed.home}/", rel="alternate", type="text/html")  # last: RSS shows the last link added
    return drawn


def _item(entry: Entry) -> Item:
    item = Item()
    item.load_extension("dc", atom=False)
    item.title(entry.title)
    item.guid(entry.guid, permalink=False)
    item.link(href=entry.link, rel="alternate")
    item.published(entry.published)
    item.updated(entry.updated)
    if entry.summary:
        item.summary(entry.summary, type="text")
    if html := feed_html(entry):
        item.content(html, type="html")
    if entry.author:
        item.author(name=entry.author)
        item.dc.dc_creator(entry.author)  # RSS knows authors only by their mail address
    if entry.home:
        item.source(url=entry.home, title=entry.credit)
    for category in entry.categories:
        item.category(term=category)
    for attachment in entry.attachments:
        item.link(href=attachment.url, rel="enclosure", type=file_type(attachment.url), title=attachment.name)
    return item
