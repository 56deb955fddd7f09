"""`zhijiao publish`: bring the feeds up to date, and write the site as files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.settings import load
from publish.site.writing import write_site
from storage.errors import PublishError
from storage.language import say
from zhijiao import tick as ticks
from zhijiao.report import feed_lines

FAILED = 1  # exit status: a feed was refused and keeps its old files; all others are out


def publish(
    site: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help=say("把网站写成静态文件,放进这个文件夹", "write the site as files into this folder")
        ),
    ] = None,
) -> None:
    settings = load()
    console = Console(soft_wrap=True, highlight=False)
    with ticks.opened(settings) as database:
        try:
            for line in feed_lines(ticks.publish(database, settings)):
                console.print(line)
        except PublishError as error:
            console.print(f"[red]✗[/] {escape(str(error))}")
            raise typer.Exit(FAILED) from None
        if site is None:
            return
        written = write_site(database, settings, site, datetime.now(UTC))
    console.print(
        say(
            f"网站在 {escape(str(site))}:{written.files} 个文件,这次写了 {written.changed} 个",
            f"the site is in {escape(str(site))}: {written.files} files, {written.changed} of them written now",
        )
    )
