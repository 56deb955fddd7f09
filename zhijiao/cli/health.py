"""`zhijiao health`: what is wrong with the channels, since when, what shows it, what to do; status 1 if anything."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from pipeline.health.history import NOTES
from pipeline.health.wording import CURES, NAMES, evidence
from pipeline.mistakes import meant
from pipeline.settings import load
from storage import channels, incidents, sites, visits, workers
from storage.database import Database
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import ChannelRecord, IncidentRecord, SiteRecord
from zhijiao.cli.articles import CHINA
from zhijiao.tick import opened

TROUBLE = 1  # exit status
LONG_AGO = timedelta(hours=2)  # without a visit although channels are due

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar=say("[网站|栏目]…", "[SITE|CHANNEL]…"), help=say("只看这些", "these alone")),
]
Days = Annotated[
    int,
    typer.Option("--ended", metavar="N", min=0, help=say("也列出最近 N 天结束的", "also those that ended in N days")),
]
Json = Annotated[bool, typer.Option("--json", help=say("输出 JSON,供程序读取", "as JSON, for programs"))]


@dataclass(frozen=True)
class State:
    """What is to be told."""

    now: datetime
    last_visit: datetime | None
    waiting: int  # channels that are due
    incidents: tuple[IncidentRecord, ...]  # open first, then ended
    channels: dict[str, ChannelRecord]
    sites: dict[str, SiteRecord]
    silent: tuple[str, ...] = ()  # workers that tell nothing any more

    @property
    def stands_still(self) -> bool:
        return bool(self.waiting) and (self.last_visit is None or self.now - self.last_visit > LONG_AGO)

    @property
    def open(self) -> list[IncidentRecord]:
        return [one for one in self.incidents if one.ended_at is None]

    @property
    def trouble(self) -> bool:
        return self.stands_still or bool(self.silent) or any(one.kind not in NOTES for one in self.open)


def health(names: Names = None, ended: Days = 0, as_json: Json = False) -> None:
    """Tell what is wrong. Status 1 where an incident is open (notes aside), or where nothing is visited any more."""
    with opened(load()) as database:
        state = state_of(database, names or [], ended, datetime.now(UTC))
    if as_json:
        json.dump(as_values(state), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        show(state, Console(highlight=False))
    if state.trouble:
        raise typer.Exit(TROUBLE)


def state_of(database: Database, names: Sequence[str], ended: int, now: datetime) -> State:
    """Of all channels, or of those with these ids or of these sites. ZhijiaoError where one is unknown."""
    with database.read() as db:
        known = {site.id: site for site in sites.listing(db)}
        for name in names:
            ids = [*known, *(channel.id for channel in channels.of_site(db, name.partition("/")[0]))]
            if name not in ids:
                hint = meant(name, ids)
                raise ZhijiaoError(say(f"没有网站或栏目 {name}{hint}", f"no site or channel {name}{hint}"))
        found = incidents.listing(db, ended_since=now - timedelta(days=ended) if ended else None)
        found = [one for one in found if not names or {one.channel_id, one.channel_id.partition("/")[0]} & set(names)]
        last, (waiting, _) = visits.newest(db), channels.backlog(db, now)
        its = {channel.id: channel for channel in channels.named(db, {one.channel_id for one in found})}
        silent = tuple(one.name for one in workers.listing(db) if now - one.seen_at > workers.SILENT)
    return State(now, last.finished_at if last else None, waiting, tuple(found), its, known, silent)


def as_values(state: State) -> dict[str, Any]:
    return {
        "checked_at": state.now.isoformat(),
        "trouble": state.trouble,
        "stands_still": state.stands_still,
        "last_visit": state.last_visit.isoformat() if state.last_visit else None,
        "channels_due": state.waiting,
        "silent_workers": list(state.silent),
        "incidents": [_values(one, state) for one in state.incidents],
    }


def _values(one: IncidentRecord, state: State) -> dict[str, Any]:
    channel = state.channels.get(one.channel_id)
    return {
        "channel": one.channel_id,
        "name": channel.name if channel else None,
        "url": channel.url if channel else None,
        "kind": one.kind,
        "note": one.kind in NOTES,
        "what": say(*NAMES[one.kind]),
        "since": one.since.isoformat(),
        "noticed_at": one.noticed_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "end": one.end,
        "again": one.again,
        "evidence": say(*evidence(one.kind, one.figures)),
        "figures": dict(one.figures),
        "to_do": say(*CURES[one.kind]),
    }


def show(state: State, console: Console) -> None:
    if state.stands_still:
        last = _minute(state.last_visit) if state.last_visit else say("从来没有", "never")
        console.print(
            say(
                f"[red]✗ 没有在运行[/]:{state.waiting} 个栏目到期,最近一次查看 {last}。zhijiao up,或让 cron 调用 tick",
                f"[red]✗ it does not run[/]: {state.waiting} due, last visit {last}. `zhijiao up`, or tick by cron",
            )
        )
    for name in state.silent:
        console.print(
            say(
                f"[red]✗ worker 没有动静[/]:{escape(name)}。zhijiao worker list 看详情",
                f"[red]✗ a silent worker[/]: {escape(name)}. See `zhijiao worker list`",
            )
        )
    for kind in NAMES:
        if of_kind := [one for one in state.open if one.kind == kind]:
            _show_kind(kind, of_kind, state, console)
    if not state.open and not state.stands_still and not state.silent:
        if state.last_visit:
            console.print(say("[green]✓[/] 没有发现问题。", "[green]✓[/] nothing is wrong."))
        else:
            console.print(
                say("还没有查看过任何栏目:先运行 zhijiao tick", "nothing has been visited yet: `zhijiao tick`")
            )
    if over := [one for one in state.incidents if one.ended_at]:
        console.print(say("\n[bold]已结束[/]", "\n[bold]ended[/]"))
        for one in over:
            _show_line(
                f"{_minute(one.since)} – {_minute(one.ended_at or state.now)}",
                one,
                state,
                console,
                say(*NAMES[one.kind]),
            )


def _show_kind(kind: str, of_kind: Sequence[IncidentRecord], state: State, console: Console) -> None:
    mark = "[yellow]![/]" if kind in NOTES else "[red]✗[/]"
    console.print(f"{mark} [bold]{say(*NAMES[kind])}[/] {len(of_kind)}")
    for one in of_kind:
        _show_line(say(f"{_minute(one.since)} 起", f"since {_minute(one.since)}"), one, state, console, "")
    console.print(Padding(f"[yellow]→[/] {escape(say(*CURES[kind]))}", (0, 0, 0, 2), expand=False))


def _show_line(when: str, one: IncidentRecord, state: State, console: Console, what: str) -> None:
    channel, site = state.channels.get(one.channel_id), state.sites.get(one.channel_id.partition("/")[0])
    name = " · ".join(part.name for part in (site, channel) if part)
    console.print(Padding(f"{what} {one.channel_id}  [dim]{escape(name)}[/]".strip(), (0, 0, 0, 2), expand=False))
    console.print(
        Padding(f"[dim]{when}[/]  {escape(say(*evidence(one.kind, one.figures)))}", (0, 0, 0, 4), expand=False)
    )


def _minute(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%m-%d %H:%M")
