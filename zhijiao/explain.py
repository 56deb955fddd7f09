"""A verdict in colour, for a person."""

from typing import Any

from rich.console import Console
from rich.markup import escape

from pipeline.reasons import told
from storage.language import say

BAR = 30  # characters of a full score


def explain(row: dict[str, Any], console: Console | None = None) -> None:
    """Print what the filter `judge` answers to a row."""
    console = console or Console(soft_wrap=True, highlight=False)
    colour = "yellow" if row["review"] else "green" if row["relevant"] else "red"
    verdict = say("属于", "belongs") if row["relevant"] else say("不属于", "does not belong")
    doubt = say("(有疑问,待人工判断)", " (in doubt, for review)") if row["review"] else ""
    full = round(BAR * row["score"])
    console.print(f"[bold {colour}]{verdict}[/]{doubt}  {'█' * full}[dim]{'░' * (BAR - full)}[/] {row['score']:.2f}")
    for reason in row["reasons"]:
        console.print(f"  • {escape(told(reason))}".replace("『", "[bold cyan]『").replace("』", "』[/]"))
    _more(console, say("专题", "topics"), " ".join(row["topics"]))
    _more(console, say("地区", "regions"), " ".join(region["name"] for region in row["regions"]))
    _more(console, say("发布", "outlet"), row["outlet"]["name"] if row["outlet"] else "")
    _more(console, say("文件", "documents"), " ".join(document["number"] or "" for document in row["documents"]))


def _more(console: Console, name: str, value: str) -> None:
    if value:
        console.print(f"  [dim]{name}[/] {escape(value)}")
