"""The sample sites as values: what every site prints, and the facts that a reader should find there."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from posixpath import dirname
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipeline.article import Precision
from zhijiao.demo import wording

SAMPLES = Path(__file__).parent / "samples"
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class File:
    path: str  # on its site
    name: str


@dataclass(frozen=True)
class SampleArticle:
    """One article of one site, with the facts that reading its page must give."""

    id: str
    site_id: str
    channel: str  # key
    path: str  # on its site, query included
    number: int  # the CMS's own, as it stands in addresses
    title: str
    published: datetime  # aware, Asia/Shanghai; 00:00 where the site shows only days
    precision: Precision
    source: str | None
    author: str | None
    editor: str | None
    original_title: str | None
    printed: tuple[str, ...]  # paragraphs as the page shows them, invisible characters included
    captions: tuple[str, ...]  # shown under pictures, in front of the text
    tail: tuple[str, ...]  # names of attachments that stand as the last paragraphs of the text
    images: tuple[File, ...]
    attachments: tuple[File, ...]
    relevant: bool
    same_as: str | None  # id of the article whose text this one reprints
    held: bool  # not on the site until it is published
    gone: bool  # listed, but its page answers 404
    edit: tuple[int, str] | None  # a prepared change: index of the paragraph, its new text

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Everything in the flow of the text, without the invisible."""
        return (*self.captions, *map(wording.clean, self.printed), *self.tail)

    @property
    def story(self) -> str:
        """Equal for all articles that carry one text."""
        return self.same_as or self.id


@dataclass(frozen=True)
class SampleChannel:
    key: str
    name: str
    path: str
    kind: Literal["list", "feed"] = "list"
    more: str = ""  # pattern of the further pages: {page}, {before} = page - 1, {left} = pages - page + 1
    rows: int = 50  # on one page
    status: int = 200  # what every page of the channel answers
    floor: int = 1  # seconds
    ceiling: int = 5

    def page_path(self, page: int, pages: int) -> str:
        return self.path if page == 1 else self.more.format(page=page, before=page - 1, left=pages - page + 1)


@dataclass(frozen=True)
class SampleSite:
    id: str
    name: str
    kind: str
    level: str
    article: str  # pattern of article addresses
    number: int  # of the newest article
    channels: tuple[SampleChannel, ...]
    articles: tuple[SampleArticle, ...] = ()  # newest first
    region: str = ""
    region_name: str = ""
    publishing: str = "full"
    trust: int = 4
    vocational: bool = False
    encoding: str = "utf-8"
    charset: str = ""  # in the Content-Type header; empty: the header names none
    validators: tuple[str, ...] = ("ETag", "Last-Modified")
    precision: Precision = "day"
    links: Literal["relative", "root", "absolute"] = "relative"
    image: str = "{folder}/{number}_{index}.png"
    attachment: str = "{folder}/{number}_{index}.{suffix}"
    captions: bool = False  # the pictures' names stand under them
    attached_inside: bool = False  # attachments stand in the text, not below it
    robots: str = "User-agent: *\nDisallow:\n"

    def shown(self, channel: str) -> tuple[SampleArticle, ...]:
        return tuple(a for a in self.articles if a.channel == channel and not a.held)


@dataclass(frozen=True)
class Samples:
    now: datetime
    sites: Mapping[str, SampleSite]

    @property
    def articles(self) -> dict[str, SampleArticle]:
        return {a.id: a for site in self.sites.values() for a in site.articles}

    @property
    def fresh(self) -> SampleArticle:
        """The article that is held back until it is published in front of the watcher."""
        return next(a for a in self.articles.values() if a.held)

    @property
    def editable(self) -> SampleArticle:
        """The article for which a change is prepared."""
        return next(a for a in self.articles.values() if a.edit)

    def publish(self, article_id: str) -> "Samples":
        return self._with(replace(self.articles[article_id], held=False))

    def revise(self, article_id: str) -> "Samples":
        """The prepared change made."""
        article = self.articles[article_id]
        if article.edit is None:
            raise ValueError(f"no change is prepared for {article_id}")
        index, text = article.edit
        printed = (*article.printed[:index], text, *article.printed[index + 1 :])
        return self._with(replace(article, printed=printed, edit=None))

    def _with(self, article: SampleArticle) -> "Samples":
        site = self.sites[article.site_id]
        articles = tuple(article if a.id == article.id else a for a in site.articles)
        return replace(self, sites={**self.sites, site.id: replace(site, articles=articles)})


