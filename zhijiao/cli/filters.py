"""`zhijiao extract | links | judge | match`: JSON lines in, JSON lines out (the contract is in docs/filters.md).

They touch no network, no configured database and no clock, and import neither Scrapy nor what needs it.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

import typer

from storage.language import say

Row = dict[str, Any]


def extract(
    explained: Annotated[
        Path | None,
        typer.Option("--explain", metavar="FILE", help=say("解释一个网页如何读出", "explain how a page is read")),
    ] = None,
    url: Annotated[str | None, typer.Option(help=say("该网页的网址", "the address of that page"))] = None,
) -> None:
    """Read article pages."""
    if explained is not None:
        from zhijiao.explain_page import explain_page

        explain_page(explained, url)
        return
    from crawlers.pages.article import read_article
    from crawlers.pages.filters import extract_row
    from pipeline.article import Listed

    def answer(row: Row) -> Row:
        listed = row.get("listed") or {}
        return extract_row(
            read_article(_page(row), listed=Listed(listed.get("title"), listed.get("date")), now=_now(row))
        )

    _run(answer)


def links() -> None:
    """Read list pages."""
    from crawlers.pages.filters import links_row
    from crawlers.pages.listing import read_list

    _run(lambda row: links_row(read_list(_page(row), now=_now(row))))


def judge(
    text: Annotated[
        str | None,
        typer.Option(
            "--explain", metavar="TEXT", help=say("解释一个标题(正文另起一行)", "explain a title (and text below)")
        ),
    ] = None,
) -> None:
    """Judge whether texts belong, with reasons, by the settings in force."""
    from pipeline.answers import judge_row
    from pipeline.judging import lexicon_of
    from pipeline.settings import load

    settings = load()
    answer = partial(
        judge_row, threshold=settings.threshold, review_band=settings.review_band, words=lexicon_of(settings)
    )
    if text is None:
        _run(lambda row: answer(row, _facts(row.get("site"))))
        return
    from zhijiao.explain import explain

    title, _, rest = text.partition("\n")
    explain(answer({"id": 1, "title": title, "text": rest}))


def match(
    pairs: Annotated[
        bool, typer.Option("--pairs", help=say("每行两篇文章,判断是否同一篇", "two texts a line: are they the same?"))
    ] = False,
) -> None:
    """Recognise reposts: against all lines before, or in pairs."""
    if pairs:
        from pipeline.answers import match_pair

        _run(match_pair)
        return
    from pipeline.matching import Matcher

    with Matcher() as matcher:
        _run(matcher)


def _run(answer: Callable[[Row], Row]) -> None:
    """Answer each line in order; a bad line is answered by its error, and the exit status is then 1 at the end."""
    failed = False
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        row: object = None
        try:
            row = json.loads(line.decode("utf-8-sig"))
            if not isinstance(row, dict):
                raise ValueError("a line must be a JSON object")
            result = {"id": row.get("id")} | answer(row)
        except Exception as error:  # whatever it is, the run goes on and the line says it
            failed = True
            result = {
                "id": row.get("id") if isinstance(row, dict) else None,
                "error": str(error) or type(error).__name__,
            }
        # backslashreplace writes a lone surrogate as the escape that JSON has for it
        sys.stdout.buffer.write((json.dumps(result, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    if failed:
        raise typer.Exit(1)


def _page(row: Row) -> Any:
    from crawlers.pages.page import Page

    path = row.get("path")
    if not isinstance(path, str):
        raise ValueError("path: a file name is needed")
    return Page(row.get("url") or None, Path(path).read_bytes(), row.get("encoding") or None)


def _now(row: Row) -> datetime | None:
    now = row.get("now")
    if now is None:
        return None
    moment = datetime.fromisoformat(now)
    if moment.tzinfo is None:
        from zoneinfo import ZoneInfo

        return moment.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return moment


@cache
def _catalogue() -> Any:
    from crawlers.catalogue import load

    return load()


def _facts(site: str | None) -> Any:
    if not site:
        return None
    if site not in _catalogue().sites:
        raise ValueError(f"site: no {site!r} in the catalogue")
    return _catalogue().sites[site].facts()
