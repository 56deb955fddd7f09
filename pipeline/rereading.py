"""What today's readers find in a kept page, put in the place of what an earlier one found: the page has not changed.

So there is no revision, and readers are shown nothing anew unless the text of an entry is another one now. Such a text
may belong to another story: its keys, samples and kinships are made anew, and it is compared with all texts again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pipeline import reposts
from pipeline.article import Article, Listed, RawArticle, Verdict
from pipeline.intake import admit, belong
from pipeline.judging import SAME_TEXT, admitted
from pipeline.rejudging import facts_of, follow, origin_by, raw_of, tell
from pipeline.reposts import Found
from pipeline.settings import Settings
from pipeline.stages.story import SAME
from storage import articles, kinships, links, stories
from storage.records import Archived, ArticleRecord

ALONE = Found((), (), frozenset())
TEXT = frozenset({"title", "paragraphs", "text_key"})  # columns by which an article is compared with others


@dataclass(frozen=True)
class Kept:
    """A page that is to be read again."""

    site_id: str
    archived: Archived | None
    listed: Listed
    missing: str | None  # of the former reading


@dataclass(frozen=True)
class NotRead:
    """The page says nothing now: it is gone, damaged, or no article to today's reader. The stored article stays."""

    reason: str


Reread = Callable[[Sequence[Kept]], Sequence[RawArticle | NotRead]]  # `crawlers.reread`, which knows the readers


def kept(db: Session, article: ArticleRecord) -> Kept:
    link = links.get(db, article.canonical)
    listed = Listed(link.title, link.date) if link else Listed()
    return Kept(article.site_id, article.archived, listed, article.missing)


def put_text_in_force(
    db: Session, old: ArticleRecord, found: Mapping[str, Any], settings: Settings, now: datetime
) -> None:
    """Write another reading of the same page, and let the article stand where its text belongs; under a lock.

    The entry that subscribers have stays with the article that they see in it.
    """
    rested = _rested_on_text(db, old)
    reposts.forget(db, old)
    new = replace(old, **found)
    raw = raw_of(new, facts_of(db, old), origin_by(db, old, settings, now))
    same = reposts.find(db, _compared(raw, new), old.id)
    new = replace(new, **vars(_verdict(new, same, settings)))
    articles.rejudge(db, old.id, {name: value for name, value in vars(new).items() if value != getattr(old, name)})
    if old.story_id is None:
        if new.relevant:
            belong(db, raw, new, same, settings, now)
    elif rested and old.story_id not in same.stories:
        _part(db, old, new, same, settings, now)
    else:
        _stay(db, old, new, same, settings, now)
    reposts.remember(db, old.id, same)


def _rested_on_text(db: Session, article: ArticleRecord) -> bool:
    """Whether the article stands with others for their texts: a person may have put it there for another reason."""
    if article.story_id is None:
        return False
    twins = kinships.carriers(db, article.text_key).items()
    kin = [(kin.relation, story_id) for kin, story_id in kinships.around(db, [article.id])]
    return any(story_id == article.story_id and twin != article.id for twin, story_id in twins) or any(
        story_id == article.story_id and relation in SAME for relation, story_id in kin
    )


def _compared(raw: RawArticle, record: ArticleRecord) -> Article:
    return Article(raw, record.canonical, _own(record), record.topics, (), record.text_key, record.content_key)


def _own(record: ArticleRecord) -> Verdict:
    return Verdict(record.relevant, record.score, record.review, record.reasons, record.ground)


def _verdict(new: ArticleRecord, same: Found, settings: Settings) -> Verdict:
    """Its own, or that of those whose text it carries."""
    if new.ground == "text" and not same.stories:
        reasons = tuple(reason for reason in new.reasons if reason != SAME_TEXT)
        return replace(_own(new), relevant=new.score >= settings.threshold, reasons=reasons, ground="score")
    if same.stories and not new.relevant and new.ground != "person":
        return admitted(_own(new))
    return _own(new)


def _stay(db: Session, old: ArticleRecord, new: ArticleRecord, same: Found, settings: Settings, now: datetime) -> None:
    """In its story, which may turn out to be one with others."""
    assert old.story_id
    others = [story_id for story_id in same.stories if story_id != old.story_id]
    apart = stories.apart(db, [old.story_id, *others])
    together = [story_id for story_id in others if frozenset({story_id, old.story_id}) not in apart]
    story = reposts.unite(db, [old.story_id, *together], now)
    admit(db, same, story.id)
    reposts.choose(db, story.id)
    follow(db, old, replace(new, story_id=story.id), settings, now)
    shown = stories.get(db, story.id)
    if shown and shown.first_article_id == old.id and (old.title, old.paragraphs) != (new.title, new.paragraphs):
        stories.touch(db, story.id, now)


def _part(db: Session, old: ArticleRecord, new: ArticleRecord, same: Found, settings: Settings, now: datetime) -> None:
    """Out of a story whose text it does not carry; where subscribers see it there, it is the others who go."""
    assert old.story_id
    story = stories.get(db, old.story_id)
    others = [one for one in articles.of_story(db, old.story_id) if one.id != old.id]
    if story and story.first_article_id == old.id:
        _leave(db, others, ALONE, settings, now)
        _stay(db, old, new, same, settings, now)
    else:
        _leave(db, [new], same, settings, now)
        reposts.choose(db, old.story_id)
        tell(db, old.story_id, now)


def _leave(db: Session, leaving: Sequence[ArticleRecord], same: Found, settings: Settings, now: datetime) -> None:
    """Out of their story together, to one of `same` or one of their own; what belonged for that text alone, to none."""
    for one in leaving:
        stories.leave(db, one.id)
    first, *others = sorted(leaving, key=lambda one: (not one.relevant or one.ground == "text", one.id))
    if not first.relevant or (first.ground == "text" and not same.stories):
        for one in leaving:
            articles.rejudge(db, one.id, vars(_verdict(one, ALONE, settings)))
        return
    raw = raw_of(first, facts_of(db, first), origin_by(db, first, settings, now))
    outcome = belong(db, raw, replace(first, story_id=None), same, settings, now)
    for one in others:
        stories.join(db, outcome.story_id, one)
    reposts.choose(db, outcome.story_id)
