"""The journey of one article that was read, from the page's values to the database, in one transaction."""

import logging
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from pipeline import removal, reposts
from pipeline.article import (
    Article,
    Attachment,
    Image,
    Joined,
    Outcome,
    RawArticle,
    Rejected,
    Revised,
    Stored,
    Unchanged,
)
from pipeline.freshness.recheck import next_recheck
from pipeline.judging import SAME_TEXT, admitted, decided, judged
from pipeline.settings import Settings
from pipeline.stages.fingerprint import content_key
from pipeline.stages.loss import loss
from pipeline.stages.normalise import SHANGHAI, normalise
from pipeline.stages.release import date_of_story, is_news
from storage import articles, hosts, labels, links, outbox, rechecks, stories
from storage.database import Database
from storage.records import ArticleRecord, DocumentRecord, Lease, RecheckRecord

# A look at a page again may miss one of these without its being gone.
FIELDS = ("title", "source", "author", "editor", "subtitle", "original_title", "document_number", "issuer")

logger = logging.getLogger(__name__)


def take_in(
    database: Database, raw: RawArticle, *, now: datetime, settings: Settings, lease: Lease | None = None
) -> Outcome:
    """Judge an article, tell it from what is known, and store it. LeaseLost, and nothing stored, under a lost lease.

    `raw.url` is the address that the list page gave, also when it redirected; `raw.site` is a site that storage knows.
    """
    article = judged(normalise(raw, now), settings)
    with database.begin() as db:
        if lease:
            hosts.require(db, lease, now)
        stories.lock(db)
        known = articles.at(db, article.canonical_url)
        if known and known.removed_at and loss(content_of(known), article.raw) == "other":
            links.fetched(db, article.canonical_url, now)
            return Unchanged(known.id)  # what was taken down is not there again: another text stands at its address
        if known and (label := labels.of(db, known.id)) is not None:
            article = replace(article, verdict=decided(article.verdict, relevant=label))
        outcome = _place(db, article, known, settings, now)
        if raw.answer:
            _watch(db, article, outcome, settings, now)
        links.fetched(db, article.canonical_url, now)
    logger.debug("article %s url=%s", type(outcome).__name__.lower(), raw.url)
    return outcome


def _place(db: Session, article: Article, known: ArticleRecord | None, settings: Settings, now: datetime) -> Outcome:
    """Store the article in the story of its text, in a new story, or alone. `known` is what its address held before."""
    if known and article.content_key in (known.content_key, content_key(content_of(known))):
        return Unchanged(known.id)
    if known and known.text_key != article.text_key:
        reposts.forget(db, known)
    found = reposts.find(db, article, known.id if known else 0)
    outcome = _placed(db, article, known, found, settings, now)
    reposts.remember(db, outcome.article_id, found)
    return outcome


def _placed(
    db: Session, article: Article, known: ArticleRecord | None, found: reposts.Found, settings: Settings, now: datetime
) -> Outcome:
    if known and known.story_id is not None:
        return _revise(db, article, known.id, known.story_id, now)
    if found.stories and not article.verdict.relevant and article.verdict.ground != "person":
        article = replace(article, verdict=admitted(article.verdict))
    record = record_of(article, now)
    if known:
        articles.revise(db, known.id, record, now)
        record = replace(record, id=known.id)
    if article.verdict.relevant:
        return belong(db, article.raw, record, found, settings, now)
    if known:
        return Revised(known.id, None)
    return Rejected(articles.add(db, record, None), article.verdict.reasons[0])


def belong(
    db: Session, raw: RawArticle, record: ArticleRecord, found: reposts.Found, settings: Settings, now: datetime
) -> Stored | Joined:
    """Put an article that belongs into the story of its text, or into one of its own."""
    news = is_news(raw, now, first_visit_days=settings.first_visit_days)
    if found.stories:
        return _join(db, found, record, news, now)
    created = _create(db, record, date_of_story(raw, now), news, settings.tag, now)
    admit(db, found, created.story_id)
    return created


def _create(db: Session, record: ArticleRecord, dated: datetime, news: bool, tag: str, now: datetime) -> Stored:
    released_at = now if news else None
    story, article_id = stories.create(db, first=record, published_at=dated, released_at=released_at, now=now, tag=tag)
    if news:
        outbox.add(db, "released", story.id, now)
    return Stored(article_id, story.id, news)


def _join(db: Session, found: reposts.Found, record: ArticleRecord, news: bool, now: datetime) -> Joined:
    """A repost; where the story was too old to be shown, a fresh one makes it news."""
    story = reposts.unite(db, found.stories, now)
    with reposts.noticed(db, story.id, now):
        admit(db, found, story.id)
        article_id = stories.join(db, story.id, record)
        reposts.choose(db, story.id)
    if story.released_at:
        outbox.add(db, "joined", story.id, now)
    elif news and not story.withdrawn_at:
        stories.release(db, story.id, now)
        outbox.add(db, "released", story.id, now)
    return Joined(article_id, story.id)


