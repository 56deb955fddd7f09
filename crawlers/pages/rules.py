"""The selectors that a site's TOML may give: CSS, or XPath where they begin with "/" or "("."""

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
