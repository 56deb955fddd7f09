"""Stories in a few plain words. PURE.

Plain text, as it looks the same everywhere: WeCom's Markdown stays raw in WeChat, and titles hold characters that each
service's own Markdown takes for markup.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from publish.entries import Entry
from storage.language import say

JOINT = "\r\n"  # what Apprise puts between title and body where a service knows no title


@dataclass(frozen=True)
class Message:
    title: str
    body: str
    stories: int = 0  # how many of those given it tells
    html: bool = False


def compose(entries: Sequence[Entry], name: str, room: int, page: Callable[[int], str | None]) -> Message:
    """As many of the stories, first ones first, as have room in so many bytes of UTF-8; at least one.

    `name` is that of the main feed; `page` gives the address of a story's page, None where nobody could open it.
    """
    if len(entries) == 1:
        return _single(entries[0], room, page)
    told: list[str] = []
    left = room - size(_heading(name, len(entries)) + JOINT)
    for number, entry in enumerate(entries, 1):
        text = "\n".join((f"{number}. {entry.title}", *_lines(entry, page)))
        left -= size(f"\n\n{text}")
        if left < 0:
            break
        told.append(text)
    if len(told) < 2:
        return _single(entries[0], room, page)
    return Message(_heading(name, len(told)), "\n\n".join(told), len(told))


def _heading(name: str, number: int) -> str:
    return say(f"{name}：{number} 篇", f"{name}: {number} stories")


def _single(entry: Entry, room: int, page: Callable[[int], str | None]) -> Message:
    """In a service with little room the address of the page goes first, then the marks, then the end of the title."""
    shortest = (entry.link,)
    for lines in (tuple(_lines(entry, page)), tuple(_lines(entry, lambda _: None)), shortest):
        body = "\n".join(lines)
        if size(entry.title + JOINT + body) <= room:
            return Message(entry.title, body, 1)
    spare = max(0, room - size(JOINT + entry.link) - len("…".encode()))
    cut = entry.title.encode()[:spare].decode(errors="ignore")
    return Message(f"{cut}…", entry.link, 1)


def _lines(entry: Entry, page: Callable[[int], str | None]) -> Iterator[str]:
    yield " · ".join((entry.publisher or entry.credit, _date(entry)))
    if entry.categories:
        yield " · ".join(entry.categories)
    yield entry.link
    if address := page(entry.story_id):
        yield say(f"页面 {address}", f"page {address}")


def _date(entry: Entry) -> str:
    moment = entry.published
    clock = f" {moment:%H:%M}" if entry.has_time else ""
    return say(f"{moment.month}月{moment.day}日", f"{moment:%Y-%m-%d}") + clock


def size(text: str) -> int:
    return len(text.encode())
