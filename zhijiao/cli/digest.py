"""`zhijiao digest`: what a week or month brought, as a report to send round."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.mistakes import meant
from pipeline.settings import Settings, load
from pipeline.stages.gazetteer import gazetteer, highest
from pipeline.stages.normalise import SHANGHAI
from publish.digest.compose import MOST, compose
from publish.digest.render import as_html, as_markdown
from publish.digest.values import Digest, Form
from publish.digest.window import Window, last_month, last_week
from publish.digest.word import as_docx
from publish.feeds.files import replace
from publish.site.selecting import KINDS
from storage import cards
from storage.database import Database
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import Selection
from zhijiao.liveness import OnLink, ask
from zhijiao.tick import opened

FORMS: dict[str, Form] = {"brief": "brief", "速览": "brief", "topics": "topics", "主题": "topics"}
FORMATS = ("md", "html", "docx")


def digest(
    week: Annotated[
        bool,
        typer.Option(
            "--week",
            help=say("上一个整周:周一零点到下周一零点(默认)", "the last full week, Monday to Sunday (default)"),
        ),
    ] = False,
    month: Annotated[bool, typer.Option("--month", help=say("上一个整月", "the last full calendar month"))] = False,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help=say("从这一天起(含)", "from this day on")),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help=say("到这一天止(含);默认今天", "to the end of this day; default today"),
        ),
    ] = None,
    topic: Annotated[str | None, typer.Option(help=say("只要这个主题,如 产教融合", "of this topic only"))] = None,
    region: Annotated[
        str | None,
        typer.Option(help=say("只要这个省、市、县:名称或六位代码", "of this region only: name or six-digit code")),
    ] = None,
    site: Annotated[str | None, typer.Option(help=say("只要这个网站", "of this site only"))] = None,
    kind: Annotated[
        str | None, typer.Option(help=say("只要这类网站:", "of such sites only: ") + ", ".join(KINDS))
    ] = None,
    documents: Annotated[bool, typer.Option("--documents", help=say("只要政策文件", "policy documents only"))] = False,
    query: Annotated[str, typer.Option(help=say("标题或正文里的字", "words in title or text"))] = "",
    form: Annotated[
        Literal["brief", "topics", "速览", "主题"],
        typer.Option(
            help=say("速览(表格,每条一行)或 主题(按主题分章,带摘要)", "brief: a table; topics: chapters with summaries")
        ),
    ] = "brief",
    format_: Annotated[
        Literal["md", "html", "docx"] | None,
        typer.Option("--format", help=say("格式;默认看 --output 的后缀,否则 md", "default: as --output ends, else md")),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=say("写进这个文件,否则写到标准输出", "write into this file, else to standard output")
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help=say("最多列多少条;0 为全部", "list at most so many stories; 0: all"))
    ] = MOST,
    check: Annotated[bool, typer.Option(help=say("检查链接是否还能打开", "ask whether the links still work"))] = True,
) -> None:
    """Make a digest."""
    form_, suffix = FORMS[form], _format(format_, output)
    now = datetime.now(UTC)
    window = _window(
        now.astimezone(SHANGHAI).date(), since and since.date(), until and until.date(), week=week, month=month
    )
    settings = load()
    if check:
        settings = settings.identified()
    with opened(settings) as database:
        selection = Selection(
            topic=_known(database, "topic", topic),
            region=_adcode(region),
            site=_known(database, "site", site),
            kind=_kind(kind),
            documents=documents,
            query=query,
        )
        made = compose(database, window, selection, now=now, title=settings.feed_title, most=limit)
        if check:
            made = _checked(made, database, settings)
    _deliver(made, form_, suffix, output)


def _window(today: date, since: date | None, until: date | None, *, week: bool, month: bool) -> Window:
    if week + month + (since is not None) > 1:
        raise ZhijiaoError(say("--week、--month、--since 只能选一个", "choose one of --week, --month and --since"))
    if since is None and until is not None:
        raise ZhijiaoError(say("--until 要和 --since 一起用", "--until needs --since"))
    if since is None:
        return last_month(today) if month else last_week(today)
    window = Window(since, until or today)
    if window.last < window.first:
        raise ZhijiaoError(
            say(f"--since {since} 晚于结束日期 {window.last}", f"--since {since} lies behind the end, {window.last}")
        )
    return window


def _format(asked: str | None, output: Path | None) -> str:
    ending = output.suffix.lstrip(".").lower() if output else ""
    found = asked or {"markdown": "md", "htm": "html"}.get(ending, ending) or "md"
    if found not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise ZhijiaoError(
            say(f"{output} 的后缀看不出格式({known}),请用 --format", f"{output} ends in none of {known}: say --format")
        )
    if found == "docx" and output is None:
        raise ZhijiaoError(say("docx 要写进文件,请用 --output", "docx goes into a file: say --output FILE"))
    return found


def _known(database: Database, kind: Literal["topic", "site"], word: str | None) -> str | None:
    """ZhijiaoError unless some story has it: a mistyped word would look like a week without news."""
    if word is None:
        return None
    with database.read() as db:
        known = cards.values(db, kind)
    if known and word not in known:
        hint = meant(word, known) or (say(f",已有:{'、'.join(known)}", f"; there are {', '.join(known)}"))
        name = {"topic": say("主题", "topic"), "site": say("网站", "site")}[kind]
        raise ZhijiaoError(say(f"没有{name}“{word}”的报道{hint}", f"no story has the {name} “{word}”{hint}"))
    return word


def _adcode(region: str | None) -> str | None:
    """The code of a region: as it is, or of the division that bears the name, a province before its capital."""
    if region is None or (len(region) == 6 and region.isdecimal()):
        return region
    named = highest([d for d in gazetteer().divisions.values() if region in (d.path, d.name, d.stem)])
    if len(named) == 1:
        return named[0].adcode
    if not named:
        raise ZhijiaoError(say(f"没有叫“{region}”的省、市、县", f"no province, city or county is called “{region}”"))
    paths = "、".join(division.path for division in named)
    raise ZhijiaoError(say(f"“{region}”不止一个:{paths}", f"there are several “{region}”: {paths}"))


def _kind(kind: str | None) -> str | None:
    """One of the kinds, by its own word or by the one that pages show."""
    by_name = {name: word for word, names in KINDS.items() for name in (word, *names)}
    if kind is not None and kind not in by_name:
        known = ", ".join(KINDS)
        raise ZhijiaoError(say(f"没有类别“{kind}”,可用:{known}", f"there is no kind “{kind}”: {known}"))
    return by_name[kind] if kind else None


def _checked(made: Digest, database: Database, settings: Settings) -> Digest:
    addresses = [item.url for item in (*made.listed, *made.undated)]
    with _progress(addresses) as on_link:
        links = ask(addresses, database, settings, on_link)
    return made.with_links(links, datetime.now(UTC)) if links else made


@contextmanager
def _progress(addresses: Sequence[str]) -> Iterator[OnLink]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(say("检查链接…", "asking links…"), total=len(addresses))
        yield lambda *_: progress.advance(bar)


def _deliver(made: Digest, form: Form, suffix: str, output: Path | None) -> None:
    if suffix == "docx":
        data = as_docx(made, form)
    else:
        data = (as_html if suffix == "html" else as_markdown)(made, form).encode()
    if output is None:
        sys.stdout.write(data.decode())
        return
    replace(output, data)
    told = say(
        f"{made.subject}:{made.found} 条报道,列出 {len(made.listed)} 条,写在 {output}",
        f"{made.subject}: {made.found} stories, {len(made.listed)} of them listed, in {output}",
    )
    Console(soft_wrap=True, highlight=False).print(escape(told))
    if made.checked and made.checked.dead:
        Console(stderr=True).print(
            say(f"[yellow]{made.checked.dead} 个链接失效[/]", f"[yellow]{made.checked.dead} dead links[/]")
        )
