"""One article page into a RawArticle: by site rules, else by CMS family, else by general evidence."""

from datetime import datetime

from crawlers.pages.body import read_body
from crawlers.pages.bylines import byline
from crawlers.pages.credits import Credits, read_credits
from crawlers.pages.documents import document_number
from crawlers.pages.evidence import Evidence, evidence
from crawlers.pages.headline import headline
from crawlers.pages.media import attachments, images
from crawlers.pages.names import names_of, people_of, source_of
from crawlers.pages.nature import nature
from crawlers.pages.page import Page
from crawlers.pages.paragraphs import paragraphs, unwrapped
from crawlers.pages.published import published, updated
from crawlers.pages.rules import ArticleRules
from crawlers.pages.surroundings import Surroundings, surroundings
from crawlers.pages.unlabelled import PERSON, beside_date
from pipeline.article import Listed, RawArticle

UNLISTED = Listed()
META_SOURCES = ("contentsource", "source", "og:article:source")


def read_article(
    page: Page, rules: ArticleRules | None = None, listed: Listed = UNLISTED, now: datetime | None = None
) -> RawArticle:
    """What the page says. Never raises on any bytes; what is no article says so in `kind` and keeps what was found."""
    found = evidence(page, rules)
    title, title_line = headline(page.flow, page.meta, found.span, listed.title)
    body = read_body(page.flow, found.span, title_line, found.parts, found.without) if found.span else None
    lines = [page.flow.lines[number].text for number in body.lines] if body else []
    read = paragraphs(lines)
    around = surroundings(page.flow, body, title_line)
    head = read_credits(line.text for line in (*around.head, *around.above))
    tail = read_credits(
        [*(line.text for line in around.tail), *read.credits, *(text for text in read.texts[-2:] if len(text) <= 60)]
    )
    source, author = beside_date(around.head)
    moment = published(page, found.fields.get("published"), around, read, listed.date, now)
    later = updated(page, around, now)
    pictures, files = images(page, body), attachments(page, body)
    kind, reason = nature(page, body, found=bool(read.texts or pictures or files))
    return RawArticle(
        url=page.url or "",
        title=found.fields.get("title") or title,
        published=moment.at if moment else None,
        precision=moment.precision if moment else None,
        updated=later.at if later else None,
        source=_source(page, found, head, tail, source),
        author=_author(page, found, around, head, tail, author, read.texts),
        editor=_editor(found, head, tail),
        original_title=read.original or _original(head, tail),
        paragraphs=read.texts,
        images=pictures,
        attachments=files,
        document_number=document_number([*(line.text for line in (*around.above, *around.head)), *lines[:5]]),
        rule=found.rule,
        kind=kind,
        reason=reason,
        listed=listed,
    )


def _original(*said: Credits) -> str | None:
    return next((unwrapped(value) for one in said if (value := one.first("original"))), None)


def _source(page: Page, found: Evidence, head: Credits, tail: Credits, beside: str | None) -> str | None:
    values = (
        _unlabelled(found.fields.get("source"), "source"),
        head.first("source"),
        tail.first("source"),
        beside,
        _unlabelled(page.meta.first(*META_SOURCES), "source"),
    )
    return next((source for value in values if value and (source := source_of(value))), None)


def _author(
    page: Page,
    found: Evidence,
    around: Surroundings,
    head: Credits,
    tail: Credits,
    beside: str | None,
    texts: tuple[str, ...],
) -> str | None:
    values = (_unlabelled(found.fields.get("author"), "author"), head.first("author"), tail.first("author"))
    named = next((names for value in values if value and (names := names_of(value))), None)
    contributed = (people_of(value) for said in (head, tail) if (value := said.first("contributor")))
    return (
        named
        or byline(texts)
        or byline([line.text for line in around.head])
        or next((people for people in contributed if people), None)
        or beside
        or _declared_author(page)
    )


def _declared_author(page: Page) -> str | None:
    """Of a government page, where the tag names a person; elsewhere it holds the site, the editor or a staff number."""
    name = page.meta.tags.get("author", "")
    return name if "articletitle" in page.meta.tags and PERSON.match(name) else None


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
