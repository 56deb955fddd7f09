"""A list rule for a page, from where titles that its channel has shown stand now."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from crawlers.pages.familiar import TITLE, Before, key_of
from crawlers.pages.listing import ListItem, items_by
from crawlers.pages.page import Page
from crawlers.pages.rows import Link, links_of
from crawlers.pages.rules import ListRules

NAME = re.compile(r"[A-Za-z_][\w-]{0,40}")
GENERATED = re.compile(r"\d{3}")  # a name such as ul_10241 is another on the next page
ABOVE = 5  # ancestors that a selector may name
MOST = 0.8  # of the known items: how those of a list look
ALL = 0.9  # of the known titles that stand in the list are to be found


@dataclass(frozen=True)
class Found:
    """What a rule finds on a page."""

    known: int  # items that the channel has shown before
    new: tuple[ListItem, ...]
    strange: tuple[ListItem, ...]  # of the new ones, those that do not look like the known: a menu


def found_by(page: Page, rules: ListRules, before: Before, now: datetime | None = None) -> Found:
    items = items_by(page, rules, now)
    known = [item for item in items if before.knows(item.title)]
    new = tuple(item for item in items if not before.knows(item.title))
    dated = sum(item.date is not None for item in known) >= MOST * len(known)
    strange = tuple(item for item in new if (dated and not item.date) or len(key_of(item.title)) < TITLE / 2)
    return Found(len(known), new, strange)


def derived(page: Page, before: Before, name: str, now: datetime | None = None) -> ListRules | None:
    """The simplest rule that finds the known titles of the list and no menu; None: there is none."""
    rows = _rows([link for link in links_of(page.flow) if before.knows(link.title)])
    if len(rows) < 2:
        return None
    for row in _row_selectors([row for row, _ in rows]):
        for link in _link_selectors(rows):
            rules = ListRules(name, row=row, link=link)
            found = found_by(page, rules, before, now)
            if found.known >= ALL * len(rows) and not found.strange:
                return rules
    return None


def _rows(known: Sequence[Link]) -> list[tuple[etree._Element, Link]]:
    """The rows of the list in which most known links stand: each the highest element that holds one of them alone."""
    held = Counter(above for link in known for above in (link.element, *link.element.iterancestors()))
    groups: defaultdict[tuple[str, str], list[tuple[etree._Element, Link]]] = defaultdict(list)
    for link in known:
        row = link.element
        while (above := row.getparent()) is not None and held[above] == 1:
            row = above
        parent = row.getparent()
        groups[str(row.tag), _name(parent) if parent is not None else ""].append((row, link))
    return max(groups.values(), key=len, default=[])


def _row_selectors(rows: Sequence[etree._Element]) -> Iterator[str]:
    """From the row alone to all that stands above it, for selectors that name something."""
    row = _common(rows)
    if "." in row or "#" in row:
        yield row
    parents = [above for one in rows if (above := one.getparent()) is not None]
    path = f"{_common(parents)} > {row}"
    yield path
    above = parents[0]
    for _ in range(ABOVE):
        upper = above.getparent()
        if upper is None:
            return
        above = upper
        if "." in (name := _name(above)) or "#" in name:
            yield f"{name} {row}"
            yield f"{name} {path}"


def _link_selectors(rows: Sequence[tuple[etree._Element, Link]]) -> Iterator[str | None]:
    """None: the first link of the row."""
    yield None
    links = [link.element for row, link in rows if row is not link.element]
    if not links:
        return
    if "." in (name := _common(links)):
        yield name
    parents = [parent for row, link in rows if (parent := link.element.getparent()) is not None and parent is not row]
    if parents:
        yield f"{_common(parents)} > a"


def _common(elements: Sequence[etree._Element]) -> str:
    """A selector for elements of one tag by the names that all of them have."""
    tags = Counter(str(element.tag) for element in elements)
    tag = tags.most_common(1)[0][0]
    classes = [set(_classes(element)) for element in elements if element.tag == tag]
    ids = {element.get("id") for element in elements if element.tag == tag}
    only = ids.pop() if len(ids) == 1 else None
    return _selector(tag, only, [name for name in _classes(elements[0]) if all(name in one for one in classes)])


def _name(element: etree._Element) -> str:
    return _selector(str(element.tag), element.get("id"), _classes(element))


def _selector(tag: str, identity: str | None, classes: Iterable[str]) -> str:
    if identity and _is_lasting(identity):
        return f"{tag}#{identity}"
    return tag + "".join(f".{name}" for name in classes)


def _classes(element: etree._Element) -> list[str]:
    return [name for name in (element.get("class") or "").split() if _is_lasting(name)]


def _is_lasting(name: str) -> bool:
    return bool(NAME.fullmatch(name)) and not GENERATED.search(name)
