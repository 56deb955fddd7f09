"""Further list pages: where a burst, or a back-fill, has to be followed, and where that ends. Decisions only.

A visit that finds more new than one page shows opens a gap; each further page moves it, in the transaction that stores
the page. So what a cap, a failure or a kill cuts off is known, and the next visit goes on there. Neither a pinned item
nor the first known one ends it: list pages are not in order, but their last item is older than most.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from crawlers.pages.listing import ListItem, ListPage
from storage.language import say
from storage.records import GapRecord

OVERLAP = timedelta(days=3)  # what was listed so long before the last good visit had been seen by it
DEEPEST = 50  # pages: a site that has renamed all its articles is not read to its end
TRIES = 5  # visits at which a page fails before the gap is given up


def last_dated(items: Sequence[ListItem]) -> ListItem | None:
    """The item that tells how far back a page reaches; the last one where no item has a date."""
    dated = [item for item in items if item.date_iso]
    return dated[-1] if dated else items[-1] if items else None


def burst(channel: str, page: ListPage, now: datetime, last_good: datetime | None) -> GapRecord | None:
    """The gap behind a first page whose last item is new; None where nothing can lie behind it."""
    last = last_dated(page.items)
    back_to = (last_good - OVERLAP).date().isoformat() if last_good else None
    if not page.next_url or last is None or _before(last.date_iso, back_to):
        return None
    return GapRecord(channel, "news", now, page.next_url, back_to, last.date_iso)


def back_fill(
    channel: str, page: ListPage, now: datetime, since: date | None, former: GapRecord | None
) -> GapRecord | None:
    """Where a back-fill begins, or goes on after the last one; None where nothing is left."""
    back_to = since.isoformat() if since else None
    if former is None:
        return GapRecord(channel, "backfill", now, page.next_url, back_to) if page.next_url else None
    if not former.next_url or _before(former.reached, back_to):
        return None
    return replace(former, back_to=back_to, closed_at=None, reason=None, failures=0)


def read_on(gap: GapRecord, page: ListPage, now: datetime, *, brought: int, far_side: bool) -> GapRecord:
    """The gap after one more page. `brought`: links that no other page of this visit showed; `far_side`: whether its
    last item was on the channel before the gap was there."""
    last = last_dated(page.items)
    gap = replace(
        gap, next_url=page.next_url or "", reached=last.date_iso if last else None, pages=gap.pages + 1, failures=0
    )
    if not page.next_url or not brought or far_side or _before(gap.reached, gap.back_to):
        return replace(gap, closed_at=now)
    if gap.origin == "news" and gap.pages >= DEEPEST:
        return replace(gap, closed_at=now, reason=say("太深,不再往下读", "too deep"))
    return gap


def unreadable(gap: GapRecord, reason: str, status: int | None, now: datetime) -> GapRecord:
    """The gap after its next page could not be read; a page that is not there will not be there later."""
    gap = replace(gap, failures=gap.failures + 1)
    if status in (404, 410) or gap.failures >= TRIES:
        return replace(gap, closed_at=now, reason=reason)
    return gap


def in_words(gap: GapRecord) -> str:
    """For a channel's line."""
    reached = gap.reached or say("某处", "somewhere")
    if gap.closed_at:
        return say(f"有缺口:读到 {reached} 为止({gap.reason})", f"a gap: nothing read before {reached} ({gap.reason})")
    if gap.origin == "backfill":
        return say(f"回溯读到 {reached},可以接着读", f"back-fill has reached {reached} and can go on")
    return say(f"还有缺口:读到 {reached},下次接着读", f"a gap: read back to {reached}, the next visit goes on")


def _before(listed: str | None, day: str | None) -> bool:
    return bool(listed and day and listed[:4].isdigit() and listed[:10] < day)
