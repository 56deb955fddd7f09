"""The places that a text names: names told from words that only look like them, and read beside their neighbours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.stages.gazetteer import Division, Name, gazetteer, highest

AT, WEAK, AWAY = 1.0, 0.5, 0.2  # it happens there; somebody goes there or is of its university; somebody is from there


@dataclass(frozen=True)
class Place:
    start: int
    end: int
    divisions: tuple[Division, ...]  # the one, or all that bear the name
    weight: float
    several: bool = False  # the divisions are meant all together: 京津冀


_SCHOOL = (
    "职业|职教|职校|职专|职高|职中|职院|中职|中专|中等|高职|高等|高级|技师|技工|技校|卫校|卫生|幼师|电大|工业学校|农业学校"
    "|综合高中|[一二三四]中|中学|高中"
)
_OFFICE = "教育局|教体局|人社局|县委|市委|区委|开发区|高新区|经开区|工业园"
_AT_ONCE = re.compile(rf"(?:一所?|某|第[一二三四五六]|县|市|区)?(?:{_SCHOOL}|{_OFFICE})")
_SOON = re.compile(rf"[^\s，。、；：！？,;:!?]{{0,8}}?(?:{_SCHOOL}|{_OFFICE}|学院|学校|教育厅|人社厅)")
_NO_PLACE = re.compile(  # what follows the short name of a place in the name of something else
    "日报|晚报|晨报|早报|都市报|商报|时报|青年报|教育报|卫视|电视台|广播|新闻网|发布客户端|时间"
    "|[东西南北中]?(?:路(?!径|线|演|桥)|街(?!头)|大道|大街|大桥|胡同)"
    "|(?:汽车|啤酒|钢铁|银行|证券|保险|人寿|石化|电器|重工|航空|地产|铁路|时代"
    "|白酒|火锅|烤鸭|小吃|拉面|米粉|热干面|菜(?!篮)|话(?!题))"
    "(?![^，。、与和同携]{0,6}(?:学院|学校|大学|技校|职校|培训|技能))"
)
_UNIVERSITY = re.compile("大学(?!生|城|园|教(?!授))")
_SCHOLAR = re.compile("大学[^，。、；]{0,6}?(?:教授|专家|研究|学者|毕业|博士|硕士|课题组|调查|报告)")
_FROM = re.compile("(?:来自|籍贯|原籍|祖籍|老家在?|家住|出生于|毕业于|考入|对标|借鉴|学习|援助|支援|帮扶|报道|讯据)$")
_TO = re.compile("(?:赴|前往|奔赴|远赴|考察)$")
_NATIVE = re.compile("籍|人(?!社|力|才|民|大|口|员|文|工|均|气|生|事)|经验|模式|口音|户口")
_PERSON = re.compile("同学|老师|教授|先生|女士|同志|师傅|获|说|表示|介绍|认为|今年")
_SURNAMES = frozenset(
    "王李张刘陈杨赵周吴徐孙胡朱郭何宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范姚谭廖邹熊郝孔白崔邱"
)
_HEADS = frozenset("校院部局会市县省区组班队厂站所司家船军乡镇村州处董科行")  # 校长治校 holds no 长治
_BEFORE_SHORT = frozenset("在到至从于赴对向往与和及、")
_GAP = re.compile("[省市·\\s(（-]?$")
_AFTER_SUFFIX = {"市": "场值面", "县": "域级", "区": "域别间块"}


def places(text: str, familiar: Mapping[str, Division] | None = None) -> list[Place]:
    """The places named, in their order. `familiar` names need no suffix and no neighbour: who they are is known."""
    heads = gazetteer().heads
    found: list[Place] = []
    free = 0
    for start in [i for i, head in enumerate(map(str.__add__, text, text[1:])) if head in heads]:
        if start < free:
            continue
        for name in heads[text[start : start + 2]]:
            if not text.startswith(name.text, start):
                continue
            if name.form == "word":
                free = start + len(name.text)
                break
            if place := _Reading(text, start, name, found, familiar or {}).place():
                found.append(place)
                free = place.end
                break
    return found


class _Reading:
    """One name at one position, with what stands before and after it."""

    def __init__(self, text: str, start: int, name: Name, found: list[Place], familiar: Mapping[str, Division]) -> None:
        self.text, self.start, self.name, self.found, self.familiar = text, start, name, found, familiar
        self.end = start + len(name.text)
        self.parent = self._parent()

    def place(self) -> Place | None:
        if self.name.form == "group":
            return Place(self.start, self.end, self.name.divisions, AT, several=True)
        divisions = self._familiar() or (self._full() if self.name.form == "full" else self._short())
        if not divisions:
            return None
        if self.parent and any(len(self.found[-1].divisions) > 1 for _ in divisions):
            upper = tuple(d for d in self.found[-1].divisions if any(low.within(d) for low in divisions))
            if upper:
                self.found[-1] = replace(self.found[-1], divisions=upper)
        return Place(self.start, self.end, divisions, self._weight())

    def _parent(self) -> tuple[Division, ...]:
        """The divisions named right before, if the name can be of one in them."""
        if not self.found or self.found[-1].several or not _GAP.fullmatch(self.text[self.found[-1].end : self.start]):
            return ()
        return self.found[-1].divisions

    def _beside(self) -> tuple[Division, ...]:
        return tuple(d for d in self.name.divisions if any(d is not p and d.within(p) for p in self.parent))

    def _familiar(self) -> tuple[Division, ...]:
        known = self.familiar.get(self.name.text)
        return (known,) if known and not self._other_thing() else ()

    def _full(self) -> tuple[Division, ...]:
        name, follows = self.name.text, self.text[self.end : self.end + 1]
        if follows and follows in _AFTER_SUFFIX.get(name[-1], ""):
            return ()
        if beside := self._beside():
            return beside
        if name in gazetteer().generic or (len(name) == 2 and not self._boundary()):
            return ()
        return self.name.divisions

    def _boundary(self) -> bool:
        before = self.text[self.start - 1 : self.start]
        return not before or before in _BEFORE_SHORT or not "一" <= before <= "龥"

    def _short(self) -> tuple[Division, ...]:
        if self._other_thing():
            return ()
        common = self.name.text in gazetteer().common
        beside = highest(tuple(d for d in self._beside() if d.kind != "盟" or len(self.name.divisions) == 1))
        if beside:
            if beside[0].level == "county" and self._other_suffix():
                return beside
            return beside if not common or beside[0].level == "city" or self._follows(_SOON) else ()
        upper = highest(self.name.divisions)
        if upper[0].level == "province":
            return upper
        if upper[0].level == "city":
            ambiguous = upper[0].kind == "盟" and len(self.name.divisions) > 1
            return upper if not ambiguous and (not common or self._follows(_SOON)) else ()
        if common or len(upper) > 1:
            return ()
        return upper if self._other_suffix() or upper[0].kind == "县级市" or self._follows(_AT_ONCE) else ()

    def _other_suffix(self) -> bool:
        """Whether a suffix follows that the county no longer has: 海门市 is 海门区 today."""
        suffix, beyond = self.text[self.end : self.end + 1], self.text[self.end + 1 : self.end + 2]
        if suffix not in _AFTER_SUFFIX or (beyond and beyond in _AFTER_SUFFIX[suffix]):
            return False
        self.end += 1
        return True

    def _other_thing(self) -> bool:
        """Whether the short name is part of a paper's, a road's, a firm's, a person's name or of two words."""
        if self.name.form == "full":
            return False
        if self._follows(_NO_PLACE) or self._follows(_SCHOLAR):
            return True
        before = self.text[self.start - 1 : self.start]
        if not before or self.parent:
            return False
        if self.name.text[0] == "长" and before in _HEADS:
            return not (self.found and self.found[-1].end == self.start)
        if before in _SURNAMES and not (self.found and self.found[-1].end == self.start):
            return self._follows(_PERSON) or not "一" <= self.text[max(0, self.start - 2)] <= "龥" or self.start == 1
        return False

    def _follows(self, pattern: re.Pattern[str]) -> bool:
        return pattern.match(self.text, self.end) is not None

    def _weight(self) -> float:
        before = self.text[max(0, self.start - 4) : self.start]
        if _FROM.search(before) or self._follows(_NATIVE):
            return AWAY
        if _TO.search(before) or (self.name.form == "short" and self._follows(_UNIVERSITY)):
            return WEAK
        return AT
