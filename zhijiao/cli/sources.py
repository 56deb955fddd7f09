"""`zhijiao sources list`: the sites of the catalogue."""

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.settings import load
from storage.language import say
from zhijiao.tick import catalogue_of

app = typer.Typer(no_args_is_help=True, help=say("网站目录", "the catalogue of sites"))


@app.callback()
def _group() -> None:
    """Keeps `list` a command of its own although it is the only one."""


@app.command(name="list", help=say("列出目录里的网站和栏目", "list the sites and channels of the catalogue"))
def list_() -> None:
    """List the sites and channels of the catalogue."""
    table = Table(box=None, pad_edge=False)
    for heading in (
        say("栏目", "channel"),
        say("网站", "site"),
        say("名称", "name"),
        say("地址或停用原因", "address, or why it is disabled"),
    ):
        table.add_column(heading, overflow="fold")
    for site in catalogue_of(load()).sites.values():
        for channel in site.channels:
            on = site.enabled and channel.enabled
            last = (
                channel.url if on else f"{say('停用', 'disabled')}: {channel.disabled_reason or site.disabled_reason}"
            )
            table.add_row(channel.id, site.name, channel.name, escape(last), style="" if on else "dim")
    Console().print(table)
