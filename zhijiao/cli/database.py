"""`zhijiao db upgrade`: brings an older database to this program's schema."""

import typer
from rich.console import Console

from pipeline.settings import load
from storage.database import upgrade as run
from storage.language import say

app = typer.Typer(no_args_is_help=True, help=say("数据库", "the database"))


@app.callback()
def _group() -> None:
    """Keeps `upgrade` a command of its own although it is the only one."""


@app.command(help=say("把数据库升级到当前版本", "bring the database to this program's schema"))
def upgrade() -> None:
    """Bring the database to this program's schema."""
    run(load().database_url)
    Console().print(say("[green]✓[/] 数据库是最新版本", "[green]✓[/] the database is current"))
