"""feedgen 1.0.0 without its faults that reach subscribers; what it does right is left to it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"


class Item(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    """For one feed: its elements are made once, and stand where they were put last."""

    creator: str | None = None  # RSS itself knows authors only by their mail address

    def atom_entry(self) -> etree._Element:
        return self._atom

    def rss_entry(self) -> etree._Element:
        return self._rss

    @cached_property
    def _atom(self) -> etree._Element:
        """feedgen writes only the address of a link (its issue #135) and a source without id and date."""
        entry: etree._Element = super().atom_entry()
        for element, link in zip(entry.findall("link"), self.link() or (), strict=True):
            element.attrib.update(link)
        source, described = entry.find("source"), self.source()
        if source is not None:
            etree.SubElement(source, "id").text = described["url"]
            etree.SubElement(source, "updated").text = self.updated().isoformat()
        return entry

    @cached_property
    def _rss(self) -> etree._Element:
        """feedgen says nothing of a revision, and takes the last of several enclosures: RSS has room for one."""
        item: etree._Element = super().rss_entry()
        if self.creator:
            etree.SubElement(item, f"{{{DC}}}creator").text = self.creator
        etree.SubElement(item, f"{{{ATOM}}}updated").text = self.updated().isoformat()
        first = next((link for link in self.link() or () if link["rel"] == "enclosure"), None)
        enclosure = item.find("enclosure")
        if first and enclosure is not None:
            enclosure.attrib.update({"url": first["href"], "type": first["type"]})
        return item


class Creators(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """The namespace of the items' creators, said once."""

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DC}


class History(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Links of an RSS channel, of which feedgen writes one (its issue #122), and the mark of an archive (RFC 5005)."""

    links: Sequence[tuple[str, str]] = ()
    archive = False

    def extend_ns(self) -> dict[str, str]:
        return {"fh": HISTORY} if self.archive else {}

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        for rel, address in self.links:
            etree.SubElement(rss[0], f"{{{ATOM}}}link", href=address, rel=rel)
        return self._marked(rss[0])

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        return self._marked(feed)

    def _marked(self, parent: etree._Element) -> etree._Element:
        if self.archive:
            etree.SubElement(parent, f"{{{HISTORY}}}archive")
        return parent


def generator() -> Any:
    """An empty feed, made by us as far as subscribers are told."""
    feed = FeedGenerator()
    feed.register_extension("creators", Creators, atom=False)
    feed.register_extension("history", History)
    feed.docs("")
    feed.generator("Zhijiao")
    return feed
