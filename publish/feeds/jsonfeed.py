"""JSON Feed 1.1: a feed as readers without an XML parser like it."""

import json
from collections.abc import Sequence
from typing import Any

from publish.addresses import file_type
from publish.characters import one_line
from publish.entries import Entry
from publish.feeds.formats import JSON, Feed

VERSION = "https://jsonfeed.org/version/1.1"


def jsonfeed(feed: Feed, items: Sequence[dict[str, Any]]) -> bytes:
    told = {
        "version": VERSION,
        "title": one_line(feed.title),
        "description": one_line(feed.description),
        "home_page_url": f"{feed.home}/",
        "feed_url": feed.address(JSON),
        "next_url": feed.previous and feed.address(JSON, feed.previous),
        "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else None,
        "language": "zh-CN",
        "authors": [{"name": one_line(feed.title)}],
        "items": items,
    }
    return json.dumps(_said(told), ensure_ascii=False, indent=1).encode()


def json_item(entry: Entry, html: str) -> dict[str, Any]:
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
    return _said(said)


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    """Without those that say nothing; a feed's items are said even where there are none."""
    return {name: value for name, value in fields.items() if value or name == "items"}
