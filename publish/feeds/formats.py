"""What a feed is, and the formats that it comes in."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote


@dataclass(frozen=True)
class Format:
    name: str
    suffix: str
    media_type: str

    @property
    def content_type(self) -> str:
        """Without a charset readers take Chinese for us-ascii."""
        return f"{self.media_type}; charset=utf-8"


ATOM = Format("Atom", ".atom", "application/atom+xml")
RSS = Format("RSS", ".xml", "application/rss+xml")
JSON = Format("JSON Feed", ".json", "application/feed+json")
FORMATS = (ATOM, RSS, JSON)  # readers take the first that a page offers
OPML = Format("OPML", ".opml", "text/x-opml")  # a list of feeds, itself none


@dataclass(frozen=True)
class Feed:
    """What a feed says of itself."""

    name: str  # of its files, such as "all" or "topic/产教融合"
    guid: str
    title: str
    description: str
    home: str  # base address of the site, without a slash at its end
    begun: datetime  # the date of a feed that is still empty
    hub: str | None = None  # WebSub
    archive_of: str | None = None  # name of the feed that goes on, where this is a part of its archive (RFC 5005)
    previous: str | None = None  # name of the part before: what is no longer in this feed stands there
    next: str | None = None

    def address(self, form: Format, name: str | None = None) -> str:
        return f"{self.home}/feeds/{quote(name or self.name)}{form.suffix}"

    def links(self, form: Format) -> list[tuple[str, str]]:
        """Relation and address of what readers may follow, without the page that it is a feed of."""
        others = {"current": self.archive_of, "prev-archive": self.previous, "next-archive": self.next}
        found = [("self", self.address(form))]
        found += [(rel, self.address(form, name)) for rel, name in others.items() if name]
        return [*found, ("hub", self.hub)] if self.hub else found
