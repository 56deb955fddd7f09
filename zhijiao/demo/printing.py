"""Prints a sample site: every address that it has and what it answers there."""

import zlib
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache
from html import escape
from posixpath import dirname, relpath
from struct import pack
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from zhijiao.demo.sites import SAMPLES, SampleArticle, SampleChannel, SampleSite

TYPES = {
    "doc": "application/msword",
    "pdf": "application/pdf",
    "png": "image/png",
}


@dataclass(frozen=True)
class Document:
    body: bytes
    content_type: str
    status: int = 200
    location: str | None = None


def documents(site: SampleSite, base: str) -> dict[str, Document]:
    """Path with query -> answer; what is not there does not exist. `base` is the site's address without a slash."""
    found = {
        "/": Document(b"", "text/html", 302, site.channels[0].path),
        "/robots.txt": Document(site.robots.encode(), "text/plain; charset=utf-8"),
    }
    for channel in site.channels:
        found |= _channel(site, channel, base)
        for article in site.shown(channel.key):
            if not article.gone:
                found |= _article(site, channel, article, base)
    return found


def _channel(site: SampleSite, channel: SampleChannel, base: str) -> dict[str, Document]:
    shown = site.shown(channel.key)
    screens = [shown[start : start + channel.rows] for start in range(0, max(len(shown), 1), channel.rows)]
    paths = [channel.page_path(page, len(screens)) for page in range(1, len(screens) + 1)]
    template = "feed.xml" if channel.kind == "feed" else "list.html"
    return {
        path: _page(
            site, template, path, base, channel.status,
            channel=channel, rows=rows, page=page, pages=len(screens), paths=paths, total=len(shown),
        )
        for page, (path, rows) in enumerate(zip(paths, screens, strict=True), 1)
    }  # fmt: skip


def _article(site: SampleSite, channel: SampleChannel, article: SampleArticle, base: str) -> dict[str, Document]:
    files = (*article.images, *article.attachments)
    return {
        article.path: _page(site, "article.html", article.path, base, channel=channel, article=article),
        **{file.path: _file(file.path) for file in files},
    }


def _page(site: SampleSite, template: str, path: str, base: str, status: int = 200, **facts: Any) -> Document:
    def link(target: str) -> str:
        match site.links:
            case "relative":
                return relpath(target, dirname(path))
            case "root":
                return target
            case "absolute":
                return base + target

    text = _templates().get_template(f"{site.id}/{template}").render(site=site, base=base, link=link, **facts)
    kind = "application/rss+xml" if template.endswith(".xml") else "text/html"
    return Document(text.encode(site.encoding), f"{kind}; charset={site.charset}" if site.charset else kind, status)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(SAMPLES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = _shown
    environment.filters["cut"] = _cut
    environment.filters["rfc822"] = format_datetime
    return environment


def _shown(text: str) -> Markup:
    """Hard spaces as editors write them."""
    return Markup(escape(text, quote=False).replace("\xa0", "&nbsp;"))  # noqa: S704  escaped in this line


def _cut(text: str, length: int) -> str:
    """A title as narrow list pages show it."""
    return text if len(text) <= length else text[:length] + "..."


def _file(path: str) -> Document:
    suffix = path.rpartition(".")[2]
    make = {"png": _picture, "pdf": _pdf, "doc": _doc}[suffix]
    return Document(make(), TYPES[suffix])


def _picture() -> bytes:
    """A small grey-blue rectangle."""
    width, height = 32, 20
    rows = (b"\0" + b"\x7a\x8c\xa0" * width) * height
    chunks = ((b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _pdf() -> bytes:
    """One empty A4 page."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _doc() -> bytes:
    """Rich text, which word processors open under the name .doc."""
    return rb"{\rtf1\ansi }" + b"\n"
