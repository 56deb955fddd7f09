"""All that one page offers about its article, gathered once: its block, its lines around, what the labels say."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from crawlers.pages.body import Body, read_body
from crawlers.pages.credits import Credits, read_credits
from crawlers.pages.evidence import Evidence, evidence
from crawlers.pages.flow import Line
from crawlers.pages.found import Found
from crawlers.pages.headline import headline, subtitle
from crawlers.pages.page import Page
from crawlers.pages.paragraphs import Paragraphs, paragraphs
from crawlers.pages.rules import ArticleRules
from crawlers.pages.surroundings import Surroundings, surroundings
from pipeline.article import Listed

SHORT = 60  # a last paragraph of at most so many characters may be a line of credits


@dataclass(frozen=True)
class Gathered:
    page: Page
    listed: Listed
    now: datetime | None
    evidence: Evidence  # of the rule that reads the page
    title: Found[str] | None
    subtitle: Found[str] | None
    body: Body | None
    lines: list[str]  # of the body
    read: Paragraphs
    around: Surroundings
    head: Credits
    tail: Credits


def gather(page: Page, rules: ArticleRules | None, listed: Listed, now: datetime | None) -> Gathered:
    found = evidence(page, rules)
    title, number = headline(page.flow, page.meta, found.span, listed.title)
    body = read_body(page.flow, found.span, number, found.parts, found.without) if found.span else None
    lines = [page.flow.lines[line].text for line in body.lines] if body else []
    read = paragraphs(lines)
    around = surroundings(page.flow, body, number)
    last = (text for text in read.texts[-2:] if len(text) <= SHORT)
    return Gathered(
        page=page,
        listed=listed,
        now=now,
        evidence=found,
        title=title,
        subtitle=subtitle(page.flow, number, body.first if body else 0),
        body=body,
        lines=lines,
        read=read,
        around=around,
        head=read_credits(_texts(around.head), _texts(around.above)),
        tail=read_credits(_texts(around.tail), read.credits, last),
    )


def _texts(lines: Iterable[Line]) -> Iterator[str]:
    return (line.text for line in lines)
