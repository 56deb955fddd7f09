"""One article page into a RawArticle: by site rules, else by CMS family, else by general evidence."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from crawlers.pages.fields import authors, editors, issuers, numbers, originals, sources, subtitles, titles
from crawlers.pages.found import Found
from crawlers.pages.gathered import Gathered, gather
from crawlers.pages.media import attachments, images
from crawlers.pages.nature import nature
from crawlers.pages.page import Page
from crawlers.pages.parts import next_part
from crawlers.pages.published import published, updated
from crawlers.pages.rules import ArticleRules
from crawlers.pages.scripted import scripted_page
from pipeline.article import Listed, RawArticle

UNLISTED = Listed()
ON_PAGE = frozenset({"element", "label", "beside", "tag"})  # where an article's date stands, as against 今天是…


def read_article(
    page: Page, rules: ArticleRules | None = None, listed: Listed = UNLISTED, now: datetime | None = None
) -> RawArticle:
    """What the page says. Never raises on any bytes; what is no article says so in `kind` and keeps what was found."""
    gathered = gather(page, rules, listed, now)
    raw = article_of(gathered)
    if raw.kind in {"shell", "unparsable"} or (raw.kind == "article" and not raw.paragraphs):
        written = scripted_page(page)
        if written:
            return replace(article_of(gather(written, None, listed, now)), rule="script")
    return raw


def article_of(gathered: Gathered) -> RawArticle:
    page, body, read = gathered.page, gathered.body, gathered.read
    moment, later = published(gathered), updated(gathered)
    pictures, files = images(page, body), attachments(page, body)
    told = gathered.title is not None and gathered.title.how != "tag" and moment is not None and moment.how in ON_PAGE
    kind, reason = nature(page, body, found=bool(read.texts or pictures or files), told=told)
    return RawArticle(
        url=page.url or "",
        title=_first(titles(gathered)),
        published=moment.value.at if moment else None,
        precision=moment.value.precision if moment else None,
        updated=later.value.at if later else None,
        source=_first(sources(gathered)),
        author=_first(authors(gathered)),
        editor=_first(editors(gathered)),
        subtitle=_first(subtitles(gathered)),
        original_title=_first(originals(gathered)),
        paragraphs=read.texts,
        images=pictures,
        attachments=files,
        document_number=_first(numbers(gathered)),
        issuer=_first(issuers(gathered)),
        next_part=next_part(page),
        rule=gathered.evidence.rule,
        kind=kind,
        reason=reason,
        listed=gathered.listed,
    )


def _first(found: Iterator[Found[str]]) -> str | None:
    one = next(found, None)
    return one.value if one else None
