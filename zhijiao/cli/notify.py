"""`zhijiao notify list | test | send | retry`: who is told of new stories, and whether it reaches them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.mistakes import meant
from pipeline.settings import load
from publish.notify.courier import service_at
from publish.notify.message import Message
from publish.notify.send import send_pending
from publish.notify.targets import FILE, Target
from publish.notify.targets import load as load_targets
from storage import deliveries
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import DeliveryState, TargetRecord
from zhijiao.cli.articles import CHINA
from zhijiao.report import notice_lines
from zhijiao.tick import opened

FAILED = 1  # exit status: a message was not taken

app = typer.Typer(no_args_is_help=True)
Name = Annotated[
    str, typer.Argument(metavar=say("目标", "TARGET"), help=say("notify.toml 里的名字", "as in notify.toml"))
]
OTHERS: tuple[tuple[DeliveryState, str, str], ...] = (
    ("failed", "放弃 {}", "{} given up"),
    ("unknown", "{} 条是否送到不明", "{} perhaps not delivered"),
)


@app.command(name="list", help=say("列出通知目标和它们的状况", "list the targets and how they are doing"))
def list_() -> None:
    """List the targets: when each last took a message, what waits, since when and why it fails."""
    settings, console = load(), Console(soft_wrap=True, highlight=False)
    targets = load_targets(settings.home)
    if not targets:
        path = escape(str(settings.home / FILE))
        console.print(say(f"没有通知目标;在 {path} 里写,见 docs/notify.md", f"no target in {path}: see docs/notify.md"))
        return
    with opened(settings) as database, database.read() as db:
        for target in targets:
            place = escape(service_at(target, settings).place)
            console.print(f"[bold]{escape(target.name)}[/]  {place} · {_how(target)}")
            console.print(
                "  " + " · ".join(_state(deliveries.target(db, target.name), deliveries.counts(db, target.name)))
            )


@app.command(help=say("给一个目标发一条测试消息", "send a test message to a target"))
def test(name: Name) -> None:
    """Send a test message now, whatever the hour. Status 1 where it is not taken."""
    settings = load()
    target = _known(name, load_targets(settings.home))
    title = say(f"{settings.feed_title}:测试", f"{settings.feed_title}: a test")
    text = say("收到这条消息,说明通知设置好了。", "If you read this, notifications are set up.")
    service = service_at(target, settings)
    reason = service.send(
        Message(title, f"<p>{text}</p>" if target.terms.is_digest else text, html=target.terms.is_digest)
    )
    if reason:
        Console(soft_wrap=True).print(say("[red]✗[/] 没有送到:", "[red]✗[/] not taken: ") + escape(reason))
        raise typer.Exit(FAILED)
    Console(soft_wrap=True).print(say("[green]✓[/] 已送到 ", "[green]✓[/] taken by ") + escape(service.place))


@app.command(help=say("现在就发送等待的消息(tick 也会发)", "send what waits, as every tick does"))
def send() -> None:
    """Send what waits. Status 1 where a message was not taken."""
    settings = load()
    with opened(settings) as database:
        reports = send_pending(database, settings)
    lines = list(notice_lines(reports))
    for line in lines or [say("没有要发送的。", "nothing to send.")]:
        Console(soft_wrap=True, highlight=False).print(line)
    if any(report.reason for report in reports):
        raise typer.Exit(FAILED)


@app.command(
    help=say("让放弃了的消息重新排队,目标不再等待", "let what was given up be tried again, and the target at once")
)
def retry(
    name: Name,
    unknown: Annotated[
        bool,
        typer.Option(
            "--unknown", help=say("是否送到不明的也再发;可能重复", "also what may have arrived: it may come twice")
        ),
    ] = False,
) -> None:
    """Try again what was given up; the next tick or `notify send` sends it."""
    settings = load()
    target = _known(name, load_targets(settings.home))
    states: list[DeliveryState] = ["failed", "unknown"] if unknown else ["failed"]
    with opened(settings) as database, database.begin() as db:
        deliveries.again(db, target.name, states)
        waiting = deliveries.counts(db, target.name).get("waiting", 0)
    Console().print(say(f"{waiting} 条等待发送", f"{waiting} waiting to be sent"))


def _known(name: str, targets: list[Target]) -> Target:
    found = next((target for target in targets if target.name == name), None)
    if found is None:
        near = meant(name, [target.name for target in targets])
        raise ZhijiaoError(say(f"{FILE} 里没有目标 {name}{near}", f"no target {name} in {FILE}{near}"))
    return found


def _how(target: Target) -> str:
    terms = target.terms
    how = {
        "at-once": say("逐条", "at once"),
        "bundled": say(f"合并,每条至多 {terms.most} 篇", f"bundled, up to {terms.most}"),
        "daily": say(f"日报 {terms.at:%H:%M}", f"daily at {terms.at:%H:%M}"),
        "weekly": say(
            f"周报 周{'一二三四五六日'[terms.weekday]} {terms.at:%H:%M}", f"weekly, {terms.day} {terms.at:%H:%M}"
        ),
    }[terms.send]
    hours = f"{terms.quiet.begins:%H:%M}-{terms.quiet.ends:%H:%M}" if terms.quiet else ""
    return how + (say(f",{hours} 不发", f", not {hours}") if hours else "")


def _state(known: TargetRecord | None, counts: dict[DeliveryState, int]) -> Iterator[str]:
    yield say("上次送到 ", "last sent ") + (_minute(known.sent_at) if known and known.sent_at else "–")
    yield say("等待 ", "waiting ") + str(counts.get("waiting", 0))
    if known and known.failing_since:
        since, reason = _minute(known.failing_since), escape(known.reason or "")
        yield say(f"[red]{since} 起没有送到[/]:{reason}", f"[red]failing since {since}[/]: {reason}")
        yield say("下次再试 ", "tried again ") + (
            _minute(known.next_try) if known.next_try else say("随时", "any time")
        )
    for state, zh, en in OTHERS:
        if counts.get(state):
            yield f"[yellow]{say(zh, en).format(counts[state])}[/]"


def _minute(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%m-%d %H:%M")
