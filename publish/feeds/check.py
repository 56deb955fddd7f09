"""The last look before a feed goes out: readers give a feed up after a few that they cannot parse."""

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree

from publish.feeds.formats import ATOM, JSON, Format
from storage.errors import PublishError
from storage.language import say

_ATOM = "{http://www.w3.org/2005/Atom}"
# What every entry must say: the id first, then the parts that readers show or sort by.
_PARTS = {
    "Atom": [f"{_ATOM}{name}" for name in ("id", "title", "updated", "published")],
    "RSS": ["guid", "title", "pubDate", "link"],
    "JSON Feed": ["id", "title", "url", "date_published"],
}


def check(form: Format, data: bytes, guids: Sequence[str]) -> None:
    """PublishError unless the bytes are whole and hold exactly these entries, each with guid, title, address and dates.

    Twenty times as fast as `parse`: for every byte that is published.
    """
    try:
        found = _json(data) if form is JSON else _xml(form, data)
    except (ValueError, TypeError, KeyError, etree.XMLSyntaxError) as error:
        raise _refused(form, str(error)) from None
    ids = [parts[0] for parts in found]
    if ids != list(guids) or len(set(ids)) != len(ids):
        raise _refused(form, say("条目缺失或重复", "entries are missing or doubled"))
    for parts in found:
        if not all(parts):
            raise _refused(form, say(f"条目 {parts[0]} 不完整", f"entry {parts[0]} is incomplete"))


def parse(form: Format, data: bytes, guids: Sequence[str]) -> None:
    """PublishError unless feedparser, which reads as reader programs do, finds exactly these entries: for new ones."""
    if form is JSON:
        return  # which it does not know
    parsed = feedparser.parse(
        BytesIO(data),
        response_headers={"content-type": form.content_type},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if parsed.bozo:
        raise _refused(form, str(parsed.bozo_exception))
    shown = [(entry.get("id"), bool(entry.get("link") and entry.get("published_parsed"))) for entry in parsed.entries]
    if shown != [(guid, True) for guid in guids]:
        raise _refused(form, say("阅读程序读到的条目有误", "reader programs would find other entries"))


def _xml(form: Format, data: bytes) -> list[list[str | None]]:
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    entries = root.findall(f"{_ATOM}entry") if form is ATOM else root.findall("channel/item")
    return [[entry.findtext(part) for part in _PARTS[form.name]] for entry in entries]


def _json(data: bytes) -> list[list[str | None]]:
    told: dict[str, Any] = json.loads(data)
    return [[item.get(part) for part in _PARTS["JSON Feed"]] for item in told["items"]]


def _refused(form: Format, reason: str) -> PublishError:
    return PublishError(
        say(
            f"{form.name} 订阅源有误，没有发布，旧文件保持不变：{reason}",
            f"the {form.name} feed would have been broken; the old file stays: {reason}",
        )
    )
