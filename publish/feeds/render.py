"""How entries become the bytes of a feed: the same entries give the same bytes, whatever the hour."""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from publish.addresses import file_type
from publish.body import feed_html
from publish.characters import plain
from publish.entries import Entry
from publish.feeds.formats import ATOM, JSON, RSS, Feed, Format
from publish.feeds.generator import Item, generator
from publish.feeds.jsonfeed import json_item, jsonfeed

logger = logging.getLogger(__name__)

# Between which lines an entry stands within the bytes that we make, and its id; a "<" in a text is written as &lt;.
_LINES = {ATOM: (b"  <entry>\n", b"  </entry>\n"), RSS: (b"    <item>\n", b"    </item>\n")}
_ID = {
    ATOM: re.compile(rb"<id>([^<]*)<"),
    RSS: re.compile(rb"<guid[^>]*>([^<]*)<"),
    JSON: re.compile(rb'"id": "([^"]*)"'),
}
_UPDATED = re.compile(rb"<(?:atom:)?updated>([^<]*)<")
_END = {ATOM: b"</feed>\n", RSS: b"  </channel>\n</rss>\n", JSON: b"]}\n"}


def make(feed: Feed, entries: Iterable[Entry]) -> dict[Format, dict[str, bytes]]:
    """The bytes of these entries in every format, by id. One that feedgen refuses is left out, the others go on."""
    made = {form: _channel(form, feed, None) for form in (ATOM, RSS)}
    told: dict[str, bytes] = {}
    for entry in entries:
        try:
            html = feed_html(entry)
            item = _item(entry, html)
            _ = item.atom_entry(), item.rss_entry()
        except Exception:  # it would have taken the whole feed with it
            logger.exception("entry_left_out guid=%s", entry.guid)
            continue
        told[entry.guid] = json_item(entry, html)
        for drawn in made.values():
            drawn.add_entry(item, order="append")
    return {JSON: told} | {form: fragments(form, _written(form, drawn)) for form, drawn in made.items()}


def compose(form: Format, feed: Feed, parts: Mapping[str, bytes]) -> bytes:
    """The feed made of the bytes of its entries, by id, in their order."""
    if form is JSON:
        head, joined = jsonfeed(feed), b",\n".join(parts.values()) + b"\n" * bool(parts)
    else:
        dates = [found[1] for part in parts.values() if (found := _UPDATED.search(part))]
        updated = datetime.fromisoformat(max(dates).decode()) if dates else None  # all in one zone: they sort as text
        head, joined = _written(form, _channel(form, feed, updated)), b"".join(parts.values())
    return head.removesuffix(_END[form]) + joined + _END[form]


def fragments(form: Format, data: bytes) -> dict[str, bytes]:
    """The bytes of each entry of a feed that we made, by id."""
    if form is JSON:
        lines = (line.rstrip(b",") for line in data.split(b"\n") if line.startswith(b'{"id": '))
        return {_id(form, line): line for line in lines}
    first, last = _LINES[form]
    _, *starts = data.split(first)
    bodies = (body for body, end, _ in (start.partition(last) for start in starts) if end)
    return {_id(form, body): first + body + last for body in bodies}


def _id(form: Format, entry: bytes) -> str:
    found = _ID[form].search(entry)
    return found[1].decode() if found else ""


def _channel(form: Format, feed: Feed, updated: datetime | None) -> Any:
    drawn = generator()
    drawn.id(feed.guid)
    drawn.title(plain(feed.title))
    drawn.description(plain(feed.description))
    drawn.language("zh-CN")
    drawn.author(name=plain(feed.title))
    drawn.updated(updated or feed.begun)
    (_, itself), *others = feed.links(form)
    drawn.link(href=itself, rel="self", type=form.media_type)
    for rel, address in others:
        drawn.link(href=address, rel=rel)
    drawn.history.links, drawn.history.archive = others, feed.archive_of is not None
    drawn.link(href=f"{feed.home}/", rel="alternate", type="text/html")  # last: RSS shows the last link added
    return drawn


def _written(form: Format, drawn: Any) -> bytes:
    data: bytes = drawn.atom_str(pretty=True) if form is ATOM else drawn.rss_str(pretty=True)
    return data


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
