"""The repeated rows of a page: the element whose children of one shape hold the most titles and dates."""

import re
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
ONCLICK = re.compile(r"['\"]([^'\"\s]{4,300}\.(?:s?html?|jsp|aspx?|php)[^'\"\s]{0,200})['\"]")


@dataclass
class Row:
    element: etree._Element
    links: list[tuple[etree._Element, str]]  # with their titles, in page order

    @property
    def main(self) -> tuple[etree._Element, str]:
        """The link with the longest title."""
        return max(self.links, key=lambda link: len(link[1]))


def find_rows(flow: Flow) -> list[Row]:
    """Rows of the list that makes this page a list, in page order; empty where nothing repeats."""
    groups = _groups(flow)
    if not groups:
        return []
    best = max(groups, key=lambda key: _worth(groups[key]))
    if _worth(groups[best]) < 30:
        return []
    shape = _shape(best)
    chosen = [rows for key, rows in groups.items() if key is best or _shape(key) == shape]
    return [row for rows in chosen for row in rows]


def _groups(flow: Flow) -> dict[tuple[etree._Element, str], list[Row]]:
    """Links by the element that repeats them: (parent, tag of the row) -> rows."""
    groups: dict[tuple[etree._Element, str], dict[etree._Element, Row]] = {}
    for number, link in flow.links:
        if address_of(link) is None or _aside(flow, number):
            continue
        title = title_of(link)
        if len(title) < 4 or MORE.match(title):
            continue
        child = link
        for _ in range(HEIGHT):
            parent = child.getparent()
            if parent is None:
                break
            rows = groups.setdefault((parent, str(child.tag)), {})
            rows.setdefault(child, Row(child, [])).links.append((link, title))
            child = parent
    return {key: list(rows.values()) for key, rows in groups.items()}


def _aside(flow: Flow, number: int) -> bool:
    return number < len(flow.lines) and (flow.lines[number].beside or flow.lines[number].hidden)


def _worth(rows: list[Row]) -> float:
    """A row is worth its title, more with a date beside it; a row of many links is rather a menu."""
    worth = 0.0
    for row in rows:
        title = row.main[1]
        value = min(len(title), 30) - (8 if len(title) < 8 else 0)
        worth += value + (20 if has_date(row.element) else 0) - 4 * max(0, len(row.links) - 3)
    return worth if len(rows) > 1 else worth / 2


def _shape(key: tuple[etree._Element, str]) -> tuple[object, ...]:
    """Lists in pieces: pieces have a parent in common, the same tag and the same class."""
    parent, tag = key
    return (parent.getparent(), parent.tag, parent.get("class"), tag)


def has_date(element: etree._Element) -> bool:
    text = " ".join(text_of(element))[:600]
    return bool(FULL.search(text) or YEARLESS.search(text))


def address_of(link: etree._Element) -> str | None:
    """The href of a link that leads somewhere, or the address that its onclick opens."""
    href = (link.get("href") or "").strip()
    if not DEAD.match(href):
        return href
    opened = ONCLICK.search(link.get("onclick") or "")
    return opened[1] if opened else None


def title_of(link: etree._Element) -> str:
    """Its text, or its title attribute where the text is cut or missing."""
    text = squeeze(" ".join(part for part in text_of(link) if part.strip()) if len(link) else link.text or "")
    full = squeeze(link.get("title") or "")
    return full if not text or (full and _continues(text, full)) else text


def _continues(text: str, full: str) -> bool:
    stem = text.rstrip(".…· ")
    return len(full) > len(stem) and full.startswith(stem[: max(4, len(stem) - 2)])
