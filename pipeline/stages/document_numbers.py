"""文号, the numbers of official documents, in whatever spelling: found in a text and brought to one."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN, _CLOSE = r"[〔\[【(<〈《{「]", r"[〕\]】)>〉》}」]"
_YEAR = rf"(?P<open>{_OPEN}\s*)?(?P<year>(?:19|20)\d\d)\s*年?\s*(?P<close>{_CLOSE})?"
_YEAR_AND_COUNT = re.compile(rf"{_YEAR}\s*(?P<dash>[-—－]+)?\s*第?\s*(?P<count>\d{{1,4}})\s*[号號]")
_ORDER = re.compile(r"(?P<kind>令|公告)\s*\(?(?:(?P<year>(?:19|20)\d\d)\s*年\s*)?第?\s*(?P<count>\d{1,4})\s*[号號]")
_CODE = re.compile(r"([一-龥]{2,16})\s*$")
_ENDS = re.compile(
    "(?:发|函|字|办|通|规|令|告|电|职成|职|成|高|师|厅|人|教|财|科|建|审|计|议|释|法|批|复|综|工|技|训|社|基|学|督|政|秘|委|呈|会|考|体|艺|资|外|财金|部|号)$"
)
_BEFORE = re.compile(  # a sentence goes on to the number that it cites: what stands before belongs to the sentence
    "^.*(?:按照|根据|依据|依照|遵照|按|关于|印发|转发|下发|制发|公布|发布|文件|精神|通知|意见|办法|方案|规定|条例|贯彻|落实|执行|参照|详见|参见|同时|废止|原文号|文号|编号|字号"
    "|和|与|及|以|见|由|为|是|了|对|将|在|的|原|号|月|日|年|附)"
)


@dataclass(frozen=True)
class Number:
    start: int  # in the folded text
    end: int
    text: str  # 教职成〔2023〕5号


def folded(text: str) -> str:
    """The text in which positions of numbers hold: digits and brackets of full width in their plain form."""
    return unicodedata.normalize("NFKC", text).replace("職", "职").replace("辦", "办").replace("發", "发")


def numbers(text: str) -> Iterator[Number]:
    """The numbers in a folded text, in their order."""
    found = [*_of_years(text), *_of_orders(text)]
    yield from sorted(found, key=lambda number: number.start)


def number_of(printed: str) -> str | None:
    """The one spelling of a number: 教职成〔2023〕5号 of 教职成[2023] 5 号, 教职成（2023）第5号 and 教职成2023-5号."""
    return next((number.text for number in numbers(folded(printed))), None)


def _of_years(text: str) -> Iterator[Number]:
    for match in _YEAR_AND_COUNT.finditer(text):
        code = _code(text, match.start())
        marked = match["open"] or match["close"] or match["dash"]
        if len(code) >= 2 and (marked or code.endswith(("发", "函", "字"))) and _ENDS.search(code):
            start = text.rindex(code, 0, match.start())
            yield Number(start, match.end(), f"{code}〔{match['year']}〕{int(match['count'])}号")


def _of_orders(text: str) -> Iterator[Number]:
    """国务院令第797号, 教育部公告2023年第3号."""
    for match in _ORDER.finditer(text):
        who = _code(text, match.start())
        if len(who) >= 3:
            year = f"{match['year']}年" if match["year"] else ""
            start = text.rindex(who, 0, match.start())
            yield Number(start, match.end(), f"{who}{match['kind']}{year}第{int(match['count'])}号")


def _code(text: str, end: int) -> str:
    """The code of the issuer that stands before a year, without the words of the sentence before it."""
    found = _CODE.search(text[max(0, end - 20) : end])
    return _BEFORE.sub("", found[1]) if found else ""
