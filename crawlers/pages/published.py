"""When an article was published: the page's own line first, then its tags, its address, and the list page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from crawlers.pages.dates import CHINA, Moment, boxed, first_moment, in_address, plausible, relative, yearless
from crawlers.pages.flow import Line
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
LABEL = re.compile(
    r"(?:发布时间|发布日期|发表时间|发表于|发布于|发稿时间|时\s{0,4}间|日\s{0,4}期|更新时间|创建时间|添加时间|上传时间|发文日期)[:：\s]"
)
SCRIPT_DATE = re.compile(
    r"\"(?:datePublished|pubDate|publish_time|pubtime|publishTime)\"\s{0,3}:\s{0,3}\"([^\"<>]{8,40})\"", re.IGNORECASE
)
WECHAT_TIME = re.compile(r"\bct\s?=\s?\"(\d{10})\"")


def printed(head: Iterable[Line], now: datetime | None) -> Iterator[Moment]:
    """Dates in the lines around the title: labelled ones first, then full ones, then relative ones."""
    texts = [line.text for line in head if len(line.text) <= 300]
    for text in texts:
        label = LABEL.search(text)
        if label and (moment := first_moment(text[label.end() :])):
            yield moment
    for text in texts:
        if moment := first_moment(text):
            yield moment
    if box := boxed(" ".join(text for text in texts if len(text) <= 12)):
        yield box
    if now:
        for text in texts:
            if len(text) <= 40 and (moment := relative(text, now)):
                yield moment


def declared(meta: Meta) -> Moment | None:
    return next((moment for name in META_DATES if (moment := stamp(meta.tags.get(name)))), None)


def signed(texts: Sequence[str]) -> Moment | None:
    """The date below the signature of a notice: a line of its own at the end of the text."""
    last = [text for text in texts[-3:] if len(text) <= 24]
    return next((moment for text in reversed(last) if (moment := first_moment(text))), None)


def scripted(source: str) -> Moment | None:
    match = SCRIPT_DATE.search(source)
    return stamp(match[1]) if match else None


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


def settle(candidates: Iterable[Moment | None], now: datetime | None) -> Moment | None:
    """The first plausible moment; where a later one says the minute of the same day, that one."""
    chosen: Moment | None = None
    for candidate in candidates:
        moment = plausible(candidate, now)
        if moment is None:
            continue
        if moment.precision == "minute" and (chosen is None or chosen.at.date() == moment.at.date()):
            return moment
        chosen = chosen or moment
    return chosen


def address_date(url: str | None) -> Moment | None:
    return in_address(url) if url else None
