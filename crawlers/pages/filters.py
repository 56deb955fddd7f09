"""The lines of `zhijiao extract` and `zhijiao links`: every key, in the forms that design/FILTERS.md names."""

from datetime import datetime

from crawlers.pages.dates import Moment
from crawlers.pages.listing import ListPage
from pipeline.article import Precision, RawArticle


def extract_row(raw: RawArticle) -> dict[str, object]:
    return {
        "title": raw.title or "",
        "published": _printed(raw.published, raw.precision),
        "precision": raw.precision,
        "updated": _printed(raw.updated, "minute"),
        "source": raw.source or "",
        "author": raw.author or "",
        "editor": raw.editor or "",
        "subtitle": raw.subtitle or "",
        "original_title": raw.original_title or "",
        "paragraphs": list(raw.paragraphs),
        "text": raw.text,
        "images": [{"url": image.url, "caption": image.caption} for image in raw.images],
        "attachments": [{"url": attached.url, "name": attached.name} for attached in raw.attachments],
        "document_number": raw.document_number or "",
        "issuer": raw.issuer or "",
        "rule": raw.rule,
        "kind": raw.kind,
        "reason": raw.reason or "",
    }


def links_row(listing: ListPage) -> dict[str, object]:
    return {
        "items": [
            {
                "href": item.href,
                "title": item.title,
                "date": item.date or "",
                "date_iso": item.date_iso,
                "url": item.url,
            }
            for item in listing.items
        ],
        "next": listing.next or "",
        "next_url": listing.next_url,
        "rule": listing.rule,
    }


def _printed(at: datetime | None, precision: Precision | None) -> str:
    return Moment(at, precision or "day").iso if at else ""
