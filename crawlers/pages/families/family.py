"""What a CMS family is: how its pages are recognised and where their parts are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crawlers.pages.page import Page


@dataclass(frozen=True)
class Family:
    """Selectors are CSS, or XPath where they begin with "/" or "("; the first that finds anything counts."""

    name: str
    # Any of these shows the family: "#id", ".class", "meta:name" (of a meta tag), or else letters of the page's source.
    marks: tuple[str, ...]
    body: tuple[str, ...] = ()  # none: the family prints fields only, its text is found by general evidence
    parts: bool = False  # the text is switched by script: all elements that `body` finds belong to it, hidden ones too
    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()
    delimited: Mapping[str, str] = field(default_factory=dict)  # a part -> its name in comments <!--<$[name]>begin-->
    column: tuple[str, ...] = ()  # regular expressions: the source of a column page, never of an article
    records: bool = False  # list rows stand in a <datastore> script
    rows: tuple[str, ...] = ()  # the rows of a list page

    def shows(self, page: Page) -> bool:
        return any(_has(page, mark) for mark in self.marks)


def _has(page: Page, mark: str) -> bool:
    if mark.startswith(("#", ".")):
        return mark in page.names
    if mark.startswith("meta:"):
        return mark.removeprefix("meta:") in page.meta.tags
    return mark.encode() in page.body  # ASCII in every charset of pages; bytes are searched faster than text
