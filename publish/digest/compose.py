"""A digest out of the database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from publish.digest.choosing import arranged
from publish.digest.digest import Frame, digest
from publish.digest.values import Digest
from publish.digest.window import Window
from publish.site.regions import Regions
from publish.site.selecting import KINDS
from storage import digests, sites
from storage.database import Database
from storage.language import say
from storage.records import Selection

MOST = 100  # stories listed: nobody reads more; all are counted
MOST_UNDATED = 20
LATE = timedelta(days=31)  # a story that we met by a repost so much later still belongs to the days of its origin


def compose(
    database: Database,
    window: Window,
    selection: Selection | None = None,
    *,
    now: datetime,
    title: str = "职教动态",
    most: int = MOST,
) -> Digest:
    """What came in these days, of the selection (whose own days say nothing here); `most` 0 lists every story."""
    selection = selection if selection != Selection() else None
    asked = replace(selection or Selection(), since=window.first, until=window.last + LATE)
    with database.read() as db:
        found = arranged(digests.carried(db, asked).values(), window)
        listed, undated = found.dated[: most or None], found.undated[:MOST_UNDATED]
        texts = digests.texts(db, [story.shown.id for story in (*listed, *undated)])
        watched = () if selection else tuple(site.name for site in sites.listing(db) if site.enabled)
    frame = Frame(title, window, now, tuple(_in_words(asked, Regions(database))), watched)
    return digest(frame, found, listed, undated, texts)


def _in_words(asked: Selection, regions: Regions) -> Iterator[str]:
    if asked.topic:
        yield say(f"主题 {asked.topic}", f"topic {asked.topic}")
    if asked.region:
        name = regions.name(asked.region)
        yield say(f"地区 {name}", f"region {name}")
    if asked.site:
        yield say(f"网站 {asked.site}", f"site {asked.site}")
    if asked.kind:
        kind = say(*KINDS.get(asked.kind, (asked.kind, asked.kind)))
        yield say(f"类别 {kind}", f"kind {kind}")
    if asked.documents:
        yield say("仅政策文件", "policy documents only")
    if asked.query:
        yield say(f"检索“{asked.query}”", f"words “{asked.query}”")
