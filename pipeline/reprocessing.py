"""Stored articles through today's stages again: what comes out differently, and putting that in force.

The stages start from the stored readings, or (stage `read`) from the kept pages, as today's readers read them. Guids
stay, and so do stories unless an article's text proves to be another one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy.orm import Session

from pipeline.article import RawArticle, SiteFacts
from pipeline.intake import completed, record_of
from pipeline.judging import admitted, decided, judged
from pipeline.rejudging import facts_of, put_in_force, raw_of
from pipeline.rereading import TEXT, NotRead, Reread, kept, put_text_in_force
from pipeline.settings import Settings
from pipeline.stages.lexicon import Lexicon
from pipeline.stages.normalise import normalise
from storage import articles, labels, stories
from storage.database import Database
from storage.records import ArticleRecord

Stage = Literal["read", "relevance", "topics", "regions", "documents", "outlets"]
STAGES: tuple[Stage, ...] = get_args(Stage)
JUDGING = STAGES[1:]  # what needs no pages
COLUMNS: Mapping[Stage, tuple[str, ...]] = {
    "read": (
        *("title", "subtitle", "original_title", "paragraphs", "published", "precision", "updated"),
        *("source", "author", "editor", "document_number", "images", "attachments", "missing", "rule"),
        *("text_key", "content_key"),
    ),
    "relevance": ("relevant", "score", "review", "ground", "reasons"),
    "topics": ("topics",),
    "regions": ("regions",),
    "documents": ("documents",),
    "outlets": ("outlet", "outlet_kind"),
}
READ = frozenset(COLUMNS["read"])
PAGE = 200  # articles read at a time, and written in one transaction


@dataclass(frozen=True)
class Scope:
    """Which articles are looked at again, and what of them; `words` instead of the lexicon in force."""

    stages: Sequence[Stage] = JUDGING
    since: datetime | None = None  # their own date, or when they were found
    site_id: str | None = None
    words: Lexicon | None = None


@dataclass(frozen=True)
class Difference:
    """A stored article in which something else is found now."""

    article: ArticleRecord
    found: Mapping[str, Any]  # by column, where it is not what is stored

    @property
    def flips(self) -> bool:
        """Whether it comes in, or goes out."""
        return "relevant" in self.found


@dataclass(frozen=True)
class Batch:
    """What came of looking at some articles."""

    looked_at: int
    found: Sequence[Difference]
    unread: Sequence[tuple[ArticleRecord, str]] = ()  # whose pages could not be read again, and why
    last: int = 0  # id of the last of them


def differences(
    database: Database, settings: Settings, scope: Scope, reread: Reread | None = None, after: int = 0
) -> Iterator[Batch]:
    """Page after page of the stored articles with an id beyond `after`, and those that differ.

    `reread` reads kept pages again, for the stage `read`; without it the stored readings stand.
    """
    facts: dict[tuple[str, str | None], SiteFacts] = {}
    while True:
        with database.read() as db:
            page = articles.after(db, after, PAGE, site_id=scope.site_id, since=scope.since)
            decisions = labels.among(db, [article.id for article in page])
            for article in page:
                read_on = article.site_id, article.channel_id
                facts[read_on] = facts.get(read_on) or facts_of(db, article)
            pages = [kept(db, article) for article in page] if reread else []
            revised = articles.revised(db, [article.id for article in page]) if reread else set()
        raws = reread(pages) if reread else [None] * len(page)
        found, unread = [], []
        for article, raw in zip(page, raws, strict=True):
            if isinstance(raw, NotRead):
                unread.append((article, raw.reason))
                continue
            if raw and article.id in revised:  # intake took from former pages what the last one lacks
                raw = completed(raw, article)
            site = facts[article.site_id, article.channel_id]
            one = difference(article, decisions.get(article.id), site, settings, scope, raw)
            found += [one] if one else []
        after = page[-1].id if page else after
        yield Batch(len(page), found, unread, after)
        if len(page) < PAGE:
            return


def difference(
    article: ArticleRecord,
    decision: bool | None,
    site: SiteFacts,
    settings: Settings,
    scope: Scope,
    raw: RawArticle | None = None,
) -> Difference | None:
    """What today's readers (`raw`) and stages say otherwise of an article.

    A person's decision, and a text's story, stand above them.
    """
    fresh = judged(_same_address(raw, article, site) if raw else raw_of(article, site), settings, scope.words)
    verdict = fresh.verdict
    if decision is not None:
        verdict = decided(verdict, relevant=decision)
    elif article.ground == "text" and not verdict.relevant:
        verdict = admitted(verdict)
    now = vars(record_of(fresh, article.fetched_at)) | vars(verdict)
    columns = [column for stage in scope.stages for column in COLUMNS[stage]]
    found = {column: now[column] for column in columns if now[column] != getattr(article, column)}
    return Difference(article, found) if found else None


def _same_address(raw: RawArticle, article: ArticleRecord, site: SiteFacts) -> RawArticle:
    """As it came in: known by the address that the list gave, dated as far as it could be on that day."""
    raw = normalise(raw, article.fetched_at)
    return replace(raw, url=article.url, title=raw.title or article.title, site=site, channel_id=article.channel_id)


def apply(database: Database, found: Sequence[Difference], *, scope: Scope, settings: Settings, now: datetime) -> None:
    """Put differences in force, in one transaction; what was read anew or decided meanwhile is looked at again."""
    with database.begin() as db:
        stories.lock(db)
        for one in found:
            current = _current(db, one, settings, scope)
            if current and current.found.keys() & TEXT:
                put_text_in_force(db, current.article, current.found, settings, now)
            elif current:
                put_in_force(db, current.article, current.found, settings, now)


def _current(db: Session, one: Difference, settings: Settings, scope: Scope) -> Difference | None:
    article = articles.get(db, one.article.id)
    if article is None or article == one.article:
        return one if article else None
    if not one.found.keys() & READ:
        return difference(article, labels.of(db, article.id), facts_of(db, article), settings, scope)
    if article.fetched_at != one.article.fetched_at:  # read anew by a crawl, which knows today's readers
        return None
    decided_by_person = COLUMNS["relevance"] if article.ground == "person" else ()
    return Difference(article, {name: value for name, value in one.found.items() if name not in decided_by_person})
