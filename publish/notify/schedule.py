"""When messages go out. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from publish.digest.window import Window, last_day, last_week
from publish.entries import SHANGHAI
from storage.records import DeliveryRecord

if TYPE_CHECKING:
    from publish.notify.targets import Terms

MOST_TRIES = 12  # with the pauses below, some 16 hours
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Quiet:
    """Hours of the day in China, from `begins` up to `ends`, over midnight where that is earlier."""

    begins: time
    ends: time

    def covers(self, moment: datetime) -> bool:
        now = moment.astimezone(SHANGHAI).time()
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends


def next_try(failures: int, now: datetime, chance: float) -> datetime:
    """When to try again after so many failures in a row: a minute, doubled each time, a quarter more or less.

    `chance`, from 0 to 1, keeps many that failed together from coming back together.
    """
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(failures - 1, 20)))
    return now + pause * (0.75 + chance / 2)


def together(terms: "Terms", waiting: Sequence[DeliveryRecord]) -> list[DeliveryRecord]:
    """Those of the waiting ones that go into the next message: at once is one, but for what came in quiet hours."""
    if terms.send == "bundled":
        return list(waiting[: terms.most])
    held = [one for one in waiting if terms.quiet and terms.quiet.covers(one.created_at)]
    return held[: terms.most] if waiting and waiting[0] in held else list(waiting[:1])


def digest_due(terms: "Terms", since: datetime, now: datetime) -> Window | None:
    """The days of the last digest that was to be sent until now; None where that was before the target was named."""
    local = now.astimezone(SHANGHAI)
    moment = datetime.combine(local.date(), terms.at, SHANGHAI)
    if terms.send == "weekly":
        moment -= DAY * ((moment.weekday() - terms.weekday) % 7)
    if moment > local:
        moment -= DAY * (7 if terms.send == "weekly" else 1)
    if moment < since:
        return None
    return last_week(moment.date()) if terms.send == "weekly" else last_day(moment.date())
