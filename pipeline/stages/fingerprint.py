"""Keys of an article: of its text and samples of it, to recognise it; of all that a reader sees, to notice edits."""

import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from pipeline.article import RawArticle
from pipeline.stages.normalise import canonical_url
from pipeline.stages.script import simplified

SHORT = 60  # letters; below that a text such as 详见附件 says too little to be recognised by itself
GRAM = 8  # letters that are sampled together
FEWEST = 24  # letters; of a shorter text no sample is taken
LONGEST_COUNTER = 60  # characters of a line that says no more than how often it was read
_DENSITY = ((150, 4), (500, 8), (4000, 16), (16000, 32))  # up to so many letters every 4th, 8th … gram is a sample
_SPARSEST = 64

_SPACE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\xad]+")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")  # 1.5 is not 15
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w%‰\x00]+(?=\d)")  # 3-5 is not 35, however the dash is drawn
_MARKS = re.compile(r"[^\w%‰\x00\x01]+|_+")
_COUNTER = (
    r"(?:浏览|阅读|点击|访问|查看|点赞|评论|收藏|转发|分享|下载)%s\s?[\d,.]+\s?(?:万|千|亿)?\+?\s?(?:人次|次|人)?"
)
_LABELLED = _COUNTER % r"(?:次数|人数|量|数)\s?[:：]"
_TODAY = (
    r"(?:今天|今日|现在)是\s?[:：]?\s?\d{4}年\d{1,2}月\d{1,2}日"
    r"(?:\s?(?:星期|周)[一二三四五六日天])?(?:\s?\d{1,2}:\d\d(?::\d\d)?)?"
)
_AGO = r"(?:\d{1,3}\s?(?:分钟|小时|天|周|个月)前|刚刚)"
_BARE = _COUNTER % r"(?:次数|人数|量|数)?\s?[:：]?"
_VARYING = re.compile(rf"{_LABELLED}|(?<!\S){_TODAY}|^(?:(?:{_BARE}|{_AGO})[\s|·,，]*)+$")
_NUMBERS = re.compile(r"\d+(?:\x00\d+)*|第[〇零一二三四五六七八九十百]+|[〇零一二三四五六七八九]{4}年")


def text_key(title: str, text: str, *, day: date | None = None, url: str | None = None) -> str:
    """Equal for texts that differ only in width, case, white space, invisible characters, punctuation and paragraphs.

    The numbers of the title count too (the notice of 2025 is not that of 2026, even under the same text). A short text
    is known only with its title and day, or its address where the day is unknown; an empty one by its address alone.
    """
    body, heading = letters(text), letters(title)
    address = canonical_url(url) if url else ""
    if not body:
        return _digest("address", address)
    if len(body) < SHORT:
        return _digest("short", body, heading, day.isoformat() if day else address)
    return _digest("text", body, *_NUMBERS.findall(heading))


def grams(text: str) -> frozenset[int]:
    """Samples of a text, 31 bits each: an excerpt and its original share those that fall into both.

    Whether a gram is a sample follows from the gram alone; the samples of a long text are among those that the same
    grams give in a short one.
    """
    body = letters(text)
    if len(body) < FEWEST:
        return frozenset()
    every = density(len(body))
    coded, width, crc = body.encode("utf-16-le", "replace"), 2 * GRAM, zlib.crc32
    hashes = map(crc, [coded[at : at + width] for at in range(0, len(coded) - width + 2, 2)])
    return frozenset([value >> 1 for value in hashes if value % every == 0])


def density(length: int) -> int:
    """Of a text with so many letters every so many-th gram is a sample, on average."""
    return next((every for most, every in _DENSITY if length <= most), _SPARSEST)


def content_key(raw: RawArticle) -> str:
    """Changes whenever anything that a reader sees changes, but for counters; expects a normalised article."""
    return _digest(
        raw.title,
        raw.subtitle,
        raw.original_title,
        raw.published.isoformat() if raw.published else None,
        raw.source,
        raw.author,
        raw.editor,
        raw.document_number,
        list(steady(raw.paragraphs)),
        [(canonical_url(image.url), image.caption) for image in raw.images],
        [(canonical_url(attachment.url), attachment.name) for attachment in raw.attachments],
    )


def steady(paragraphs: Iterable[str]) -> Iterator[str]:
    """Paragraphs without what a page says of its visitors and of today: 浏览次数：123, 今天是2026年11月22日."""
    for paragraph in paragraphs:
        if rest := _VARYING.sub("", paragraph).strip() if len(paragraph) <= LONGEST_COUNTER else paragraph:
            yield rest


@lru_cache(maxsize=4)  # a text is asked for twice, for its key and for its samples
def letters(text: str) -> str:
    """What is left of a text when everything that editors and programs vary is removed; numbers keep their value."""
    plain = unicodedata.normalize("NFKC", text)
    folded = plain.casefold()
    text = simplified(folded if folded == plain else unicodedata.normalize("NFKC", folded))
    text = _POINT.sub("\x00", _SPACE.sub("", text.replace("\x00", "").replace("\x01", "")))
    return _MARKS.sub("", _BETWEEN_DIGITS.sub("\x01", text))


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode("ascii")).hexdigest()
