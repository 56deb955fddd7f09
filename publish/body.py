"""The HTML of an entry: made of its texts, images, attachments and carriers, then held to an allow-list."""

from collections.abc import Iterator
from html import escape

import nh3

from pipeline.article import Attachment, Image
from publish.entries import Carrier, Entry

_TAGS = {"a", "figcaption", "figure", "img", "li", "p", "ul"}
_ATTRIBUTES = {"a": {"href"}, "img": {"alt", "src"}}


def article_html(entry: Entry) -> str:
    """Text and images; the first image leads, as the page says nothing of where the others stood."""
    return _sanitised("".join(_article(entry)))


def feed_html(entry: Entry) -> str:
    """All that a reader program should show; feeds speak Chinese like what they carry."""
    return _sanitised("".join((*_article(entry), *_notes(entry))))


def _article(entry: Entry) -> Iterator[str]:
    yield from map(_figure, entry.images[:1])
    for paragraph in entry.paragraphs:
        yield f"<p>{escape(paragraph)}</p>"
    yield from map(_figure, entry.images[1:])


def _notes(entry: Entry) -> Iterator[str]:
    if entry.removal:
        yield f"<p>{escape(entry.removal.note)}</p>"
    if entry.paragraphs and not entry.complete:
        yield f"<p>{_link(entry.link, '阅读原文')}</p>"
    if entry.attachments:
        yield f"<p>附件：</p><ul>{''.join(map(_attachment, entry.attachments))}</ul>"
    if entry.carriers:
        mark = "（已撤下）" if entry.unpublished else ""
        first = f"原发 {escape(entry.publisher)}{mark} · " if entry.publisher else ""
        yield f"<p>{first}转载 {len(entry.carriers)} 家：{'、'.join(map(_carrier, entry.carriers))}</p>"


def _figure(image: Image) -> str:
    caption = f"<figcaption>{escape(image.caption)}</figcaption>" if image.caption else ""
    return f'<figure><img src="{escape(image.url)}" alt="{escape(image.caption)}">{caption}</figure>'


def _attachment(attachment: Attachment) -> str:
    return f"<li>{_link(attachment.url, attachment.name)}</li>"


def _carrier(carrier: Carrier) -> str:
    return _link(carrier.url, carrier.name)


def _link(url: str, text: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def _sanitised(html: str) -> str:
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel=None)
