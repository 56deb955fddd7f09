"""Whether a reading of a list page shows what its channel has shown before: after a redesign, rules may find menus."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from crawlers.pages.listing import ListItem, ListPage

SHORTEST = 6  # letters of a title that tells one article from another
ENOUGH = 2  # known items that make a reading familiar
TITLE = 10  # letters; entries of menus are shorter
WORDLESS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Before:
    """What a channel has shown, last of all: titles, addresses, and the dates beside them."""

    titles: frozenset[str]
    dates: tuple[str | None, ...]

    @classmethod
    def of(cls, shown: Iterable[tuple[str, str | None]]) -> "Before":
        """Of titles and dates."""
        pairs = list(shown)
        titles = {key for title, _ in pairs if len(key := key_of(title)) >= SHORTEST}
        return cls(frozenset(titles), tuple(date for _, date in pairs))

    def knows(self, title: str) -> bool:
        """Also one that is cut on either side, here or there."""
        key = key_of(title)
        return len(key) >= SHORTEST and (key in self.titles or any(_cut(key, known) for known in self.titles))


def key_of(title: str) -> str:
    return WORDLESS.sub("", title)


def most_familiar(readings: Sequence[ListPage], before: Before) -> ListPage | None:
    """The reading that shows most of what is known; None: none shows enough."""
    shared = [sum(before.knows(item.title) for item in page.items) for page in readings]
    best = max(range(len(readings)), key=lambda number: shared[number], default=None)
    least = min(ENOUGH, len(before.titles))
    return readings[best] if best is not None and least and shared[best] >= least else None


def looks_new(items: Collection[ListItem], before: Before) -> bool:
    """Whether items of which none is known can be a burst of news, and no menu: dated as before, and none earlier."""
    dates = [date for date in before.dates if date and date[:4].isdigit()]
    if 2 * len(dates) > len(before.dates):
        found = [item.date_iso for item in items if item.date_iso]
        return 2 * len(found) > len(items) and max(found) >= max(dates)
    return bool(items) and median(len(key_of(item.title)) for item in items) >= TITLE


def _cut(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 2 * SHORTEST and long.startswith(short)
