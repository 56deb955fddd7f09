"""One article page into a RawArticle: by site rules, else by CMS family, else by general evidence."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from crawlers.pages.body import Body, read_body
from crawlers.pages.bylines import byline
from crawlers.pages.credits import Credits, read_credits
from crawlers.pages.dates import Moment
from crawlers.pages.documents import document_number
from crawlers.pages.evidence import Evidence, believed, evidence
from crawlers.pages.flow import Line
from crawlers.pages.headline import headline
from crawlers.pages.media import attachments, images
from crawlers.pages.names import names_of, source_of
from crawlers.pages.nature import nature
from crawlers.pages.page import Page
from crawlers.pages.paragraphs import paragraphs
from crawlers.pages.published import address_date, declared, listed_date, printed, scripted, settle, signed, stamp
from crawlers.pages.rules import ArticleRules
from crawlers.pages.unlabelled import beside_date
from pipeline.article import Listed, RawArticle

UNLISTED = Listed()
META_SOURCES = ("contentsource", "source", "og:article:source")
META_AUTHORS = ("author", "article:author", "og:article:author")


@dataclass(frozen=True)
class Surroundings:
    """The lines around the text: just above the title, between title and text, and below."""

    above: list[Line]
    head: list[Line]
    tail: list[Line]


def read_article(
    page: Page, rules: ArticleRules | None = None, listed: Listed = UNLISTED, now: datetime | None = None
) -> RawArticle:
    """What the page says. Never raises on any bytes; what is no article says so in `kind` and keeps what was found."""
    found = next((found for found in evidence(page, rules) if believed(found, page.flow)), Evidence("generic", None))
    title, title_line = headline(page.flow, page.meta, found.span, listed.title)
    body = read_body(page.flow, found.span, title_line, found.parts) if found.span else None
    lines = [page.flow.lines[number].text for number in body.lines] if body else []
    read = paragraphs(lines)
    around = _surroundings(page, body, title_line)
    head = read_credits(line.text for line in (*around.head, *around.above))
    tail = read_credits(
        [*(line.text for line in around.tail), *read.credits, *(text for text in read.texts[-2:] if len(text) <= 60)]
    )
    source, author = beside_date(around.head)
    moment = _published(page, found, around, read.texts, listed, now)
    kind, reason = nature(page, body)
    return RawArticle(
        url=page.url or "",
        title=found.fields.get("title") or title,
        published=moment.at if moment else None,
        precision=moment.precision if moment else None,
        source=_source(page, found, head, tail, source),
        author=_author(found, head, tail, author, read.texts),
        editor=_editor(found, head, tail),
        original_title=read.original or head.first("original") or tail.first("original"),
        paragraphs=read.texts,
        images=images(page, body),
        attachments=attachments(page, body),
        document_number=document_number([line.text for line in around.head] + lines[:5]),
        rule=found.rule,
        kind=kind,
        reason=reason,
        listed=listed,
    )


def _surroundings(page: Page, body: Body | None, title_line: int | None) -> Surroundings:
    lines = page.flow.lines
    if body is None:
        return Surroundings([], lines[:40], [])
    tail = lines[body.last + 1 : body.last + 30]
    if title_line is None or not body.first - 40 < title_line < body.first:
        return Surroundings([], lines[max(0, body.first - 10) : body.first], tail)
    head = [line for line in lines[title_line + 1 : body.first] if line.text != lines[title_line].text]
    return Surroundings(lines[max(0, title_line - 3) : title_line], head, tail)


def _published(
    page: Page, found: Evidence, around: Surroundings, texts: tuple[str, ...], listed: Listed, now: datetime | None
) -> Moment | None:
    candidates = (
        stamp(found.fields.get("published")),
        *printed(around.head, now),
        *printed(around.above, now),
        declared(page.meta),
        *printed(_before_links(around.tail), None),
        scripted(page.text),
        address_date(page.url),
        listed_date(listed.date, now),
        signed(texts),
    )
    return settle(candidates, now)


def _before_links(tail: list[Line]) -> list[Line]:
    """Dates behind the first link belong to other articles."""
    return list(takewhile(lambda line: not line.linked, tail[:8]))


def _source(page: Page, found: Evidence, head: Credits, tail: Credits, beside: str | None) -> str | None:
    values = (
        _unlabelled(found.fields.get("source"), "source"),
        head.first("source"),
        tail.first("source"),
        beside,
        _unlabelled(page.meta.first(*META_SOURCES), "source"),
    )
    return next((source for value in values if value and (source := source_of(value))), None)


def _author(found: Evidence, head: Credits, tail: Credits, beside: str | None, texts: tuple[str, ...]) -> str | None:
    values = (_unlabelled(found.fields.get("author"), "author"), head.first("author"), tail.first("author"))
    named = next((names for value in values if value and (names := names_of(value))), None)
    return named or byline(texts) or beside


def _editor(found: Evidence, head: Credits, tail: Credits) -> str | None:
    said = (_unlabelled(found.fields.get("editor"), "chief"), _unlabelled(found.fields.get("editor"), "editor"))
    values = (*said, tail.first("chief"), head.first("chief"), tail.first("editor"), head.first("editor"))
    return next((names for value in values if value and (names := names_of(value))), None)


def _unlabelled(value: str | None, name: str) -> str | None:
    """A field's text without the label that its element also prints."""
    if not value:
        return None
    said = read_credits([value])
    return said.first(name) if said.found or ":" in value or "：" in value else value
