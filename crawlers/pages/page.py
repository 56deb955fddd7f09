"""One page as it came: bytes, decoded and parsed once, when somebody looks."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from lxml import etree

from crawlers.pages.bounds import BYTES, bounded
from crawlers.pages.charset import decode
from crawlers.pages.flow import Flow, flow_of
from crawlers.pages.meta import Meta, meta_of

CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
IDS = etree.XPath("//@id", smart_strings=False)
CLASSES = etree.XPath("//@class", smart_strings=False)
# Elements that only nest or decorate. Without them a page that is nested deeper than the parser goes stays readable.
NESTING = re.compile(
    r"</?(?:div|span|font|b|i|u|em|strong|center|section|article|blockquote|ul|ol|dl|table|tbody|tr|small|big|o:p)"
    r"(?:\s[^<>]{0,2000})?>",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Page:
    """Address (None when unknown), body, charset of the HTTP header. Only these three travel when it is pickled."""

    url: str | None
    body: bytes
    charset: str | None = None

    def __reduce__(self) -> tuple[Callable[..., "Page"], tuple[str | None, bytes, str | None]]:
        return Page, (self.url, self.body, self.charset)

    @cached_property
    def text(self) -> str:
        return bounded(decode(self.body[:BYTES], self.charset))

    @cached_property
    def root(self) -> etree._Element | None:
        """The parsed page; None where there is nothing to parse, as in a PDF or an image."""
        if _is_binary(self.body):
            return None
        root, too_deep = _parse(self.text)
        return _parse(NESTING.sub("\n", self.text))[0] if too_deep else root

    @cached_property
    def flow(self) -> Flow:
        return flow_of(self.root)

    @cached_property
    def meta(self) -> Meta:
        return meta_of(self.root)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every "#id" and ".class" on the page."""
        if self.root is None:
            return frozenset()
        ids = {f"#{str(value).strip()}" for value in IDS(self.root)}
        classes = {f".{name}" for value in set(CLASSES(self.root)) for name in str(value).split()}
        return frozenset(ids | classes)

    @cached_property
    def base(self) -> str | None:
        """What addresses of the page are relative to; None when the page's own is unknown."""
        if self.url is None or self.root is None:
            return self.url
        declared = self.root.xpath("string(//base/@href)")
        return joined(self.url, str(declared)) if declared else self.url

    def absolute(self, href: str) -> str:
        """The address that a link leads to; as printed when the page's own is unknown."""
        return joined(self.base, href) if self.base else href.strip()


def _is_binary(body: bytes) -> bool:
    """Whether the bytes are no text: a PDF, or full of control characters (UTF-16 has a mark that tells it)."""
    head = body[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return head.startswith(b"%PDF") or 20 * len(CONTROLS.findall(head)) > len(head) > 0


def joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:  # an address such as http://[broken
        return href.strip()


# What follows a first </html>, as on pages put together of several, would be lost beside the root.
ENDING = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)


def _parse(text: str) -> tuple[etree._Element | None, bool]:
    if text.count("</p>") > text.count("<p"):
        # A </p> that nothing opened still ends a line in a browser; the parser drops it.
        text = text.replace("</p>", "</p><br>")
    text = ENDING.sub("", text)
    parser = etree.HTMLParser(huge_tree=True, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        root = None
    too_deep = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return root, too_deep
