"""What a person sees of a crawl: a live bar while it runs, a line for each channel when it has ended."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.health.wording import NAMES, evidence
from pipeline.reasons import told
from pipeline.watching import Watched
from publish.notify.courier import Report
from storage.archived import Forgotten
from storage.language import say
from storage.records import IncidentRecord
from zhijiao.advice import cures
from zhijiao.crawl import Event, OnEvent
from zhijiao.upkeep import Upkeep

OUTCOMES = {
    "stored": ("green", "收", "kept"),
    "joined": ("cyan", "同", "same"),
    "revised": ("yellow", "改", "revised"),
    "unchanged": ("dim", "原", "unchanged"),
    "rejected": ("dim", "略", "rejected"),
    "failed": ("red", "败", "failed"),
    "dry": ("magenta", "试", "dry"),
    "removed": ("red", "撤", "taken down"),
    "returned": ("green", "复", "back"),
}


@contextmanager
def live(console: Console, *, articles: bool = False) -> Iterator[OnEvent]:
    """A callback that draws events as they come; with `articles`, a line for each article above the bar."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(say("正在查看网站…", "visiting…"), total=0)
        totals: dict[str, int] = {}

        def draw(event: Event) -> None:
            kind = event["event"]
            if kind == "visit_finished":
                totals[event["channel"]] = event["pending"]
                progress.update(bar, total=sum(totals.values()), description=escape(event["name"]))
            elif kind == "article":
                progress.advance(bar)
                if articles:
                    console.print(article_line(event))

        yield draw


def article_line(event: Event) -> str:
    colour, zh, en = OUTCOMES[event["outcome"]]
    reason = f"  [dim]{escape(told(event['reason']))}[/]" if event["reason"] else ""
    return f"  [{colour}]{say(zh, en)}[/] {escape(event['title'] or event['url'])}{reason}"


def feed_lines(written: Sequence[Path]) -> Iterator[str]:
    """The main feed's files by name; one article changes dozens of others, which are counted."""
    for path in written:
        if path.stem == "all":
            yield escape(say(f"已更新 {path}", f"updated {path}"))
    if others := sum(path.stem != "all" for path in written):
        yield say(f"另更新了 {others} 个订阅文件", f"and {others} files of other feeds")


def forgotten(pages: Forgotten) -> str:
    """What went out of the archive."""
    size = f"{pages.size / 1e6:,.1f} MB"
    return say(
        f"已删掉 {pages.files:,} 个归档文件({size}),{pages.references:,} 篇文章和访问不再指向它们",
        f"removed {pages.files:,} files of the archive ({size}), to which {pages.references:,} rows pointed",
    )


def upkeep_lines(done: Upkeep | None) -> Iterator[str]:
    """What was too old to be kept, where there was any."""
    if done and done.pages.files:
        yield forgotten(done.pages)
    if done and (done.visits or done.deliveries):
        yield say(
            f"已删掉过期的访问记录 {done.visits:,} 条、通知记录 {done.deliveries:,} 条",
            f"removed the records of {done.visits:,} old visits and {done.deliveries:,} old notifications",
        )


def channel_line(event: Event) -> str:
    """seen, new, kept … of one channel, with the reasons for what was not kept."""
    counts = [
        (say("见", "seen"), event["seen"]),
        (say("新", "new"), event["new"]),
        (say("收", "kept"), event["kept"]),
        (say("同文", "same"), event["joined"]),
        (say("修订", "revised"), event["revised"]),
    ]
    later = (("rechecked", "复查", "rechecked"), ("removed", "撤下", "taken down"), ("returned", "恢复", "back"))
    counts += [(say(zh, en), event[name]) for name, zh, en in later if event.get(name)]
    parts = [" · ".join(f"{name} {count}" for name, count in counts)] if any(count for _, count in counts) else []
    parts += _because(say("不收", "rejected"), event["rejected"], "dim")
    parts += _because(say("失败", "failed"), event["failed"], "red")
    parts += [f"[yellow]{escape(note)}[/]" for note in event["notes"]]
    return f"[bold]{escape(event['channel'])}[/]  " + (" · ".join(parts) or f"[dim]{say('没有变化', 'unchanged')}[/]")


def advice_lines(events: Iterable[Event]) -> Iterator[str]:
    """What to do about the failures of these channels."""
    for cure in cures(reason for event in events for reason in event["failed"]):
        yield f"  [yellow]→[/] {escape(cure)}"


def incident_lines(watched: Watched) -> Iterator[str]:
    """What has begun to be wrong, in figures, and what is well again; many of a kind and host are counted."""
    for mark, incidents, when in (
        ("[red]✗[/]", watched.begun, ""),
        ("[green]✓[/]", watched.ended, say("恢复:", "over: ")),
    ):
        alike: defaultdict[tuple[str, str], list[IncidentRecord]] = defaultdict(list)
        for one in incidents:
            alike[one.kind, one.host].append(one)
        for (kind, host), (first, *others) in alike.items():
            more = say(f" 等 {len(others) + 1} 个栏目({host})", f" and {len(others)} more ({host})") if others else ""
            shown = f"  {escape(say(*evidence(kind, first.figures)))}" if not when else ""
            yield f"{mark} {when}{say(*NAMES[kind])} [bold]{escape(first.channel_id)}[/]{escape(more)}{shown}"


def notice_lines(reports: Iterable[Report]) -> Iterator[str]:
    """What notification targets were told, and what did not reach them; nothing where nothing happened."""
    for report in reports:
        parts = [say(f"已发送 {report.sent} 条", f"{report.sent} sent")] if report.sent else []
        if report.reason:
            parts.append(say("[red]没有送到[/]:", "[red]not taken[/]: ") + escape(report.reason))
        if report.given_up:
            parts.append(say(f"[red]放弃 {report.given_up} 条[/]", f"[red]{report.given_up} given up[/]"))
        if report.doubtful:
            lost = say(f"{report.doubtful} 条是否送到不明", f"{report.doubtful} perhaps not delivered")
            parts.append(f"[yellow]{lost}[/](zhijiao notify retry {escape(report.target)} --unknown)")
        if parts:
            yield f"[bold]{escape(report.target)}[/]  " + " · ".join(parts)


def _because(name: str, reasons: dict[str, int], colour: str) -> list[str]:
    if not reasons:
        return []
    words = ((told(reason).rstrip("。."), count) for reason, count in reasons.items())
    detail = ";".join(f"{reason} ×{count}" if count > 1 else reason for reason, count in words)
    return [f"[{colour}]{name} {sum(reasons.values())}({escape(detail)})[/]"]
