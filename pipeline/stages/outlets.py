"""Which institution wrote an article, by its printed 来源; and who was first of all that carry one text."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Protocol

from pipeline.article import Outlet, OutletKind, Region, SiteFacts
from pipeline.stages.gazetteer import gazetteer
from pipeline.stages.regions import place_of

OF_SITES: dict[str, OutletKind] = {"government": "官方", "association": "官方", "media": "媒体", "college": "院校"}
DAY = timedelta(days=1)
LEAD = 200  # characters in which a text shows whose voice it is

_LABEL = re.compile(
    "^(?:文章|信息|稿件|新闻|内容|本文)?(?:来源|出处|摘自|转自|转载自|转载|转发自|据|选自|供稿|发布机构|发布单位)(?:于)?:?"
    "|^(?:综合自?|原载)(?=.)"
)
_MARKS = re.compile(
    r"[《》“”\"'「」『』\[\]【】]|\((?:记者|通讯员|编辑|作者|微信号|图).*?\)|(?:本报)?(?:记者|通讯员|作者|编辑)[: ].*$"
)
_BETWEEN = re.compile(r"\s*(?:[、,;|·]|--?|—+| +)\s*")
_CHANNEL = re.compile(
    "(?:的?(?:官方|门户|政务)*(?:微信公众平台|微信公众号|公众号|微信|微博|官微|客户端|官网|网站|视频号|抖音号|头条号))+$"
)
_OF_WECHAT = re.compile("^(?:微信公众号|公众号|官方微信|官微)[: ]*")
_BRANCH = re.compile("(?:频道|学习平台|分社|站|版)$")
_VOICE = re.compile(  # how a city's own paper speaks, or a paper of itself
    r"(?:^|[。，；：“\s>])(?:\d{1,2}月\d{1,2}日(?:上午|下午|晚)?[，,])?"
    "(?:我市|我省|我县|我区|全市|全省|全县|全区|市委|市政府|县委|省委)|本报讯|本报记者|记者从"
)
_DATELINE = re.compile(
    r"^[\s>(（【\[]*(新华社|中新社|中新网|央视网|人民网|光明网|中国青年报|工人日报)[^，。]{0,16}?(?:电|讯|消息)"
)


@dataclass(frozen=True)
class _Lexicon:
    known: dict[str, Outlet]  # by name and alias
    itself: re.Pattern[str]
    nobody: re.Pattern[str]
    paper: re.Pattern[str]
    office: re.Pattern[str]
    kinds: tuple[tuple[OutletKind, re.Pattern[str]], ...]
    credited: re.Pattern[str]  # a part of a credit that names an institution
    units: dict[str, re.Pattern[str]]  # of an institution, by its kind, as its own site names them
    spelt_out: dict[str, str]


@cache
def _lexicon() -> _Lexicon:
    data = tomllib.loads(files("pipeline.lexicon").joinpath("outlets.toml").read_text(encoding="utf-8"))
    known: dict[str, Outlet] = {}
    for entry in data["outlet"]:
        region = gazetteer().divisions[entry["region"]].region if "region" in entry else None
        outlet = Outlet(entry["name"], entry["kind"], region)
        known |= dict.fromkeys((entry["name"], *entry.get("aliases", ())), outlet)
    return _Lexicon(
        known=known,
        itself=re.compile("|".join(data["itself"])),
        nobody=re.compile("|".join(data["nobody"])),
        paper=re.compile(
            f"^(.{{2,14}}?(?:{'|'.join(data['papers'])}))(?:社|传媒集团|报业集团|集团|数字报|客户端|电子版|网|新媒体|全媒体"
            "|融媒体|微信|公众号|官微|频道|[^道]{0,3}版|[一-龥]{2}频道)*$"
        ),
        office=re.compile(
            f"^(.{{1,16}}?(?:{'|'.join(data['authorities'])}))(?:办公室|.{{2,14}}[处科室])$"
            f"|^(.{{2,16}}?(?:{'|'.join(data['schools'])}))(?:.{{0,10}}(?:处|部|系|办公室|新闻网|新闻中心|官网|团委|中心|院))?$"
        ),
        kinds=tuple((kind["name"], re.compile("|".join(kind["patterns"]))) for kind in data["kind"]),
        credited=re.compile("|".join(p for kind in data["kind"] for p in kind["patterns"]) + "|社$|公众号"),
        units={kind: re.compile(pattern) for kind, pattern in data["units"].items()},
        spelt_out=data["spelt_out"],
    )


def outlet(source: str | None, text: str = "", site: SiteFacts | None = None) -> Outlet | None:
    """The institution credited, or None: nobody is named, or a site credits itself for what others wrote."""
    printed = _bare(source or "")
    told = _DATELINE.match(text[:LEAD])
    if not printed or _lexicon().nobody.fullmatch(printed):
        return _lexicon().known[told[1]] if told else _unsigned(text, site)
    if _lexicon().itself.fullmatch(printed) or (site and _named_alike(printed, site.name)) or _is_unit(printed, site):
        return _itself(site, text)
    found = _at_home(_first_of(printed), site)
    if site and OF_SITES.get(site.kind) == "官方" and _named_alike(found.name, site.name):
        return _itself(site, text)
    if found.kind == "平台" and (told or _VOICE.search(text[:LEAD])):
        return _lexicon().known[told[1]] if told else None
    return found


def home_of(outlet: Outlet | None, site: SiteFacts | None) -> Region | None:
    """The region whose 我市 an article speaks of: the outlet's, else the site's."""
    return outlet.region if outlet and outlet.region else site.region if site else None


def _at_home(outlet: Outlet, site: SiteFacts | None) -> Outlet:
    """临江日报 on a site of 临江 is of that 临江, whatever other there is."""
    own = site.region if site else None
    if own and outlet.name.startswith(gazetteer().division(own).stem):
        return Outlet(outlet.name, outlet.kind, own)
    return outlet


def is_local(outlet: Outlet | None) -> bool:
    """Whether what it writes without naming a place is about the place of the site: a national medium's is not."""
    return outlet is None or outlet.region is not None or outlet.name not in _lexicon().known


