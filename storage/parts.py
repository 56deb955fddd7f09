"""Parts of a feed's archive (RFC 5005): all its entries by month, a hundred in a part: a new one touches one part."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Self

from sqlalchemy.orm import Session

from storage import feeds

PART = 100
CHINA = timezone(timedelta(hours=8))
_NAME = re.compile(r"archive/(?P<feed>.+)/(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<number>\d+))?")


@dataclass(frozen=True)
class Part:
    feed: str
    begins: datetime  # of the month, in China
    number: int = 1  # within the month, oldest entries first

    @property
    def name(self) -> str:
        number = f"-{self.number}" if self.number > 1 else ""
        return f"archive/{self.feed}/{self.begins:%Y-%m}{number}"

    @property
    def title(self) -> str:
        number = f"之{self.number}" if self.number > 1 else ""
        return f"{self.begins.year}年{self.begins.month}月{number}"

    @property
    def ends(self) -> datetime:
        year, month = divmod(self.begins.year * 12 + self.begins.month, 12)
        return self.begins.replace(year=year, month=month + 1)

    @classmethod
    def named(cls, name: str) -> Self | None:
        """The part that a name stands for; None where it is that of a feed."""
        found = _NAME.fullmatch(name)
        if not found:
            return None
        begins = datetime(int(found["year"]), int(found["month"]), 1, tzinfo=CHINA)
        return cls(found["feed"], begins, int(found["number"] or 1))


def entries(db: Session, part: Part) -> dict[int, str]:
    """Stories with their guids, last released first; none where the feed has no other part: it shows all there is."""
    if part == latest(db, part.feed) and previous(db, part) is None:
        return {}
    found = feeds.period(db, part.feed, part.begins, part.ends, offset=(part.number - 1) * PART, limit=PART)
    return dict(reversed(found.items()))


def touched(db: Session, feed: str, moment: datetime, story_id: int, *, moved: bool) -> list[Part]:
    """The parts to be written anew: the story's own; where it came or went, those too that others moved to."""
    begins = _month(moment)
    place = feeds.rank(db, feed, begins, moment, story_id)
    own = Part(feed, begins, place // PART + 1)
    if not moved:
        return [own]
    parts = [Part(feed, begins, number) for number in range(own.number, max(own.number, _count(db, own)) + 1)]
    before = previous(db, own) if place % PART == 0 else None  # it may not have known of its own
    return [before, *parts] if before else parts


def latest(db: Session, feed: str) -> Part | None:
    return _last_before(db, feed, feeds.END)


def previous(db: Session, part: Part) -> Part | None:
    if part.number > 1:
        return Part(part.feed, part.begins, part.number - 1)
    return _last_before(db, part.feed, part.begins)


def following(db: Session, part: Part) -> Part | None:
    if part.number < _count(db, part):
        return Part(part.feed, part.begins, part.number + 1)
    later = feeds.after(db, part.feed, part.ends)
    return Part(part.feed, _month(later)) if later else None


def everything(db: Session, feed: str) -> list[Part]:
    """All parts, last first."""
    parts = []
    part = latest(db, feed)
    while part:
        parts += [Part(feed, part.begins, number) for number in range(part.number, 0, -1)]
        part = _last_before(db, feed, part.begins)
    return parts


def _last_before(db: Session, feed: str, moment: datetime) -> Part | None:
    released = feeds.before(db, feed, moment)
    if released is None:
        return None
    month = Part(feed, _month(released))
    return Part(feed, month.begins, _count(db, month))


def _count(db: Session, month: Part) -> int:
    """How many parts the month has."""
    return -(-feeds.count(db, month.feed, month.begins, month.ends) // PART)


def _month(moment: datetime) -> datetime:
    return moment.astimezone(CHINA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
