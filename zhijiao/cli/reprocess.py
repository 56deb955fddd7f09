"""`zhijiao reprocess`: stored articles through today's program again; first shown, then put in force."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipeline.reprocessing import COLUMNS, JUDGING, STAGES, Batch, Difference, Scope, Stage, apply, differences
from pipeline.rereading import Reread
from pipeline.settings import Settings, load
from storage import articles, sites
from storage.database import Database
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import ArticleRecord, DocumentRecord
from zhijiao.tick import catalogue_of, opened

EXAMPLES = 2
LONGEST = 24  # characters of a title in an example
LONGEST_PART = 16  # of what is shown of a text
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
            "--stage",
            metavar="|".join(STAGES),
            help=say(
                "只重做这一步,可写多次;read:从归档的原网页重新读起,再做其余各步",
                "only this; may be repeated; read: begin with the archived pages, then all others",
            ),
        ),
    ] = None,
    applied: Annotated[
        bool, typer.Option("--apply", help=say("写入;不写就只显示", "put it in force; else it is only shown"))
    ] = False,
    anew: Annotated[
        bool,
        typer.Option("--anew", help=say("从头开始,不接着上次中断的地方", "from the beginning, not where it stopped")),
    ] = False,
) -> None:
    """Show what today's readers, lexicon, model and code find otherwise in stored articles, and put it in force."""
    settings, console = load(), Console(soft_wrap=True, highlight=False)
    begin = since.replace(tzinfo=CHINA) if since else None
    scope = Scope(_known(stages or JUDGING), begin, site)
    with opened(settings) as database:
        if site:
            with database.read() as db:
                if site not in {one.id for one in sites.listing(db)}:
                    raise ZhijiaoError(say(f"没有网站 {site}", f"there is no site {site}"))
        if "read" not in scope.stages:
            again(console, database, settings, scope, applied=applied)
            return
        from crawlers.reread import Rereader  # with Scrapy

        bookmark = Bookmark(settings.home / "reprocess.json", [*scope.stages, f"{since}", f"{site}"])
        if anew:
            bookmark.remove()
        with Rereader(catalogue_of(settings), settings.archive, settings.read_seconds) as reread:
            again(console, database, settings, scope, applied=applied, reread=reread, bookmark=bookmark)


def _known(names: Sequence[str]) -> tuple[Stage, ...]:
    for name in names:
        if name not in STAGES:
            known = " | ".join(STAGES)
            raise ZhijiaoError(say(f"没有步骤 {name},可用:{known}", f"there is no stage {name}: use {known}"))
    return STAGES if "read" in names else tuple(stage for stage in STAGES if stage in names)


@dataclass(frozen=True)
class Bookmark:
    """How far a run that writes has come: the same command goes on there after an interruption."""

    path: Path
    asked: list[str]

    def after(self) -> int:
        """The id of the last article that is done; 0 where nothing was interrupted, or something else was."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return int(found["after"]) if found["asked"] == self.asked else 0
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return 0

    def put(self, after: int) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps({"asked": self.asked, "after": after}), encoding="utf-8")
        fresh.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def again(
    console: Console,
    database: Database,
    settings: Settings,
    scope: Scope,
    *,
    applied: bool,
    reread: Reread | None = None,
    bookmark: Bookmark | None = None,
) -> None:
    """Look at the articles again and tell what differs; put it in force if `applied`."""
    summary = Summary()
    after = bookmark.after() if bookmark and applied else 0
    if after:
        console.print(
            say(f"接着上次中断的地方(文章 {after} 之后)。", f"going on where it was stopped (after article {after}).")
        )
    with database.read() as db:
        total = articles.count(db, site_id=scope.site_id, since=scope.since, after=after)
    for batch in _watched(console, differences(database, settings, scope, reread, after), total):
        summary.add(batch, scope)
        if not applied:
            continue
        if batch.found:
            apply(database, batch.found, scope=scope, settings=settings, now=datetime.now(UTC))
        if bookmark:
            bookmark.put(batch.last)
    if bookmark and applied:
        bookmark.remove()
    summary.print(console, applied=applied)


def _watched(console: Console, batches: Iterable[Batch], total: int) -> Iterator[Batch]:
    """With a bar on a terminal: a hundred thousand articles take some minutes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say("重新处理", "looking again"), total=total)
        for batch in batches:
            yield batch
            progress.advance(task, batch.looked_at)


