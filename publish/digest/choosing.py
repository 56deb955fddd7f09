"""Which article speaks for a story, which stories are of the window, and in what order they are told. PURE."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.stages.normalise import SHANGHAI
from pipeline.stages.outlets import first_of, first_publisher, is_site_of
from publish.addresses import web_address
from publish.characters import plain
from publish.digest.values import Repost
from publish.digest.window import Window
from storage.records import CarriedRecord

OFFICIAL = ("government", "association", "college", "media", "portal", "tutoring")  # the most official first
INSTITUTIONS = frozenset({"government", "college", "association"})
_DEPARTMENT = re.compile("(?!国|中共|中央|全国).+(?:处|科|室|系|股|组|中心|办)$")  # of the institution whose site it is
LEVELS = ("national", "province", "city", "county", "none")


@dataclass(frozen=True)
class Told:
    """A story as a digest tells it."""

    story_id: int
    shown: CarriedRecord
    day: date | None  # of its earliest article, in China; None: none of them has a date
    found: date  # when we first saw it
    origin: str  # writer and site, as the field's reports credit: 光明日报 / 青川高职网
    first_hand: bool  # it is shown on the site of the writer, or of whom it is a department
    reposts: tuple[Repost, ...]
    articles: int

    @property
    def weight(self) -> tuple[int, tuple[int, int], int, int]:
        """What comes first sorts lowest: carried by many, official, late."""
        return -len(self.reposts), _official(self.shown), -(self.day or self.found).toordinal(), self.story_id


@dataclass(frozen=True)
class Arranged:
    dated: tuple[Told, ...]  # of the window, by weight
    undated: tuple[Told, ...]  # found in the window, by weight
    sites: frozenset[str]  # names of those that carried the dated ones


def arranged(stories: Iterable[Sequence[CarriedRecord]], window: Window) -> Arranged:
    """The stories of the window, by the date of the earliest article of each: what is reposted later is no news."""
    dated: list[Told] = []
    undated: list[Told] = []
    sites: set[str] = set()
    for carried in stories:
        day = _day(carried)
        if (day or _china(min(one.found for one in carried))) in window:
            story = _told(carried, day)
            if story and day:
                dated.append(story)
                sites.update(one.site for one in carried)
            elif story:
                undated.append(story)
    return Arranged(
        tuple(sorted(dated, key=lambda story: story.weight)),
        tuple(sorted(undated, key=lambda story: story.weight)),
        frozenset(sites),
    )


def _told(carried: Sequence[CarriedRecord], day: date | None) -> Told | None:
    """None where no article has an address on the web."""
    reachable = [one for one in carried if web_address(one.url)]
    if not reachable:
        return None
    writer = first_publisher(carried)
    shown = _closest(reachable, writer)
    site = plain(shown.site)
    first_hand = writer is not None and is_site_of(writer, shown.site)
    department = shown.kind in INSTITUTIONS and _DEPARTMENT.match(writer or "")
    return Told(
        story_id=shown.story_id,
        shown=shown,
        day=day,
        found=_china(min(one.found for one in carried)),
        origin=site if first_hand or writer is None else f"{plain(writer)} / {site}",
        first_hand=first_hand or bool(department),
        reposts=_reposts(reachable, shown, writer),
        articles=len(carried),
    )


def _closest(carried: Sequence[CarriedRecord], writer: str | None) -> CarriedRecord:
    """The article on the writer's own site, else that of the most official one; of several the earliest."""
    own = [one for one in carried if writer and is_site_of(writer, one.site)]
    best = min(map(_official, carried))
    among = own or [one for one in carried if _official(one) == best]
    return among[first_of(among)]


def _official(one: CarriedRecord) -> tuple[int, int]:
    kind = OFFICIAL.index(one.kind) if one.kind in OFFICIAL else len(OFFICIAL)
    level = LEVELS.index(one.level) if one.level in LEVELS else len(LEVELS)
    return kind, level


def _reposts(carried: Sequence[CarriedRecord], shown: CarriedRecord, writer: str | None) -> tuple[Repost, ...]:
    """The other sites that carry it, each once, in the order in which they were found; the writer's own is none."""
    found: dict[str, Repost] = {}
    for one in carried:
        if one.site != shown.site and not (writer and is_site_of(writer, one.site)):
            found.setdefault(one.site, Repost(plain(one.site), web_address(one.url) or one.url))
    return tuple(found.values())


def _day(carried: Sequence[CarriedRecord]) -> date | None:
    return min((_china(one.published) for one in carried if one.published), default=None)


def _china(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
