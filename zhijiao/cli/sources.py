"""`zhijiao sources list | show | enable | disable | check`: the sites of the catalogue."""

from datetime import UTC, datetime
from difflib import get_close_matches, unified_diff
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from crawlers.catalogue import Catalogue, Channel, Site, read
from crawlers.hosts import host_of
from crawlers.reader import BoundedReader
from crawlers.sitefile import SiteKind
from crawlers.switches import switched_off, switched_on
from pipeline.settings import Settings, load
from pipeline.stages.gazetteer import stem
from storage import channels, gaps, hosts, links, visits
from storage.errors import CatalogueError
from storage.language import say
from storage.records import ChannelRecord, VisitRecord
from zhijiao import manners
from zhijiao.heal import look, propose, rewritten
from zhijiao.report import advice_lines, channel_line
from zhijiao.report import live as drawn
from zhijiao.sources import chosen, listing, markdown, visited
from zhijiao.sources import province as province_of
from zhijiao.tick import catalogue_of, opened, synchronise
from zhijiao.trial import try_out

FAILED = 1  # exit status of `check --live`: something could not be read
VISITS = 3  # that `show` tells of each channel

app = typer.Typer(no_args_is_help=True)
Name = Annotated[
    str,
    typer.Argument(
        metavar=say("网站[/栏目]", "SITE[/CHANNEL]"), help=say("如 moe 或 moe/yaowen", "such as moe or moe/yaowen")
    ),
]


@app.command(name="list", help=say("列出网站", "list the sites"))
def list_(
    kind: Annotated[SiteKind | None, typer.Option(help=say("只要这一类", "of this kind only"))] = None,
    province: Annotated[
        str | None, typer.Option(help=say("只要这个地区:名称或行政区划代码", "of this region only: name or adcode"))
    ] = None,
    enabled: Annotated[
        bool,
        typer.Option("--enabled/--disabled", help=say("会查看的,或停用的", "those that are visited, or the others")),
    ] = True,
    everything: Annotated[bool, typer.Option("--all", help=say("两种都要", "both"))] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help=say("输出 Markdown 表格", "as a table in Markdown"))
    ] = False,
) -> None:
    """List the sites of the catalogue."""
    catalogue = catalogue_of(load())
    known = chosen(catalogue, kind, _region(catalogue, province) if province else None, None)
    sites = known if everything else [site for site in known if bool(visited(site)) == enabled]
    if as_markdown:
        typer.echo(markdown(sites), nl=False)
        return
    console = Console(highlight=False)
    for line in listing(sites, console.width if console.is_terminal else None):
        console.print(line, soft_wrap=True)
    console.print(_counts(sites))
    if others := len(known) - len(sites):
        console.print(
            say(
                f"另有 {others} 个{'停用' if enabled else '会查看'}的网站,--all 一并列出",
                f"{others} more are {'disabled' if enabled else 'visited'}: add --all",
            )
        )


@app.command(
    help=say("显示一个网站:栏目、下次查看、最近几次", "show a site: its channels, when they are due, last visits")
)
def show(site_id: Annotated[str, typer.Argument(metavar=say("网站", "SITE"))]) -> None:
    """Show a site: its facts, its channels, when they are due, their last visits."""
    settings = load()
    catalogue = catalogue_of(settings)
    site = _site(catalogue, site_id)
    with opened(settings) as database, database.read() as db:
        records = {record.id: record for record in channels.of_site(db, site.id)}
        last = {channel.id: visits.recent(db, channel.id, VISITS) for channel in site.channels}
        notes = {
            id_: list(manners.of_channel(record, gaps.of_channel(db, id_), links.counts(db, id_)))
            for id_, record in records.items()
        }
        names = dict.fromkeys(host_of(channel.url) for channel in site.channels if channel.url)
        ledgers = [ledger for name in names if (ledger := hosts.ledger(db, name))]
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[bold]{escape(site.name)}[/]  {site.id}")
    for heading, value in _facts(site, catalogue.files[site.id]):
        if value:
            console.print(f"{heading}: {escape(value)}")
    for channel in site.channels:
        console.print()
        _show_channel(console, site, channel, records.get(channel.id), last[channel.id])
        console.print("".join(f"  {escape(note)}\n" for note in notes.get(channel.id, ())), end="")
    for ledger in ledgers:
        console.print("\n" + "\n  ".join(escape(line) for line in manners.of_host(ledger, datetime.now(UTC))))


@app.command(help=say("启用网站或栏目", "enable a site or a channel"))
def enable(
    name: Name,
    url: Annotated[str | None, typer.Option(help=say("栏目的网址", "address of the channel"))] = None,
) -> None:
    """Enable a site or a channel, in a file of the operator's own."""
    settings = load()
    site, key, path = _found(settings, name)
    if url and not key:
        raise CatalogueError(say("--url 要写明栏目,如 moe/yaowen", "--url needs a channel, such as moe/yaowen"))
    if not url and any(channel.id == name and not channel.url for channel in site.channels):
        raise CatalogueError(say(f"{name} 的网址未知:请加上 --url 网址", f"{name} has no address: add --url ADDRESS"))
    before = path.read_text("utf-8")
    after = switched_on(switched_on(before, key, url) if key else before)
    if after == before:
        raise CatalogueError(say(f"{name} 没有停用;", f"{name} is not disabled; ") + _channels_in_words(site))
    _write(settings, path, site.id, after)


