"""The further parts of an article that is paged over several addresses, asked for one after another."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from crawlers.failures import NotAsked, Unread
from crawlers.pages.parts import joined_parts
from pipeline.article import RawArticle
from storage.language import say

P = TypeVar("P")  # a page: an answer that has just come, or one from the archive

MOST = 20  # parts of one article
GONE = (404, 410)  # other refusals, such as a firewall's 403, pass
LONGEST_TITLE = 200  # characters compared: the pattern takes the square of a row of signs
OF_PAGE = re.compile(r"[\W_]*(?:第?\s*[\d一二三四五六七八九十]+\s*[页頁部]?|[上中下])?[\W_]*$")


@dataclass(frozen=True)
class Part(Generic[P]):
    raw: RawArticle
    page: P  # that it was read from


@dataclass(frozen=True)
class Whole(Generic[P]):
    """An article with all its parts; `raw.next_part` is the first that is missing, `raw.missing` says why."""

    raw: RawArticle
    pages: Sequence[P]


async def whole(first: Part[P], get: Callable[[str], Awaitable[Part[P]]], *, last_try: bool) -> Whole[P]:
    """The parts as far as they can be read.

    `get` raises NotAsked or Unread. An article of which a part fails for now fails whole, to be tried again, unless
    this is its last try: then, and where a part is not there at all, what there is counts.
    """
    parts = [first]
    while address := parts[-1].raw.next_part:
        number = len(parts) + 1
        if number > MOST:
            return _ended(parts, say(f"只读前 {MOST} 部分", f"only the first {MOST} parts are read"))
        try:
            part = await get(address)
        except NotAsked:
            raise
        except Unread as why:
            if not last_try and why.status not in GONE:
                raise Unread(_of_part(number, why.reason), why.status) from why
            return _ended(parts, _of_part(number, why.reason))
        # Behind the last part some sites show it again, for ever; and behind news_12.html may stand other news.
        if not _brings_more(parts, part.raw) or not _one_title(first.raw, part.raw):
            break
        parts.append(part)
    found = _ended(parts)
    return replace(found, raw=replace(found.raw, next_part=None))


def _ended(parts: Sequence[Part[P]], missing: str | None = None) -> Whole[P]:
    joined = replace(joined_parts([part.raw for part in parts]), missing=missing)
    return Whole(joined, [part.page for part in parts])


def _brings_more(parts: Sequence[Part[P]], raw: RawArticle) -> bool:
    known = [part.raw for part in parts]
    texts = {text for part in known for text in part.paragraphs}
    pictures = {image.url for part in known for image in part.images}
    return not texts.issuperset(raw.paragraphs) or not pictures.issuperset(image.url for image in raw.images)


def _one_title(one: RawArticle, other: RawArticle) -> bool:
    """Whether two pages carry one headline, but for a number behind it; a part may also carry none."""
    titles = sorted((OF_PAGE.sub("", (raw.title or "")[:LONGEST_TITLE]) for raw in (one, other)), key=len)
    return titles[1].startswith(titles[0])


def _of_part(number: int, reason: str) -> str:
    return say(f"缺第 {number} 部分:{reason}", f"part {number} is missing: {reason}")
