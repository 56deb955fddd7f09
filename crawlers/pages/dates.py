"""Dates as Chinese pages print them: full ones, year-less ones, relative ones, and those in addresses."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.article import Precision

CHINA = ZoneInfo("Asia/Shanghai")
CLOCK = r"(?:[\s,，T]{0,4}(?P<half>[上下]午)?\s?(?P<hour>[012]?\d)\s?[:：时時點点]\s?(?P<minute>[0-5]\d)(?!\d))?"
FULL = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?[-/.年－—_]\s?(?P<month>[01]?\d)\s?[-/.月－—_]\s?(?P<day>[0-3]?\d)(?!\d|年|[-/]\d)\s?日?"
    r"(?:\s?[(（]?(?:星期|周)[一二三四五六日天][)）]?|-(?=\d\d:))?" + CLOCK
)
YEARLESS = re.compile(r"(?<![\d:.-])(?P<month>[01]?\d)\s?[-/.月]\s?(?P<day>[0-3]?\d)(?![\d%])\s?日?" + CLOCK)
# With a time, a day without a year is a date wherever it stands.
TIMED = re.compile(r"(?<![\d:.-])[01]?\d[-/.月][0-3]?\d日?\s{1,3}[012]?\d[:：][0-5]\d(?!\d)(?:[:：][0-5]\d)?")
# Calendar boxes: "2026" over "05/21", "21" over "2026-05", "2026年05月" over "21", "05/21" over "2026".
BOXES = tuple(
    re.compile(pattern + CLOCK)
    for pattern in (
        r"(?<!\d)(?P<year>20\d\d)\s+(?P<month>[01]?\d)\s?[-/.]\s?(?P<day>[0-3]?\d)(?!\d)",
        r"(?<![\d-])(?P<day>[0-3]?\d)\s?日?\s+(?P<year>20\d\d)\s?[-/.年]\s?(?P<month>[01]?\d)(?!\d|\s?[-/.月]\s?\d)\s?月?",
        r"(?P<year>20\d\d)\s?[-/.年]\s?(?P<month>[01]?\d)\s?月?\s+(?P<day>[0-3]?\d)(?!\d|[-:])",
        r"(?<![\d-])(?P<month>[01]?\d)\s?[-/.月]\s?(?P<day>[0-3]?\d)\s?日?\s+(?P<year>20\d\d)(?!\d|\s?[-/年]|\.\d)",
    )
)
MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES.split(), 1)}
CHINESE_MONTHS = {f"{name}月": n for n, name in enumerate((*"一二三四五六七八九十", "十一", "十二"), 1)}
ENGLISH = re.compile(
    r"(?P<name>[A-Z][a-z]{2,8}|十?[一二三四五六七八九十]月)\.?\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?\s(?P<year>20\d\d)"
)
DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s(?P<name>[A-Z][a-z]{2,8})\.?,?\s(?P<year>20\d\d)(?!\d)"
)
CHINESE = re.compile(
    r"(?P<year>[一二][〇○零Ｏ0oO一二三四五六七八九]{3})年(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})[日号]"
)
DIGITS = dict.fromkeys("〇○零Ｏ0oO", "0") | {name: str(n) for n, name in enumerate("一二三四五六七八九", 1)}
CLOCK_ONLY = re.compile(r"^\D{0,4}(?P<hour>[012]?\d):(?P<minute>[0-5]\d)\D{0,3}$")
AGO = re.compile(r"(\d{1,3}|[一二两三四五六七八九十半])\s?个?(分钟|小时|钟头|天|日|周|星期|月)之?[前]")
NAMED_DAY = re.compile(r"(刚刚|刚才|今天|今日|昨天|昨日|前天)" + CLOCK)
NAMED_DAYS = {"刚刚": 0, "刚才": 0, "今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
UNITS = {"分钟": 1, "小时": 60, "钟头": 60, "天": 1440, "日": 1440, "周": 10080, "星期": 10080, "月": 43200}
NUMBERS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2}

# The dialects of addresses, the precise ones first (reference/CMS.md, 0.3). Each names year, month and day.
IN_ADDRESS = tuple(
    re.compile(pattern)
    for pattern in (
        r"/t(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)_\d+",
        r"/(?P<year>(?:19|20)\d\d)[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?=[/_.-])",
        r"/(?P<year>20\d\d)[-/]?(?P<month>\d\d)[-/]?(?P<day>\d\d)/",
        r"[/_](?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)\d{0,9}(?=[/_.])",
    )
)


@dataclass(frozen=True)
class Moment:
    """A date with the precision that was printed; at is aware, in Asia/Shanghai."""

    at: datetime
    precision: Precision

    @property
    def iso(self) -> str:
        return self.at.strftime("%Y-%m-%d") if self.precision == "day" else self.at.strftime("%Y-%m-%dT%H:%M+08:00")


def moments(text: str) -> Iterator[Moment]:
    """Every full date in the text, in order."""
    for match in FULL.finditer(unicodedata.normalize("NFKC", text)):
        moment = _moment(match, int(match["year"]))
        if moment:
            yield moment


def _english(text: str) -> Moment | None:
    """Nov 6th, 2026 and 十一月 6th, 2026, as blog software prints them; 6 Nov 2026."""
    match = ENGLISH.search(text) or DAY_FIRST.search(text)
    if not match:
        return None
    month = MONTHS.get(match["name"][:3].lower()) or CHINESE_MONTHS.get(match["name"])
    day = _day(int(match["year"]), month, int(match["day"])) if month else None
    return Moment(day, "day") if day else None


def _chinese(text: str) -> Moment | None:
    """二〇二六年五月二十一日, as notices are signed."""
    match = CHINESE.search(text)
    if not match:
        return None
    year = int("".join(DIGITS[character] for character in match["year"]))
    day = _day(year, _number(match["month"]), _number(match["day"]))
    return Moment(day, "day") if day else None


def _number(text: str) -> int:
    """二十一 is 21, 十 is 10."""
    tens, ten, ones = text.rpartition("十")
    return (NUMBERS.get(tens, 1) * 10 if ten else 0) + NUMBERS.get(ones, 0)


def shows_date(text: str) -> bool:
    """Whether a date stands in a line, with its year or with a time."""
    return bool(FULL.search(text) or TIMED.search(text) or ENGLISH.search(text))


def first_moment(text: str) -> Moment | None:
    return next(moments(text), None) or _english(text) or _chinese(text)


def boxed(text: str) -> Moment | None:
    """The date of a calendar box, whose parts stand apart."""
    plain = unicodedata.normalize("NFKC", text)
    matches = (box.search(plain) for box in BOXES)
    return next((moment for match in matches if match and (moment := _moment(match, int(match["year"])))), None)


def yearless(text: str, now: datetime) -> Moment | None:
    """A month and day without a year: the latest such day that is not after tomorrow."""
    match = YEARLESS.search(unicodedata.normalize("NFKC", text))
    if not match:
        return None
    today = now.astimezone(CHINA)
    for year in range(today.year + 1, today.year - 5, -1):  # five years back: 29 February
        moment = _moment(match, year)
        if moment and moment.at <= today + timedelta(days=1):
            return moment
    return None


def yearless_on(text: str, day: Moment) -> Moment | None:
    """The same day as a text without a year prints it, perhaps with the time."""
    match = YEARLESS.search(unicodedata.normalize("NFKC", text))
    moment = _moment(match, day.at.year) if match else None
    return moment if moment and moment.at.date() == day.at.date() else None


def relative(text: str, now: datetime) -> Moment | None:
    """昨天 21:05, 3小时前, 两天前."""
    today = now.astimezone(CHINA)
    match = AGO.search(text)
    if match:
        number = 0.5 if match[1] == "半" else int(NUMBERS.get(match[1]) or match[1])
        at = today - timedelta(minutes=number * UNITS[match[2]])
        if match[2] in {"分钟", "小时", "钟头"}:
            return Moment(at.replace(second=0, microsecond=0), "minute")
        return Moment(at.replace(hour=0, minute=0, second=0, microsecond=0), "day")
    match = NAMED_DAY.search(text)
    if match:
        day = today - timedelta(days=NAMED_DAYS[match[1]])
        return _clocked(day.replace(hour=0, minute=0, second=0, microsecond=0), match)
    match = CLOCK_ONLY.match(text)
    return _clocked(today.replace(hour=0, minute=0, second=0, microsecond=0), match) if match else None


def in_address(url: str) -> Moment | None:
    path = url.partition("://")[2].partition("/")[2]
    for dialect in IN_ADDRESS:
        match = dialect.search(f"/{path}")
        moment = _day(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
        if moment:
            return Moment(moment, "day")
    return None


def from_epoch(seconds: int) -> Moment:
    return Moment(datetime.fromtimestamp(seconds, CHINA).replace(second=0), "minute")


def plausible(moment: Moment | None, now: datetime | None) -> Moment | None:
    """The moment, unless it lies more than a day ahead."""
    if moment and now and moment.at > now.astimezone(CHINA) + timedelta(days=1):
        return None
    return moment


def _moment(match: re.Match[str], year: int) -> Moment | None:
    day = _day(year, int(match["month"]), int(match["day"]))
    return _clocked(day, match) if day else None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=CHINA)
    except ValueError:
        return None


def _clocked(day: datetime, match: re.Match[str]) -> Moment:
    if match["hour"] is None:
        return Moment(day, "day")
    afternoon = 12 if "half" in match.re.groupindex and match["half"] == "下午" and int(match["hour"]) < 12 else 0
    hour = int(match["hour"]) + afternoon
    return Moment(day.replace(hour=hour, minute=int(match["minute"])), "minute") if hour < 24 else Moment(day, "day")
