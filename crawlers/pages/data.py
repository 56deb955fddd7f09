"""An answer with JSON into the links of a list, after the paths that the site's TOML names."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlers.pages.dates import CHINA
from crawlers.pages.flow import squeeze
from crawlers.pages.listing import ListItem, ListPage, shown
from crawlers.pages.page import Page
from crawlers.pages.rules import DataRules


def read_data(page: Page, rules: DataRules) -> ListPage:
    """The items in their order; an answer that is no such JSON says so in `kind`. Never raises on any bytes."""
    try:
        answer = json.loads(_without_callback(page.text))
    except (ValueError, RecursionError):
        return ListPage((), None, None, "generic", "unparsable", "不是 JSON")
    entries = _at(answer, rules.items) if rules.items else answer
    if isinstance(entries, dict):
        entries = list(entries.values())
    if not isinstance(entries, list):
        return ListPage((), None, None, rules.name, "unparsable", f"JSON 中没有 {rules.items}")
    items = [item for entry in entries if (item := _item(page, entry, rules))]
    following = next_page(page.url, rules.page) if items and rules.page and page.url else None
    return ListPage(tuple(items), None, following, rules.name)


def next_page(url: str, parameter: str) -> str:
    """The address of the page behind this one; without the parameter it is the first."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    current = query.get(parameter, "1")
    query[parameter] = str(int(current) + 1 if current.isdecimal() else 2)
    return urlunsplit(parts._replace(query=urlencode(query)))


def _item(page: Page, entry: Any, rules: DataRules) -> ListItem | None:
    href, title = _text(_at(entry, rules.url)), _text(_at(entry, rules.title))
    if not href or not title:
        return None
    date = _date(_at(entry, rules.date)) if rules.date else None
    iso = date if date and date[:4].isdecimal() else None
    return ListItem(href, title, date, iso, page.absolute(href) if page.url else None)


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _text(value: Any) -> str:
    return squeeze(str(value)) if isinstance(value, (str, int)) else ""


def _date(value: Any) -> str | None:
    """A date as text, or as seconds or milliseconds since 1970."""
    text = _text(value)
    if text.isdecimal() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), CHINA).isoformat()
    return shown(text) if text else None


def _without_callback(text: str) -> str:
    """JSONP: the argument of the function that it calls."""
    text = text.strip()
    start = text.find("(")
    if text[:1] in "{[" or start < 0 or not text.rstrip(";").endswith(")"):
        return text
    return text[start + 1 : text.rstrip(";").rindex(")")]
