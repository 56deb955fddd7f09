"""One article page into a RawArticle: by site rules, else by CMS family, else by general evidence."""

from dataclasses import replace
from datetime import datetime

from crawlers.pages.credits import Credits
from crawlers.pages.documents import document_number
from crawlers.pages.fields import authors, editors, sources, titles
from crawlers.pages.gathered import Gathered, gather
from crawlers.pages.media import attachments, images
from crawlers.pages.nature import nature
from crawlers.pages.page import Page
from crawlers.pages.paragraphs import unwrapped
from crawlers.pages.parts import next_part
from crawlers.pages.published import published, updated
from crawlers.pages.rules import ArticleRules
from crawlers.pages.scripted import scripted_page
from pipeline.article import Listed, RawArticle

UNLISTED = Listed()


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
    page, body, read, around = gathered.page, gathered.body, gathered.read, gathered.around
    title, moment = next(titles(gathered), None), published(gathered)
    source, author, editor = (next(found(gathered), None) for found in (sources, authors, editors))
    later = updated(gathered)
    pictures, files = images(page, body), attachments(page, body)
    kind, reason = nature(page, body, found=bool(read.texts or pictures or files))
    numbered = [*(line.text for line in (*around.above, *around.head)), *gathered.lines[:5]]
    return RawArticle(
        url=page.url or "",
        title=title.value if title else None,
        published=moment.value.at if moment else None,
        precision=moment.value.precision if moment else None,
        updated=later.value.at if later else None,
        source=source.value if source else None,
        author=author.value if author else None,
        editor=editor.value if editor else None,
        original_title=read.original or _original(gathered.head, gathered.tail),
        paragraphs=read.texts,
        images=pictures,
        attachments=files,
        document_number=document_number(numbered),
        next_part=next_part(page),
        rule=gathered.evidence.rule,
        kind=kind,
        reason=reason,
        listed=gathered.listed,
    )


def _original(*said: Credits) -> str | None:
    return next((unwrapped(value) for one in said if (value := one.first("original"))), None)
