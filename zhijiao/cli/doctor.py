"""`zhijiao doctor`: prints the findings."""

import typer
from rich.console import Console
from rich.markup import escape

from storage.language import say
from zhijiao.doctor import examine

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "wrong": "[red]✗[/]"}


def doctor() -> None:
    """检查安装是否可用,并说明怎么修。 | Check this installation and say what to mend.

    退出码 exit status: 0 可以运行 fit to run; 1 有必须修的问题 something must be mended.
    """
    console = Console(soft_wrap=True, highlight=False)
    wrong = 0
    for finding in examine():
        wrong += finding.state == "wrong"
        advice = f"  → {escape(finding.advice)}" if finding.advice else ""
        console.print(f"{MARKS[finding.state]} [bold]{finding.about}[/]  {escape(finding.detail)}{advice}")
    if wrong:
        console.print(say(f"\n有 {wrong} 个问题需要处理。", f"\n{wrong} to mend."))
        raise typer.Exit(1)
    console.print(say("\n可以运行。", "\nfit to run."))
