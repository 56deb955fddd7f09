"""What the crawl process is asked and what it tells: jobs come in, events go out, a JSON object a line each."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from storage.language import say

ArticleOutcome = Literal["stored", "joined", "revised", "unchanged", "rejected", "failed", "dry", "removed", "returned"]


@dataclass(frozen=True)
class Job:
    """One channel to visit, and how."""

    channel: str
    again: bool = False  # read known links anew
    backfill: int = 0  # follow so many further list pages
    since: date | None = None  # nothing listed before this day
    dry_run: bool = False  # read and judge, store nothing
    show: bool = False  # hand over the list page as it came, read nothing of it
    if_due: bool = False  # else only what earlier visits have left unread

    @classmethod
    def of(cls, line: str | bytes) -> "Job":
        """ValueError or TypeError where the line is no job."""
        values = json.loads(line)
        if not isinstance(values, dict):
            raise TypeError("no JSON object")
        since = values.pop("since", None)
        return cls(**values, since=date.fromisoformat(since) if since else None)

    def line(self) -> str:
        """What `of` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, default=date.isoformat) + "\n"


@dataclass(frozen=True)
class VisitStarted:
    event: ClassVar = "visit_started"
    channel: str


@dataclass(frozen=True)
class VisitFinished:
    """The list page has been dealt with; `pending` articles are going to be read."""

    event: ClassVar = "visit_finished"
    channel: str
    name: str
    status: int | None
    rule: str | None
    seen: int
    new: int
    pending: int
    error: str | None
    next_due: datetime | None


@dataclass(frozen=True)
class ListShown:
    """The list page as it came, to a job that asked for it."""

    event: ClassVar = "list_shown"
    channel: str
    url: str
    charset: str | None
    body: str  # base64


@dataclass(frozen=True)
class ArticleRead:
    event: ClassVar = "article"
    channel: str
    url: str
    title: str
    outcome: ArticleOutcome
    reason: str | None = None
    story: int | None = None


@dataclass(frozen=True)
class ChannelFinished:
    """The last word on a job: one for each job, whatever happened. A dry run counts what it would have done."""

    event: ClassVar = "channel_finished"
    channel: str
    seen: int = 0
    new: int = 0
    kept: int = 0
    joined: int = 0
    revised: int = 0
    unchanged: int = 0
    rejected: dict[str, int] = field(default_factory=dict)  # reason: how many
    failed: dict[str, int] = field(default_factory=dict)
    rechecked: int = 0  # articles looked at again
    removed: int = 0  # of these, taken down by their site
    returned: int = 0  # and shown again
    notes: list[str] = field(default_factory=list)  # what a person should know: a gap, a move, a lie
    unasked: bool = False  # another crawl has the host, or the database is away: worth another try soon

    def summary(self) -> str:
        counts = {
            say("见", "seen"): self.seen,
            say("新", "new"): self.new,
            say("收", "kept"): self.kept,
            say("同文", "joined"): self.joined,
            say("修订", "revised"): self.revised,
            say("不收", "rejected"): _with_reasons(self.rejected),
            say("失败", "failed"): _with_reasons(self.failed),
        }
        later = {say("复查", "rechecked"): self.rechecked, say("撤下", "taken down"): self.removed}
        counts |= {name: count for name, count in later.items() if count}
        return "; ".join([f"{self.channel}: " + ", ".join(f"{name} {n}" for name, n in counts.items()), *self.notes])


@dataclass(frozen=True)
class Alive:
    """Told every few seconds to who asks for it: the event loop turns."""

    event: ClassVar = "alive"


Event = VisitStarted | VisitFinished | ListShown | ArticleRead | ChannelFinished | Alive
Tell = Callable[[Event], None]


def line_of(event: Event) -> str:
    values = {"event": event.event} | asdict(event)
    return json.dumps(values, ensure_ascii=False, default=datetime.isoformat) + "\n"


def _with_reasons(counts: dict[str, int]) -> str:
    reasons = "; ".join(f"{reason} ×{count}" for reason, count in counts.items())
    return f"{sum(counts.values())} ({reasons})" if counts else "0"