@app.command(help=say("停用网站或栏目", "disable a site or a channel"))
def disable(name: Name, reason: Annotated[str | None, typer.Option(help=say("为什么", "why"))] = None) -> None:
    """Disable a site or a channel, in a file of the operator's own."""
    settings = load()
    site, key, path = _found(settings, name)
    day = datetime.now(UTC).astimezone().date()
    why = reason or say(f"{day} 手工停用", f"disabled by hand on {day}")
    _write(settings, path, site.id, switched_off(path.read_text("utf-8"), key, why))


@app.command(help=say("检查目录、一个网站或一个文件有没有错", "check the catalogue, a site or a file for mistakes"))
def check(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar=say("[网站[/栏目]|文件]", "[SITE[/CHANNEL]|FILE]"), help=say("不写则检查全部", "all, if left out")
        ),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help=say("真的去读一次,什么也不存", "read it once, store nothing"))
    ] = False,
) -> None:
    """Check for mistakes; each is told with file, key and a suggestion."""
    settings, console = load(), Console(soft_wrap=True, highlight=False)
    if what is None:
        if live:
            raise CatalogueError(say("--live 要写明网站或文件", "--live needs a site or a file"))
        sites = list(catalogue_of(settings).sites.values())
        console.print(f"[green]✓[/] {_counts(sites)}")
        return
    if what.endswith(".toml"):
        path, key = Path(what), None
        if not path.is_file():
            raise CatalogueError(say(f"没有文件 {path}", f"there is no file {path}"))
        site = read(path.read_bytes(), path.stem, str(path))
    else:
        site, key, path = _found(settings, what)
    console.print(f"[green]✓[/] {escape(str(path))}: {escape(_counts([site]))}")
    if site.vocational or any(channel.vocational for channel in site.channels):
        console.print(f"[yellow]![/] {escape(_unsifted(site))}")
    if live:
        _try_out(console, path, key, settings)


@app.command(help=say("网站改版后给出新的列表规则", "propose a new list rule for a site that was redesigned"))
def heal(
    name: Name,
    apply: Annotated[bool, typer.Option("--apply", help=say("写进网站文件", "write it into the site's file"))] = False,
) -> None:
    """Propose a new list rule, derived from where known titles stand on the site's pages now."""
    settings, console = load(), Console(soft_wrap=True, highlight=False)
    site, _, path = _found(settings, name)
    reader = BoundedReader(settings.read_seconds)
    try:
        with opened(settings) as database, drawn(console) as draw:
            synchronise(database, catalogue_of(settings))
            seen, finished = look(database, site, name, settings.identified(), draw)
        rules, told = propose(site, seen, reader, name)
    finally:
        reader.close()
    unseen = [event for event in finished if event["channel"] not in seen]
    for event in unseen:
        console.print(channel_line(event))
    for one in told:
        mark = "[red]✗[/]" if one.ill else "[green]✓[/]"
        console.print(f"{mark} {one.channel}  {escape(one.state)}")
    if rules is None:
        if unseen or any(one.ill for one in told):
            raise typer.Exit(FAILED)
        console.print(say("不用改", "nothing to change"))
        return
    before = path.read_text("utf-8")
    after = rewritten(before, rules)
    for line in unified_diff(before.splitlines(), after.splitlines(), str(path), str(path), lineterm=""):
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[0], "")
        console.print(f"[{colour}]{escape(line)}[/]" if colour else escape(line))
    if unseen:
        names = ", ".join(event["channel"] for event in unseen)
        console.print(
            say(
                f"不写入:没看到 {names} 的页面,不知道新规则会不会害它;等读得到了再来,或先停用它",
                f"not to be written: the page of {names} was not seen, which the new rule may harm; "
                "try again when it can be read, or disable it first",
            )
        )
        raise typer.Exit(FAILED)
    if apply:
        _write(settings, path, site.id, after)
    else:
        console.print(say("加 --apply 写入", "add --apply to write it"))


def _unsifted(site: Site) -> str:
    """What `vocational = true` does: nearly everything is kept."""
    where = say("整个网站", "the whole site")
    if not site.vocational:
        where = ", ".join(channel.id for channel in site.channels if channel.vocational)
    return say(
        f"vocational = true({where}):这里几乎所有文章都会收录;只有确实只讲职业教育的网站或栏目才这样写",
        f"vocational = true ({where}): nearly every article is kept; write it only of what is about nothing else",
    )


def _try_out(console: Console, path: Path, key: str | None, settings: Settings) -> None:
    with drawn(console, articles=True) as draw:
        events = try_out(path, key, settings.identified(), draw)
    for event in events:
        console.print(channel_line(event))
    for line in advice_lines(events):
        console.print(line)
    if any(event["failed"] or not event["seen"] for event in events):
        raise typer.Exit(FAILED)


