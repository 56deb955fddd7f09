"""The last look before a feed goes out: readers give a feed up after a few that they cannot parse."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import feedparser

from publish.entries import Entry
from publish.feeds.formats import Format
from storage.errors import PublishError
from storage.language import say


def check(form: Format, data: bytes, entries: Sequence[Entry]) -> None:
    """PublishError unless a reader finds exactly these entries, each with guid, title, address and dates."""
    parsed = feedparser.parse(
        BytesIO(data),
        response_headers={"content-type": form.content_type},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if parsed.bozo:
        raise _refused(form, str(parsed.bozo_exception))
    found = [entry.get("id") for entry in parsed.entries]
    if found != [entry.guid for entry in entries] or len(set(found)) != len(found):
        raise _refused(form, say("条目缺失或重复", "entries are missing or doubled"))
    for entry in parsed.entries:
        if not _complete(entry):
            raise _refused(form, say(f"条目 {entry.id} 不完整", f"entry {entry.id} is incomplete"))


def _complete(entry: Any) -> bool:
    return bool(
        entry.get("title") and entry.get("link") and entry.get("published_parsed") and entry.get("updated_parsed")
    )


def _refused(form: Format, reason: str) -> PublishError:
    return PublishError(
        say(
            f"{form.name} 订阅源有误，没有发布，旧文件保持不变：{reason}",
            f"the {form.name} feed would have been broken; the old file stays: {reason}",
        )
    )
