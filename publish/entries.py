"""What feeds and pages show of a story: cleaned texts, safe addresses, no more of the text than its site permits."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from pipeline.article import Attachment, Image
from pipeline.stages.outlets import first_publisher, is_site_of
from publish.addresses import web_address
from publish.characters import clean, one_line, plain
from storage.records import ArticleRecord, StoryRecord, StoryView

logger = logging.getLogger(__name__)

SHANGHAI = timezone(
    timedelta(hours=8), "Asia/Shanghai"
)  # fixed: the zone's offsets before 1901 are no valid feed dates
BEFORE_THE_WEB = datetime(1990, 1, 1, tzinfo=SHANGHAI)  # a page that claims to be older is wrong
EXCERPT = 200
TAKEN_DOWN = "【已撤下】"
LONGEST_TITLE = 300
LONGEST_TEXT = 100_000  # characters; readers refuse feeds of some megabytes
_GAP = re.compile("(?<=[。！？；：…”』」）]) ")  # Chinese sentences follow one another without a space
_SENTENCE_ENDS = "。！？；…"


@dataclass(frozen=True)
class Carrier:
    """An outlet that reprinted the story."""

    name: str
    url: str


@dataclass(frozen=True)
class Removal:
    """The site does not show the article any more: nor do we show its text."""

    noticed: datetime
    reason: str

    @property
    def note(self) -> str:
        """What stands in the place of the text; entries speak Chinese like what they carry."""
        return f"原网站已撤下这篇文章（{self.noticed:%Y-%m-%d %H:%M} 发现），这里不再提供正文。"


@dataclass(frozen=True)
class Entry:
    story_id: int
    guid: str
    title: str
    link: str
    published: datetime
    has_time: bool  # False: only the day is known
    updated: datetime
    author: str | None
    source: str | None  # 来源 as printed
    site: str
    home: str | None
    categories: tuple[str, ...]
    regions: tuple[str, ...]
    summary: str  # plain text, empty where the site permits only a link
    paragraphs: tuple[str, ...]
    complete: bool  # the paragraphs are the whole text
    images: tuple[Image, ...]
    attachments: tuple[Attachment, ...]
    carriers: tuple[Carrier, ...]
    publisher: str | None = None  # the outlet that wrote it first, where several sites carry it and one is credited
    unpublished: bool = False  # by that outlet itself, while others still show it
    removal: Removal | None = None

    @property
    def credit(self) -> str:
        """Who is to be thanked: the printed source and the site it was read on."""
        return self.site if self.source in (None, self.site) else f"{self.source} · {self.site}"


def entry_of(view: StoryView, now: datetime) -> Entry:
    """ValueError where the article has no address on the web."""
    story, article = view.story, view.article
    link = web_address(article.url)
    if link is None:
        raise ValueError(f"no web address: {article.url!r}")
    removal = (
        Removal(article.removed_at.astimezone(SHANGHAI), article.removed_reason or "") if article.removed_at else None
    )
    permission = "link" if removal else view.site.publishing
    text = _paragraphs(article)
    published = _published(story, now)
    regions = _distinct(name for name, _ in article.regions)
    return Entry(
        story_id=story.id,
        guid=story.guid,
        title=TAKEN_DOWN * bool(removal) + _title(article, text),
        link=link,
        published=published,
        has_time=article.precision == "minute",
        updated=_updated(story, published, now),
        author=plain(article.author or "") or None,
        source=plain(article.source or "") or None,
        site=plain(view.site.name),
        home=web_address(view.site.home),
        categories=_distinct((*(article.topics if article.relevant else ()), *regions)),
        regions=regions,
        summary=removal.note if removal else "" if permission == "link" else _summary(text),
        paragraphs=_permitted(text, permission),
        complete=permission == "full" and sum(map(len, text)) <= LONGEST_TEXT,
        images=_images(article, link) if permission == "full" else (),
        attachments=() if permission == "link" else _attachments(article, link),
        carriers=_carriers(view),
        publisher=first_publisher(view.credits) if view.carriers else None,
        unpublished=bool(view.carriers) and not removal and _unpublished(view),
        removal=removal,
    )


def readable(views: Iterable[StoryView], now: datetime) -> Iterator[Entry]:
    """The stories as entries; one that cannot be shown is left out and logged, the others go on."""
    for view in views:
        try:
            yield entry_of(view, now)
        except ValueError:
            logger.exception("story_left_out guid=%s", view.story.guid)


def excerpt(text: str, longest: int = EXCERPT) -> str:
    """The beginning of a text, up to the end of a sentence where one is near."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    end = max(map(head.rfind, _SENTENCE_ENDS)) + 1
    return head[:end] if end > longest // 2 else head.rstrip("，、： ") + "…"