@dataclass(frozen=True)
class _Entry:
    """An article as articles.toml says it."""

    id: str
    days: int  # before now
    relevant: bool = False
    title: str = ""
    time: str = ""  # HH:MM, where the site shows the minute
    channel: str = ""
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    original_title: str | None = None
    text: str = ""  # a paragraph per line; _dated() says what {year} and the like become
    images: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    same_as: str | None = None
    wording: list[str] = field(default_factory=list)
    held: bool = False
    gone: bool = False
    edit: dict[str, Any] | None = None  # paragraph (from 1), text

    def published(self, now: datetime) -> datetime:
        day = now.astimezone(CHINA).date() - timedelta(days=self.days)
        return datetime.combine(day, time.fromisoformat(self.time or "00:00"), CHINA)


def load(now: datetime) -> Samples:
    """Every sample site, its articles dated relative to `now`."""
    folders = sorted(path.parent for path in SAMPLES.glob("*/site.toml"))
    entries = {folder.name: _entries(folder) for folder in folders}
    originals = {entry.id: entry for of_site in entries.values() for entry in of_site}
    sites = {}
    for folder in folders:
        site = _site(folder)
        articles = tuple(_articles(site, entries[site.id], originals, now))
        sites[site.id] = replace(site, articles=articles)
    return Samples(now, sites)


def _site(folder: Path) -> SampleSite:
    facts = _toml(folder / "site.toml")
    channels = tuple(SampleChannel(**channel) for channel in facts.pop("channels"))
    return SampleSite(id=folder.name, channels=channels, **facts)


def _entries(folder: Path) -> list[_Entry]:
    return [_Entry(**entry) for entry in _toml(folder / "articles.toml")["articles"]]


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _articles(
    site: SampleSite, entries: list[_Entry], originals: Mapping[str, _Entry], now: datetime
) -> Iterator[SampleArticle]:
    for position, entry in enumerate(entries):
        original = originals[entry.same_as or entry.id]
        published, first_published = entry.published(now), original.published(now)
        number = site.number - 13 * position
        path = site.article.format(published=published, number=number)
        yield SampleArticle(
            id=entry.id,
            site_id=site.id,
            channel=entry.channel or site.channels[0].key,
            path=path,
            number=number,
            title=_dated(entry.title or original.title, first_published),
            published=published,
            precision=site.precision,
            source=entry.source,
            author=entry.author,
            editor=entry.editor,
            original_title=entry.original_title,
            printed=wording.printed(_dated(original.text, first_published).splitlines(), entry.wording),
            captions=tuple(entry.images) if site.captions else (),
            tail=tuple(entry.attachments) if site.attached_inside else (),
            images=_files(site.image, entry.images, path, number, published),
            attachments=_files(site.attachment, entry.attachments, path, number, published),
            relevant=entry.relevant,
            same_as=entry.same_as,
            held=entry.held,
            gone=entry.gone,
            edit=_edit(entry, published),
        )


def _files(pattern: str, names: list[str], path: str, number: int, published: datetime) -> tuple[File, ...]:
    folder = dirname(path).rstrip("/")
    return tuple(
        File(
            pattern.format(
                folder=folder, number=number, index=index, published=published, suffix=name.rpartition(".")[2]
            ),
            name,
        )
        for index, name in enumerate(names, 1)
    )


def _edit(entry: _Entry, published: datetime) -> tuple[int, str] | None:
    if entry.edit is None:
        return None
    return entry.edit["paragraph"] - 1, _dated(entry.edit["text"], published)


def _dated(text: str, published: datetime) -> str:
    """{year}, {day} of publication, {eve}: the day before, {season}: the year for which schools admit then."""
    eve = published - timedelta(days=1)
    return text.format(
        year=published.year,
        day=f"{published.month}月{published.day}日",
        eve=f"{eve.month}月{eve.day}日",
        season=published.year + (published.month >= 9),
    )
