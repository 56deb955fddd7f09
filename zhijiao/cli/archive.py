"""`zhijiao archive [prune | export]`: the raw pages that were kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.settings import Settings, load
from storage import archived, sites
from storage.errors import ZhijiaoError
from storage.language import say
from zhijiao.report import forgotten
from zhijiao.tick import opened
from zhijiao.upkeep import prune as bring_within_limits

CHINA = ZoneInfo("Asia/Shanghai")

app = typer.Typer(invoke_without_command=True)


@app.callback()
def status(context: typer.Context) -> None:
    """How much there is, and how long it stays."""
    if context.invoked_subcommand:
        return
    settings, console = load(), _console()
    kept = archived.files(settings.archive)
    if not kept:
        console.print(say(f"{settings.archive} 里没有网页", f"no pages in {settings.archive}"))
        return
    table = Table(say("月份", "month"), say("文件", "files"), "MB", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for month, (count, size) in archived.by_month(kept).items():
        table.add_row(month, f"{count:,}", f"{size / 1e6:,.1f}")
    console.print(table)
    megabytes = sum(file.size for file in kept) / 1e6
    console.print(
        say(
            f"{settings.archive}:{len(kept):,} 个文件,{megabytes:,.1f} MB,最早 {kept[0].day}。{_limits(settings)}",
            f"{settings.archive}: {len(kept):,} files, {megabytes:,.1f} MB, oldest {kept[0].day}. {_limits(settings)}",
        )
    )


@app.command(help=say("删掉超过期限或超过大小的旧网页", "remove pages that are older or more than the limits say"))
def prune() -> None:
    """Remove pages beyond the limits."""
    settings, console = load(), _console()
    with opened(settings) as database:
        gone = bring_within_limits(database, settings, datetime.now(UTC))
    console.print(forgotten(gone) if gone.files else say("没有要删的。", "nothing to remove. ") + _limits(settings))


@app.command(help=say("把网页另存为一个 WARC 文件,供别的程序读", "copy pages into one WARC file, for other programs"))
def export(
    file: Annotated[Path, typer.Argument(metavar=say("文件", "FILE"), help="pages.warc.gz")],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=say("不要这一天之前读的", "no pages read before this day")),
    ] = None,
    site: Annotated[str | None, typer.Option(help=say("只要这个网站的主机", "of this site's hosts only"))] = None,
) -> None:
    """Copy pages into one WARC file."""
    settings, console = load(), _console()
    hosts = _hosts(settings, site) if site else None
    begin = since.replace(tzinfo=CHINA) if since else None
    told = archived.export(settings.archive, file.absolute(), since=begin, hosts=hosts, now=datetime.now(UTC))
    console.print(say(f"{escape(str(file))}:{told.pages:,} 个网页", f"{escape(str(file))}: {told.pages:,} pages"))
    for name in told.torn:
        why = say("文件的末尾读不了", "the end of this file cannot be read")
        console.print(f"[yellow]![/] {escape(name)}: {why}")


def _hosts(settings: Settings, site: str) -> set[str]:
    with opened(settings) as database, database.read() as db:
        if sites.get(db, site) is None:
            raise ZhijiaoError(say(f"没有网站 {site}", f"there is no site {site}"))
        return archived.hosts(db, site)


def _limits(settings: Settings) -> str:
    days, most = settings.archive_days, settings.archive_gigabytes
    age = say(f"留 {days} 天", f"kept for {days} days") if days else say("不限时间", "kept for ever")
    size = say(f"最多 {most:g} GB", f"{most:g} GB at most") if most else say("不限大小", "of any size")
    return say(f"设置:{age},{size}。", f"Settings: {age}, {size}.")


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False)
