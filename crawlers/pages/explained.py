"""Why a page was read as it was: each field with what else was found of it, where, and how sure that makes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crawlers.pages.dates import Moment
from crawlers.pages.fields import authors, editors, issuers, numbers, originals, sources, subtitles, titles
from crawlers.pages.found import Found, How, alike, first, sureness
from crawlers.pages.gathered import gather
from crawlers.pages.page import Page
from crawlers.pages.published import moments_of, settle, updates_of
from crawlers.pages.rules import ArticleRules
from pipeline.article import Listed


@dataclass(frozen=True)
class Explained:
    field: str
    value: str
    how: How
    sure: float  # 0-1
    others: tuple[tuple[str, How], ...]  # other values that were found, the surest place first


def explain(page: Page, rules: ArticleRules | None, listed: Listed, now: datetime | None) -> list[Explained]:
    """Of the fields that the page has."""
    gathered = gather(page, rules, listed, now)
    fields = [
        _explained("title", None, titles(gathered)),
        _explained("subtitle", None, subtitles(gathered)),
        _explained("original_title", None, originals(gathered)),
        _dated("published", moments_of(gathered), now),
        _dated("updated", updates_of(gathered), now),
        _explained("source", None, sources(gathered)),
        _explained("author", None, authors(gathered)),
        _explained("editor", None, editors(gathered)),
        _explained("document_number", None, numbers(gathered)),
        _explained("issuer", None, issuers(gathered)),
    ]
    return [field for field in fields if field]


def _dated(field: str, moments: Iterable[Found[Moment] | None], now: datetime | None) -> Explained | None:
    found = [one for one in moments if one]
    return _explained(field, _printed(settle(found, now)), map(_printed, found))


def _explained(field: str, chosen: Found[str] | None, found: Iterable[Found[str] | None]) -> Explained | None:
    every = [one for one in found if one]
    chosen = chosen or first(every)
    if chosen is None:
        return None
    others = dict.fromkeys((one.value, one.how) for one in every if not alike(one.value, chosen.value))
    return Explained(field, chosen.value, chosen.how, sureness(chosen, every), tuple(others))


def _printed(found: Found[Moment] | None) -> Found[str] | None:
    return Found(found.value.iso[:16].replace("T", " "), found.how) if found else None
