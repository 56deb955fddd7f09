"""When an article that was read is looked at again, and when a look is believed. docs/revisions.md says why so."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone

USUAL = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))  # after it was first read
OF_DOCUMENTS = (*USUAL, timedelta(days=30), timedelta(days=91))
OF_REMOVED = (timedelta(days=1), timedelta(days=7), timedelta(days=30))  # after it was taken down
AROUND = timedelta(days=1)  # before and after a 截止日期, when it is put off or what was missing is added
CONFIRMED_AFTER = timedelta(hours=6)
FAILURES = 3  # looks without an answer before it is left to the next regular one
CHINA = timezone(timedelta(hours=8))
MORNING = time(9, tzinfo=CHINA)


def next_recheck(
    read_at: datetime,
    now: datetime,
    *,
    is_document: bool = False,
    deadlines: Iterable[date] = (),
    removed_at: datetime | None = None,
) -> datetime | None:
    """The next regular look at an article, given when it was first read; None: no more.

    What was missed while its site was not visited is not made up for: one look stands for all that have passed.
    """
    if removed_at:
        moments = [removed_at + after for after in OF_REMOVED]
    else:
        moments = [read_at + after for after in (OF_DOCUMENTS if is_document else USUAL)]
        for day in deadlines:
            morning = datetime.combine(day, MORNING)
            moments += [morning - AROUND, morning + AROUND]
    return min((moment for moment in moments if moment > now), default=None)


def confirmed(found: str, doubt: str | None, doubted_at: datetime | None, now: datetime) -> bool:
    """Whether what would take something from readers was found before, and not just now."""
    return doubt == found and doubted_at is not None and now - doubted_at >= CONFIRMED_AFTER


def after_doubt(doubted_at: datetime, now: datetime) -> datetime:
    """When a look shows whether what was found is so."""
    return max(doubted_at + CONFIRMED_AFTER, now + CONFIRMED_AFTER / 6)


def after_failure(failures: int, now: datetime, regular: datetime | None) -> datetime | None:
    """When to look again after so many looks in a row without an answer, given the next regular look."""
    if failures >= FAILURES:
        return regular
    soon = now + failures * CONFIRMED_AFTER
    return min(soon, regular) if regular else soon
