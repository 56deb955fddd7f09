"""Archived pages through today's readers again: what each says now, or why it says nothing. No site is asked."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Self

from crawlers.catalogue import Catalogue, Site
from crawlers.failures import Unread
from crawlers.pages.article import UNLISTED, read_article
from crawlers.parts import Part, whole
from crawlers.reader import BoundedReader, Unreadable, Unstarted
from crawlers.reading import kept_page
from pipeline.article import Listed, RawArticle
from pipeline.rereading import Kept, NotRead
from pipeline.stages.normalise import canonical_url
from storage import archive
from storage.archive import RawPage
from storage.errors import ArchiveError, PageGone, ZhijiaoError
from storage.language import say
from storage.records import Archived

LOOKED_AT = 300  # pages behind the first part of an article, among which its other parts are looked for


class Rereader:
    """Reads many pages at a time, each in a bounded process, with the catalogue's rules of today."""

    def __init__(self, catalogue: Catalogue, folder: Path, seconds: float) -> None:
        """`folder`: the archive; `seconds`: that reading a page may take."""
        self._catalogue = catalogue
        self._folder = folder
        count = os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(count, "reread")
        self._readers: SimpleQueue[BoundedReader] = SimpleQueue()
        self._all = [BoundedReader(seconds) for _ in range(count)]
        for reader in self._all:
            self._readers.put(reader)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for reader in self._all:
            reader.close()

    def __call__(self, kept: Sequence[Kept]) -> list[RawArticle | NotRead]:
        """What the pages say, in their order. ZhijiaoError where this machine has no room for the processes."""
        try:
            speaking = [copy_context() for _ in kept]  # the language spoken, which a thread does not inherit
            return list(self._pool.map(lambda context, one: context.run(self._one, one), speaking, kept))
        except Unstarted as why:
            raise ZhijiaoError(str(why)) from why

    def _one(self, kept: Kept) -> RawArticle | NotRead:
        if kept.archived is None:
            return NotRead(say("原网页没有留下", "its page was not kept"))
        reader = self._readers.get()
        try:
            return asyncio.run(self._article(reader, kept, kept.archived))
        except PageGone:
            return NotRead(say("原网页已不在归档里", "its page is not in the archive any more"))
        except ArchiveError:
            return NotRead(say("归档里的网页已损坏", "its page is damaged in the archive"))
        except Unreadable as why:
            return NotRead(str(why))
        except Unread as why:
            return NotRead(why.reason)
        finally:
            self._readers.put(reader)

    async def _article(self, reader: BoundedReader, kept: Kept, archived: Archived) -> RawArticle:
        """The article with all its parts; Unread where it is none, or where a part of it is not in the archive."""
        site = self._catalogue.sites.get(kept.site_id)

        async def part(url: str) -> Part[RawPage]:
            for page in islice(archive.following(self._folder, archived), LOOKED_AT):
                if canonical_url(page.url) == canonical_url(url):
                    return Part(_read(reader, page, site), page)
            raise Unread(say("后续页面不在归档里", "its further pages are not in the archive"), 404)

        page = archive.read(self._folder, archived)
        found = await whole(Part(_read(reader, page, site, kept.listed), page), part, last_try=bool(kept.missing))
        if found.raw.missing and not kept.missing:
            raise Unread(say("后续页面不在归档里", "its further pages are not in the archive"))
        return replace(found.raw, missing=kept.missing if found.raw.missing else None)


def _read(reader: BoundedReader, page: RawPage, site: Site | None, listed: Listed = UNLISTED) -> RawArticle:
    """Dates such as 昨天 count from the day on which the page was fetched."""
    rules, encoding = (site.article, site.encoding) if site else (None, None)
    raw = reader.read(read_article, kept_page(page, encoding), rules, listed, page.fetched_at)
    if raw.kind != "article":
        raise Unread(say("现在读作:", "read as: ") + (raw.reason or raw.kind))
    return raw
