"""What a site's TOML may say of its pages: selectors (CSS, or XPath beginning with "/" or "("), paths in JSON."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ArticleRules:
    name: str  # "site:<id>"; stands in the result as the rule that read the page
    title: str | None = None
    published: str | None = None
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    body: str | None = None
    drop: tuple[str, ...] = ()  # taken out of the body


@dataclass(frozen=True)
class ListRules:
    name: str
    row: str | None = None  # one per item; the other selectors are relative to it
    link: str | None = None
    title: str | None = None
    date: str | None = None
    next: str | None = None  # the link to the next page, on the whole page


@dataclass(frozen=True)
class DataRules:
    """Where an answer with JSON has its items. A path is keys joined by dots, such as data.results."""

    name: str
    title: str  # paths within an item
    url: str
    date: str | None = None
    items: str | None = None  # path to the list of items; None: the answer is that list
    page: str | None = None  # the parameter of address or form that counts pages from 1
    form: tuple[tuple[str, str], ...] = ()  # fields to send by POST
