"""The list of all feeds, in groups, as reader programs import it."""

from collections.abc import Sequence

from lxml import etree

from publish.characters import plain
from publish.feeds.catalogue import GROUPS, group_of
from publish.feeds.formats import RSS, Feed


def opml(feeds: Sequence[Feed], main: Feed) -> bytes:
    """`feeds` in any order; within a group they stand by name, whatever came first."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = plain(main.title)
    body = etree.SubElement(root, "body")
    for group, title in GROUPS.items():
        members = sorted((feed for feed in feeds if group_of(feed.name) == group), key=lambda feed: feed.name)
        single = len(members) == 1 and members[0].name == group  # all, documents
        parent = body if single or not members else etree.SubElement(body, "outline", text=title)
        for feed in members:
            _outline(parent, feed)
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return data


def _outline(parent: etree._Element, feed: Feed) -> None:
    title = plain(feed.title)
    addresses = {"xmlUrl": feed.address(RSS), "htmlUrl": f"{feed.home}/"}
    etree.SubElement(parent, "outline", {"type": "rss", "text": title, "title": title} | addresses)
