"""Stored articles through today's stages again: what comes out differently, and putting that in force.

Texts, stories and guids stay. Pages are not read anew: what a reader finds in an archived page today goes through
`intake.take_in`, as the page of a known address does, and is a revision where it differs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy.orm import Session

from pipeline.article import SiteFacts
from pipeline.intake import record_of
from pipeline.judging import admitted, decided, judged
from pipeline.rejudging import facts_of, put_in_force, raw_of
from pipeline.settings import Settings
from pipeline.stages.lexicon import Lexicon
from storage import articles, labels, stories
from storage.database import Database
from storage.records import ArticleRecord

Stage = Literal["relevance", "topics", "regions", "documents", "outlets"]
STAGES: tuple[Stage, ...] = get_args(Stage)
COLUMNS: Mapping[Stage, tuple[str, ...]] = {
    "relevance": ("relevant", "score", "review", "ground", "reasons"),
    "topics": ("topics",),
    "regions": ("regions",),
    "documents": ("documents",),
    "outlets": ("outlet", "outlet_kind"),
}
PAGE = 200  # articles read at a time, and written in one transaction


@dataclass(frozen=True)
class Scope:
    """Which articles are looked at again, and what of them; `words` instead of the lexicon in force."""

    stages: Sequence[Stage] = STAGES
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


def differences(database: Database, settings: Settings, scope: Scope) -> Iterator[tuple[int, list[Difference]]]:
    """Page after page of the stored articles: how many were looked at, and those that differ."""
    last = 0
    facts: dict[tuple[str, str | None], SiteFacts] = {}
    while True:
        with database.read() as db:
            page = articles.after(db, last, PAGE, site_id=scope.site_id, since=scope.since)
            decisions = labels.among(db, [article.id for article in page])
            for article in page:
                read_on = article.site_id, article.channel_id
                facts[read_on] = facts.get(read_on) or facts_of(db, article)
        again = (
            difference(article, decisions.get(article.id), facts[article.site_id, article.channel_id], settings, scope)
            for article in page
        )
        yield len(page), [one for one in again if one]
        if len(page) < PAGE:
            return
        last = page[-1].id


def difference(
    article: ArticleRecord, decision: bool | None, site: SiteFacts, settings: Settings, scope: Scope
) -> Difference | None:
    """What today's stages say otherwise of an article; a person's decision, and a text's story, stand above them."""
    fresh = judged(raw_of(article, site), settings, scope.words)
    verdict = fresh.verdict
    if decision is not None:
        verdict = decided(verdict, relevant=decision)
    elif article.ground == "text" and not verdict.relevant:
        verdict = admitted(verdict)
    now = vars(record_of(fresh, article.fetched_at)) | vars(verdict)
    columns = [column for stage in scope.stages for column in COLUMNS[stage]]
    found = {column: now[column] for column in columns if now[column] != getattr(article, column)}
    return Difference(article, found) if found else None


def apply(database: Database, found: Sequence[Difference], *, scope: Scope, settings: Settings, now: datetime) -> None:
    """Put differences in force, in one transaction; what was read anew or decided meanwhile is looked at again."""
    with database.begin() as db:
        stories.lock(db)
        for one in found:
            current = _current(db, one, settings, scope)
            if current:
                put_in_force(db, current.article, current.found, settings, now)


def _current(db: Session, one: Difference, settings: Settings, scope: Scope) -> Difference | None:
    article = articles.get(db, one.article.id)
    if article is None or article == one.article:
        return one if article else None
    return difference(article, labels.of(db, article.id), facts_of(db, article), settings, scope)
