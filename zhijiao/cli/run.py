"""`zhijiao tick | up | crawl`: what sets the product going."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from crawlers.catalogue import Catalogue
from crawlers.events import Job
from pipeline.mistakes import meant
from pipeline.settings import Settings, load
from pipeline.watching import watch
from storage import channels
from storage.database import Database
from storage.errors import CatalogueError, PublishError
from storage.language import say
from storage.records import ChannelRecord
from zhijiao import tick as ticks
from zhijiao.crawl import crawl as run_crawl
from zhijiao.report import advice_lines, channel_line, feed_lines, incident_lines, live, notice_lines, upkeep_lines

FAILED = 1  # exit status: it ran, but read nothing (tick), not all that was asked for (crawl), or refused a feed (tick)


def tick(
    enqueue: Annotated[
        bool,
        typer.Option("--enqueue", help=say("自己不抓取,把到期的栏目交给 worker", "leave the crawling to workers")),
    ] = False,
) -> None:
    """Crawl what is due, publish, leave; status 0 also while another tick is at work.

    FAILED if all channels failed, a feed was refused, or notify.toml must be mended.
    """
    console = _console()
    with live(console) as draw:
        result = ticks.tick(load().identified(), draw, enqueue=enqueue)
    if not result.ran:
        console.print(say("另一个 tick 正在运行,这次不做什么。", "another tick is running; nothing to do."))
    elif result.deferred is not None:
        console.print(_deferred(result.deferred))
    elif not result.channels:
        console.print(say("没有到期的栏目。", "no channel is due."))
    _print(console, result)
    if result.all_failed or result.refused or result.untold:
        raise typer.Exit(FAILED)


def up(
    workers: Annotated[
        bool,
        typer.Option(
            "--workers",
            help=say("自己不抓取,交给各台机器上的 zhijiao worker", "leave the crawling to `zhijiao worker`"),
        ),
    ] = False,
) -> None:
    """Tick on a schedule and serve feeds and page."""
    from zhijiao.scheduler import up as run

    settings, console = load().identified(), _console()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if workers:
        ticks.jobs_of(settings)  # says what is missing before anything is promised
    console.print(
        say(
            f"阅读和订阅:{escape(settings.base_url)}  (Ctrl-C 结束)",
            f"read and subscribe: {escape(settings.base_url)}  (Ctrl-C ends it)",
        )
    )
    with suppress(KeyboardInterrupt):
        run(
            settings,
            lambda result: _print(console, result, f"{datetime.now(UTC).astimezone():%m-%d %H:%M} "),
            workers=workers,
        )
    console.print(say("已停止。", "stopped."))


def _deferred(number: int) -> str:
    if not number:
        return say("没有新到期的栏目。", "no further channel is due.")
    return say(f"{number} 个栏目交给了 worker。", f"{number} channels handed to workers.")


def _print(console: Console, result: ticks.TickResult, when: str = "") -> None:
    if when and result.deferred:
        console.print(when + _deferred(result.deferred))
    for event in result.channels:
        console.print(when + channel_line(event))
    for line in feed_lines(result.written):
        console.print(when + line)
    for line in incident_lines(result.watched):
        console.print(when + line)
    for line in notice_lines(result.told):
        console.print(when + line)
    for line in upkeep_lines(result.upkeep):
        console.print(when + line)
    for mistake in filter(None, (result.refused, result.untold)):
        console.print(f"{when}[red]✗[/] {escape(mistake)}")
    if result.all_failed:
        for line in advice_lines(result.channels):
            console.print(when + line)


def crawl(
    sites: Annotated[
        list[str],
        typer.Argument(
            metavar=say("网站[/栏目]", "SITE[/CHANNEL]"),
            help=say("网站编号(如 moe)或栏目编号(如 moe/tongzhi)", "site ids (moe) or channel ids (moe/tongzhi)"),
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("只读只判断,什么也不存", "read and judge, store nothing"))
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help=say("已读过的链接也重读;有改动记为修订", "read known links anew; an edit is a revision")
        ),
    ] = False,
    backfill: Annotated[int, typer.Option(min=0, metavar="N", help=say("往回翻 N 页列表", "go N list pages deep"))] = 0,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=say("不要这一天之前的", "nothing listed before this day")),
    ] = None,
) -> None:
    """Crawl the given sites now. Status FAILED when something could not be read, or a feed was refused."""
    console, settings = _console(), load().identified()
    with ticks.opened(settings) as database:
        catalogue = ticks.catalogue_of(settings)
        ticks.synchronise(database, catalogue)
        with database.read() as db:
            wanted = [
                channel
                for name in sites
                for channel in _channels(channels.of_site(db, name.partition("/")[0]), name, catalogue)
            ]
        day = since.date() if since else None
        with live(console, articles=True) as draw:
            events = run_crawl([Job(channel.id, again, backfill, day, dry_run) for channel in wanted], settings, draw)
        if not dry_run:
            watch(database, [channel.id for channel in wanted], datetime.now(UTC))
        refused = None if dry_run else _refused(database, settings)
    for event in events:
        console.print(channel_line(event))
    for line in advice_lines(events):
        console.print(line)
    if refused:
        console.print(f"[red]✗[/] {escape(refused)}")
    if refused or any(event["failed"] for event in events):
        raise typer.Exit(FAILED)


def _refused(database: Database, settings: Settings) -> str | None:
    """Publish; which feeds were refused, if any: what was read is told nevertheless."""
    try:
        ticks.publish(database, settings)
    except PublishError as error:
        return str(error)
    return None


def _channels(found: list[ChannelRecord], name: str, catalogue: Catalogue) -> list[ChannelRecord]:
    """The channels that `name` asks for: a whole site's enabled ones, or exactly the one named."""
    named = [channel for channel in found if channel.id == name] if "/" in name else found
    if not named:
        near = meant(name, [channel.id for channel in found] if found else catalogue.sites)
        raise CatalogueError(
            say(
                f"目录里没有 {name}{near};zhijiao sources list --all 列出全部网站",
                f"no {name} in the catalogue{near}; see `zhijiao sources list --all`",
            )
        )
    enabled = [channel for channel in named if channel.enabled]
    if not enabled:
        reasons = ";".join(dict.fromkeys(f"{channel.id}: {channel.disabled_reason}" for channel in named))
        raise CatalogueError(say(f"{name} 已停用({reasons})", f"{name} is disabled ({reasons})"))
    return enabled


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False)
