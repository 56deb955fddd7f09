"""`zhijiao reprocess`: stored articles through today's stages again; first shown, then put in force."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipeline.reprocessing import COLUMNS, STAGES, Difference, Scope, Stage, apply, differences
from pipeline.settings import Settings, load
from storage import articles, sites
from storage.database import Database
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import DocumentRecord
from zhijiao.tick import opened

EXAMPLES = 2
LONGEST = 24  # characters of a title in an example
CHINA = ZoneInfo("Asia/Shanghai")


def reprocess(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=say("不要这一天之前的文章", "no articles from before this day")),
    ] = None,
    site: Annotated[str | None, typer.Option(help=say("只要这个网站", "of this site only"))] = None,
    stages: Annotated[
        list[str] | None,
        typer.Option(
            "--stage", metavar="|".join(STAGES), help=say("只重做这一步,可写多次", "only this; may be repeated")
        ),
    ] = None,
    applied: Annotated[
        bool, typer.Option("--apply", help=say("写入;不写就只显示", "put it in force; else it is only shown"))
    ] = False,
) -> None:
    """Show what today's lexicon, model and code find otherwise in stored articles, and put it in force."""
    settings, console = load(), Console(soft_wrap=True, highlight=False)
    begin = since.replace(tzinfo=CHINA) if since else None
    with opened(settings) as database:
        if site:
            with database.read() as db:
                if site not in {one.id for one in sites.listing(db)}:
                    raise ZhijiaoError(say(f"没有网站 {site}", f"there is no site {site}"))
        again(console, database, settings, Scope(_known(stages or STAGES), begin, site), applied=applied)


def _known(names: Sequence[str]) -> tuple[Stage, ...]:
    for name in names:
        if name not in STAGES:
            known = " | ".join(STAGES)
            raise ZhijiaoError(say(f"没有步骤 {name},可用:{known}", f"there is no stage {name}: use {known}"))
    return tuple(stage for stage in STAGES if stage in names)


def again(console: Console, database: Database, settings: Settings, scope: Scope, *, applied: bool) -> None:
    """Look at the articles again and tell what differs; put it in force if `applied`."""
    summary = Summary()
    with database.read() as db:
        total = articles.count(db, site_id=scope.site_id, since=scope.since)
    for number, found in _watched(console, differences(database, settings, scope), total):
        summary.add(number, found, scope)
        if applied and found:
            apply(database, found, scope=scope, settings=settings, now=datetime.now(UTC))
    summary.print(console, applied=applied)


def _watched(
    console: Console, pages: Iterable[tuple[int, list[Difference]]], total: int
) -> Iterator[tuple[int, list[Difference]]]:
    """With a bar on a terminal: a hundred thousand articles take some minutes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say("重新判断", "looking again"), total=total)
        for number, found in pages:
            yield number, found
            progress.advance(task, number)


@dataclass
class Summary:
    """How many articles change in which way, with the first of each as examples."""

    looked_at: int = 0
    changed: int = 0
    counts: dict[tuple[Stage, str], int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[tuple[Stage, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, number: int, found: Iterable[Difference], scope: Scope) -> None:
        self.looked_at += number
        for one in found:
            self.changed += 1
            for stage in scope.stages:
                for kind, told in _changes(stage, one):
                    self.counts[stage, kind] += 1
                    if told and len(self.examples[stage, kind]) < EXAMPLES:
                        self.examples[stage, kind].append(f"{one.article.id} {_short(one.article.title)} {told}")

    def print(self, console: Console, *, applied: bool) -> None:
        table = Table(box=None, pad_edge=False)
        table.add_column(say("改变", "change"), no_wrap=True)
        table.add_column(say("篇数", "articles"), justify="right", no_wrap=True)
        table.add_column(say("例如", "such as"))
        for key, count in sorted(self.counts.items(), key=lambda item: (STAGES.index(item[0][0]), -item[1])):
            table.add_row(key[1], f"{count:,}", escape("\n".join(self.examples[key])))
        if self.counts:
            console.print(table)
        console.print(
            say(
                f"看了 {self.looked_at:,} 篇文章,{self.changed:,} 篇有改变。",
                f"looked at {self.looked_at:,} articles, {self.changed:,} change. ",
            )
            + (_hint(applied=applied) if self.changed else "")
        )


def _hint(*, applied: bool) -> str:
    if applied:
        return say("已写入,下一次发布时生效。", "In force; in the feeds at the next tick.")
    return say("加 --apply 写入。", "Add --apply to put it in force.")


def _changes(stage: Stage, one: Difference) -> Iterator[tuple[str, str]]:
    """Each way in which an article changes in a stage, and how to tell it of this one."""
    if not one.found.keys() & set(COLUMNS[stage]):
        return
    if stage == "relevance":
        yield _verdict(one)
    elif stage == "topics":
        old, new = set(one.article.topics), set(one.found["topics"])
        yield from ((f"[green]+[/] {escape(topic)}", "") for topic in sorted(new - old))
        yield from ((f"[red]−[/] {escape(topic)}", "") for topic in sorted(old - new))
    else:
        yield _other(stage, one)


def _verdict(one: Difference) -> tuple[str, str]:
    old, new = one.article.score, one.found.get("score", one.article.score)
    scores = f"{old:.2f} → {new:.2f}"
    if one.flips and one.found["relevant"]:
        return say("[green]+[/] 收录", "[green]+[/] comes in"), scores
    if one.flips:
        return say("[red]−[/] 撤下", "[red]−[/] goes out"), scores
    if "review" in one.found:
        return say("[yellow]?[/] 是否复核", "[yellow]?[/] to review, or not"), scores
    return say("分数或理由", "score or reasons"), scores if "score" in one.found else ""


def _other(stage: Stage, one: Difference) -> tuple[str, str]:
    column = COLUMNS[stage][0]
    old, new = getattr(one.article, column), one.found.get(column, getattr(one.article, column))
    sign, said = (
        ("[green]+[/]", say("找到", "found"))
        if not old
        else ("[red]−[/]", say("去掉", "gone"))
        if not new
        else ("±", "")
    )
    name = {
        "regions": say("地区", "region"),
        "documents": say("文件", "document"),
        "outlets": say("发布单位", "outlet"),
    }[stage]
    return f"{sign} {name}{' ' if said else ''}{said}", f"{_told(old)} → {_told(new)}"


def _told(value: Any) -> str:
    if isinstance(value, tuple):
        return "、".join(map(_told_one, value)) or "–"
    return str(value or "–")


def _told_one(value: Any) -> str:
    if isinstance(value, DocumentRecord):
        return value.number or value.kind or value.issuer or "?"
    return str(value[0])  # the name of a region


def _short(title: str) -> str:
    return title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"
