"""The repeated rows of a page: the element whose children of one shape hold the most titles and dates."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from crawlers.pages.dates import FULL, YEARLESS
from crawlers.pages.flow import Flow, squeeze
from crawlers.pages.selectors import text_of

DEAD = re.compile(r"^\s*(?:#|javascript:|mailto:|tel:|data:|about:|$)", re.IGNORECASE)
MORE = re.compile(
    r"^\W{0,3}(?:更多|more|详细|详情|查看(?:详情|全文|更多)?|阅读(?:全文|更多)|全文|首页|末页|尾页|下载|\d{1,4})\W{0,4}$",
    re.IGNORECASE,
)
HEIGHT = 7  # how far above its link a row may begin
PIECES = 3  # how far above its rows the pieces of one list may come together
ONCLICK = re.compile(r"['\"]([^'\"\s]{4,300}\.(?:s?html?|jsp|aspx?|php)[^'\"\s]{0,200})['\"]")
HEADLINE = "(.//h1|.//h2|.//h3|.//h4|.//h5|.//*[contains(@class, 'tit')])[1]"

Key = tuple[etree._Element, str]  # the parent of the rows and their tag


@dataclass(frozen=True)
class Link:
    element: etree._Element
    title: str
    line: str  # the line of the page that it stands in
    beside: bool = False  # that line is hidden or stands in a menu, a footer, a box


@dataclass
class Row:
    element: etree._Element
    links: list[Link]  # in page order

    @property
    def main(self) -> Link:
        """The link with the longest title."""
        return max(self.links, key=lambda link: len(link.title))

    @property
    def text(self) -> str:
        """Everything that it shows; a bare link with the line that it stands in."""
        text = squeeze(" ".join(text_of(self.element)))
        return f"{text} {self.links[0].line}" if self.element.tag == "a" else text

    @property
    def beside_title(self) -> str:
        """Where its date stands: outside the link if there is one, else in the link beside the title."""
        text, shown = self.text, squeeze("".join(text_of(self.main.element)))
        outside = text.replace(shown, " ").replace(self.main.title, " ")
        return outside if _dated(outside) else text.replace(self.main.title, " ")


Groups = dict[Key, list[Row]]


def find_rows(flow: Flow) -> list[Row]:
    """Rows of the list that makes this page a list, in page order; empty where nothing repeats."""
    return chosen_rows(_groups(flow))


def group(rows: Iterable[Row]) -> Groups:
    groups: Groups = {}
    for row in rows:
        parent = row.element.getparent()
        if parent is not None:
            groups.setdefault((parent, str(row.element.tag)), []).append(row)
    return groups


def chosen_rows(groups: Groups) -> list[Row]:
    """The group that is worth most, together with those that are pieces of it."""
    worths = {key: _worth(rows) for key, rows in groups.items()}
    best = max(worths, key=lambda key: worths[key], default=None)
    if best is None or worths[best] < 30:
        return []
    chosen = [best] if len(groups[best]) < 2 else [key for key in groups if key == best or _pieces(key, best)]
    return [row for key in groups if key in chosen for row in groups[key]]


def _groups(flow: Flow) -> Groups:
    """Links by the element that repeats them."""
    groups: dict[Key, dict[etree._Element, Row]] = {}
    for link in _links(flow):
        child = link.element
        for _ in range(HEIGHT):
            parent = child.getparent()
            if parent is None:
                break
            rows = groups.setdefault((parent, str(child.tag)), {})
            rows.setdefault(child, Row(child, [])).links.append(link)
            child = parent
    return {key: list(rows.values()) for key, rows in groups.items()}


def _links(flow: Flow) -> Iterator[Link]:
    for number, element in flow.links:
        line = flow.lines[number] if number < len(flow.lines) else None
        if line is None or address_of(element) is None:
            continue
        title = title_of(element)
        if len(title) >= 4 and not MORE.match(title):
            yield Link(element, title, line.text, line.beside or line.hidden)


def _worth(rows: list[Row]) -> float:
    """A row is worth its title, more with a date beside it; a row of many links is rather a menu."""
    worth = 0.0
    for row in rows:
        title = row.main.title
        value = min(len(title), 30) - (8 if len(title) < 8 else 0)
        worth += (
            (value / 2 if row.main.beside else value)
            + (20 if _dated(row.text[:600]) else 0)
            - 4 * max(0, len(row.links) - 3)
        )
    return worth if len(rows) > 1 else worth / 2


def _dated(text: str) -> bool:
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


def links_in(row: etree._Element) -> list[Link]:
    return [Link(link, title, title) for link in row.iter("a") if address_of(link) and (title := title_of(link))]


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
    return text or _beside_date(squeeze("".join(text_of(link))))


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
