"""`zhijiao worker`, and `worker list | retry`: crawl on any number of machines, and see how they are doing."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.settings import Settings, load
from storage import workers
from storage.language import say
from storage.records import WorkerRecord
from zhijiao.tick import jobs_of, opened

FAILED = 1  # exit status of `list`: a worker is silent, or a channel is a dead letter

app = typer.Typer(invoke_without_command=True)


@app.callback()
def worker(
    context: typer.Context,
    network: Annotated[
        list[str] | None,
        typer.Option(
            metavar=say("网络", "NAME"),
            help=say(
                "只查看 TOML 里写着这个 network 的网站,可写多次;不写:没有写 network 的网站",
                "visit the sites whose TOML names this network, may be repeated; without: those that name none",
            ),
        ),
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, max=64, help=say("同时查看几个栏目", "channels visited at the same time"))
    ] = 64,
    memory: Annotated[
        int,
        typer.Option(
            min=200, metavar="MB", help=say("抓取进程超过它就换新的", "a crawl process that takes more is replaced")
        ),
    ] = 1500,
) -> None:
    """Visit what `up --workers` or `tick --enqueue` hands out, until SIGTERM."""
    if context.invoked_subcommand:
        return
    settings = load().identified()
    jobs_of(settings)
    from zhijiao.workers import work

    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    names = ", ".join(network or [say("未写 network 的网站", "sites that name no network")])
    Console(soft_wrap=True, highlight=False).print(
        say(f"worker 已启动:{escape(names)}  (Ctrl-C 结束)", f"worker started: {escape(names)}  (Ctrl-C ends it)")
    )
    work(settings, network or [], concurrency, memory * 1_000_000)


@app.command(name="list", help=say("有哪些 worker,多少栏目在等", "which workers there are, and how much waits"))
def list_() -> None:
    """List queues, workers and dead letters. Status FAILED where a worker is silent or a channel is a dead letter."""
    settings, console, now = load(), Console(soft_wrap=True, highlight=False), datetime.now(UTC)
    jobs = jobs_of(settings)
    jobs.prepare(settings.database_url)
    queues, letters = asyncio.run(_asked(settings, jobs))
    with opened(settings) as database, database.read() as db:
        known = workers.listing(db)
    console.print(_queues(queues))
    console.print(_workers(known, now) if known else say("没有 worker 在工作。", "no worker is at work."))
    for letter in letters:
        console.print(
            f"[red]✗[/] {escape(letter.channel)}  "
            + say(
                f"抓取进程死了 {letter.attempts} 次,不再尝试;zhijiao worker retry 再试",
                f"its crawl process died {letter.attempts} times, given up; `zhijiao worker retry` tries again",
            )
        )
    if letters or any(now - one.seen_at > workers.SILENT for one in known):
        raise typer.Exit(FAILED)


@app.command(help=say("放弃了的栏目再试一次", "try channels again that were given up"))
def retry(
    channels: Annotated[
        list[str] | None,
        typer.Argument(metavar=say("[栏目]", "[CHANNEL]"), help=say("不写:全部", "without: all of them")),
    ] = None,
) -> None:
    """Forget dead letters; the next tick hands their channels out again."""
    settings = load()
    jobs = jobs_of(settings)
    jobs.prepare(settings.database_url)

    async def revived() -> int:
        async with jobs.opened(settings.database_url) as engine:
            number: int = await jobs.revive(engine, channels or [])
            return number

    number = asyncio.run(revived())
    Console(soft_wrap=True).print(say(f"{number} 个栏目会再试", f"{number} channels will be tried again"))


async def _asked(settings: Settings, jobs: ModuleType) -> tuple[Any, Any]:
    async with jobs.opened(settings.database_url) as engine:
        return await jobs.queues(engine), await jobs.letters(engine)


def _queues(queues: Sequence[Any]) -> Table:
    table = Table(say("网络", "network"), say("等待", "waiting"), say("进行中", "doing"), say("放弃", "dead"), box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for queue in queues:
        table.add_row(escape(queue.network), *(f"{n:,}" for n in (queue.waiting, queue.doing, queue.dead)))
    return table


def _workers(known: Sequence[WorkerRecord], now: datetime) -> Table:
    heads = (
        "worker",
        say("网络", "network"),
        say("启动", "up"),
        say("查看", "visits"),
        say("进行中", "doing"),
        say("内存", "memory"),
        say("更换", "replaced"),
        say("最近", "seen"),
    )
    table = Table(*heads, box=None)
    for column in table.columns[2:]:
        column.justify = "right"
    for one in known:
        silent = now - one.seen_at
        seen = say(f"{_span(silent)}前", f"{_span(silent)} ago")
        table.add_row(
            escape(one.name),
            escape(",".join(one.networks)),
            _span(now - one.started_at),
            f"{one.visits:,}",
            str(one.doing),
            f"{one.memory / 1e6:.0f} MB",
            str(one.replaced),
            f"[red]{seen}[/]" if silent > workers.SILENT else seen,
        )
    return table


def _span(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
