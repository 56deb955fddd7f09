"""What a host's robots.txt asks of us. One rule for whatever comes instead of one, after RFC 9309:

| answer | rules | asked again |
|---|---|---|
| 2xx with text | its rules; of a long file the first 500 KiB | after a day |
| 2xx with HTML, 4xx, more than five redirects | none: everything may be asked | after a day |
| 5xx, no answer, larger than any page may be | those of the last week, else nothing may be asked | after ten minutes |
| 429, 503 | the host asks for patience: it is not asked at all | when the patience is over |
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from protego import Protego

from storage.records import Fault

AGENT = "zhijiao"
ENOUGH = 500 * 1024  # bytes; RFC 9309, section 2.5
STANDS = timedelta(days=1)
AGAIN = timedelta(minutes=10)  # after an answer that was none
REMEMBERED = timedelta(days=7)  # rules hold so long while the file cannot be read


@dataclass(frozen=True)
class Robots:
    text: str | None  # None: no rules
    read_at: datetime | None  # None: it could not be read, and nothing may be asked
    until: datetime
    why: str | None = None  # it could not be read, in words for the visits of this crawl
    fault: Fault = "robots_unread"  # and the word for it

    @cached_property
    def _rules(self) -> Protego:
        return Protego.parse(self.text or "")

    def allows(self, url: str) -> bool:
        return self.read_at is not None and (self.text is None or self._rules.can_fetch(url, AGENT))

    @property
    def pause(self) -> float:
        """Seconds between two requests."""
        if self.text is None:
            return 0.0
        rate = self._rules.request_rate(AGENT)
        return max(self._rules.crawl_delay(AGENT) or 0.0, rate.seconds / max(rate.requests, 1) if rate else 0.0)


def answered(status: int, body: bytes, now: datetime) -> Robots:
    """The rules that an answer other than 5xx gives."""
    return Robots(_text(body) if 200 <= status < 300 else None, now, now + STANDS)


def unanswered(former: Robots | None, now: datetime, why: str, fault: Fault = "robots_unread") -> Robots:
    """Nothing that could be read: what it said last holds on for a while."""
    if former and former.read_at and now - former.read_at < REMEMBERED:
        return Robots(former.text, former.read_at, now + AGAIN)
    return Robots(None, None, now + AGAIN, why, fault)


def _text(body: bytes) -> str | None:
    text = body[:ENOUGH].decode("utf-8", "replace").lstrip("\ufeff").replace("\0", "")
    return None if text.lstrip().startswith("<") else text
