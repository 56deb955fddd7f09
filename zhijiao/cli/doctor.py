"""`zhijiao doctor`: prints the findings."""

import typer
from rich.console import Console
from rich.markup import escape

from storage.language import say
from zhijiao.doctor import examine

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "wrong": "[red]✗[/]"}


def doctor() -> None:
    """Check this installation and say what to mend; status 1 when something must be."""
    console = Console(soft_wrap=True, highlight=False)
    wrong = 0
    for finding in examine():
        wrong += finding.state == "wrong"
        console.print(f"{MARKS[finding.state]} [bold]{escape(finding.about)}[/]  {escape(finding.detail)}")
        for line in finding.advice.splitlines():
            console.print(f"  [yellow]→[/] {escape(line)}")
    if wrong:
        console.print(say(f"\n有 {wrong} 个问题需要处理。", f"\n{wrong} to mend."))
        raise typer.Exit(1)
    console.print(say("\n可以运行。", "\nfit to run."))
