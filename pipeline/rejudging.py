"""Something else is found in a stored article, by a person or by today's program, and what subscribers then see."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy.orm import Session

from pipeline import reposts
from pipeline.article import Article, Origin, RawArticle, Region, SiteFacts, Verdict
from pipeline.intake import belong
from pipeline.judging import decided
from pipeline.settings import Settings
from pipeline.stages.normalise import SHANGHAI
from pipeline.stages.release import is_news
from storage import articles, channels, labels, links, outbox, sites, stories
from storage.database import Database
from storage.records import ArticleRecord

SHOWN = (  # columns that decide what entries say, and where they stand
    *("topics", "regions", "documents", "outlet", "outlet_kind", "document_number"),
    *("title", "subtitle", "published", "precision", "source", "author", "editor"),
    *("paragraphs", "images", "attachments", "missing"),
)


def decide(database: Database, article_id: int, *, relevant: bool, now: datetime, settings: Settings) -> None:
    """Keep what a person decided about an article, and put it in force."""
    with database.begin() as db:
        stories.lock(db)
        article = articles.get(db, article_id)
        if article is None:
            raise ValueError(f"there is no article {article_id}")
        labels.decide(db, article_id, relevant, now)
        verdict = Verdict(article.relevant, article.score, article.review, article.reasons)
        articles.rejudge(db, article_id, vars(decided(verdict, relevant=relevant)))
        raw = raw_of(article, facts_of(db, article), origin_of(db, article))
        if relevant:
            _let_in(db, article, raw, settings, now)
        elif article.story_id is not None:
            _withdraw(db, article.story_id, now)


def put_in_force(
    db: Session, article: ArticleRecord, found: Mapping[str, Any], settings: Settings, now: datetime
) -> None:
    """Write what today's program finds in a stored article, by columns; under the lock of stories."""
    articles.rejudge(db, article.id, found)
    follow(db, article, replace(article, **found), settings, now)


def follow(db: Session, old: ArticleRecord, new: ArticleRecord, settings: Settings, now: datetime) -> None:
    """Let subscribers see an article as it is judged and read now.

    What was found long ago and belongs only now is no news. A story is taken back when none of its articles belongs
    by itself any longer; what a person refused stays out.
    """
    if new.relevant and not old.relevant:
        raw = raw_of(new, facts_of(db, new), origin_by(db, new, settings, now))
        _let_in(db, new, raw, settings, now)
        return
    if new.story_id is None:
        return
    flips = new.relevant != old.relevant
    if flips and not any(one.relevant and one.ground != "text" for one in articles.of_story(db, new.story_id)):
        _withdraw(db, new.story_id, now)
    elif flips or any(getattr(old, column) != getattr(new, column) for column in SHOWN):
        reposts.choose(db, new.story_id)
        tell(db, new.story_id, now)


def _let_in(db: Session, article: ArticleRecord, raw: RawArticle, settings: Settings, now: datetime) -> None:
    """Into the story of its text, or back into the feeds with a story that was taken back, under the guid it had."""
    if article.story_id is None:
        verdict = Verdict(True, article.score, article.review, article.reasons, article.ground)
        same = Article(raw, article.canonical, verdict, article.topics, (), article.text_key, article.content_key)
        belong(db, raw, replace(article, relevant=True), reposts.find(db, same, article.id), settings, now)
        return
    story = stories.get(db, article.story_id)
    if story is None or not story.withdrawn_at:
        tell(db, article.story_id, now)
    elif labels.of(db, article.id) or not labels.refused(db, story.id):
        stories.restore(db, story.id)
        if before := outbox.last(db, "released", story.id):
            stories.release(db, story.id, before)
            outbox.add(db, "revised", story.id, now)
        elif is_news(raw, now, first_visit_days=settings.first_visit_days):
            stories.release(db, story.id, now)
            outbox.add(db, "released", story.id, now)


def _withdraw(db: Session, story_id: int, now: datetime) -> None:
    """The outbox tells it to the feeds, which then leave the story out."""
    story = stories.get(db, story_id)
    if story and not story.withdrawn_at:
        stories.withdraw(db, story_id, now)
        outbox.add(db, "revised", story_id, now)


def tell(db: Session, story_id: int, now: datetime) -> None:
    """Its entries stand elsewhere or say something else now; whoever has read them is not bothered."""
    story = stories.get(db, story_id)
    if story and story.released_at:
        outbox.add(db, "revised", story_id, now)


def raw_of(article: ArticleRecord, site: SiteFacts, origin: Origin = "news") -> RawArticle:
    """An article as it came in, as far as its stages, its text and its release depend on it."""
    return RawArticle(
        url=article.url,
        title=article.title,
        published=article.published.astimezone(SHANGHAI) if article.published else None,
        precision="minute" if article.precision == "minute" else "day" if article.published else None,
        source=article.source,
        paragraphs=article.paragraphs,
        document_number=article.document_number,
        issuer=next((document.issuer for document in article.documents if document.own), None),
        site=site,
        channel_id=article.channel_id,
        origin=origin,
    )


def origin_of(db: Session, article: ArticleRecord) -> Origin:
    link = links.get(db, article.canonical)
    return cast("Origin", link.origin) if link else "news"


def origin_by(db: Session, article: ArticleRecord, settings: Settings, now: datetime) -> Origin:
    """The same for what a program finds by now: what came long ago is no news any more."""
    old = now - (article.first_seen_at or now) > timedelta(days=settings.first_visit_days)
    return "backfill" if old else origin_of(db, article)


def facts_of(db: Session, article: ArticleRecord) -> SiteFacts:
    """What is stored of the site and column that an article was read on."""
    site = sites.get(db, article.site_id)
    channel = channels.get(db, article.channel_id) if article.channel_id else None
    region = Region(site.region, site.adcode) if site and site.region and site.adcode else None
    name, kind = (site.name, site.kind) if site else (article.site_id, "portal")
    return SiteFacts(article.site_id, name, kind, region, vocational=bool(channel and channel.vocational))
