"""The digest of some stories: their lines, summaries and counts. PURE."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.stages.topics import topics as topics_of
from publish.addresses import web_address
from publish.characters import clean, plain
from publish.digest.choosing import Arranged, Told
from publish.digest.headline import bare, condensed
from publish.digest.summary import summarised
from publish.digest.values import REST, Digest, Item, Paper
from publish.digest.window import Window
from publish.feeds.regions import province_of
from storage.records import CarriedRecord


@dataclass(frozen=True)
class Frame:
    """What a digest is called and was asked for."""

    title: str
    window: Window
    made_at: datetime
    asked: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()  # names of the sites that might have had news of it


def digest(
    frame: Frame,
    arranged: Arranged,
    listed: Sequence[Told],
    undated: Sequence[Told],
    texts: Mapping[int, Sequence[str]],
) -> Digest:
    """`listed` and `undated` are what shall stand in it, `texts` the paragraphs of their shown articles by id."""
    topics = Counter(topic for story in arranged.dated for topic in story.shown.topics)
    items = [_item(story, texts.get(story.shown.id, ()), topics) for story in listed]
    return Digest(
        title=frame.title,
        window=frame.window,
        made_at=frame.made_at,
        asked=frame.asked,
        found=len(arranged.dated),
        articles=sum(story.articles for story in arranged.dated),
        sites=len(arranged.sites),
        silent=tuple(plain(site) for site in frame.watched if site not in arranged.sites),
        topics=_counted(topics),
        provinces=_counted(_provinces(arranged.dated)),
        papers=tuple(item for item in items if item.paper),
        items=tuple(item for item in items if not item.paper),
        undated=tuple(_item(story, texts.get(story.shown.id, ()), topics) for story in undated),
    )


def _item(story: Told, text: Sequence[str], topics: Mapping[str, int]) -> Item:
    shown = story.shown
    permitted = () if shown.publishing == "link" else tuple(map(clean, text))
    names = (shown.site, *((shown.outlet,) if shown.outlet else ()))
    title = bare(shown.title, names) or (plain(text[0][:60]) if text else "（无标题）")
    return Item(
        story_id=story.story_id,
        line=condensed(title, permitted, names),
        title=title,
        url=web_address(shown.url) or shown.url,
        day=story.day,
        origin=story.origin,
        first_hand=story.first_hand,
        theme=_theme(title, shown.topics, topics),
        regions=tuple(dict.fromkeys(plain(name) for name, _ in shown.regions)),
        reposts=story.reposts,
        summary=summarised(title, permitted),
        paper=_paper(shown),
    )


def _theme(title: str, topics: Sequence[str], counted: Mapping[str, int]) -> str:
    """The one topic of several under which it stands: one of its title, of these the most frequent in these days.

    The rarest would say more of each story, and make a chapter of nearly every one.
    """
    of_title = {topic.name for topic in topics_of(title)}
    among = [topic for topic in topics if topic in of_title and topic != REST] or list(topics)
    return max(among, key=lambda topic: counted.get(topic, 0), default=REST)


def _paper(shown: CarriedRecord) -> Paper | None:
    own = next((document for document in shown.documents if document.own), None)
    if own is None or not (own.number or own.issuer):
        return None
    return Paper(plain(own.number or "") or None, plain(own.issuer or "") or None, own.deadline)


def _provinces(stories: Iterable[Told]) -> Counter[str]:
    found: Counter[str] = Counter()
    for story in stories:
        names = (province_of(code, story.shown.regions) for _, code in story.shown.regions)
        found.update({name for name in names if name})
    return found


def _counted(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counter.items(), key=lambda pair: (pair[0] == REST, -pair[1], pair[0])))
