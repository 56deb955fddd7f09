"""What a CMS family is: how its pages are recognised and where their parts are."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Family:
    """Selectors are CSS, or XPath where they begin with "/" or "("; the first that finds anything counts."""

    name: str
    marks: tuple[str, ...]  # any of these in the source of a page shows the family
    body: tuple[str, ...] = ()
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

    def shows(self, source: str) -> bool:
        return any(mark in source for mark in self.marks)
