"""The next page of a list: a link that says so, or the address that a script would make."""

import html
import re

from lxml import etree

from crawlers.pages.flow import squeeze
from crawlers.pages.page import Page, joined
from crawlers.pages.rows import DEAD
from crawlers.pages.selectors import beginning

NEXT = re.compile(r"^\W{0,3}(?:下一?[页頁]|后一?[页頁]|next(?: ?page)?)\W{0,4}$|^\s?(?:>|›|»|＞)\s?$", re.IGNORECASE)
# TRS: createPageHTML(total, current, "index", "html") counts from 0; with a leading element id it counts from 1.
# Both make the next address name_{current + 1}.
CREATE_PAGE = re.compile(
    r"createPage(?:HTML)?\(\s*(?:['\"][\w-]*['\"]\s*,\s*)?(?P<total>\d{1,5})\s*,\s*(?P<current>\d{1,5})\s*,"
    r"\s*['\"](?P<name>[\w./-]{1,100})['\"]\s*,\s*['\"](?P<extension>\w{1,6})['\"]"
)
NUMBERED_FROM_ONE = re.compile(r"createPage(?:HTML)?\(\s*['\"]")
# 大汉: the address of the next rows stands beside the <datastore> records.
NEXT_GROUP = re.compile(r"<nextgroup>[^<]{0,20}(?:<!\[CDATA\[)?\s*<a\s+href=[\"'](?P<href>[^\"']{10,1500})[\"']")


def next_link(root: etree._Element) -> str | None:
    for link in root.iter("a"):
        href = link.get("href") or ""
        if not DEAD.match(href) and any(NEXT.match(text) for text in _names(link)):
            return href.strip()
    return None


def _names(link: etree._Element) -> tuple[str, ...]:
    return beginning(link, 20), squeeze(link.get("title") or "")[:20]


def next_script(page: Page) -> str | None:
    """The address that a pager script would ask for; None without the page's own address or behind the last page."""
    if page.base is None:
        return None
    group = NEXT_GROUP.search(page.text)
    if group:
        return joined(page.base, html.unescape(group["href"]))
    match = CREATE_PAGE.search(page.text)
    if not match:
        return None
    total, current = int(match["total"]), int(match["current"])
    last = total if NUMBERED_FROM_ONE.match(match[0]) else total - 1
    return joined(page.base, f"{match['name']}_{current + 1}.{match['extension']}") if current < last else None
