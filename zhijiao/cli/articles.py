"""`zhijiao articles list | show | export`: what has been read, what belongs and why."""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.mistakes import meant
from pipeline.reasons import told
from pipeline.settings import Settings, load
from publish.site.selecting import selection_of
from storage import articles, cards, rechecks, selections, sites, stories
from storage.database import Database
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import ABSENT, ArticleRecord, RecheckRecord, Selection, SiteRecord
from zhijiao.tick import catalogue_of, opened

CHINA = ZoneInfo("Asia/Shanghai")
NAMES = {"q", "topic", "region", "site", "kind", "documents", "since", "until"}  # as in the page's addresses
NEVER = datetime.min.replace(tzinfo=UTC)
PAGE = 500  # rows fetched at a time, so that an export of any size needs little memory

app = typer.Typer(no_args_is_help=True)
Site = Annotated[str | None, typer.Option(help=say("只要这个网站", "of this site only"))]
Everything = Annotated[bool, typer.Option("--all", help=say("不相关的也列出", "those that do not belong too"))]


@app.command(name="list", help=say("列出文章,新的在前", "list articles, newest first"))
def list_(
    limit: Annotated[int, typer.Option(min=1, help=say("最多几篇", "at most so many"))] = 20,
    site: Site = None,
    query: Annotated[str | None, typer.Option(help=say("标题里的字", "words in the title"))] = None,
    everything: Everything = False,
) -> None:
    """List articles, newest first."""
    settings = load()
    with opened(settings) as database, database.read() as db:
        _require(site, settings, sites.listing(db))
        found = articles.listing(db, limit=limit, relevant=None if everything else True, site_id=site, query=query)
    found.sort(key=lambda article: (article.published or article.first_seen_at or NEVER, article.id), reverse=True)
    table = Table(box=None, pad_edge=False)
    for heading in (
        say("编号", "id"),
        *([""] if everything else []),
        say("日期", "date"),
        say("网站", "site"),
        say("分", "score"),
        say("标题", "title"),
    ):
        table.add_column(heading, no_wrap=heading != say("标题", "title"))
    for article in found:
        style = "" if article.relevant else "dim"
        mark = [say("收", "kept") if article.relevant else say("略", "rejected")] if everything else []
        facts = (day(article), article.site_id, f"{article.score:.2f}", escape(article.title))
        table.add_row(str(article.id), *mark, *facts, style=style)
    Console().print(table if found else say("还没有文章。", "no articles yet."))


@app.command(help=say("显示一篇文章的全部内容和判断理由", "show all of one article and why it was kept or not"))
def show(
    number: Annotated[int, typer.Argument(metavar=say("编号", "ID"), help=say("文章编号", "id of the article"))],
) -> None:
    """Show all of one article and why it was kept or not."""
    with opened(load()) as database, database.read() as db:
        article = articles.get(db, number)
        story = stories.get(db, article.story_id) if article and article.story_id else None
        recheck = rechecks.get(db, number)
    if article is None:
        raise ZhijiaoError(say(f"没有编号为 {number} 的文章", f"there is no article {number}"))
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[bold]{escape(article.title)}[/]\n{escape(article.url)}\n")
    facts = {
        say("日期", "date"): day(article),
        say("来源", "source"): article.source,
        say("作者", "author"): article.author,
        say("编辑", "editor"): article.editor,
        say("副题", "subtitle"): article.subtitle,
        say("原标题", "original title"): article.original_title,
        say("文号", "document"): article.document_number,
        say("地区", "regions"): " ".join(name for name, _ in article.regions),
        say("读法", "rule"): article.rule,
        say("不全", "not whole"): article.missing,
        say("判断", "verdict"): f"{article.score:.2f} " + " ".join(map(told, article.reasons)),
        say("条目", "entry"): story.guid if story else None,
        say("已撤下", "taken down"): f"{_minute(article.removed_at)} {told(article.removed_reason or '')}"
        if article.removed_at
        else None,
        say("复查", "next look"): _next_look(recheck) if recheck else None,
    }
    for name, value in facts.items():
        if value:
            console.print(f"[dim]{name}[/] {escape(value)}")
    console.print("\n" + escape("\n\n".join(article.paragraphs)))
    for url, name in article.attachments:
        console.print(f"[dim]{say('附件', 'attachment')}[/] {escape(name)} {escape(url)}")


