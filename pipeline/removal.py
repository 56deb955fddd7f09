"""An article that its site does not show any more, or shows again, and what subscribers then see of its story."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline import reposts
from storage import articles, outbox, stories


def take_down(db: Session, article_id: int, reason: str, now: datetime) -> None:
    """Its story is told by another of its articles where one still stands; else its entry says what happened."""
    _change(db, article_id, lambda: articles.remove(db, article_id, reason, now), now)


def bring_back(db: Session, article_id: int, now: datetime) -> None:
    """It stands there again: as if nothing had been."""
    _change(db, article_id, lambda: articles.give_back(db, article_id), now)


def _change(db: Session, article_id: int, change: Callable[[], None], now: datetime) -> None:
    stories.lock(db)
    article = articles.get(db, article_id)
    if article is None or article.story_id is None:
        change()
        return
    with reposts.noticed(db, article.story_id, now):
        change()
        reposts.choose(db, article.story_id)
    story = stories.get(db, article.story_id)
    if story and story.released_at:
        outbox.add(db, "revised", story.id, now)