def _write(settings: Settings, path: Path, site_id: str, text: str) -> None:
    """The changed file in the operator's own folder; the one that comes with the program stays as it is."""
    own = settings.sources or settings.home / "sources"
    target = path if path.is_relative_to(own) else own / path.name
    site = read(text.encode(), site_id, str(target))
    draft = target.with_suffix(".draft")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        draft.replace(target)
    except OSError as error:
        raise CatalogueError(say(f"写不了 {target}:{error}", f"cannot write {target}: {error}")) from None
    with opened(settings) as database:
        synchronise(database, catalogue_of(settings))
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[green]✓[/] {escape(str(target))}")
    console.print(escape(_channels_in_words(site)))
    if target != path:
        console.print(
            say(
                "这份文件从此代替程序自带的那份,程序升级时不会跟着变;删掉它就恢复原样。",
                "This file now stands in for the bundled one and will not change with upgrades; delete it to go back.",
            )
        )


def _channels_in_words(site: Site) -> str:
    """Which are visited, or why none is."""
    if on := visited(site):
        return say("会查看 ", "visited: ") + ", ".join(channel.id for channel in on)
    why = "; ".join(f"{channel.id}: {channel.disabled_reason or site.disabled_reason}" for channel in site.channels)
    return say(f"没有会查看的栏目({why})", f"no channel is visited ({why})")


def _found(settings: Settings, name: str) -> tuple[Site, str | None, Path]:
    """Site, channel's key if one is named, and file."""
    catalogue = catalogue_of(settings)
    site_id, _, key = name.partition("/")
    site = _site(catalogue, site_id)
    if key and not catalogue.find(name):
        keys = ", ".join(channel.id for channel in site.channels)
        raise CatalogueError(say(f"没有栏目 {name};有 {keys}", f"no channel {name}; there are {keys}"))
    return site, key or None, catalogue.files[site_id]


def _site(catalogue: Catalogue, site_id: str) -> Site:
    if site := catalogue.sites.get(site_id):
        return site
    near = get_close_matches(site_id, catalogue.sites, n=1)
    meant = say(f",是否想写 {near[0]}?", f" (did you mean {near[0]}?)") if near else ""
    raise CatalogueError(say(f"目录里没有 {site_id}{meant}", f"no {site_id} in the catalogue{meant}"))


def _region(catalogue: Catalogue, name: str) -> str:
    """The name or adcode, if the catalogue has a site there."""
    if chosen(catalogue, None, name, None):
        return name
    names = {name for site in catalogue.sites.values() if site.region for name in (province_of(site), site.region.name)}
    near = get_close_matches(name, names | {stem(one) for one in names}, n=1, cutoff=0.4)
    meant = say(f",是否想写 {near[0]}?", f" (did you mean {near[0]}?)") if near else ""
    raise CatalogueError(say(f"目录里没有 {name} 的网站{meant}", f"no site of {name} in the catalogue{meant}"))


def _facts(site: Site, path: Path) -> list[tuple[str, str]]:
    return [
        (say("首页", "home"), site.home or ""),
        (say("文件", "file"), str(path)),
        (say("类别", "kind"), f"{site.kind}, {site.level}"),
        (say("地区", "region"), f"{site.region.name} ({site.region.adcode})" if site.region else ""),
        (say("页面家族", "family"), site.family or ""),
        (say("刊出", "publishing"), site.publishing),
        (say("停用", "disabled"), "" if site.enabled else site.disabled_reason or ""),
        (
            say("依据", "evidence"),
            f"{site.trust}/5: " + ", ".join(f"{evidence.ref} {evidence.date}" for evidence in site.evidence),
        ),
    ]


def _show_channel(
    console: Console, site: Site, channel: Channel, record: ChannelRecord | None, last: list[VisitRecord]
) -> None:
    console.print(f"[bold]{channel.id}[/]  {escape(channel.name)}  {channel.kind}  {escape(channel.url)}")
    if not (site.enabled and channel.enabled):
        console.print(
            f"  [dim]{say('停用', 'disabled')}: {escape(channel.disabled_reason or site.disabled_reason or '')}[/]"
        )
    elif record is None or record.next_due is None:
        console.print("  " + say("还没有查看过,一有 tick 就看", "never visited: due at once"))
    else:
        failing = say(f",连续失败 {record.failures} 次", f", failed {record.failures} in a row")
        console.print(f"  {say('下次', 'due')} {_minute(record.next_due)}{failing if record.failures else ''}")
    for visit in last:
        what = escape(visit.reason or say(f"见 {visit.seen},新 {visit.new}", f"seen {visit.seen}, new {visit.new}"))
        console.print(f"  {_minute(visit.finished_at)}  {visit.status or '–'}  {escape(visit.rule or '–')}  {what}")


def _minute(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _counts(sites: list[Site]) -> str:
    every = sum(len(site.channels) for site in sites)
    on = [visited(site) for site in sites]
    busy, due = sum(1 for channels in on if channels), sum(map(len, on))
    return say(
        f"{len(sites)} 个网站(会查看 {busy} 个),{every} 个栏目(会查看 {due} 个)",
        f"{len(sites)} sites ({busy} visited), {every} channels ({due} visited)",
    )
