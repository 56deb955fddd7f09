"""`zhijiao stories show | merge | split`: which articles are one story, and what you decide about it for good."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline import reposts
from pipeline.settings import load
from storage import articles, outbox, stories
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import StoryView
from zhijiao.cli.articles import day
from zhijiao.tick import opened

app = typer.Typer(no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar=say("编号", "ID"), help=say("报道编号", "id of the story"))]


@app.command(help=say("显示一篇报道由哪些文章组成", "show the articles that a story consists of"))
def show(number: Number) -> None:
    """Show a story's articles, oldest first."""
    with opened(load()) as database, database.read() as db:
        view = _known(stories.view(db, number), number)
        members = articles.of_story(db, view.story.id)
    Console().print(f"[bold]{escape(view.article.title)}[/bold]  {escape(view.story.guid)}", soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in (say("文章", "article"), say("日期", "date"), say("网站", "site"), say("标题", "title")):
        table.add_column(heading)
    for article in members:
        table.add_row(str(article.id), day(article), article.site_id, escape(article.title))
    Console().print(table)


@app.command(help=say("把几篇报道合并为一篇", "make one story of several"))
def merge(
    numbers: Annotated[
        list[int],
        typer.Argument(metavar=say("编号", "ID"), help=say("报道编号,两个以上", "ids of two or more stories")),
    ],
) -> None:
    """The story that subscribers saw first stays, with its guid."""
    with opened(load()) as database, database.begin() as db:
        stories.lock(db)
        ids = {_known(stories.view(db, number), number).story.id for number in numbers}  # what it was merged into
        if len(ids) < 2:
            raise ZhijiaoError(say("要合并,请给出两篇以上报道", "two stories or more are needed to merge"))
        now = datetime.now(UTC)
        story = reposts.unite(db, sorted(ids), now)
        if story.released_at:
            outbox.add(db, "joined", story.id, now)  # its entry names more carriers
    Console().print(say(f"合并为报道 {story.id}", f"merged into story {story.id}"))


@app.command(help=say("把几篇文章从所属报道中拆出,另成一篇", "take articles out of their story, into one of their own"))
def split(
    numbers: Annotated[
        list[int],
        typer.Argument(metavar=say("编号", "ID"), help=say("同一报道的文章编号", "ids of articles of one story")),
    ],
) -> None:
    """The two stay apart from now on, whatever text turns up."""
    settings = load()
    with opened(settings) as database, database.begin() as db:
        stories.lock(db)
        try:
            story = reposts.divide(db, numbers, datetime.now(UTC), settings.tag)
        except ValueError:
            message = say("请给出同一报道的部分文章", "some articles of one story are needed, not all of them")
            raise ZhijiaoError(message) from None
    Console().print(say(f"拆出为报道 {story.id}", f"split off as story {story.id}"))


def _known(view: StoryView | None, number: int) -> StoryView:
    if view is None:
        raise ZhijiaoError(say(f"没有报道 {number}", f"there is no story {number}"))
    return view
