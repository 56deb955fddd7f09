"""What an answer teaches about a channel's address: does its 304 lie, has it moved, is it gone?"""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from scrapy.http import Response

from storage.records import ChannelRecord, Habits

AUDIT_EVERY = 10  # of the answers 304 in a row, the second and then every tenth is checked
MOVED = 5  # visits in a row that were sent to one new address; then that is asked
PERMANENT = frozenset({301, 308})
ROOTS = frozenset({"", "/", "/index.html", "/index.htm", "/index.shtml", "/index.php", "/index.jsp"})


def of(record: ChannelRecord) -> Habits:
    return Habits(**{field.name: getattr(record, field.name) for field in fields(Habits)})


def address(record: ChannelRecord, url: str) -> str:
    """Where the channel is asked now: at the address of the catalogue, or where that has been leading for a while."""
    return record.moved_to if record.moved_to and record.moved_times >= MOVED else url


def audit_due(habits: Habits) -> bool:
    """Whether a 304 that has just come is to be checked by asking once more, for the page itself."""
    return habits.unchanged % AUDIT_EVERY == 2


@dataclass(frozen=True)
class Redirects:
    """What led to an answer."""

    final: str
    permanent: bool

    @classmethod
    def behind(cls, response: Response) -> "Redirects | None":
        meta = response.meta if response.request else {}
        hops = meta.get("redirect_reasons")
        return cls(response.url, all(hop in PERMANENT for hop in hops)) if hops else None

    def to_the_home_page_from(self, url: str) -> bool:
        """Which is how many sites say that a page is no more."""
        return urlsplit(self.final).path in ROOTS and urlsplit(url).path not in ROOTS


def unmodified(habits: Habits, redirects: Redirects | None, *, asked: str) -> Habits:
    """After a 304."""
    return replace(_moved(habits, redirects, asked), unchanged=habits.unchanged + 1, gone_at=None)


def answered(habits: Habits, redirects: Redirects | None, *, asked: str) -> Habits:
    """After a page, whether or not it is a list. `asked`: the address that was asked for."""
    return replace(_moved(habits, redirects, asked), unchanged=0, gone_at=None)


def refused(habits: Habits, status: int | None, now: datetime, *, asked: str) -> Habits:
    """After a failure: 410 means gone; and an address that one has moved to is given up if it fails."""
    if asked == habits.moved_to:
        return replace(habits, moved_to=None, moved_times=0)
    return replace(habits, gone_at=now) if status == 410 else habits


def lied(habits: Habits, body: bytes, now: datetime) -> Habits:
    """Its 304 was wrong: validators are not sent any more. `body`: of the page, when it was asked for all the same."""
    return replace(habits, digest=digest(body), unchanged=0, distrusted_at=now)


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def _moved(habits: Habits, redirects: Redirects | None, asked: str) -> Habits:
    if redirects is None:
        return habits if asked == habits.moved_to else replace(habits, moved_to=None, moved_times=0)
    if not redirects.permanent:
        return replace(habits, moved_to=None, moved_times=0)
    times = habits.moved_times + 1 if redirects.final == habits.moved_to else 1
    return replace(habits, moved_to=redirects.final, moved_times=times)
