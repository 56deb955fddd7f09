"""How a page was read, in colour, for a person."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawlers.pages.article import read_article
from crawlers.pages.explained import explain
from crawlers.pages.page import Page
from pipeline.article import Listed
from pipeline.reasons import told
from storage.language import say

SHOWN = 60  # characters of a value in a cell


def explain_page(path: Path, url: str | None = None, console: Console | None = None) -> None:
    """Print each field of the page in this file: its value, where it stood, how sure that is, what else was found."""
    console = console or Console(soft_wrap=False, highlight=False)
    page = Page(url, path.read_bytes())
    raw = read_article(page)
    colour = "green" if raw.kind == "article" else "red"
    console.print(f"[bold {colour}]{raw.kind}[/] {escape(raw.rule)} [dim]{escape(told(raw.reason or ''))}[/]")
    table = Table(box=None, pad_edge=False)
    headings = (("字段", "field"), ("值", "value"), ("依据", "found in"), ("把握", "sure"), ("另见", "other values"))
    for heading in headings:
        table.add_column(say(*heading), overflow="fold")
    for field in explain(page, None, Listed(), None):
        sure = f"[{'green' if field.sure >= 0.95 else 'yellow'}]{field.sure:.0%}[/]"
        others = "; ".join(f"{value[:SHOWN]} ({_place(how)})" for value, how in field.others)
        table.add_row(
            _name(field.field), escape(field.value[:SHOWN]), _place(field.how), sure, f"[dim]{escape(others)}[/]"
        )
    console.print(table)
    counts = (("段", "paragraphs", raw.paragraphs), ("图", "pictures", raw.images), ("附件", "files", raw.attachments))
    console.print("  ".join(f"{len(found)} [dim]{say(zh, en)}[/]" for zh, en, found in counts))
    for image in raw.images:
        console.print(f"[dim]{say('图', 'picture')}[/] {escape(image.caption[:SHOWN])} [dim]{escape(image.url)}[/]")
    for file in raw.attachments:
        console.print(f"[dim]{say('附件', 'file')}[/] {escape(file.name[:SHOWN])} [dim]{escape(file.url)}[/]")
    if raw.next_part:
        console.print(f"[dim]{say('下一部分', 'next part')}[/] {escape(raw.next_part)}")


def _name(field: str) -> str:
    return {
        "title": say("标题", "title"),
        "subtitle": say("副题", "subtitle"),
        "original_title": say("原标题", "original title"),
        "published": say("发布", "published"),
        "updated": say("更新", "updated"),
        "source": say("来源", "source"),
        "author": say("作者", "author"),
        "editor": say("编辑", "editor"),
        "document_number": say("文号", "number"),
        "issuer": say("发文机关", "issuer"),
    }[field]


def _place(how: str) -> str:
    return {
        "element": say("规则所指元素", "element of the rule"),
        "heading": say("标题行", "heading"),
        "label": say("标签", "label"),
        "beside": say("相邻位置", "place"),
        "signature": say("文内署名", "signature"),
        "tag": say("页首标记", "tag of the head"),
        "script": say("脚本", "script"),
        "address": say("网址", "address"),
        "list": say("列表页", "list page"),
    }[how]