def _title(article: ArticleRecord, text: tuple[str, ...]) -> str:
    title = plain(article.title[: LONGEST_TITLE * 4]) or plain(text[0][:60] if text else "") or "（无标题）"
    return title if len(title) <= LONGEST_TITLE else title[:LONGEST_TITLE] + "…"


def _published(story: StoryRecord, now: datetime) -> datetime:
    """Readers pin an entry dated in the future to the top; its release is the latest date it can truly have."""
    latest = min(story.released_at or now, now)
    return (latest if story.published_at < BEFORE_THE_WEB else min(story.published_at, latest)).astimezone(SHANGHAI)


def _updated(story: StoryRecord, published: datetime, now: datetime) -> datetime:
    """To the second; the rest tells stories apart that came together: validators warn of equal dates."""
    moment = max(published, min(story.updated_at, now).astimezone(SHANGHAI))
    stamp = moment.replace(microsecond=story.id % 1_000_000)
    return stamp if stamp <= now else stamp - timedelta(seconds=1)


def _paragraphs(article: ArticleRecord) -> tuple[str, ...]:
    return tuple(filter(None, (clean(paragraph).strip() for paragraph in article.paragraphs)))


def _summary(text: tuple[str, ...]) -> str:
    """The beginning of the text, flowing."""
    begun, length = [], 0
    for paragraph in text:
        begun.append(one_line(paragraph[: 4 * EXCERPT]))
        length += len(begun[-1])
        if length > 2 * EXCERPT:
            break
    return excerpt(_GAP.sub("", " ".join(begun)))


def _permitted(text: tuple[str, ...], permission: str) -> tuple[str, ...]:
    if permission == "full":
        return _shortened(text)
    if permission == "excerpt" and text:
        return (_summary(text),)
    return ()


def _shortened(text: tuple[str, ...]) -> tuple[str, ...]:
    kept, left = [], LONGEST_TEXT
    for paragraph in text:
        kept.append(excerpt(paragraph, left))
        left -= len(paragraph)
        if left <= 0:
            break
    return tuple(kept)


def _images(article: ArticleRecord, base: str) -> tuple[Image, ...]:
    found = ((web_address(url, base), caption) for url, caption in article.images)
    return tuple(Image(url, plain(caption)) for url, caption in found if url)


def _attachments(article: ArticleRecord, base: str) -> tuple[Attachment, ...]:
    found = ((web_address(url, base), name) for url, name in article.attachments)
    return tuple(Attachment(url, plain(name) or url.rsplit("/", 1)[-1]) for url, name in found if url)


def _carriers(view: StoryView) -> tuple[Carrier, ...]:
    """One per site: the same text in two columns of one site is no reprint."""
    carriers: dict[str, Carrier] = {}
    writer = first_publisher(view.credits)
    shown = (view.site.name, view.article.source or "", view.article.url)
    for site, source, url in (shown, *view.carriers) if writer and view.carriers else view.carriers:
        address = web_address(url)
        if address and not (is_site_of(writer, site) if writer else site == view.site.name):
            name = site if source in ("", site, writer) else f"{site}（{source}）"
            mark = "（已撤下）" if url in view.removed else ""
            carriers.setdefault(site, Carrier(plain(name) + mark, address))
    return tuple(carriers.values())


def _unpublished(view: StoryView) -> bool:
    """Whether the outlet that wrote it has taken it down wherever it had it."""
    writer = first_publisher(view.credits)
    own = [credit.removed for credit in view.credits if writer and is_site_of(writer, credit.site)]
    return bool(own) and all(own)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(plain, names))))
