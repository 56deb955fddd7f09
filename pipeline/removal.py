"""An article that its site does not show any more, or shows again, and what subscribers then see of its story."""

from datetime import datetime

from sqlalchemy.orm import Session

from pipeline import reposts
from storage import articles, outbox, stories


def take_down(db: Session, article_id: int, reason: str, now: datetime) -> None:
    """Its story is told by another of its articles where one still stands; else its entry says what happened."""
    stories.lock(db)
    articles.remove(db, article_id, reason, now)
    _tell(db, article_id, now)


def bring_back(db: Session, article_id: int, now: datetime) -> None:
    """It stands there again: as if nothing had been."""
    stories.lock(db)
    articles.give_back(db, article_id)
    _tell(db, article_id, now)


def _tell(db: Session, article_id: int, now: datetime) -> None:
    article = articles.get(db, article_id)
    if article is None or article.story_id is None:
        return
    reposts.choose(db, article.story_id)
    story = stories.get(db, article.story_id)
    if story and story.first_article_id == article_id:
        stories.touch(db, story.id, now)
    if story and story.released_at:
        outbox.add(db, "revised", story.id, now)
