"""Which feeds there are, and in which of them a story stands. Pure: what storage knows of a story in, names out."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from pipeline.settings import Settings
from publish.characters import one_line
from publish.feeds.formats import Feed
from publish.feeds.regions import city_of, province_of
from publish.feeds.saved import Saved
from storage.records import Marks

MAIN = "all"
DOCUMENTS = "documents"
SAVED = "q"
# Groups of feeds in the order in which they are offered; a feed's name begins with its group.
GROUPS = {
    MAIN: "全部",
    DOCUMENTS: "政策文件",
    "kind": "官方、媒体、院校",
    "topic": "主题",
    "province": "省份",
    "city": "城市",
    "site": "网站",
    SAVED: "自选",
}
KINDS = {"government": "官方", "media": "媒体", "college": "院校"}  # kinds of sites that have a feed
_CODE = Path(__file__).parent
# Another version of the code that makes entries makes all of them anew.
_BYTES = b"".join(path.read_bytes() for path in sorted([*_CODE.glob("*.py"), *_CODE.parent.glob("*.py")]))
RENDERING = sha256(_BYTES).hexdigest()


def feeds_of(marks: Marks, saved: Iterable[Saved] = ()) -> dict[str, str]:
    """The feeds that a story stands in, by name, with their titles."""
    feeds = {MAIN: GROUPS[MAIN]}
    for heading in marks.headings:
        group, _, value = heading.partition(":")
        if group == "documents":
            feeds[DOCUMENTS] = GROUPS[DOCUMENTS]
        elif group == "topic" and (name := _file_name(value)):
            feeds[f"topic/{name}"] = one_line(value)
        elif group == "site":
            feeds[f"site/{value}"] = one_line(marks.sites.get(value, value))
        elif group == "kind" and value in KINDS:
            feeds[f"kind/{value}"] = KINDS[value]
        elif group == "region":
            feeds |= _places(value, marks)
    return feeds | {saved_name(one): one.title for one in saved if one.query.fits(marks)}


def saved_name(saved: Saved) -> str:
    return f"{SAVED}/{saved.id}"


def group_of(name: str) -> str:
    return name.partition("/")[0]


def feed_of(settings: Settings, name: str, title: str) -> Feed:
    """What a feed says of itself; `title` is that of its group's member, such as 产教融合."""
    whole = settings.feed_title if name == MAIN else f"{settings.feed_title} · {title}"
    return Feed(
        name=name,
        guid=f"tag:{settings.tag}:feed/{quote(name)}",
        title=whole,
        description=f"{whole}：职业教育新闻",
        home=settings.base_url.rstrip("/"),
        begun=datetime(settings.feed_since, 1, 1, tzinfo=UTC),
    )


def main_feed(settings: Settings) -> Feed:
    return feed_of(settings, MAIN, GROUPS[MAIN])


def facts_of(feed: Feed, *more: object) -> str:
    """Digest of all that a feed's files are made with besides its entries."""
    return sha256(repr((RENDERING, feed, more)).encode()).hexdigest()[:16]


def _places(adcode: str, marks: Marks) -> dict[str, str]:
    """The province's feed for a province, the city's for a city; counties are in their city's."""
    if adcode.endswith("0000"):
        title = province_of(adcode, marks.regions)
        return {f"province/{adcode}": title} if title else {}
    title = city_of(adcode, marks.regions)
    return {f"city/{adcode}": title} if title else {}


def _file_name(topic: str) -> str:
    """A topic as the name of a file; topics of other lexicons may be written in any way."""
    return one_line(topic).replace("/", "-").replace("\\", "-").lstrip(".")
