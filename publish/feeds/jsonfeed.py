"""JSON Feed 1.1: a feed as readers without an XML parser like it."""

import json
from typing import Any

from publish.addresses import file_type
from publish.characters import plain
from publish.entries import Entry
from publish.feeds.formats import JSON, Feed

VERSION = "https://jsonfeed.org/version/1.1"


def jsonfeed(feed: Feed) -> bytes:
    """The feed without items; each item is to be a line of its own."""
    told = {
        "version": VERSION,
        "title": plain(feed.title),
        "description": plain(feed.description),
        "home_page_url": f"{feed.home}/",
        "feed_url": feed.address(JSON),
        "next_url": feed.previous and feed.address(JSON, feed.previous),
        "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else None,
        "language": "zh-CN",
        "authors": [{"name": plain(feed.title)}],
    }
    lines = (f"{_json(name)}: {_json(value)},\n" for name, value in _said(told).items())
    return f'{{\n{"".join(lines)}"items": [\n]}}\n'.encode()


def json_item(entry: Entry, html: str) -> bytes:
    attachments = [
        {"url": attachment.url, "mime_type": file_type(attachment.url), "title": attachment.name}
        for attachment in entry.attachments
    ]
    said = {
        "id": entry.guid,
        "url": entry.link,
        "title": entry.title,
        "content_html": html,
        "content_text": "" if html else entry.title,  # an item must have one of them
        "summary": entry.summary,
        "image": entry.images[0].url if entry.images else None,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": entry.author}] if entry.author else None,
        "tags": list(entry.categories),
        "language": "zh-CN",
        "attachments": attachments,
        "_source": _said({"name": entry.credit, "url": entry.home}),
    }
    return _json(_said(said)).encode()


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    """Without those that say nothing."""
    return {name: value for name, value in fields.items() if value}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
