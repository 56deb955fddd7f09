"""When an article was published: the page's own line first, then its tags, its address, and the list page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from crawlers.pages.datelines import DAY, PUBLISHED, TODAY, UPDATED, is_of_else
from crawlers.pages.dates import (
    CHINA,
    Moment,
    boxed,
    first_moment,
    from_epoch,
    in_address,
    plausible,
    relative,
    yearless,
    yearless_on,
)
from crawlers.pages.flow import Line
from crawlers.pages.found import Found, How
from crawlers.pages.gathered import Gathered
from crawlers.pages.meta import Meta

META_DATES = (
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "og:release_date",
    "og:published_time",
    "weibo: article:create_at",
    "datepublished",
    "publish_time",
    "apub:time",
    "dc.date",
    "_pubtime",
    "pubtime",
)
META_UPDATES = ("lastmodifiedtime", "article:modified_time", "datemodified")
SCRIPT_DATE = re.compile(
    r"\"(?:date[Pp]ublished|pub[Dd]ate|publish_time|pub[Tt]ime|publish(?:Time|Date))\"\s{0,3}:\s{0,3}\"([^\"<>]{8,40})\""
)
BOXED = 40  # characters of a line that may be a calendar box
BOXES = 6  # lines above a title that may be the parts of one
NEAR = 3  # lines above a title in which an unlabelled date is believed
WECHAT_TIME = re.compile(r"\bct\s?=\s?\"(\d{10})\"")


def published(gathered: Gathered) -> Found[Moment] | None:
    """The first plausible of all evidence."""
    return settle(moments_of(gathered), gathered.now)


def updated(gathered: Gathered) -> Found[Moment] | None:
    return settle(updates_of(gathered), gathered.now)


def updates_of(gathered: Gathered) -> Iterator[Found[Moment] | None]:
    yield from (_as("label", moment) for moment in _labelled(gathered.around.head, UPDATED))
    yield from (_as("tag", stamp(gathered.page.meta.tags.get(name))) for name in META_UPDATES)


def settle(candidates: Iterable[Found[Moment] | None], now: datetime | None) -> Found[Moment] | None:
    """The first plausible moment; where a later one says the minute of the same day, that one."""
    chosen: Found[Moment] | None = None
    for found in candidates:
        moment = plausible(found.value if found else None, now)
        if found is None or moment is None:
            continue
        if moment.precision == "minute" and (chosen is None or chosen.value.at.date() == moment.at.date()):
            return found
        chosen = chosen or found
    return chosen


def moments_of(gathered: Gathered) -> Iterator[Found[Moment] | None]:
    page, around, read, now = gathered.page, gathered.around, gathered.read, gathered.now
    yield _as("element", stamp(gathered.evidence.fields.get("published")))
    for lines in (around.head, around.above):
        for label in (PUBLISHED, DAY):
            yield from (_as("label", moment) for moment in _labelled(lines, label))
        bare = _bare(lines[-NEAR:] if lines is around.above else lines)
        yield from (_as("beside", moment) for moment in bare)
        yield _as("beside", _boxed(lines[-BOXES:] if lines is around.above else lines))
    yield _as("tag", declared(page.meta))
    yield from (_as("label", moment) for moment in _labelled(around.head, UPDATED))
    yield from (_as("label", moment) for moment in _labelled(around.tail, PUBLISHED))
    yield from (_as("beside", moment) for moment in _bare(around.foot))
    yield from (_as("label", first_moment(credit)) for credit in read.credits)
    yield from (_as("beside", first_moment(line.text)) for line in around.head if is_of_else(line.text))
    yield _as("script", scripted(page.text))
    if now:
        yield from (_as("beside", relative(line.text, now)) for line in around.head if len(line.text) <= 40)
    day = in_address(page.url or "")
    if day:
        yield from (_as("beside", yearless_on(line.text, day)) for line in around.head if len(line.text) <= 40)
    yield _as("address", day)
    yield _as("list", listed_date(gathered.listed.date, now))
    yield _as("signature", signed(read.texts))


def _as(how: How, moment: Moment | None) -> Found[Moment] | None:
    return Found(moment, how) if moment else None


def _labelled(lines: Iterable[Line], label: re.Pattern[str]) -> Iterator[Moment | None]:
    for line in lines:
        found = label.search(line.text[:300])
        if found:
            yield first_moment(line.text[found.end() : 300])


def _bare(lines: Iterable[Line]) -> Iterator[Moment | None]:
    """Dates without a label."""
    texts = (line.text for line in lines if len(line.text) <= 300 and not TODAY.search(line.text))
    texts = (text for text in texts if not is_of_else(text))
    yield from (first_moment(text) or (boxed(text) if len(text) <= BOXED else None) for text in texts)


def _boxed(lines: Iterable[Line]) -> Moment | None:
    return boxed(" ".join(line.text for line in lines if len(line.text) <= 12))


def declared(meta: Meta) -> Moment | None:
    return next((moment for name in META_DATES if (moment := stamp(meta.tags.get(name)))), None)


def signed(texts: Sequence[str]) -> Moment | None:
    """The date below the signature of a notice: a line of its own at the end of the text."""
    last = [text for text in texts[-3:] if len(text) <= 24]
    return next((moment for text in reversed(last) if (moment := first_moment(text))), None)


def scripted(source: str) -> Moment | None:
    """The date of JSON-LD, or of a WeChat page, which prints only 昨天."""
    match = SCRIPT_DATE.search(source)
    if match:
        return stamp(match[1])
    match = WECHAT_TIME.search(source)
    return from_epoch(int(match[1])) if match else None


def listed_date(text: str | None, now: datetime | None) -> Moment | None:
    """The date that the list page shows, its year inferred where it shows none."""
    if not text:
        return None
    return first_moment(text) or (now and (relative(text, now) or yearless(text, now))) or None


def stamp(text: str | None) -> Moment | None:
    """A date of a machine: ISO with an offset is shifted to China's time, all else is read as printed."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return first_moment(text)
    if at.tzinfo is None or len(text.strip()) <= 10:
        return first_moment(text)
    return Moment(at.astimezone(CHINA).replace(second=0, microsecond=0), "minute")
