"""How entries become the bytes of a feed: the same entries give the same bytes, whatever the hour."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from publish.addresses import file_type
from publish.body import feed_html
from publish.characters import one_line
from publish.entries import Entry
from publish.feeds.formats import ATOM, JSON, Feed, Format
from publish.feeds.generator import Item, generator
from publish.feeds.jsonfeed import json_item, jsonfeed

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Piece:
    """An entry in all formats, made once however many feeds show it."""

    entry: Entry
    item: Item
    json: dict[str, Any]


def piece_of(entry: Entry) -> Piece:
    html = feed_html(entry)
    return Piece(entry, _item(entry, html), json_item(entry, html))


def pieces(entries: Iterable[Entry]) -> Iterator[Piece]:
    """The entries that feedgen takes: one that it refuses would take the whole feed with it."""
    for entry in entries:
        try:
            piece = piece_of(entry)
            piece.item.atom_entry()
            piece.item.rss_entry()
        except Exception:  # whatever is wrong with one entry, the others go out
            logger.exception("entry_left_out guid=%s", entry.guid)
        else:
            yield piece


def render(form: Format, feed: Feed, shown: Sequence[Piece]) -> bytes:
    if form is JSON:
        return jsonfeed(feed, [piece.json for piece in shown])
    drawn = _channel(form, feed)
    drawn.updated(max((piece.entry.updated for piece in shown), default=feed.begun))
    for piece in shown:
        drawn.add_entry(piece.item, order="append")
    data: bytes = drawn.atom_str(pretty=True) if form is ATOM else drawn.rss_str(pretty=True)
    return data


def _channel(form: Format, feed: Feed) -> Any:
    drawn = generator()
    drawn.id(feed.guid)
    drawn.title(one_line(feed.title))
    drawn.description(one_line(feed.description))
    drawn.language("zh-CN")
    drawn.author(name=one_line(feed.title))
    (_, itself), *others = feed.links(form)
    drawn.link(href=itself, rel="self", type=form.media_type)
    for rel, address in others:
        drawn.link(href=address, rel=rel)
    drawn.history.links, drawn.history.archive = others, feed.archive_of is not None
    drawn.link(href=f"{feed.home}/", rel="alternate", type="text/html")  # last: RSS shows the last link added
    return drawn


def _item(entry: Entry, html: str) -> Item:
    item = Item()
    item.title(entry.title)
    item.guid(entry.guid, permalink=False)
    item.link(href=entry.link, rel="alternate")
    item.published(entry.published)
    item.updated(entry.updated)
    if entry.summary:
        item.description(escape(entry.summary, quote=False))  # RSS: HTML
        item.summary(entry.summary, type="text")  # Atom: text
    if html:
        item.content(html, type="html")
    if entry.author:
        item.author(name=entry.author)
        item.creator = entry.author
    if entry.home:
        item.source(url=entry.home, title=entry.credit)
    for category in entry.categories:
        item.category(term=category)
    for attachment in entry.attachments:
        item.link(href=attachment.url, rel="enclosure", type=file_type(attachment.url), title=attachment.name)
    return item