def admit(db: Session, found: reposts.Found, story_id: int) -> None:
    """Articles that were not thought to belong do, when their text turns out to: whatever the order they came in."""
    for article in found.alone:
        if labels.of(db, article.id) is False:
            continue
        articles.admit(db, article.id, SAME_TEXT)
        stories.join(db, story_id, article)
        reposts.choose(db, story_id)


def _revise(db: Session, article: Article, article_id: int, story_id: int, now: datetime) -> Revised:
    """An article stays in its story whatever becomes of it; the entry is new if it was the one that is shown."""
    articles.revise(db, article_id, record_of(article, now), now)
    story = stories.get(db, story_id)
    reposts.choose(db, story_id)
    if story and story.first_article_id == article_id:
        stories.touch(db, story_id, now)
    if story and story.released_at:
        outbox.add(db, "revised", story_id, now)  # what carriers say of region and topic decides where it stands
    return Revised(article_id, story_id)


def _watch(db: Session, article: Article, outcome: Outcome, settings: Settings, now: datetime) -> None:
    """An article of a story that is news is looked at again, and one that was taken down stands there again."""
    stored = articles.get(db, outcome.article_id)
    if stored is None or stored.story_id is None or stored.first_seen_at is None:
        return
    if stored.removed_at:
        removal.bring_back(db, stored.id, now)
    answer, deadlines = article.raw.answer, deadlines_of(stored)
    late = any(day >= now.astimezone(SHANGHAI).date() for day in deadlines)
    news = is_news(article.raw, stored.first_seen_at, first_visit_days=settings.first_visit_days)
    due = next_recheck(stored.first_seen_at, now, is_document=is_document(stored), deadlines=deadlines)
    if due and answer and (news or late):
        rechecks.put(db, RecheckRecord(stored.id, stored.site_id, due, **vars(answer)))
    else:
        rechecks.drop(db, stored.id)


def is_document(article: ArticleRecord) -> bool:
    return bool(article.document_number) or any(document.own for document in article.documents)


def deadlines_of(article: ArticleRecord) -> tuple[date, ...]:
    return tuple(document.deadline for document in article.documents if document.deadline)


def completed(raw: RawArticle, article: ArticleRecord) -> RawArticle:
    """With what this reading of a page missed of what the stored one has."""
    before = content_of(article)
    missing = {name: getattr(before, name) for name in FIELDS if not getattr(raw, name)}
    if raw.published is None:
        missing |= {"published": before.published, "precision": before.precision}
    return replace(raw, **missing)


def content_of(article: ArticleRecord) -> RawArticle:
    """What readers see of a stored article."""
    return RawArticle(
        url=article.url,
        title=article.title or None,
        published=article.published.astimezone(SHANGHAI) if article.published else None,
        precision="minute" if article.precision == "minute" else "day" if article.published else None,
        updated=article.updated,
        source=article.source,
        author=article.author,
        editor=article.editor,
        subtitle=article.subtitle,
        original_title=article.original_title,
        paragraphs=article.paragraphs,
        images=tuple(Image(*image) for image in article.images),
        attachments=tuple(Attachment(*attachment) for attachment in article.attachments),
        document_number=article.document_number,
        issuer=next((document.issuer for document in article.documents if document.own), None),
        rule=article.rule,
    )


def record_of(article: Article, now: datetime) -> ArticleRecord:
    raw, verdict = article.raw, article.verdict
    if raw.site is None:
        raise ValueError(f"an article must name the site it was read on: {raw.url}")
    return ArticleRecord(
        canonical=article.canonical_url,
        url=raw.url,
        site_id=raw.site.id,
        channel_id=raw.channel_id,
        title=raw.title or "",
        published=raw.published,
        precision=raw.precision,
        updated=raw.updated,
        source=raw.source,
        author=raw.author,
        editor=raw.editor,
        subtitle=raw.subtitle,
        original_title=raw.original_title,
        document_number=raw.document_number,
        paragraphs=raw.paragraphs,
        images=tuple((image.url, image.caption) for image in raw.images),
        attachments=tuple((attachment.url, attachment.name) for attachment in raw.attachments),
        rule=raw.rule,
        relevant=verdict.relevant,
        score=verdict.score,
        review=verdict.review,
        ground=verdict.ground,
        reasons=verdict.reasons,
        topics=article.topics,
        regions=tuple((region.name, region.adcode) for region in article.regions),
        outlet=article.outlet.name if article.outlet else None,
        outlet_kind=article.outlet.kind if article.outlet else None,
        documents=tuple(DocumentRecord(**vars(document)) for document in article.documents),
        text_key=article.text_key,
        content_key=article.content_key,
        fetched_at=now,
        archived=raw.archived,
        missing=raw.missing,
    )
