"""From a response to what is read of it, in the process that reads pages, and to what is kept of it."""

import asyncio
from collections.abc import Callable, Sequence
from email.message import Message
from typing import ParamSpec, TypeVar

from scrapy.http import Response

from crawlers.failures import NotAsked, Unread
from crawlers.habits import digest
from crawlers.ledger import now
from crawlers.pages.page import Page
from crawlers.reader import BoundedReader, Unreadable, Unstarted
from storage.archive import RawPage
from storage.records import Answer

P = ParamSpec("P")
T = TypeVar("T")

SCRIPTED = frozenset({"shell", "unparsable"})  # kinds of pages whose text a browser may be able to show


async def read(reader: BoundedReader, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function of `crawlers.pages` makes of a page. Unread where it took too much, NotAsked where none read."""
    try:
        return await asyncio.to_thread(lambda: reader.read(function, *args, **kwargs))
    except Unreadable as why:
        raise Unread(str(why), fault="unreadable") from why
    except Unstarted as why:
        raise NotAsked(str(why)) from why


def page_of(response: Response, encoding: str | None) -> Page:
    """A response as a page; the charset that the catalogue knows comes before the one that the server names."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return Page(response.url, response.body, encoding or _charset(content_type))


def kept_page(kept: RawPage, encoding: str | None) -> Page:
    """The same for a page of the archive."""
    content_type = next((value for name, value in kept.headers if name.lower() == "content-type"), "")
    return Page(kept.url, kept.body, encoding or _charset(content_type))


def _charset(content_type: str) -> str | None:
    header = Message()
    header["Content-Type"] = content_type
    return header.get_content_charset()


def answer_of(response: Response, pages: Sequence[Response]) -> Answer:
    """What tells at another time whether an article has changed, if all of it was read in this answer as it came."""
    if [response] != list(pages):
        return Answer()
    return Answer(header(response, "ETag"), header(response, "Last-Modified"), digest(response.body))


def header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1").replace("\0", "") if value else None


def raw_of(response: Response) -> RawPage:
    """A response for the archive."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return RawPage(response.url, response.status, headers, response.body, now())
