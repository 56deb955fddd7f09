"""The fields of an article, each with its own evidence: all that was found of one, the surest place first."""

import re
from collections.abc import Callable, Iterator

from crawlers.pages.bylines import byline
from crawlers.pages.credits import read_credits
from crawlers.pages.documents import document_numbers
from crawlers.pages.found import Found, How
from crawlers.pages.gathered import Gathered
from crawlers.pages.names import names_of, people_of, source_of
from crawlers.pages.paragraphs import unwrapped
from crawlers.pages.unlabelled import PERSON, beside_date

REPORTER = re.compile(r"\S\s?记者\s?([\u3400-\u9fff·\s、]{2,20})$")
META_SOURCES = ("contentsource", "source", "og:article:source")


def titles(gathered: Gathered) -> Iterator[Found[str]]:
    yield from _found("element", gathered.evidence.fields.get("title"), str)
    if gathered.title:
        yield gathered.title


def subtitles(gathered: Gathered) -> Iterator[Found[str]]:
    """副题: behind its label, or the line right below the title that begins with a dash or is a lower heading."""
    yield from _found("label", gathered.head.first("subtitle"), str)
    if gathered.subtitle:
        yield gathered.subtitle


def originals(gathered: Gathered) -> Iterator[Found[str]]:
    """原标题."""
    yield from _found("label", gathered.read.original, str)
    for said in (gathered.head, gathered.tail):
        yield from _found("label", said.first("original"), unwrapped)


def numbers(gathered: Gathered) -> Iterator[Found[str]]:
    """文号."""
    around = gathered.around
    yield from document_numbers([*(line.text for line in (*around.above, *around.head)), *gathered.lines[:5]])


def issuers(gathered: Gathered) -> Iterator[Found[str]]:
    """发文机关, as the page prints it."""
    yield from _found("label", gathered.head.first("issuer"), source_of)


def sources(gathered: Gathered) -> Iterator[Found[str]]:
    yield from _found("element", _unlabelled(gathered, "source", "source"), source_of)
    yield from _found("label", gathered.head.first("source"), source_of)
    yield from _found("label", gathered.tail.first("source"), source_of)
    yield from _found("beside", beside_date(gathered.around.head)[0], source_of)
    declared = gathered.page.meta.first(*META_SOURCES)
    if declared and declared not in {one.value for one in titles(gathered)}:
        yield from _found("tag", unlabelled(declared, "source"), source_of)


def authors(gathered: Gathered) -> Iterator[Found[str]]:
    yield from _found("element", _unlabelled(gathered, "author", "author"), names_of)
    yield from _found("label", gathered.head.first("author"), names_of)
    yield from _found("label", gathered.tail.first("author"), names_of)
    for said in (gathered.head, gathered.tail):
        yield from _found("label", _reporter(said.first("source")), names_of)
    yield from _found("signature", byline(gathered.read.texts), str)
    yield from _found("signature", byline([line.text for line in gathered.around.head]), str)
    yield from _found("label", gathered.head.first("contributor"), people_of)
    yield from _found("label", gathered.tail.first("contributor"), people_of)
    yield from _found("beside", beside_date(gathered.around.head)[1], str)
    yield from _found("tag", _declared_author(gathered), str)


def editors(gathered: Gathered) -> Iterator[Found[str]]:
    for name in ("chief", "editor"):
        yield from _found("element", _unlabelled(gathered, "editor", name), names_of)
    for name in ("chief", "editor"):
        yield from _found("label", gathered.tail.first(name), names_of)
        yield from _found("label", gathered.head.first(name), names_of)


def _found(how: How, value: str | None, clean: Callable[[str], str | None]) -> Iterator[Found[str]]:
    cleaned = clean(value) if value else None
    if cleaned:
        yield Found(cleaned, how)


def _reporter(source: str | None) -> str | None:
    """来源：临江日报 记者张三."""
    match = REPORTER.search(source) if source else None
    return match[1] if match else None


def _declared_author(gathered: Gathered) -> str | None:
    """Of a government page, where the tag names a person; elsewhere it holds the site, the editor or a staff number."""
    tags = gathered.page.meta.tags
    name = tags.get("author", "")
    return name if "articletitle" in tags and PERSON.match(name) else None


def _unlabelled(gathered: Gathered, field: str, label: str) -> str | None:
    value = gathered.evidence.fields.get(field)
    return unlabelled(value, label) if value else None


def unlabelled(value: str, label: str) -> str | None:
    """A value without the label that its element also prints."""
    said = read_credits((value,))
    return said.first(label) if said.found or ":" in value or "：" in value else value
