"""What a digest says, before anybody has said how it looks. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from publish.digest.window import Window
from storage.language import say

State = Literal["alive", "dead", "unclear"]
Form = Literal["brief", "topics"]


@dataclass(frozen=True)
class Link:
    """What an address answered when the digest was made."""

    state: State
    why: str = ""  # why it is not alive, in words


@dataclass(frozen=True)
class Repost:
    name: str
    url: str


@dataclass(frozen=True)
class Paper:
    """What an official document says of itself."""

    number: str | None  # 文号
    issuer: str | None
    deadline: date | None


@dataclass(frozen=True)
class Item:
    """One story, by the article that stands closest to its origin."""

    story_id: int
    line: str  # at most 40 characters
    title: str
    url: str
    day: date | None  # when it was first published, in China
    origin: str  # who wrote it, and the site of the link where that is another
    first_hand: bool  # the link leads to who wrote it
    theme: str  # the topic of its chapter
    regions: tuple[str, ...]
    reposts: tuple[Repost, ...]
    summary: str  # sentences of the text; "" where the site permits none
    paper: Paper | None = None
    link: Link | None = None  # None: not asked

    @property
    def where(self) -> str:
        return "、".join(self.regions[:2]) + say("等", " …") * (len(self.regions) > 2)


@dataclass(frozen=True)
class Chapter:
    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Checked:
    """When the links were asked, and what they answered."""

    at: datetime
    alive: int
    dead: int
    unclear: int


@dataclass(frozen=True)
class Digest:
    title: str  # of the main feed
    window: Window
    made_at: datetime
    asked: tuple[str, ...]  # what it was limited to, in words
    found: int  # stories whose date lies in the window
    articles: int  # that carry them
    sites: int  # on which those stand
    topics: tuple[tuple[str, int], ...]  # how many stories of all that were found, the most first
    provinces: tuple[tuple[str, int], ...]
    papers: tuple[Item, ...]  # official documents
    items: tuple[Item, ...]  # the others; both in the order of their weight
    undated: tuple[Item, ...]  # found in these days, without a date of their own: not counted above
    silent: tuple[str, ...] = ()  # watched sites that had nothing in these days
    checked: Checked | None = None

    @property
    def heading(self) -> str:
        names = {
            "day": say("日报", " daily"),
            "week": say("周报", " weekly"),
            "month": say("月报", " monthly"),
            "period": say("简报", " digest"),
        }
        return self.title + names[self.window.kind]

    @property
    def subject(self) -> str:
        return f"{self.heading} {self.window.days}"

    @property
    def listed(self) -> tuple[Item, ...]:
        """All that stand in it and were found in the window."""
        return (*self.papers, *self.items)

    @property
    def most_carried(self) -> tuple[Item, ...]:
        carried = sorted((item for item in self.listed if item.reposts), key=lambda item: -len(item.reposts))
        return tuple(carried[:3])

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The items by theme, the longest chapter first."""
        themes = dict.fromkeys(item.theme for item in self.items)
        found = [Chapter(theme, tuple(item for item in self.items if item.theme == theme)) for theme in themes]
        return tuple(sorted(found, key=lambda chapter: (chapter.name == REST, -len(chapter.items))))

    def with_links(self, links: Mapping[str, Link], at: datetime) -> "Digest":
        """The same with what the addresses answered at that moment; those not asked stay as they are."""

        def told(items: tuple[Item, ...]) -> tuple[Item, ...]:
            return tuple(replace(item, link=links.get(item.url)) for item in items)

        states = [link.state for link in links.values()]
        return replace(
            self,
            papers=told(self.papers),
            items=told(self.items),
            undated=told(self.undated),
            checked=Checked(at, states.count("alive"), states.count("dead"), states.count("unclear")),
        )


REST = "综合"  # the topic of what has none of the others, as pipeline/lexicon/topics.toml names it
