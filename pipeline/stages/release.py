"""When a story is dated, and whether it is still news."""

from datetime import datetime

from pipeline.article import RawArticle
from pipeline.stages.normalise import SHANGHAI


def is_news(raw: RawArticle, now: datetime, *, first_visit_days: int) -> bool:
    """Whether subscribers are shown it. What a first visit or a back-fill finds must have a date, and a recent one."""
    if raw.origin == "news":
        return True
    if raw.published is None:
        return False
    return (now.astimezone(SHANGHAI).date() - raw.published.astimezone(SHANGHAI).date()).days <= first_visit_days


def date_of_story(raw: RawArticle, now: datetime) -> datetime:
    """The article's own date, never later than now. A date without a time that is today's says: some time until now."""
    if raw.published is None:
        return now
    today = raw.published.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()
    return now if raw.precision == "day" and today else min(raw.published, now)