def _bare(source: str) -> str:
    text = unicodedata.normalize("NFKC", source).strip()
    while (shorter := _LABEL.sub("", text).strip(" :")) != text:
        text = shorter
    return _MARKS.sub("", _OF_WECHAT.sub("", text)).strip(" :-·|、,")


def _first_of(printed: str) -> Outlet:
    """人民网-人民日报 names the carrier before the writer; other lists name the writer first."""
    lexicon = _lexicon()
    if known := lexicon.known.get(printed):
        return known
    parts = [part for part in _BETWEEN.split(printed) if part in lexicon.known or lexicon.credited.search(part)]
    outlets = [_institution(part) for part in parts] or [_institution(printed)]
    papers = [outlet for outlet in outlets if outlet.name.endswith(("报", "社"))]
    return (papers or outlets)[0]


@lru_cache(maxsize=4096)
def _institution(printed: str) -> Outlet:
    name = _CHANNEL.sub("", printed) or printed
    if known := _lexicon().known.get(name) or _lexicon().known.get(printed):
        return known
    if paper := _lexicon().paper.match(name):
        name = paper[1]
    elif office := _lexicon().office.match(name):
        name = office[1] or office[2]
    elif name.endswith(("报社", "电视台新闻", "人民政府网", "政府网")):
        name = name[:-1] if name.endswith(("报社", "政府网")) else name.removesuffix("新闻")
    if known := _lexicon().known.get(name) or _branch_of(name):
        return known
    return Outlet(name, _kind(name), place_of(name))


def _branch_of(name: str) -> Outlet | None:
    """人民网山西频道 is 人民网, 学习强国山西学习平台 is 学习强国."""
    if not _BRANCH.search(name):
        return None
    return next((known for start, known in _lexicon().known.items() if len(start) > 2 and name.startswith(start)), None)


