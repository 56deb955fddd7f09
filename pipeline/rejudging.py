"""Another verdict on stored articles, by a person or by another lexicon, and what subscribers then see."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from pipeline import reposts
from pipeline.article import Article, Origin, RawArticle, Region, SiteFacts, Verdict
from pipeline.intake import SAME_TEXT, belong
from pipeline.judging import decided
from pipeline.settings import Settings
from pipeline.stages.lexicon import Lexicon
from pipeline.stages.normalise import SHANGHAI
from pipeline.stages.relevance import judge
from storage import articles, channels, labels, links, outbox, sites, stories
from storage.database import Database
from storage.records import ArticleRecord

PAGE = 200  # articles read at a time


@dataclass(frozen=True)
class Change:
    """A stored article on which another lexicon says something else."""

    article: ArticleRecord
    verdict: Verdict


def decide(database: Database, article_id: int, *, relevant: bool, now: datetime, settings: Settings) -> None:
    """Keep what a person decided about an article, and put it in force."""
    with database.begin() as db:
        stories.lock(db)
        article = articles.get(db, article_id)
        if article is None:
            raise ValueError(f"there is no article {article_id}")
        labels.decide(db, article_id, relevant, now)
        verdict = decided(_verdict_of(article), relevant=relevant)
        _put_in_force(db, article, verdict, settings, now)
        if not relevant and article.story_id is not None:
            _withdraw(db, article.story_id, now)


def changes(database: Database, words: Lexicon, settings: Settings) -> Iterator[Change]:
    """The stored articles that would change sides under this lexicon. What a person decided stays."""
    last = 0
    while True:
        with database.read() as db:
            found = articles.after(db, last, PAGE)
            kept = {article.id for article in found if labels.of(db, article.id) is not None}
            facts = {article.id: _facts(db, article) for article in found}
        for article in found:
            verdict = _judged(article, facts[article.id], words, settings)
            stays = article.id in kept or SAME_TEXT in article.reasons
            if verdict.relevant != article.relevant and not stays:
                yield Change(article, verdict)
        if len(found) < PAGE:
            return
        last = found[-1].id


def apply(database: Database, change: Change, *, now: datetime, settings: Settings) -> None:
    """Put a change in force. A story is taken back when none of its articles belongs any longer."""
    with database.begin() as db:
        stories.lock(db)
        article = articles.get(db, change.article.id)
        if article is None or article.content_key != change.article.content_key:
            return  # read anew in the meantime, and judged then
        _put_in_force(db, article, change.verdict, settings, now)
        story_id = article.story_id
        if story_id is not None and not any(other.relevant for other in articles.of_story(db, story_id)):
            _withdraw(db, story_id, now)


def _put_in_force(db: Session, article: ArticleRecord, verdict: Verdict, settings: Settings, now: datetime) -> None:
    articles.rejudge(
        db,
        article.id,
        relevant=verdict.relevant,
        score=verdict.score,
        review=verdict.review,
        reasons=verdict.reasons,
    )
    if not verdict.relevant:
        return
    if article.story_id is not None:
        _bring_back(db, article, now)
        return
    raw = raw_of(db, article)
    found = reposts.find(db, _article(raw, article, verdict), article.id)
    belong(db, raw, replace(article, relevant=True), found, settings, now)


def _bring_back(db: Session, article: ArticleRecord, now: datetime) -> None:
    """A story that was taken back is seen again, under the guid it had."""
    story = stories.get(db, article.story_id or 0)
    if story and story.withdrawn_at:
        stories.restore(db, story.id)
        stories.release(db, story.id, now)
        outbox.add(db, "released", story.id, now)


def _withdraw(db: Session, story_id: int, now: datetime) -> None:
    """The outbox tells it to the feeds, which then leave the story out."""
    story = stories.get(db, story_id)
    if story and not story.withdrawn_at:
        stories.withdraw(db, story_id, now)
        outbox.add(db, "revised", story_id, now)


def _judged(article: ArticleRecord, site: SiteFacts, words: Lexicon, settings: Settings) -> Verdict:
    text = "\n".join(article.paragraphs)
    threshold, band = settings.threshold, settings.review_band
    return judge(article.title, text, site, threshold=threshold, review_band=band, words=words)


def _verdict_of(article: ArticleRecord) -> Verdict:
    return Verdict(article.relevant, article.score, article.review, article.reasons)


def _article(raw: RawArticle, article: ArticleRecord, verdict: Verdict) -> Article:
    return Article(raw, article.canonical, verdict, article.topics, (), article.text_key, article.content_key)


def raw_of(db: Session, article: ArticleRecord) -> RawArticle:
    """An article as it was when it came in, as far as its release and its text depend on it."""
    link = links.get(db, article.canonical)
    return RawArticle(
        url=article.url,
        title=article.title,
        published=article.published.astimezone(SHANGHAI) if article.published else None,
        precision="minute" if article.precision == "minute" else "day" if article.published else None,
        paragraphs=article.paragraphs,
        site=_facts(db, article),
        channel_id=article.channel_id,
        origin=cast("Origin", link.origin) if link else "news",
    )


def _facts(db: Session, article: ArticleRecord) -> SiteFacts:
    """What is stored of the site and column that an article was read on."""
    site = sites.get(db, article.site_id)
    channel = channels.get(db, article.channel_id) if article.channel_id else None
    region = Region(site.region, site.adcode) if site and site.region and site.adcode else None
    name, kind = (site.name, site.kind) if site else (article.site_id, "portal")
    return SiteFacts(article.site_id, name, kind, region, vocational=bool(channel and channel.vocational))
