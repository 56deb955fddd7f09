"""The catalogue as a person looks at it: a selection of its sites, and the table in docs/sources.md."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.markup import escape

from crawlers.catalogue import Catalogue, Channel, Site
from pipeline.stages.gazetteer import gazetteer
from storage.language import say


def chosen(catalogue: Catalogue, kind: str | None, region: str | None, enabled: bool | None) -> list[Site]:
    """The sites of a kind and a region (adcode or name), visited or not; by region, then by id."""
    sites = [
        site
        for site in catalogue.sites.values()
        if kind in (None, site.kind) and (not region or _in(site, region)) and enabled in (None, bool(visited(site)))
    ]
    return sorted(sites, key=lambda site: (site.region.adcode if site.region else "", site.id))


def visited(site: Site) -> tuple[Channel, ...]:
    """The channels that are visited: none where the site is disabled."""
    return tuple(channel for channel in site.channels if channel.enabled) if site.enabled else ()


def in_words(site: Site) -> str:
    """Why a site is not visited."""
    return site.disabled_reason or ";".join(dict.fromkeys(filter(None, (one.disabled_reason for one in site.channels))))


def listing(sites: Iterable[Site], width: int | None) -> Iterator[str]:
    """A line for each site in rich's markup, under the name of its province; within `width` cells, or as long as it is.

    Columns: id, name, channels visited of all, why it is not visited.
    """
    sites = list(sites)
    ids = max((len(site.id) for site in sites), default=0)
    names = max((cell_len(site.name) for site in sites), default=0)
    if width is not None:
        names = min(names, max(10, width - ids - 8) if all(map(visited, sites)) else width // 3)
    for name, members in groupby(sites, province):
        yield f"[bold]{escape(name)}[/]"
        for site in members:
            on = visited(site)
            cells = f"  {site.id:<{ids}} {_cut(site.name, names)} {len(on)}/{len(site.channels)}"
            why = "" if on else f"  {in_words(site)}"
            line = cells + (why if width is None else _cut(why, width - cell_len(cells), pad=False))
            yield escape(line) if on else f"[dim]{escape(line)}[/]"


def province(site: Site) -> str:
    """Its name; of a site for all of China, that it is."""
    if site.region is None:
        return say("全国", "whole country")
    division = gazetteer().division(site.region)
    return (division.above or (division,))[0].name


def _cut(text: str, cells: int, *, pad: bool = True) -> str:
    """At most so many cells wide, with a sign where something is left out."""
    if cell_len(text) > cells:
        text = set_cell_size(text, cells - 1).rstrip() + "…" if cells > 1 else ""
    return set_cell_size(text, cells) if pad else text


def markdown(sites: Iterable[Site]) -> str:
    headings = (
        say("网站", "site"),
        say("名称", "name"),
        say("地区", "region"),
        say("栏目", "channels"),
        say("可信", "trust"),
        say("最新依据", "newest evidence"),
        say("停用原因", "why it is not visited"),
    )
    rows = [headings, ("---",) * len(headings), *(_row(site) for site in sites)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(site: Site) -> tuple[str, ...]:
    on = visited(site)
    dates = [evidence.date for evidence in site.evidence if evidence.date[:1].isdigit()]
    cells = (
        f"[{site.id}]({site.home})" if site.home else site.id,
        site.name,
        site.region.name if site.region else "",
        f"{len(on)}/{len(site.channels)}",
        str(site.trust),
        max(dates, default="–"),
        "" if on else in_words(site),
    )
    return tuple(cell.replace("|", "\\|") for cell in cells)


def _in(site: Site, region: str) -> bool:
    """A province's adcode or name means its cities too."""
    if site.region is None:
        return False
    if region.isdigit():
        return site.region.adcode.startswith(region[:2] if region.endswith("0000") else region.removesuffix("00"))
    return site.region.name.startswith(region)
