"""`zhijiao review`: a person decides where the verdict is in doubt; the decision is in force and kept as a label."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt

from pipeline.reasons import told
from pipeline.rejudging import decide
from pipeline.settings import Settings, load
from storage import articles
from storage.database import Database
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import ArticleRecord
from zhijiao.cli.articles import day
from zhijiao.tick import opened

SHOWN = 400  # characters of a text
PAGE = 50


def review(
    belongs: Annotated[list[int] | None, typer.Option("--yes", metavar="ID", help=say("属于", "it belongs"))] = None,
    refused: Annotated[list[int] | None, typer.Option("--no", metavar="ID", help=say("不属于", "it does not"))] = None,
    listed: Annotated[bool, typer.Option("--list", help=say("只列出,不提问", "list them, ask nothing"))] = False,
    limit: Annotated[int, typer.Option(min=1, help=say("最多几篇", "at most so many"))] = PAGE,
) -> None:
    """Decide about the articles whose verdict is in doubt."""
    settings = load()
    console = Console(soft_wrap=True, highlight=False)
    with opened(settings) as database:
        if belongs or refused:
            for number, relevant in [(n, True) for n in belongs or ()] + [(n, False) for n in refused or ()]:
                _decide(database, settings, number, relevant=relevant)
        elif listed or not console.is_terminal:
            _list(database, limit)
        else:
            _ask(console, database, settings, limit)


def _decide(database: Database, settings: Settings, number: int, *, relevant: bool) -> None:
    try:
        decide(database, number, relevant=relevant, now=datetime.now(UTC), settings=settings)
    except ValueError:
        raise ZhijiaoError(say(f"没有编号为 {number} 的文章", f"there is no article {number}")) from None


def _list(database: Database, limit: int) -> None:
    found = list(_doubtful(database, limit))
    if not found:
        _say_nothing_waits()
    for article in found:
        reasons = " ".join(map(told, article.reasons))
        typer.echo(f"{article.id}\t{article.score:.2f}\t{article.title}\t{reasons}")


def _ask(console: Console, database: Database, settings: Settings, limit: int) -> None:
    """One article at a time, until all are decided or the person has had enough."""
    decisions, article = 0, None
    for article in _doubtful(database, limit):
        _show(console, article)
        question = say("属于吗?y 属于 · n 不属于 · s 跳过 · q 结束", "does it belong? y · n · s skip · q quit")
        answer = Prompt.ask(question, choices=["y", "n", "s", "q"], default="s", console=console, show_choices=False)
        if answer == "q":
            break
        if answer != "s":
            _decide(database, settings, article.id, relevant=answer == "y")
            decisions += 1
    if article is None:
        _say_nothing_waits()
        return
    console.print(
        say(f"作了 {decisions} 个决定,下一次发布时生效。", f"{decisions} decided; in the feeds at the next tick.")
    )


def _say_nothing_waits() -> None:
    """On standard error: what reads the list gets nothing but the list."""
    typer.echo(say("没有需要复核的文章。", "no article is in doubt."), err=True)


def _show(console: Console, article: ArticleRecord) -> None:
    verdict = say("收录", "in") if article.relevant else say("未收录", "out")
    console.print(f"\n[bold]{escape(article.title)}[/]  [dim]{article.id} · {day(article)} · {escape(article.url)}[/]")
    console.print(f"[yellow]{article.score:.2f} {verdict}[/]  " + escape(" ".join(map(told, article.reasons))))
    text = "\n".join(article.paragraphs)
    console.print(f"[dim]{escape(text[:SHOWN])}{'…' if len(text) > SHOWN else ''}[/]")


def _doubtful(database: Database, limit: int) -> Iterator[ArticleRecord]:
    """The articles in doubt, newest first, a page at a time: no transaction stays open while a person thinks."""
    last: int | None = None
    while limit > 0:
        with database.read() as db:
            found = articles.doubtful(db, min(limit, PAGE), last)
        yield from found
        if not found:
            return
        last, limit = found[-1].id, limit - len(found)
