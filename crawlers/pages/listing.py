"""One list page into a ListPage: links with titles and dates, and where the next page is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml import etree

from crawlers.pages.dates import YEARLESS, boxed, first_moment, moments, plausible
from crawlers.pages.families.family import Family
from crawlers.pages.families.order import FAMILIES
from crawlers.pages.flow import squeeze
from crawlers.pages.nature import list_nature
from crawlers.pages.page import Page
from crawlers.pages.pager import next_link, next_script
from crawlers.pages.published import listed_date
from crawlers.pages.records import records
from crawlers.pages.rows import Row, address_of, find_rows, rows_of, title_of
from crawlers.pages.rules import ListRules
from crawlers.pages.selectors import elements, first_text, select, text_of
from pipeline.article import PageKind

AGO = re.compile(r"(?:\d{1,3}|[一二两三半])\s?个?(?:分钟|小时|天|周|月)前|(?:今天|昨天|前天)(?:\s?\d{1,2}:\d\d)?|刚刚")


MOST = 5_000  # items of one page
LONGEST = 5_000  # characters of a row in which its date is looked for


@dataclass(frozen=True)
class ListItem:
    href: str  # as printed, entities decoded
    title: str  # in full, from the title attribute where the text is cut
    date: str | None  # ISO where the year is shown, else as shown
    date_iso: str | None  # with the year inferred from now; None without now
    url: str | None  # absolute, where the page's address is known


@dataclass(frozen=True)
class ListPage:
    items: tuple[ListItem, ...]
    next: str | None  # the href of a link to the next page
    next_url: str | None  # the next page's address, also where a script makes it
    rule: str
    kind: PageKind = "list"
    reason: str | None = None


def read_list(page: Page, rules: ListRules | None = None, now: datetime | None = None) -> ListPage:
    """The links of a list page in page order, none twice. Never raises on any bytes."""
    return next(_lists(page, rules, now), None) or _list_page(page, "generic", (), rules)


def read_lists(page: Page, rules: ListRules | None = None, now: datetime | None = None) -> list[ListPage]:
    """What each rule finds that finds anything, the most particular first."""
    return list(_lists(page, rules, now))


def items_by(page: Page, rules: ListRules, now: datetime | None = None) -> tuple[ListItem, ...]:
    """What a site's rule finds, and no other."""
    return _items(page, _site_rows(page.root, rules), now) if page.root is not None else ()


def _lists(page: Page, rules: ListRules | None, now: datetime | None) -> Iterator[ListPage]:
    return (_list_page(page, rule, items, rules) for rule, items in _readings(page, rules, now) if items)


def _list_page(page: Page, rule: str, items: tuple[ListItem, ...], rules: ListRules | None) -> ListPage:
    href = following = None
    if page.root is not None:
        href = (_selected_href(page.root, rules.next) if rules and rules.next else None) or next_link(page.root)
        following = page.absolute(href) if href and page.url else next_script(page)
    kind, reason = list_nature(page, items)
    return ListPage(items, href, following, rule, kind, reason)


def _readings(page: Page, rules: ListRules | None, now: datetime | None) -> Iterator[tuple[str, tuple[ListItem, ...]]]:
    root = page.root
    if root is None:
        return
    if rules and (rules.row or rules.link):
        yield rules.name, _items(page, _site_rows(root, rules), now)
    for family in FAMILIES:
        if family.shows(page):
            yield f"family:{family.name}", _items(page, _family_rows(page, root, family), now)
    yield "generic", _items(page, (_entry(row) for row in find_rows(page.flow)), now)


@dataclass(frozen=True)
class Entry:
    """One row as found: its link, its title, and the text in which its date may stand."""

    href: str
    title: str
    dated: str


def _site_rows(root: etree._Element, rules: ListRules) -> Iterator[Entry]:
    for row in elements(root, rules.row) if rules.row else elements(root, rules.link or "a"):
        links = elements(row, rules.link) if rules.row and rules.link else [row, *row.iter("a")]
        link = next((link for link in links if link.tag == "a" and address_of(link)), None)
        if link is None:
            continue
        title = (first_text(row, rules.title) if rules.title else None) or title_of(link)
        dated = (first_text(row, rules.date) if rules.date else None) or squeeze(" ".join(text_of(row)))
        yield Entry(address_of(link) or "", title, dated.replace(title, " "))


def _selected_href(root: etree._Element, selector: str) -> str | None:
    """The address that the selector finds: of a link, or an XPath's own string."""
    addresses = (found if isinstance(found, str) else address_of(found) for found in select(root, selector))
    return next((address.strip() for address in addresses if address), None)


def _family_rows(page: Page, root: etree._Element, family: Family) -> Iterator[Entry]:
    if family.records:
        for row in records(page):
            yield _entry(row)
    for selector in family.rows:
        chosen = rows_of(page.flow, elements(root, selector))
        if len(chosen) > 1:
            yield from (_entry(row) for row in chosen)
            return


def _entry(row: Row) -> Entry:
    link = row.main
    return Entry(address_of(link.element) or "", link.title, row.beside_title)


def _items(page: Page, entries: Iterable[Entry], now: datetime | None) -> tuple[ListItem, ...]:
    items: dict[str, ListItem] = {}
    for entry in islice(entries, MOST):
        if entry.href and entry.title and entry.href not in items:
            date = shown(entry.dated)
            moment = plausible(listed_date(date, now), now)
            known = moment and (now or date == moment.iso)
            url = page.absolute(entry.href) if page.url else None
            items[entry.href] = ListItem(entry.href, entry.title, date, moment.iso if moment and known else None, url)
    return tuple(items.values())


def shown(text: str) -> str | None:
    """The date in a row's text: ISO where it has a year, else as shown."""
    text = squeeze(text[:LONGEST])
    moment = next(moments(text), None) or boxed(text) or first_moment(text)
    if moment:
        return moment.iso
    match = YEARLESS.search(text) or AGO.search(text)
    return match[0].strip() if match else None
