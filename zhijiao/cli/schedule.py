"""`zhijiao schedule [CHANNEL …] [--explain]`: when each channel is looked at next, and why."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawlers.timetable import Market, chosen, market
from pipeline.freshness.days import HOLIDAY, MADE_UP, around, in_vacation, kind, moment, time
from pipeline.freshness.plan import items_until
from pipeline.freshness.rhythm import VACATION, Belief, Rhythm, expect, rate_between
from pipeline.mistakes import meant
from pipeline.settings import Settings, load
from storage import channels
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import ChannelRecord
from zhijiao.tick import opened

CHINA = ZoneInfo("Asia/Shanghai")
NAMES = (
    ("星期一", "a Monday"),
    ("星期二", "a Tuesday"),
    ("星期三", "a Wednesday"),
    ("星期四", "a Thursday"),
    ("星期五", "a Friday"),
    ("星期六", "a Saturday"),
    ("星期日", "a Sunday"),
    ("法定节假日", "a public holiday"),
)

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar=say("[栏目]…", "[CHANNEL]…"), help=say("栏目或网站的编号", "ids of channels or sites")),
]
Explain = Annotated[bool, typer.Option("--explain", help=say("说明每个时间的理由", "say why"))]


def schedule(names: Names = None, explain: Explain = False) -> None:
    """Show when channels are due; nothing is changed."""
    settings, console = load(), Console()
    with opened(settings) as database, database.read() as db:
        polled = channels.polled(db)
    shown = _named(polled, names) if names else polled
    shown = sorted(shown, key=lambda channel: channel.next_due or datetime.min.replace(tzinfo=UTC))
    prices = market(polled, settings)
    if explain:
        for channel in shown:
            for line in explained(channel, prices, settings, datetime.now(UTC)):
                console.print(line, soft_wrap=True)
        return
    table = Table(box=None, pad_edge=False)
    for heading in (say("下次", "due"), say("每周约", "a week"), say("栏目", "channel"), say("名称", "name")):
        table.add_column(heading)
    for channel in shown:
        week = f"{_rhythm(channel, prices)[1].rate[0] * 7:.1f}" if channel.rhythm else "?"
        table.add_row(_when(channel.next_due), week, channel.id, escape(channel.name))
    console.print(table)


def explained(channel: ChannelRecord, prices: Market, settings: Settings, now: datetime) -> Iterator[str]:
    """The reasons, a line each."""
    yield f"[bold]{channel.id}[/bold] {escape(channel.name)}: {_when(channel.next_due)}"
    if settings.poll_seconds:
        yield say(
            f"  poll_seconds 定了固定间隔 {settings.poll_seconds} 秒",
            f"  fixed pause: poll_seconds = {settings.poll_seconds}",
        )
        return
    if channel.failures:
        yield say(
            f"  连续 {channel.failures} 次失败:每失败一次,间隔加倍",
            f"  {channel.failures} failures in a row: each doubles the pause",
        )
        return
    if not channel.rhythm or channel.next_due is None:
        yield say("  还没有看过:按所有栏目的平均节奏", "  not visited yet: taken for an average channel")
        return
    rhythm, belief = _rhythm(channel, prices)
    yield from _learnt(rhythm, belief, prices)
    yield from _today(belief, now)
    visited, due = float(rhythm.until[0]), moment(channel.next_due)
    items = items_until(belief, visited, min(due, visited + 7), around(visited))[0]
    cost = prices.price(channel) * 1440
    yield say(
        f"  到那时预计有 {items:.2f} 篇新文章;看一次的价格相当于一篇文章等 {cost:.2g} 分钟",
        f"  by then {items:.2f} new articles are expected; a visit costs as much as one that waits {cost:.2g} minutes",
    )
    yield from _bounds(channel, (due - visited) * 86_400)
    today = moment(chosen(channel, rhythm, time(visited), prices))
    if abs(today - due) > 0.1 * (due - visited) + 1 / 1440:
        yield say("  (时间是当时定的,今天的价格会给出另一个)", "  (chosen then; at today's price it would be another)")


def _learnt(rhythm: Rhythm, belief: Belief, prices: Market) -> Iterator[str]:
    low, high = (7 * float(bound[0]) for bound in rate_between(rhythm, prices.common))
    week = 7 * belief.rate[0]
    yield say(
        f"  每周约 {week:.1f} 篇(九成把握在 {low:.1f} 到 {high:.1f} 之间)",
        f"  about {week:.1f} articles a week (nine times in ten between {low:.1f} and {high:.1f})",
    )
    busiest = sorted(int(hour) for hour in np.argsort(belief.hours[0])[-4:])
    share = belief.hours[0, busiest].sum() / 24
    hours = say("、", ", ").join(f"{hour}-{hour + 1}" for hour in busiest)
    yield say(f"  最常在 {hours} 点,占 {share:.0%}", f"  mostly at {hours} o'clock: {share:.0%} of them")


def _today(belief: Belief, now: datetime) -> Iterator[str]:
    today = now.astimezone(CHINA).date()
    what = kind(today)
    factor = belief.kinds[0, what] * (belief.kinds[0, VACATION] if in_vacation(today) else 1)
    name = NAMES[what]
    if what == MADE_UP and today.weekday() > 4:
        name = ("调休上班的周末", "a weekend day that is worked")
    elif in_vacation(today) and what != HOLIDAY:
        name = (f"{name[0]}(寒暑假)", f"{name[1]}, in school vacations")
    yield say(
        f"  今天是{name[0]},发布量是平常的 {factor:.2f} 倍", f"  today is {name[1]}: {factor:.2f} times the usual"
    )


def _bounds(channel: ChannelRecord, wait: float) -> Iterator[str]:
    if wait >= 0.97 * channel.ceiling_seconds:
        yield say("  已到上限 ceiling,再安静也要看", "  at its ceiling: it is looked at however quiet it is")
    elif wait <= 1.03 * channel.floor_seconds:
        yield say("  已到下限 floor,再忙也不更勤", "  at its floor: no more often, however busy it is")


def _rhythm(channel: ChannelRecord, prices: Market) -> tuple[Rhythm, Belief]:
    rhythm = Rhythm.read([channel.rhythm]) if channel.rhythm else Rhythm.new(np.zeros(1))
    return rhythm, expect(rhythm, prices.common)


def _named(polled: list[ChannelRecord], names: list[str]) -> list[ChannelRecord]:
    """The channels with these ids, or of these sites."""
    known = {channel.id for channel in polled} | {channel.site_id for channel in polled}
    for name in names:
        if name not in known:
            hint = meant(name, sorted(known))
            raise ZhijiaoError(say(f"没有在看的栏目或网站 {name}{hint}", f"no channel or site {name} is polled{hint}"))
    return [channel for channel in polled if channel.id in names or channel.site_id in names]


def _when(due: datetime | None) -> str:
    return f"{due.astimezone():%m-%d %H:%M}" if due else say("马上", "at once")