@dataclass
class Summary:
    """How many articles change in which way, with the first of each as examples."""

    looked_at: int = 0
    changed: int = 0
    counts: dict[tuple[Stage, str], int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[tuple[Stage, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    unread: Counter[str] = field(default_factory=Counter)  # by why
    unread_as: dict[str, ArticleRecord] = field(default_factory=dict)  # the first of each

    def add(self, batch: Batch, scope: Scope) -> None:
        self.looked_at += batch.looked_at
        for article, why in batch.unread:
            self.unread[why] += 1
            self.unread_as.setdefault(why, article)
        for one in batch.found:
            self.changed += 1
            for stage in scope.stages:
                for kind, told in _changes(stage, one):
                    self.counts[stage, kind] += 1
                    if told and len(self.examples[stage, kind]) < EXAMPLES:
                        between = "\n  " if stage == "read" else " "
                        shown = f"{one.article.id} {_short(one.article.title)}{between}{told}"
                        self.examples[stage, kind].append(shown)

    def print(self, console: Console, *, applied: bool) -> None:
        table = Table(box=None, pad_edge=False)
        table.add_column(say("改变", "change"), no_wrap=True)
        table.add_column(say("篇数", "articles"), justify="right", no_wrap=True)
        table.add_column(say("例如", "such as"), overflow="fold")
        for key, count in sorted(self.counts.items(), key=lambda item: (STAGES.index(item[0][0]), -item[1])):
            table.add_row(key[1], f"{count:,}", escape("\n".join(self.examples[key])))
        if self.counts:
            console.print(table)
        for why, count in self.unread.most_common():
            first = self.unread_as[why]
            told = say(f"{count:,} 篇没有重读:{why},如", f"{count:,} not read again: {why}, such as")
            console.print(f"[yellow]![/] {escape(told)} {first.id} {escape(_short(first.title))}")
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
    if stage == "read":
        yield from _reading(one)
    elif stage == "relevance":
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


def _reading(one: Difference) -> Iterator[tuple[str, str]]:
    """What the readers find otherwise, field by field."""
    names = {
        "title": say("标题", "title"),
        "subtitle": say("副题", "subtitle"),
        "original_title": say("原标题", "original title"),
        "paragraphs": say("正文", "text"),
        "published": say("时间", "date"),
        "precision": say("时间的精度", "precision of the date"),
        "updated": say("更新时间", "updated"),
        "source": say("来源", "source"),
        "author": say("作者", "author"),
        "editor": say("编辑", "editor"),
        "document_number": say("文号", "document number"),
        "images": say("图片", "pictures"),
        "attachments": say("附件", "attachments"),
        "missing": say("缺的部分", "missing parts"),
        "rule": say("读法", "rule"),
    }
    changed = [column for column in names if column in one.found]
    for column in changed:
        yield _change(names[column], getattr(one.article, column), one.found[column])
    if not changed:
        yield "± " + say("比对用的键", "keys for comparing"), ""


def _other(stage: Stage, one: Difference) -> tuple[str, str]:
    column = COLUMNS[stage][0]
    old = getattr(one.article, column)
    name = {
        "regions": say("地区", "region"),
        "documents": say("文件", "document"),
        "outlets": say("发布单位", "outlet"),
    }[stage]
    return _change(name, old, one.found.get(column, old))


def _change(name: str, old: Any, new: Any) -> tuple[str, str]:
    sign, said = (
        ("[green]+[/]", say("找到", "found"))
        if not old
        else ("[red]−[/]", say("去掉", "gone"))
        if not new
        else ("±", "")
    )
    return f"{sign} {name}{' ' if said else ''}{said}", " → ".join(_where_they_differ(_told(old), _told(new)))


def _where_they_differ(old: str, new: str) -> tuple[str, str]:
    """Both without what they have in common before and behind, as far as they are long."""
    shorter = min(len(old), len(new))
    if max(len(old), len(new)) <= LONGEST_PART:
        return old, new
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    return _middle(old, head, tail), _middle(new, head, tail)


def _middle(text: str, head: int, tail: int) -> str:
    middle = text[head : len(text) - tail]
    return f"{'…' if head else ''}{_short(middle, LONGEST_PART) or '–'}{'…' if tail else ''}"


def _told(value: Any) -> str:
    if isinstance(value, tuple):
        return "、".join(map(_told_one, value)) or "–"
    if isinstance(value, datetime):
        return f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return str(value or "–")


def _told_one(value: Any) -> str:
    if isinstance(value, DocumentRecord):
        return value.number or value.kind or value.issuer or "?"
    return value if isinstance(value, str) else str(value[0])  # a paragraph; the name of a region, an address


def _short(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
