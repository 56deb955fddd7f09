"""What has become of a job so far, for its last word."""

from collections import Counter
from dataclasses import dataclass, field

from crawlers.events import ArticleRead, ChannelFinished


@dataclass
class Tally:
    channel: str
    seen: int = 0
    new: int = 0
    rechecked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    unasked: bool = False

    def count(self, article: ArticleRead) -> None:
        if article.outcome == "rejected":
            self.rejected[article.reason or ""] += 1
        elif article.outcome == "failed":
            self.failed[article.reason or ""] += 1
        else:
            self.outcomes[article.outcome] += 1

    def finished(self) -> ChannelFinished:
        return ChannelFinished(
            self.channel,
            self.seen,
            self.new,
            kept=self.outcomes["stored"],
            joined=self.outcomes["joined"],
            revised=self.outcomes["revised"],
            unchanged=self.outcomes["unchanged"],
            rejected=dict(self.rejected),
            failed=dict(self.failed),
            rechecked=self.rechecked,
            removed=self.outcomes["removed"],
            returned=self.outcomes["returned"],
            notes=self.notes,
            unasked=self.unasked,
        )
