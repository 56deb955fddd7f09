"""What the W3C feed validator complains of, error or warning, as far as a feed of ours could give it cause.

Written after its documented messages, whose names stand in the complaints. The validator itself is run from outside.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from lxml import etree, html

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
URI = re.compile(r"https?://[0-9A-Za-z][0-9A-Za-z;/?:@&=+$.\-_!~*'()%,#]*")
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[0-9A-Za-z;/?:@&=+$.\-_!~*'()%,]*")
DAY = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
RFC822 = re.compile(rf"{DAY}, \d\d {MONTH} \d{{4}} \d\d:\d\d:\d\d [+-]\d\d[03]0")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
MEDIA_TYPE = re.compile(r'[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+')
MARKUP = re.compile(r"</?[A-Za-z!]|&(#\w+|\w+);")
BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
TAGS = {"a", "figcaption", "figure", "img", "li", "p", "ul"}  # ours, all of which it accepts
ATTRIBUTES = {"alt", "href", "src"}
RELATIONS = {"alternate", "self", "current", "prev-archive", "next-archive", "hub", "enclosure"}
ARCHIVE = {"current", "prev-archive", "next-archive"}
ONCE = {"title", "link", "description", "guid", "pubDate", "source", "enclosure", CONTENT, CREATOR, f"{ATOM}updated"}


def complaints(data: bytes, address: str, now: datetime) -> list[str]:
    """Of a feed in RSS or Atom that is fetched from this address."""
    root = etree.fromstring(data)
    told = [f"BadCharacters {text!r}" for text in _texts(root) if BAD.search(text)]
    return told + list(_atom(root, address, now) if root.tag == f"{ATOM}feed" else _rss(root, address, now))


def _texts(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        yield element.text or ""
        yield from element.attrib.values()


def _rss(root: etree._Element, address: str, now: datetime) -> Iterator[str]:
    channel = root[0]
    if root.get("version") != "2.0" or root.nsmap.get(None):
        yield "UndefinedElement: no RSS 2.0"
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        if len(channel.findall(name)) != 1 or not channel.findtext(name):
            yield f"MissingElement or DuplicateElement channel/{name}"
    yield from _plain("channel/title", channel.findtext("title"))
    yield from _uri("channel/link", channel.findtext("link"))
    yield from _rfc822(channel.findtext("lastBuildDate"), now)
    yield from _links(channel, address)
    if channel.find("image") is not None or channel.find("docs") is not None:
        yield "unexpected channel/image or channel/docs"
    items = channel.findall("item")
    yield from (f"DuplicateElement guid {guid}" for guid in _doubled(item.findtext("guid") for item in items))
    for item in items:
        yield from _item(item, now)


def _item(item: etree._Element, now: datetime) -> Iterator[str]:
    names = [child.tag for child in item]
    yield from (f"DuplicateElement {name}" for name in _doubled(names) if name in ONCE)
    yield from (f"UndefinedElement {name}" for name in set(names) - ONCE - {"category"})
    yield from _plain("item/title", item.findtext("title"))
    yield from _uri("item/link", item.findtext("link"))
    yield from _rfc822(item.findtext("pubDate"), now)
    yield from _rfc3339(item.findtext(f"{ATOM}updated"), now)
    guid = item.find("guid")
    if guid.get("isPermaLink") != "false" or not TAG.fullmatch(guid.text):
        yield f"InvalidPermalink {guid.text}"
    if CONTENT in names and "description" not in names[: names.index(CONTENT)]:
        yield f"NeedDescriptionBeforeContent {guid.text}"
    for element in (*item.findall("description"), *item.findall(CONTENT)):
        yield from _html(element.text)
    for category in item.findall("category"):
        yield from _plain("category", category.text)
    for enclosure in item.findall("enclosure"):
        yield from _uri("enclosure", enclosure.get("url"))
        if not MEDIA_TYPE.fullmatch(enclosure.get("type", "")) or not enclosure.get("length", "").isdigit():
            yield f"MissingAttribute or InvalidMIMEAttribute enclosure {enclosure.attrib}"
    for source in item.findall("source"):
        yield from _uri("source", source.get("url"))
        yield from _plain("source", source.text)


def _atom(feed: etree._Element, address: str, now: datetime) -> Iterator[str]:
    yield from _described(feed, now)
    yield from _links(feed, address)
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    yield from (f"DuplicateEntries {id_}" for id_ in _doubled(ids))
    yield from (f"DuplicateUpdated {at}" for at in _doubled(entry.findtext(f"{ATOM}updated") for entry in entries))
    yield from (f"DuplicateIds {id_}" for id_ in ids if id_ == feed.findtext(f"{ATOM}id"))
    for entry in entries:
        yield from _entry(entry, now)
        if entry.find(f"{ATOM}author") is None and feed.find(f"{ATOM}author") is None:
            yield "MissingElement author"


def _entry(entry: etree._Element, now: datetime) -> Iterator[str]:
    yield from _described(entry, now)
    yield from _rfc3339(entry.findtext(f"{ATOM}published"), now)
    rels = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in entry.findall(f"{ATOM}link")]
    if [rel for rel, _, _ in rels].count("alternate") != 1 or {rel for rel, _, _ in rels} & (ARCHIVE | {"self"}):
        yield f"DuplicateAtomLink, MissingContentOrAlternate or FeedHistoryRelInEntry {rels}"
    for link in entry.findall(f"{ATOM}link"):
        yield from _link(link)
    for content in entry.findall(f"{ATOM}content"):
        if content.get("type") != "html":
            yield f"InvalidTypeAttr {content.get('type')}"
        yield from _html(content.text)
    for summary in entry.findall(f"{ATOM}summary"):
        if summary.get("type") != "text" or not summary.text:
            yield "InvalidTypeAttr or NotBlank summary"
    yield from (message for category in entry.findall(f"{ATOM}category") for message in _category(category))
    for source in entry.findall(f"{ATOM}source"):
        yield from _described(source, now)  # MissingSourceElement


def _category(category: etree._Element) -> Iterator[str]:
    yield from _plain("category", category.get("term"))


def _described(element: etree._Element, now: datetime) -> Iterator[str]:
    """What a feed, an entry and a source must say."""
    id_, title = element.findtext(f"{ATOM}id"), element.findtext(f"{ATOM}title")
    if not (TAG.fullmatch(id_ or "") or URI.fullmatch(id_ or "")):
        yield f"MissingElement or InvalidTAG id {id_}"
    yield from _plain("title", title)
    yield from _rfc3339(element.findtext(f"{ATOM}updated"), now)
    for name in element.findall(f"{ATOM}author/{ATOM}name"):
        yield from _plain("name", name.text)
    for child in ("id", "title", "updated", "published", "summary", "content", "source"):
        if len(element.findall(f"{ATOM}{child}")) > 1:
            yield f"DuplicateElement {child}"


def _links(feed: etree._Element, address: str) -> Iterator[str]:
    """MissingSelf, SelfDoesntMatchLocation, ArchiveIncomplete; a second link of one relation."""
    links = feed.findall(f"{ATOM}link")
    if [link.get("href") for link in links if link.get("rel") == "self"] != [address]:
        yield f"MissingSelf or SelfDoesntMatchLocation {address}"
    rels = [link.get("rel") for link in links]
    yield from (f"DuplicateAtomLink {rel}" for rel in _doubled(rels))
    archive = feed.find("{http://purl.org/syndication/history/1.0}archive") is not None
    if archive and not set(rels) & {"prev-archive", "next-archive"}:
        yield "ArchiveIncomplete"
    for link in links:
        yield from _link(link)


def _link(link: etree._Element) -> Iterator[str]:
    yield from _uri(f"link {link.get('rel')}", link.get("href"))
    if link.get("rel") not in RELATIONS:
        yield f"UnregisteredAtomLinkRel {link.get('rel')}"
    if (type_ := link.get("type")) is not None and not MEDIA_TYPE.fullmatch(type_):
        yield f"InvalidMIMEType {type_}"
    if (title := link.get("title")) is not None:
        yield from _plain("link/title", title)


def _plain(where: str, text: str | None) -> Iterator[str]:
    if not text or not text.strip():
        yield f"NotBlank {where}"
    elif MARKUP.search(text):
        yield f"ContainsHTML {where} {text!r}"


def _uri(where: str, text: str | None) -> Iterator[str]:
    if not URI.fullmatch(text or "") or re.search("%(?![0-9A-Fa-f]{2})", text or ""):
        yield f"InvalidFullLink or InvalidUriChar {where} {text!r}"


def _rfc822(text: str | None, now: datetime) -> Iterator[str]:
    if not RFC822.fullmatch(text or ""):
        yield f"InvalidRFC2822Date or ProblematicalRFC822Date {text!r}"
        return
    moment = parsedate_to_datetime(str(text))
    if f"{moment:%a}" != str(text)[:3]:
        yield f"IncorrectDOW {text}"
    yield from _plausible(moment, now)


def _rfc3339(text: str | None, now: datetime) -> Iterator[str]:
    if RFC3339.fullmatch(text or ""):
        yield from _plausible(datetime.fromisoformat(str(text)), now)
    else:
        yield f"InvalidRFC3339Date {text!r}"


def _plausible(moment: datetime, now: datetime) -> Iterator[str]:
    if not datetime(1990, 1, 1, tzinfo=UTC) - timedelta(days=1) < moment <= now:
        yield f"ImplausibleDate {moment}"


def _html(text: str | None) -> Iterator[str]:
    """NotHtml, SecurityRisk, SecurityRiskAttr, DangerousStyleAttr, ContainsRelRef."""
    if not text or not text.strip():
        yield "NotBlank content"
        return
    for element in html.fragment_fromstring(text, "div").iterdescendants():
        if element.tag not in TAGS or set(element.attrib) - ATTRIBUTES:
            yield f"NotHtml or SecurityRisk {element.tag} {dict(element.attrib)}"
        for name in ("href", "src"):
            if (address := element.get(name)) is not None:
                yield from _uri(f"{element.tag}/{name}", address)


def _doubled(values: Iterator[str | None] | list[str | None]) -> list[str | None]:
    return [value for value, number in Counter(values).items() if number > 1]
