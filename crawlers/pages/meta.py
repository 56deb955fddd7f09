"""What the head of a page declares: its <title> and its meta tags, by lower-case name."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from crawlers.pages.flow import squeeze


@dataclass(frozen=True)
class Meta:
    title: str  # of <title>, "" when there is none
    tags: Mapping[str, str]  # name or property, lower case -> content; a tag printed twice counts with its last text

    def first(self, *names: str) -> str | None:
        """The first of these tags that has a text."""
        return next((self.tags[name] for name in names if self.tags.get(name)), None)


def meta_of(root: etree._Element | None) -> Meta:
    if root is None:
        return Meta("", {})
    tags: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop")
        content = squeeze(element.get("content") or "")
        if name and content:
            tags[name.strip().lower()] = content
    title = root.find(".//title")
    return Meta(squeeze("".join(title.itertext())) if title is not None else "", tags)
