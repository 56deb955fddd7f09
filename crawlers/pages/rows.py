"""The repeated rows of a page: the element whose children of one shape hold the most titles and dates."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from lxml import etree

from crawlers.pages.dates import FULL, YEARLESS
from crawlers.pages.flow import BLOCKS, Flow, Line, squeeze
from crawlers.pages.selectors import text_of

DEAD = re.compile(r"^\s*(?:#|javascript:|mailto:|tel:|data:|about:|$)", re.IGNORECASE)
MORE = re.compile(
    r"ICP备|公网安备|^\W{0,3}(?:更多|more|详细|详情|查看(?:详情|全文|更多)?|阅读(?:全文|更多)|全文|首页|末页|尾页|下载|\d{1,4})\W{0,4}$",
    re.IGNORECASE,
)
HEIGHT = 7  # how far above its link a row may begin
CLIMB = 30  # the same, where a selector found the row
PIECES = 3  # how far above its rows the pieces of one list may come together
TEXTS = 40  # of a row, in which the parts of a date are looked for
DATED_LINES = 12  # of a row, in which its date is looked for
LEAST = 20  # what a list must be worth: two short titles
LONG = 400  # a line of more characters is no row: it may hold every link of the page
ONCLICK = re.compile(r"['\"]([^'\"\s]{4,300}\.(?:s?html?|jsp|aspx?|php)[^'\"\s]{0,200})['\"]")
HEADLINE = "(.//h1|.//h2|.//h3|.//h4|.//h5|.//*[contains(@class, 'tit')])[1]"

Key = tuple[etree._Element, str]  # the parent of the rows and their tag
Groups = dict[Key, list["Row"]]


@dataclass(frozen=True)
class Link:
    element: etree._Element
    title: str
    lines: list[Line]  # of the page, where it stands


@dataclass
class Row:
    element: etree._Element
    links: list[Link]  # in page order
    lines: list[Line]  # what it shows; those around a bare link

    @property
    def main(self) -> Link:
        """The link with the longest title."""
        return max(self.links, key=lambda link: len(link.title))

    @property
    def beside_title(self) -> str:
        """Where its date stands: outside the link if there is one, else in the link beside the title.

        The parts of a calendar box may run into each other in its line (062026-05): then all its texts, set apart.
        """
        shown = squeeze("".join(text_of(self.main.element)))
        own = shown.replace(self.main.title, " ")
        if self.element is self.main.element and _has_date(own):
            return own  # what stands around a bare link are other links
        text = " ".join(line.text[:LONG] for line in self.lines[:DATED_LINES])
        outside = text.replace(shown, " ").replace(self.main.title, " ")
        text = outside if _has_date(outside) else text.replace(self.main.title, " ")
        return text if _has_date(text) else " ".join(islice(text_of(self.element), TEXTS)).replace(self.main.title, " ")


def find_rows(flow: Flow) -> list[Row]:
    """Rows of the list that makes this page a list, in page order; empty where nothing repeats."""
    groups: dict[Key, dict[etree._Element, Row]] = {}
    for link in links_of(flow):
        child = link.element
        for _ in range(HEIGHT):
            parent = child.getparent()
            if parent is None:
                break
            rows = groups.setdefault((parent, str(child.tag)), {})
            if child not in rows:
                rows[child] = Row(child, [], _lines(flow, child, link))
            rows[child].links.append(link)
            child = parent
    return chosen_rows({key: list(rows.values()) for key, rows in groups.items()})


def rows_of(flow: Flow, found: Iterable[etree._Element]) -> list[Row]:
    """Rows of elements that a selector found; where it found several lists, those of the worthiest."""
    elements = set(found)
    groups: Groups = {}
    rows: dict[etree._Element, Row] = {}
    for link in links_of(flow):
        above = chain((link.element,), islice(link.element.iterancestors(), CLIMB))
        element = next((element for element in above if element in elements), None)
        parent = element.getparent() if element is not None else None
        if element is None or parent is None:
            continue
        if element not in rows:
            rows[element] = Row(element, [], _lines(flow, element, link))
            groups.setdefault((parent, str(element.tag)), []).append(rows[element])
        rows[element].links.append(link)
    return chosen_rows(groups)


def chosen_rows(groups: Groups) -> list[Row]:
    """The group that is worth most, together with those that are pieces of it."""
    worths = {key: _worth(rows) for key, rows in groups.items()}
    best = max(worths, key=lambda key: worths[key], default=None)
    if best is None or worths[best] < LEAST:
        return []
    dated = _mostly_dated(groups[best])
    hidden = _is_hidden(groups[best])
    pieces = [
        key
        for key in groups
        if key == best
        or (_pieces(key, best) and _mostly_dated(groups[key]) == dated and _is_hidden(groups[key]) == hidden)
    ]
    return _of_one_kind([row for key in pieces for row in groups[key]])


def _of_one_kind(rows: list[Row]) -> list[Row]:
    """Without undated rows of another class than nearly all, dated ones: they are menus beside the list."""
    names = Counter(row.element.get("class") for row in rows)
    name, count = names.most_common(1)[0]
    alike = [row for row in rows if row.element.get("class") == name]
    if count < 3 or 3 * count < 2 * len(rows) or sum(map(_is_dated, alike)) < 0.9 * count:
        return rows
    return [row for row in rows if row.element.get("class") == name or _is_dated(row)]


def _is_hidden(rows: list[Row]) -> bool:
    return rows[0].main.lines[0].hidden


def _mostly_dated(rows: list[Row]) -> bool:
    return 2 * sum(_is_dated(row) for row in rows) > len(rows)


def _is_dated(row: Row) -> bool:
    return any(_has_date(line.text[:LONG]) for line in row.lines[:DATED_LINES])


def links_of(flow: Flow) -> Iterator[Link]:
    """Links that lead somewhere and have a title."""
    for span in flow.links:
        lines = flow.lines[span.start : span.end]
        if lines and address_of(span.element) is not None and not _encloses(span.element):
            title = title_of(span.element)
            if len(title) >= 4 and not MORE.search(title):
                yield Link(span.element, title, lines)


def _encloses(link: etree._Element) -> bool:
    """Whether other links stand in it, as where its end is missing: what it holds is no title."""
    return any(inner is not link and address_of(inner) is not None for inner in link.iter("a"))


def _lines(flow: Flow, element: etree._Element, link: Link) -> list[Line]:
    span = flow.span_of.get(element)
    return flow.lines[span.start : span.end] if span else [line for line in link.lines if len(line.text) <= LONG]


def _worth(rows: list[Row]) -> float:
    """A row is worth its title, more with a date beside it; one with several titles is rather a list itself."""
    worth = 0.0
    for row in rows:
        link = row.main
        value = min(len(link.title), 30) - (8 if len(link.title) < 8 else 0)
        worth += value / 2 if link.lines[0].beside or link.lines[0].hidden else value
        worth += 20 * _is_dated(row)
        worth -= 15 * (len({other.title for other in row.links if len(other.title) >= 8} | {link.title}) - 1)
    return worth if len(rows) > 1 else worth / 2


@lru_cache(maxsize=4096)
def _has_date(text: str) -> bool:
    return bool(FULL.search(text) or YEARLESS.search(text))


def _pieces(one: Key, other: Key) -> bool:
    """Whether two groups are pieces of one list: alike in tag and class up to an ancestor that they share."""
    (first, tag), (second, other_tag) = one, other
    if tag != other_tag:
        return False
    for _ in range(PIECES):
        if first.tag != second.tag or first.get("class") != second.get("class"):
            return False
        above, below = first.getparent(), second.getparent()
        if above is None or below is None:
            return False
        if above is below:
            return True
        first, second = above, below
    return False


def address_of(link: etree._Element) -> str | None:
    """The href of a link that leads somewhere, or the address that its onclick opens."""
    href = (link.get("href") or "").strip()
    if not DEAD.match(href):
        return href
    opened = ONCLICK.search(link.get("onclick") or "")
    return opened[1] if opened else None


def title_of(link: etree._Element) -> str:
    """Its headline or text without the date, or its title attribute where the text is cut or missing."""
    text = squeeze(link.text or "") if not len(link) else _inner_title(link)
    full = squeeze(link.get("title") or "")
    return full if not text or (len(full) >= 4 and (full in text or _continues(text, full))) else text


def _inner_title(link: etree._Element) -> str:
    headline = link.xpath(HEADLINE)
    text = squeeze(" ".join(text_of(headline[0]))) if headline else ""
    if text:
        return text
    whole = squeeze("".join(text_of(link)))
    return (_own_line(link) if FULL.search(whole) else "") or _beside_date(whole)


def _own_line(link: etree._Element) -> str:
    """Of a card with lines for title, column and date: the first line that is long enough for a title and no date."""
    if not any(element.tag in BLOCKS for element in islice(link.iterdescendants(), TEXTS)):
        return ""
    lines = (squeeze(text) for text in islice(text_of(link), TEXTS))
    return next((line for line in lines if len(line) >= 8 and not _has_date(line)), "")


def _beside_date(text: str) -> str:
    """What stands before the date, or else behind it: a card shows title, date and abstract in one link."""
    date = FULL.search(text)
    if not date:
        return text
    before, behind = text[: date.start()].strip(" [(（【|"), text[date.end() :].strip(" ])）】|")
    return before if len(before) >= 4 else behind


def _continues(text: str, full: str) -> bool:
    stem = text.rstrip(".…· ")
    return len(full) > len(stem) and full.startswith(stem[: max(4, len(stem) - 2)])
