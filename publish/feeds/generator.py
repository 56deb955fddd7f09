"""feedgen 1.0.0 without its faults that reach subscribers; what it does right is left to it."""

from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"


class Item(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    def atom_entry(self, extensions: bool = True) -> etree._Element:
        """feedgen writes only the address of a link (its issue #135) and a source without id and date."""
        entry: etree._Element = super().atom_entry(extensions)
        for element, link in zip(entry.findall("link"), self.link() or (), strict=True):
            element.attrib.update(link)
        source, described = entry.find("source"), self.source()
        if source is not None:
            etree.SubElement(source, "id").text = described["url"]
            etree.SubElement(source, "updated").text = self.updated().isoformat()
        return entry

    def rss_entry(self, extensions: bool = True) -> etree._Element:
        """feedgen says nothing of a revision, and takes the last of several enclosures: RSS has room for one."""
        item: etree._Element = super().rss_entry(extensions)
        etree.SubElement(item, f"{{{ATOM}}}updated").text = self.updated().isoformat()
        first = next((link for link in self.link() or () if link["rel"] == "enclosure"), None)
        enclosure = item.find("enclosure")
        if first and enclosure is not None:
            enclosure.attrib.update({"url": first["href"], "type": first["type"]})
        return item


class Hub(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """The WebSub hub of an RSS channel, which feedgen leaves out (its issue #122)."""

    address: str | None = None

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        if self.address:
            etree.SubElement(rss[0], f"{{{ATOM}}}link", href=self.address, rel="hub")
        return rss


def generator() -> Any:
    """An empty feed, made by us as far as subscribers are told."""
    feed = FeedGenerator()
    feed.load_extension("dc", atom=False)  # here for its namespace, in each item for its creator
    feed.register_extension("hub", Hub, atom=False)
    feed.docs("")
    feed.generator("Zhijiao")
    return feed
