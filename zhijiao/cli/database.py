"""`zhijiao db upgrade | backup | restore | migrate-to`: the database kept, brought back, and moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from filelock import FileLock, Timeout
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from pipeline.settings import Settings, load
from storage.backup import LEAP, Backup
from storage.copying import Counts, copy
from storage.database import upgrade as run
from storage.errors import ZhijiaoError
from storage.language import say
from zhijiao import backup as backups

app = typer.Typer(no_args_is_help=True)


@app.command(help=say("把数据库升级到当前版本", "bring the database to this program's schema"))
def upgrade() -> None:
    """Bring the database to this program's schema."""
    url = load().database_url
    run(url)
    if url.startswith("postgres") and find_spec("procrastinate"):
        from zhijiao import jobs

        jobs.renew(url)
    Console().print(say("[green]✓[/] 数据库是最新版本", "[green]✓[/] the database is current"))


@app.command(
    help=say(
        "把所有数据复制到另一个空数据库(SQLite 或 PostgreSQL),并核对行数",
        "copy everything into another, empty database (SQLite or PostgreSQL), and compare the counts",
    )
)
def migrate_to(
    url: Annotated[
        str,
        typer.Argument(
            metavar=say("地址", "URL"),
            help=say("目标,如 postgresql://用户@主机/库名", "such as postgresql://user@host/name"),
        ),
    ],
) -> None:
    """Copy everything into another, empty database, and compare the counts."""
    console = Console()
    with _bars(console) as bars:
        copied = copy(load().database_url, url, bars)
    console.print(_table(copied))
    console.print(
        say(
            "[green]✓[/] 行数一致。请在 zhijiao.toml 中把 database_url 改为新地址",
            "[green]✓[/] the counts agree. Now set database_url in zhijiao.toml to the new address",
        )
    )


@app.command(
    help=say(
        "备份成一个文件:数据库的全部内容,加上设置和订阅源的身份;运行中也可以",
        "back up to one file: the whole database, the settings and the feeds' identity; also while it runs",
    )
)
def backup(
    file: Annotated[
        Path,
        typer.Argument(
            metavar=say("文件", "FILE"),
            help=say("备份文件;给出文件夹,就在里面写一个带日期的文件", "the backup; in a folder, a dated file"),
        ),
    ],
    keep: Annotated[
        int,
        typer.Option(min=0, help=say("文件夹里只留最近几份;0 全留", "keep so many in the folder; 0: all of them")),
    ] = 0,
) -> None:
    """Back up to one file."""
    settings, console = load(), _console()
    with (
        _alone(settings, "backup.lock", say("另一个备份正在进行", "another backup is at work")),
        _bars(console) as bars,
    ):
        path, made = backups.make(settings, file, bars, now=datetime.now(UTC), keep=keep)
    console.print(f"[green]✓[/] {escape(str(path))}  {_told(made)}")
    told = ", ".join(f"{name} {place}" for name, place in backups.lacking(settings).items())
    console.print(say(f"不在备份里:{escape(told)}", f"not in it: {escape(told)}"))


@app.command(
    help=say(
        "从备份恢复到 SQLite 或 PostgreSQL;数据库不是空的就拒绝,除非 --replace",
        "bring a backup back, into SQLite or PostgreSQL; a database that is not empty is refused without --replace",
    )
)
def restore(
    file: Annotated[Path, typer.Argument(metavar=say("文件", "FILE"), help=say("备份文件", "the backup"))],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help=say("取代现有的数据;SQLite 的旧文件留在旁边", "put it in the place of what is there; kept aside"),
        ),
    ] = False,
    go_on: Annotated[
        bool,
        typer.Option(
            "--go-on",
            help=say("备份之后没有再发布过:编号接着用", "nothing was published after it: numbers go on without a gap"),
        ),
    ] = False,
) -> None:
    """Bring a backup back."""
    settings, console = load(), _console()
    settings.home.mkdir(parents=True, exist_ok=True)
    leap = 0 if go_on else LEAP
    busy = say("一个 tick 正在运行:请先停止 zhijiao up 和 cron", "a tick is running: stop `zhijiao up` and cron first")
    with _alone(settings, "tick.lock", busy), _alone(settings, "publish.lock", busy), _bars(console) as bars:
        found, files, aside = backups.put_back(settings, file, bars, replace=replace, now=datetime.now(UTC), leap=leap)
    console.print(f"[green]✓[/] {say('已恢复', 'restored')}: {_told(found)}")
    for name, what in files.items():
        if what != "same":
            console.print(f"  {escape(name)}: {_FILE_TOLD[what]()}")
    if aside:
        console.print(say(f"原来的数据库:{escape(str(aside))}", f"the former database: {escape(str(aside))}"))
    if leap:
        skipped = say(
            f"新报道的编号跳过 {leap:,} 个,以免与备份之后发布过的重复。",
            f"New stories skip {leap:,} numbers, so that none given out after the backup comes twice.",
        )
        console.print(skipped)
    console.print(
        say("下一次 tick 或 zhijiao publish 重写订阅源。", "The next tick, or `zhijiao publish`, writes the feeds.")
    )


_FILE_TOLD = {
    "written": lambda: say("已写入", "written"),
    "beside": lambda: say("与现有的不同,写成 .from-backup,请自行比较", "differs: written as .from-backup, to compare"),
    "replaced": lambda: say("身份以备份为准,原来的另存为 .before-…", "of the backup; the former is kept as .before-…"),
}


def _told(backup: Backup) -> str:
    about, rows = backup.about, backup.rows
    made = datetime.fromisoformat(about["made_at"]).astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    return say(
        f"{made} · {rows['articles']:,} 篇文章,{rows['stories']:,} 篇报道 · "
        f"{escape(about['feed_domain'])},{about['feed_since']} · {len(backup.files)} 个文件",
        f"{made} · articles: {rows['articles']:,}, stories: {rows['stories']:,} · "
        f"{escape(about['feed_domain'])},{about['feed_since']} · files: {len(backup.files)}",
    )


@contextmanager
def _alone(settings: Settings, name: str, busy: str) -> Iterator[None]:
    try:
        with FileLock(settings.home / name, timeout=0):
            yield
    except Timeout:
        raise ZhijiaoError(busy) from None


@contextmanager
def _bars(console: Console) -> Iterator["_Bars"]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        yield _Bars(shown)


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False)


class _Bars:
    """A bar for each table."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._bars: dict[str, TaskID] = {}

    def __call__(self, table: str, done: int, total: int) -> None:
        if table not in self._bars:
            self._bars[table] = self._shown.add_task(table, total=total)
        self._shown.update(self._bars[table], completed=done)


def _table(copied: Counts) -> Table:
    table = Table(say("表", "table"), say("行数", "rows"), box=None)
    table.columns[1].justify = "right"
    for name, rows in copied.items():
        table.add_row(name, f"{rows:,}")
    return table
