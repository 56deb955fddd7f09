"""How fast a host may be asked, and how long it is left alone when it asks for patience."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SHARE = 2.0  # a host that needs a second for an answer is asked every two seconds: half of its time is its own
FIRST_PATIENCE = timedelta(minutes=1)  # after a refusal that names no time; doubled by each further one
LONGEST_PATIENCE = timedelta(days=1)


@dataclass
class Pace:
    """The pause between two requests to a host: the longest of what we, its robots.txt and its slowness ask for."""

    usual: float  # seconds
    longest: float  # however slow it is, and whatever its robots.txt says
    wanted: float = 0.0  # Crawl-delay
    slow: float = 0.0

    @property
    def pause(self) -> float:
        return max(self.usual, min(max(self.wanted, self.slow), self.longest))

    @property
    def slower_than_usual(self) -> float | None:
        """The pause, where it is worth remembering."""
        return self.pause if self.pause > self.usual else None

    def answered(self, seconds: float, *, well: bool) -> None:
        """Slower at once, faster by halves, and never faster after an error: error pages come quickly."""
        wanted = SHARE * seconds
        slow = max(wanted, (self.slow + wanted) / 2)
        if well or slow > self.slow:
            self.slow = slow


def patient_until(retry_after: str | None, now: datetime, refusals: int, spread: float) -> datetime:
    """When a host that answered 429 or 503 may be asked again: as it says, else later with each refusal in a row.

    `spread`, from 0 to 1, keeps those who were refused together from coming back together.
    """
    asked = _moment(retry_after, now) if retry_after else None
    if asked is None:
        asked = now + min(FIRST_PATIENCE * 2 ** min(refusals, 20), LONGEST_PATIENCE) * (0.5 + 0.5 * spread)
    return max(now, min(asked, now + LONGEST_PATIENCE))


def _moment(retry_after: str, now: datetime) -> datetime | None:
    """Retry-After is a number of seconds or a date (RFC 9110, section 10.2.3)."""
    text = retry_after.strip()
    if text.isdecimal():
        return now + min(timedelta(seconds=int(text[:9])), LONGEST_PATIENCE)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
