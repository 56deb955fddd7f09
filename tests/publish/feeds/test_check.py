from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from publish.entries import Entry, entry_of
from publish.feeds.check import check
from publish.feeds.formats import ATOM, FORMATS, RSS, Feed, Format
from publish.feeds.render import compose, make
from storage.errors import PublishError
from storage.records import StoryView

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FEED = Feed("all", "tag:feeds.example,2026:feed/all", "职教动态", "新闻", "https://feeds.example", NOW)


def render(form: Format, feed: Feed, entries: list[Entry]) -> bytes:
    return compose(form, feed, make(feed, entries)[form])


def guids(entries: list[Entry]) -> list[str]:
    return [entry.guid for entry in entries]


@pytest.fixture
def entries(view: Callable[..., StoryView]) -> list[Entry]:
    return [entry_of(view(1), NOW), entry_of(view(2), NOW)]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
class TestRefused:
    def test_half_a_file(self, form: Format, entries: list[Entry]) -> None:
        with pytest.raises(PublishError, match="没有发布，旧文件保持不变"):
            check(form, render(form, FEED, entries)[:-20], guids(entries))

    def test_missing_entry(self, form: Format, entries: list[Entry]) -> None:
        with pytest.raises(PublishError, match="条目缺失或重复"):
            check(form, render(form, FEED, entries[:1]), guids(entries))

    def test_doubled_entry(self, form: Format, entries: list[Entry]) -> None:
        doubled = [entries[0], entries[0]]
        with pytest.raises(PublishError, match="条目缺失或重复"):
            check(form, render(form, FEED, doubled), guids(doubled))


@pytest.mark.parametrize(("form", "part"), [(RSS, "title"), (RSS, "pubDate"), (ATOM, "title"), (ATOM, "published")])
def test_incomplete_entry(form: Format, part: str, entries: list[Entry]) -> None:
    data = render(form, FEED, entries[:1]).decode()
    entry = data.split("<item>" if form is RSS else "<entry>")[1]
    without = entry.replace(f"<{part}>", "<gone>", 1).replace(f"</{part}>", "</gone>", 1)
    with pytest.raises(PublishError, match="story/1 不完整"):
        check(form, data.replace(entry, without).encode(), guids(entries[:1]))