@app.command(help=say("把文章写到标准输出(JSON 行或 CSV)", "write articles to standard output"))
def export(
    form: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help=say("格式", "format"))] = "jsonl",
    site: Site = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar=say("条件", "QUERY"),
            help=say(
                "只要网页上这样找到的:网址里问号后面的部分,如 'topic=产教融合&q=技校&since=2026-11-01'",
                "only what the page finds so: what follows the ? of its address, as 'topic=产教融合&since=2026-11-01'",
            ),
        ),
    ] = None,
    everything: Everything = False,
) -> None:
    """Write articles to standard output; CSV begins with a mark that tells spreadsheets that it is UTF-8."""
    settings = load()
    with opened(settings) as database:
        with database.read() as db:
            _require(site, settings, sites.listing(db))
        found = _selected(database, where, site) if where else _all(database, site, everything)
        rows = map(row, found)
        if form == "jsonl":
            for line in rows:
                sys.stdout.write(_json(line) + "\n")
            return
        sys.stdout.write("\ufeff")
        writer = csv.DictWriter(sys.stdout, [field.name for field in fields(ArticleRecord)])
        writer.writeheader()
        for line in rows:
            writer.writerow({key: _json(value) if isinstance(value, list) else value for key, value in line.items()})


def _next_look(recheck: RecheckRecord) -> str:
    doubts = {
        ABSENT: say(
            "上次没有看到这篇文章,再看一次才算撤下", "it was not there: taken for taken down if it is not there then"
        )
    }
    less = say("上次读到的正文少了,再看一次才算修订", "less of it was there: a revision if that is so then")
    doubt = f"({doubts.get(recheck.doubt, less)})" if recheck.doubt else ""
    return say(f"{_minute(recheck.due)} 之后{doubt}", f"after {_minute(recheck.due)} {doubt}").rstrip()


def _minute(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def _require(site_id: str | None, settings: Settings, stored: list[SiteRecord]) -> None:
    """ZhijiaoError unless there is or was such a site: a mistyped name would look like one without news."""
    if site_id and site_id not in (known := {site.id for site in stored} | catalogue_of(settings).sites.keys()):
        near = meant(site_id, known)
        raise ZhijiaoError(say(f"没有网站 {site_id}{near}", f"there is no site {site_id}{near}"))


def _all(database: Database, site: str | None, everything: bool) -> Iterator[ArticleRecord]:
    last = 0  # by id, since articles that come in meanwhile would move every page by an offset
    while True:
        with database.read() as db:
            found = articles.after(db, last, PAGE, relevant=None if everything else True, site_id=site)
        yield from found
        if len(found) < PAGE:
            return
        last = found[-1].id


def _selected(database: Database, where: str, site: str | None) -> Iterator[ArticleRecord]:
    """All articles of the stories that the page would list, last story first."""
    selection, before = _understood(where.rpartition("?")[2]), None
    while True:
        with database.read() as db:
            places = selections.places(db, selection, PAGE, before=before)
            found = [article for place in places for article in articles.of_story(db, cards.story_at(place))]
        yield from (article for article in found if site in (None, article.site_id))
        if len(places) < PAGE:
            return
        before = places[-1]


def _understood(words: str) -> Selection:
    asked = dict(parse_qsl(words, keep_blank_values=True))
    try:
        if wrong := asked.keys() - NAMES:
            raise ValueError(min(wrong))
        selection = selection_of(asked)
    except ValueError as error:
        known = "、".join(sorted(NAMES))
        message = say(f"--where 里看不懂 {error};可以写 {known}", f"--where: cannot read {error}; it knows {known}")
        raise ZhijiaoError(message) from None
    if selection == Selection():
        raise ZhijiaoError(say("--where 里没有条件", "--where names no condition"))
    return selection


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=date.isoformat)  # documents have days


def row(article: ArticleRecord) -> dict[str, Any]:
    """One article as plain JSON values; datetimes in ISO form, China time for the published day."""
    line = asdict(article)
    line["published"] = day(article) or None
    for name in ("updated", "fetched_at", "first_seen_at", "removed_at"):
        line[name] = line[name].isoformat() if line[name] else None
    return {name: list(value) if isinstance(value, tuple) else value for name, value in line.items()}


def day(article: ArticleRecord) -> str:
    """The published date as the page shows it: a day, or a day and a time of China."""
    if article.published is None:
        return ""
    local = article.published.astimezone(CHINA)
    return local.strftime("%Y-%m-%d %H:%M" if article.precision == "minute" else "%Y-%m-%d")
