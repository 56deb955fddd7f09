"""Articles paged over several addresses: where the next part is, and all parts as one article."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from crawlers.pages.page import Page
from crawlers.pages.pager import next_link, next_script
from pipeline.article import RawArticle

NUMBERED = re.compile(r"(?<=[^/])[_-](\d{1,3})(\.\w{2,6})?$")  # content_8_2.html is the second part of content_8.html
EXTENSION = re.compile(r"\.\w{2,6}$")
PAGES = frozenset({"page", "p", "pn", "pageno", "pagenum", "pageindex", "curpage", "currentpage"})
Name = tuple[str, str, tuple[tuple[str, str], ...]]


def next_part(page: Page) -> str | None:
    """The address that the page's own 下一页, or its pager's script, leads to, if the same text goes on there."""
    if page.url is None or page.root is None:
        return None
    href = next_link(page.root)
    address = page.absolute(href) if href else next_script(page)
    if not address:
        return None
    there, following = _names(address)[0]
    follows = (
        there == here and (following == number + 1 or (number == 0 and following == 2))
        for here, number in _names(page.url)
    )
    return address if any(follows) else None


def joined_parts(parts: Sequence[RawArticle]) -> RawArticle:
    """The parts in their order as one article: texts, pictures and files together, fields from whichever says them."""
    whole, *others = parts
    for part in others:
        last = frozenset(whole.paragraphs)
        whole = replace(
            whole,
            paragraphs=whole.paragraphs + tuple(text for text in part.paragraphs if text not in last or len(text) < 16),
            images=tuple(dict.fromkeys(whole.images + part.images)),
            attachments=tuple(dict.fromkeys(whole.attachments + part.attachments)),
            source=whole.source or part.source,
            author=whole.author or part.author,
            editor=whole.editor or part.editor,
            next_part=part.next_part,
        )
    return whole


def _names(url: str) -> list[tuple[Name, int]]:
    """What the parts of a text share in their addresses, with the number of this part; 0: the address shows none.

    Of content_8.html, 8 may be the number of a part or belong to the name: both.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    asked = next((query.pop(key) for key in tuple(query) if key.lower() in PAGES and query[key].isdecimal()), "0")
    rest = tuple(sorted(query.items()))
    whole: tuple[Name, int] = (parts.netloc, EXTENSION.sub("", parts.path), rest), int(asked)
    numbered = NUMBERED.search(parts.path)
    if whole[1] or not numbered:
        return [whole]
    return [((parts.netloc, parts.path[: numbered.start()], rest), int(numbered[1])), whole]
