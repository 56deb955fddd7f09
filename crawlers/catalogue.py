"""sources/**/*.toml -> Site, Channel: the websites that are watched, with every mistake named by file and key."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import tomli  # as tomllib, but compiled: a quarter of the time
from pydantic import ValidationError

from crawlers.pages.rules import ArticleRules, DataRules, ListRules
from crawlers.sitefile import ChannelKind, ChannelTable, DataTable, Level, SiteFile, SiteKind, Tls, mistakes
from pipeline.article import Publishing, Region, SiteFacts
from storage.errors import CatalogueError
from storage.language import say
from storage.records import ChannelRecord, SiteRecord

BUNDLED = Path(__file__).parent / "sources"


@dataclass(frozen=True)
class Channel:
    """What is polled: a list page, a feed, a news sitemap, or an address that answers with JSON."""

    id: str  # "<site id>/<key>"
    name: str
    url: str  # empty only where the channel is disabled: nobody knows the address yet
    kind: ChannelKind
    floor_seconds: int
    ceiling_seconds: int
    enabled: bool
    disabled_reason: str | None
    vocational: bool
    data: DataRules | None = None  # where the kind is json

    @property
    def site_id(self) -> str:
        return self.id.partition("/")[0]

    def record(self) -> ChannelRecord:
        return ChannelRecord(
            id=self.id,
            site_id=self.site_id,
            name=self.name,
            url=self.url,
            kind=self.kind,
            enabled=self.enabled,
            disabled_reason=self.disabled_reason,
            floor_seconds=self.floor_seconds,
            ceiling_seconds=self.ceiling_seconds,
            vocational=self.vocational,
        )


@dataclass(frozen=True)
class Evidence:
    """What the facts of a site rest on: a key of the list of sources, and how old that knowledge is."""

    ref: str
    date: str


@dataclass(frozen=True)
class Site:
    id: str
    name: str
    home: str | None
    kind: SiteKind
    level: Level
    region: Region | None
    family: str | None
    encoding: str | None
    publishing: Publishing
    trust: int
    enabled: bool
    disabled_reason: str | None
    vocational: bool
    article: ArticleRules | None
    list: ListRules | None
    tls: Tls | None
    proxy: str | None
    referer: bool
    browser: bool
    network: str | None  # which workers visit it; None: those of no particular network
    channels: tuple[Channel, ...]
    evidence: tuple[Evidence, ...]

    def facts(self, channel: Channel | None = None) -> SiteFacts:
        """What travels with an article read on this site, or on this channel of it."""
        vocational = self.vocational or (channel is not None and channel.vocational)
        return SiteFacts(self.id, self.name, self.kind, self.region, vocational, self.publishing)

    def record(self) -> SiteRecord:
        return SiteRecord(
            id=self.id,
            name=self.name,
            home=self.home or "",
            kind=self.kind,
            level=self.level,
            adcode=self.region.adcode if self.region else None,
            region=self.region.name if self.region else None,
            publishing=self.publishing,
            enabled=self.enabled,
            disabled_reason=self.disabled_reason,
        )


@dataclass(frozen=True)
class Catalogue:
    sites: dict[str, Site]  # by id, alphabetical
    files: dict[str, Path] = field(default_factory=dict, compare=False)  # where each site is described, by id

    def find(self, channel_id: str) -> tuple[Site, Channel] | None:
        site = self.sites.get(channel_id.partition("/")[0])
        return next(((site, channel) for channel in site.channels if channel.id == channel_id), None) if site else None


def load(own: Path | None = None, bundled: bool = True) -> Catalogue:
    """The bundled sites and the operator's own ones; an own file replaces the bundled one of the same id.

    CatalogueError lists all mistakes of all files.
    """
    wrong: list[str] = []
    files = _files(BUNDLED, BUNDLED.parent, wrong) if bundled else {}
    if own is not None:
        if not own.is_dir():
            raise CatalogueError(say(f"没有目录 {own}(设置项 sources)", f"no folder {own} (setting `sources`)"))
        files |= _files(own, own.parent, wrong)
    sites: dict[str, Site] = {}
    for site_id, (path, name) in files.items():
        try:
            sites[site_id] = read(path.read_bytes(), site_id, name)
        except CatalogueError as error:
            wrong.append(str(error))
    if wrong:
        raise CatalogueError("\n".join(wrong))
    return Catalogue(dict(sorted(sites.items())), {site_id: path for site_id, (path, _) in files.items()})


def read(content: bytes, site_id: str, name: str) -> Site:
    """The site that a file describes; CatalogueError lists its mistakes under the file's name."""
    try:
        table = tomli.loads(content.decode())
        return _site(SiteFile.model_validate(table, context={"stem": site_id}))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(say(f"{name} 不是合法的 TOML:{error}", f"{name} is not valid TOML: {error}")) from None
    except ValidationError as error:
        raise CatalogueError("\n".join(mistakes(error, name))) from None


def _files(folder: Path, shown_from: Path, wrong: list[str]) -> dict[str, tuple[Path, str]]:
    """Every site's file in and below a folder with the name to show, by id; `wrong` gets ids that come twice."""
    found: dict[str, tuple[Path, str]] = {}
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(shown_from).as_posix()
        if path.stem in found:
            other = found[path.stem][1]
            wrong.append(say(f"{name} 与 {other} 的 id 相同", f"{name} has the same id as {other}"))
        else:
            found[path.stem] = (path, name)
    return found


def _site(file: SiteFile) -> Site:
    rule = f"site:{file.id}"
    return Site(
        id=file.id,
        name=file.name,
        home=file.home,
        kind=file.kind,
        level=file.level,
        region=Region(file.region_name, file.region) if file.region and file.region_name else None,
        family=file.family,
        encoding=file.encoding,
        publishing=file.publishing,
        trust=file.trust,
        enabled=file.enabled,
        disabled_reason=file.disabled_reason,
        vocational=file.vocational,
        article=ArticleRules(rule, **file.article.model_dump()) if file.article else None,
        list=ListRules(rule, **file.list.model_dump()) if file.list else None,
        tls=file.tls,
        proxy=file.proxy,
        referer=file.referer,
        browser=file.browser,
        network=file.network,
        channels=tuple(_channels(file.id, file.channels, vocational=file.vocational)),
        evidence=tuple(Evidence(evidence.ref, evidence.date) for evidence in file.evidence),
    )


def _channels(site_id: str, tables: tuple[ChannelTable, ...], *, vocational: bool) -> Iterator[Channel]:
    for table in tables:
        yield Channel(
            id=f"{site_id}/{table.key}",
            name=table.name,
            url=table.url,
            kind=table.kind,
            floor_seconds=table.floor,
            ceiling_seconds=table.ceiling,
            enabled=table.enabled,
            disabled_reason=table.disabled_reason,
            vocational=vocational or table.vocational,
            data=_data(site_id, table.data) if table.data else None,
        )


def _data(site_id: str, table: DataTable) -> DataRules:
    return DataRules(
        f"site:{site_id}",
        table.title,
        table.url,
        table.date,
        table.items,
        table.page,
        tuple((table.form or {}).items()),
    )
