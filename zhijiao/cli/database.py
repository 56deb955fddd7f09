"""`zhijiao db upgrade` and `zhijiao db migrate-to`: an older database to this program's schema, or into another one."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from pipeline.settings import load
from storage.copying import Counts, copy
from storage.database import upgrade as run
from storage.language import say

app = typer.Typer(no_args_is_help=True)


@app.command(help=say("把数据库升级到当前版本", "bring the database to this program's schema"))
def upgrade() -> None:
    """Bring the database to this program's schema."""
    run(load().database_url)
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
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        copied = copy(load().database_url, url, _Bars(shown))
    console.print(_table(copied))
    console.print(
        say(
            "[green]✓[/] 行数一致。请在 zhijiao.toml 中把 database_url 改为新地址",
            "[green]✓[/] the counts agree. Now set database_url in zhijiao.toml to the new address",
        )
    )


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
