"""Where an article happens: the administrative divisions told from its title, text, outlet and site."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.article import Region
from pipeline.stages.gazetteer import LEVELS, Division, bearers, gazetteer, stem
from pipeline.stages.places import AT, WEAK, Place, places
from pipeline.stages.script import is_traditional, simplified

Weights = dict[Division, float]

READ = 2500  # characters of a text that are read
LEAD = 150  # in the first ones a place counts double: news begins with where
PRIOR = 1.5  # what the region of outlet or site counts beside the places that a text names
MOST = 0.5  # the share of one province, city or county from which the text is about it
ENOUGH = 2.0  # one mention that is not in the lead says nothing

_LOCAL = re.compile(
    "(?:我|全|本)(省|市|县|区|州|盟|旗)(?![场内委政域直])|(?<![^，。；：“《\\s])(市)(?:委|政府|政协|教育局|人社局)"
)
_NATIONAL = re.compile("全国|教育部|国务院|人社部|人力资源社会保障部|中央|中办|国办|国家|我国|世界|国际")
_SOME_SCHOOL = re.compile("(?:一|某|有|多)(?:所|名|家|位|些|高|职|中专|技)")
_UNDER = re.compile("^(?:中共|中国共产党|共青团)")
_INSTITUTION = re.compile(
    "日报|晚报|晨报|早报|商报|时报|都市|广播|电视|卫视|新闻|融媒|传媒|教育|人社|发布|政府|网|报|在线|市|县|区|职业|技师|大学"
)
_ENDINGS = {
    "省": ("省", "自治区"),
    "市": ("市",),
    "县": ("县",),
    "区": ("区",),
    "州": ("州",),
    "盟": ("盟",),
    "旗": ("旗",),
}


def regions(title: str, text: str = "", home: Region | None = None, *, local: bool = True) -> tuple[Region, ...]:
    """The most specific divisions where it happens, none where none may be claimed.

    `home` is the region of the outlet that wrote it or of the site that carries it: it says who 我市 is, which 鼓楼区,
    and, if `local`, where an article happens that names no place and nothing national.
    """
    text = text[:READ]
    if is_traditional(title):
        title, text = simplified(title), simplified(text)
    own = gazetteer().division(home) if home else None
    familiar = {name: d for d in _line(own) for name in (d.name, d.stem)}
    in_text = places(text, familiar)
    in_title = places(title, familiar | _introduced(in_text))
    weights = _weights(in_text, _context(own, in_title))
    named = _named(in_title, _context(own, in_title, weights), AT)
    if len(named) == 1 and _SOME_SCHOOL.search(title) and (closer := _closer(named[0], weights)):
        named = [closer]
    if not named:
        here = _local(title, own) or _local(text[:LEAD], own)
        named = [here] if here else _named(in_title, _context(own, in_title, weights), WEAK)
    of_city = bool(_LOCAL.search(title) or _LOCAL.search(text[:LEAD]))
    if not named and (about := _about(weights, own, of_city=of_city)):
        named = [about]
    if not named and own and local and not _NATIONAL.search(title):
        named = [own]
    return tuple(division.region for division in _most_specific(named))


def place_of(name: str) -> Region | None:
    """The region that the name of an institution begins with: 山西省长治市 of 长治日报."""
    name = _UNDER.sub("", name)
    found = [place.divisions[0] for place in places(name) if place.start < 6 and len(place.divisions) == 1]
    divisions = _most_specific(found) or bearers(_INSTITUTION.split(name, maxsplit=1)[0])
    return divisions[0].region if len(divisions) == 1 else None


def _line(own: Division | None) -> tuple[Division, ...]:
    return (*own.above, own) if own else ()


def _introduced(found: Iterable[Place]) -> dict[str, Division]:
    """The counties that a text has called by their full names; after that a title's bare name means them."""
    return {stem(d.name): d for place in found if len(place.divisions) == 1 for d in place.divisions if len(d.stem) > 1}


def _context(own: Division | None, in_title: Sequence[Place], weights: Weights | None = None) -> list[Division]:
    """What is known of where we are, surest first: it tells which 鼓楼区."""
    known = [d for place in in_title if len(place.divisions) == 1 for d in place.divisions if d.level != "county"]
    heaviest = sorted(weights or {}, key=lambda division: -(weights or {})[division])
    return [*known, *reversed(_line(own)), *heaviest[:3]]


def _named(found: Iterable[Place], context: Sequence[Division], least: float) -> list[Division]:
    chosen: list[Division] = []
    for place in found:
        if place.weight >= least:
            chosen += place.divisions if place.several else _chosen(place, context)
    return chosen


def _chosen(place: Place, context: Sequence[Division]) -> Sequence[Division]:
    """The one division that is meant, if its name or the context says which."""
    if len(place.divisions) == 1:
        return place.divisions
    for near in context:
        if len(fitting := [d for d in place.divisions if d.within(near) or near.within(d)]) == 1:
            return fitting
    return ()


def _weights(found: Sequence[Place], context: Sequence[Division]) -> Weights:
    """How much a text speaks of each division."""
    sure = [d for place in found if len(place.divisions) == 1 for d in place.divisions]
    weights: Weights = defaultdict(float)
    for place in found:
        meant = place.divisions if place.several else _chosen(place, (*context, *sure))
        for division in meant:
            weights[division] += place.weight * (2 if place.start < LEAD else 1) / len(meant)
    return weights


def _about(weights: Weights, own: Division | None, *, of_city: bool) -> Division | None:
    """The division that most of the places lie in, as specific as the text is clear; `of_city`: it says 我市."""
    weights = weights | ({own: weights.get(own, 0) + PRIOR} if own else {})
    about: Division | None = None
    for level in LEVELS:
        inside: Weights = defaultdict(float)
        for division, weight in weights.items():
            for upper in (*division.above, division):
                if upper.level == level and (about is None or division.within(about)):
                    inside[upper] += weight
        if not inside:
            continue
        best = max(inside, key=inside.__getitem__)
        rivals = inside if about is None or (of_city and level == "city") else _within(weights, about)
        if inside[best] < max(ENOUGH, MOST * sum(rivals.values())):
            break
        about = best
    return about


def _within(weights: Weights, division: Division) -> Weights:
    return {inner: weight for inner, weight in weights.items() if inner.within(division)}


def _closer(division: Division, weights: Weights) -> Division | None:
    """Where in the division an unnamed school of the title is, by the text."""
    closer = _about(_within(weights, division), None, of_city=False)
    return closer if closer and closer is not division and closer.within(division) else None


def _local(text: str, own: Division | None) -> Division | None:
    """Who 我市 is, where an outlet of that city or of a part of it says so."""
    for match in _LOCAL.finditer(text) if own else ():
        endings = _ENDINGS[match[1] or match[2]]
        for division in reversed(_line(own)):
            if division.name.endswith(endings):
                return division
    return None


def _most_specific(named: Sequence[Division]) -> list[Division]:
    """Each once, in their order, without those that another lies in."""
    return [d for d in dict.fromkeys(named) if not any(other is not d and other.within(d) for other in named)]