def _kind(name: str) -> OutletKind:
    for kind, pattern in _lexicon().kinds:
        if pattern.search(name):
            return kind
    return "平台"  # an account without an institution's name


def _itself(site: SiteFacts | None, text: str) -> Outlet | None:
    """What a site says to be its own: believed of those that write, not of one that carries others' news."""
    if site is None:
        return None
    kind = OF_SITES.get(site.kind)
    if kind is None and site.kind != "portal":
        return None if _VOICE.search(text[:LEAD]) else Outlet(site.name, "平台", site.region)
    return Outlet(site.name, kind or "媒体", site.region)


def _is_unit(printed: str, site: SiteFacts | None) -> bool:
    """Whether an authority's or a school's site names an office of its own: 教务处, 市职业能力建设科."""
    unit = _lexicon().units.get(OF_SITES.get(site.kind, "")) if site else None
    found = unit.fullmatch(printed) if unit else None
    if site is None or found is None or printed in _lexicon().known or place_of(printed):
        return False
    level = found.groupdict().get("level")
    return level is None or (site.region is not None and site.region.name.endswith(level))


def _unsigned(text: str, site: SiteFacts | None) -> Outlet | None:
    """Without a credit, authorities and schools speak for themselves; a medium may have it from anywhere."""
    if site and OF_SITES.get(site.kind) in ("官方", "院校") and "本报" not in text[:LEAD]:
        return Outlet(site.name, OF_SITES[site.kind], site.region)
    return None


class Carried(Protocol):
    """One of the articles that carry a text, as far as it tells who was first."""

    @property
    def site(self) -> str: ...  # its name
    @property
    def outlet(self) -> str | None: ...
    @property
    def published(self) -> datetime | None: ...
    @property
    def precision(self) -> str | None: ...
    @property
    def found(self) -> datetime: ...
    @property
    def kind(self) -> str: ...  # of the site


def first_publisher(carried: Sequence[Carried]) -> str | None:
    """The outlet that most articles credit, of several the one whose earliest is the earliest; None: nobody says."""
    names = [article.outlet for article in sorted(carried, key=_latest) if article.outlet]
    credited = Counter(map(_whose, names))
    return min(names, key=lambda name: -credited[_whose(name)], default=None)


def first_of(carried: Sequence[Carried]) -> int:
    """Index of the article to show: the first publisher's own, else the most official, else the earliest."""
    writer = first_publisher(carried)

    def rank(index: int) -> tuple[bool, bool, datetime, datetime, int]:
        article = carried[index]
        own = writer is not None and _whose(article.outlet or "") == _whose(writer) and is_site_of(writer, article.site)
        return not own, OF_SITES.get(article.kind) != "官方", _latest(article), article.found, index

    return min(range(len(carried)), key=rank)


def is_site_of(outlet: str, site: str) -> bool:
    """Whether a site is the outlet's own: by their names, or as a credit to the site resolves to the outlet."""
    return _named_alike(outlet, site) or _whose(site) == _whose(outlet)


def _named_alike(outlet: str, site: str) -> bool:
    outlet, site = _spelt_out(outlet), _spelt_out(site)
    return outlet == site or (len(outlet) > 3 and site.endswith(outlet)) or site.startswith(outlet)


def _whose(name: str) -> str:
    """One name of an institution for all under which it and its sites are known."""
    return _spelt_out(_institution(name).name)


def _spelt_out(name: str) -> str:
    short = next((short for short in _lexicon().spelt_out if name.endswith(short)), None)
    return name.removesuffix(short) + _lexicon().spelt_out[short] if short else name


def _latest(article: Carried) -> datetime:
    """When it stood there at the latest, as far as the page says: a date without a time is some time of that day."""
    if article.published is None:
        return article.found
    return min(article.found, article.published + DAY) if article.precision == "day" else article.published
