"""The dates that an official document gives itself: 成文, 施行, 截止, and the end of its validity."""

import re
from datetime import date

HEAD = 300

_YEAR = "(?:19|20)\\d\\d|[二一][〇○零一二三四五六七八九]{3}"
_FIGURE = "\\d{1,2}|[一二三四五六七八九十]{1,3}"
_DATE = f"({_YEAR})\\s*[年\\-./]\\s*({_FIGURE})\\s*[月\\-./]\\s*({_FIGURE})\\s*日?"
_LABELLED = re.compile(f"(?:成文日期|发文日期|印发日期|公布日期)\\s*:\\s*{_DATE}")
_ALONE = re.compile(f"^[\\s(]*{_DATE}[)\\s]*$", re.MULTILINE)
_EFFECTIVE = re.compile(
    f"自\\s*{_DATE}\\s*起?(?:正式)?(?:施行|实施|执行|生效|试行)|(?:施行|实施|生效)(?:日期|时间)\\s*:?\\s*{_DATE}"
)
_AT_ONCE = re.compile("自(?:印发|发布|公布|下发)之日起(?:正式)?(?:施行|实施|执行|生效)")
_EXPIRES = re.compile(f"有效期(?:限)?[^。;\\d]{{0,8}}(?:至|到)\\s*{_DATE}")
_FOR_YEARS = re.compile(f"有效期(?:限)?(?:为)?\\s*({_FIGURE})\\s*年")
_DEADLINE = re.compile(
    f"(?:截止|截至)(?:日期|时间)?(?:为|到|至|是)?\\s*:?\\s*(?:({_YEAR})\\s*年)?\\s*({_FIGURE})\\s*月\\s*({_FIGURE})\\s*日"
)
_BEFORE = re.compile(
    f"(?:({_YEAR})\\s*年)?({_FIGURE})\\s*月\\s*({_FIGURE})\\s*日(?:\\([^)]*\\))?\\s*(?:\\d{{1,2}}[:时点]\\d{{0,2}})?(?:之)?前[^。;\n]{{0,40}}?(?:报送|提交|上报|报|反馈|寄|发送|申报|完成)"
)
_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}


def written(text: str) -> date | None:
    """成文日期: labelled, or the last date that stands alone on a line, under the signature."""
    labelled = _LABELLED.search(text[:HEAD])
    found = labelled or next(reversed(list(_ALONE.finditer(text))), None)
    return _date(*found.groups()) if found else None


def effective(text: str, signed: date | None) -> date | None:
    if found := _EFFECTIVE.search(text):
        return _date(*filter(None, found.groups()))
    return signed if _AT_ONCE.search(text) else None


def expiry(text: str, begins: date | None) -> date | None:
    """The last day of validity, said or counted from the beginning."""
    if found := _EXPIRES.search(text):
        return _date(*found.groups())
    years = _FOR_YEARS.search(text)
    return _date(str(begins.year + _figure(years[1])), str(begins.month), str(begins.day)) if years and begins else None


def deadline(text: str, year: int) -> date | None:
    """截止日期, until when something is to be handed in; one without a year is of the document's."""
    found = _DEADLINE.search(text) or _BEFORE.search(text)
    return _date(found[1] or str(year), found[2], found[3]) if found else None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(_figure(year), _figure(month), _figure(day))
    except ValueError:
        return None


def _figure(text: str) -> int:
    """2023, 十二 or 二〇二三; ValueError for what is no number."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_DIGITS.get(tens, 1) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)
    return int("".join(str(_DIGITS[character]) for character in text))
