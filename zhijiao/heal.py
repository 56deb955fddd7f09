"""A new list rule for a site that was redesigned, from where known titles stand on its pages now."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import tomlkit
import tomlkit.items

from crawlers.catalogue import Channel, Site
from crawlers.events import Job
from crawlers.pages.derive import derived, found_by
from crawlers.pages.familiar import Before, most_familiar
from crawlers.pages.listing import read_list
from crawlers.pages.page import Page
from crawlers.pages.rules import ListRules
from crawlers.reader import BoundedReader, Unreadable
from pipeline.settings import Settings
from storage import links
from storage.database import Database
from storage.errors import CatalogueError
from storage.language import say
from zhijiao.crawl import Event, OnEvent, crawl

LATELY = 300  # links of a channel that its page is compared with


@dataclass(frozen=True)
class Seen:
    """A channel's page as it is now, and what the channel has shown."""

    page: Page
    before: Before
    now: datetime

    def is_read(self, rules: ListRules | None, reader: BoundedReader) -> bool:
        """Whether the rules find what is known, with the general reader behind them only where they are none."""
        if rules is None:
            return most_familiar([reader.read(read_list, self.page, None, self.now)], self.before) is not None
        found = reader.read(found_by, self.page, rules, self.before, self.now)
        return found.known >= min(2, len(self.before.titles)) and not found.strange


@dataclass(frozen=True)
class Told:
    """How one channel stands."""

    channel: str
    state: str  # in words
    ill: bool = False


def look(
    database: Database, site: Site, name: str, settings: Settings, on_event: OnEvent
) -> tuple[dict[str, Seen], list[Event]]:
    """All list pages of a site as they are now, asked for once, since they share its rule; the crawl's last words."""
    asked = [channel for channel in site.channels if _is_list(site, channel)]
    if not any(_is_of(channel.id, name) for channel in asked):
        raise CatalogueError(say(f"{name} 没有会查看的列表页", f"{name}: no list page is visited"))
    shown: dict[str, Event] = {}

    def note(event: Event) -> None:
        if event["event"] == "list_shown":
            shown[event["channel"]] = event
        on_event(event)

    finished = crawl([Job(channel.id, show=True) for channel in asked], settings, note)
    now = datetime.now(UTC)
    with database.read() as db:
        lately = {name: links.lately(db, name, LATELY) for name in shown}
    return {
        name: Seen(
            Page(event["url"], b64decode(event["body"]), event["charset"]),
            Before.of([(link.title, link.date) for link in lately[name]]),
            now,
        )
        for name, event in shown.items()
    }, finished


def propose(
    site: Site, seen: Mapping[str, Seen], reader: BoundedReader, name: str
) -> tuple[ListRules | None, list[Told]]:
    """A rule that heals what is ill of a site or one channel and harms no other; None: nothing is ill, or none does."""
    well = [channel for channel, one in seen.items() if _reads(one, site.list, reader)]
    ill = [channel for channel in seen if channel not in well and _is_of(channel, name)]
    told = [Told(channel, say("读得出来", "is read")) for channel in well if _is_of(channel, name)]
    own = {channel: _derived(site, seen[channel], reader) for channel in ill}
    best: tuple[int, ListRules | None] = (0, None)
    for rules in own.values():
        if isinstance(rules, ListRules) and all(_reads(seen[other], rules, reader) for other in well):
            healed = sum(_reads(seen[other], rules, reader) for other in ill)
            best = max(best, (healed, rules), key=lambda pair: pair[0])
    return best[1], told + [_of_ill(channel, seen[channel], own[channel], best[1], reader) for channel in ill]


def _reads(one: Seen, rules: ListRules | None, reader: BoundedReader) -> bool:
    """A page that cannot be read within the limits is not read, as at a visit."""
    try:
        return one.is_read(rules, reader)
    except Unreadable:
        return False


def _derived(site: Site, one: Seen, reader: BoundedReader) -> ListRules | str | None:
    """A rule for this page alone; or why the page cannot be read."""
    try:
        return reader.read(derived, one.page, one.before, f"site:{site.id}", one.now)
    except Unreadable as why:
        return str(why)


def _of_ill(
    channel: str, one: Seen, own: ListRules | str | None, rules: ListRules | None, reader: BoundedReader
) -> Told:
    if not one.before.titles:
        return Told(channel, say("还没有读过,没有可比的标题", "never read: no titles to compare with"), ill=True)
    if rules is None or not _reads(one, rules, reader):
        return Told(channel, _why_not(own), ill=True)
    found = reader.read(found_by, one.page, rules, one.before, one.now)
    return Told(
        channel,
        say(
            f"新规则读出 {found.known} 条见过的、{len(found.new)} 条新的",
            f"the new rule finds {found.known} known links and {len(found.new)} new ones",
        ),
    )


def _why_not(own: ListRules | str | None) -> str:
    if isinstance(own, str):
        return own
    if own is None:
        return say("页面上没有找到见过的标题所在的列表", "no list with known titles was found on the page")
    rule = f"row = {own.row}" + (f", link = {own.link}" if own.link else "")
    return say(
        f"用 {rule} 才读得出来,但别的栏目用不了这条规则",
        f"would be read by {rule}, by which other channels are not",
    )


def rewritten(text: str, rules: ListRules) -> str:
    """The site's file with the new list rule, every other line and comment as it was."""
    document = tomlkit.parse(text)
    values = {name: value for name in ("row", "link") if (value := getattr(rules, name))}
    if "list" not in document:
        table = tomlkit.table()
        table.update(values)
        document.add(tomlkit.nl())
        document.add("list", table)
    else:
        kept = document["list"]
        if not isinstance(kept, tomlkit.items.Table):
            raise CatalogueError(say("[list] 写得特别,请手工改", "[list] has to be edited by hand"))
        for name in ("row", "link", "title", "date"):
            if name in values:
                kept[name] = values[name]
            elif name in kept:
                del kept[name]
    return tomlkit.dumps(document)


def _is_list(site: Site, channel: Channel) -> bool:
    return channel.kind == "list" and bool(channel.url) and site.enabled and channel.enabled


def _is_of(channel: str, name: str) -> bool:
    """Whether it is the channel of that name, or one of the site of that name."""
    return name in (channel, channel.partition("/")[0])
