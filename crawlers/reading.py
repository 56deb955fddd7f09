"""Where pages are read: one function with values that can be pickled, so that reading can move to another process."""

import asyncio
from collections.abc import Callable
from email.message import Message
from typing import ParamSpec, TypeVar

from scrapy.http import Response

from crawlers.pages.page import Page

P = ParamSpec("P")
T = TypeVar("T")


async def read(reader: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a reader of `crawlers.pages` makes of a page, off the event loop."""
    return await asyncio.to_thread(reader, *args, **kwargs)


def page_of(response: Response, encoding: str | None) -> Page:
    """A response as a page; the charset that the catalogue knows comes before the one that the server names."""
    header = Message()
    header["Content-Type"] = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return Page(response.url, response.body, encoding or header.get_content_charset())
