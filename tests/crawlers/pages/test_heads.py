"""How Chinese pages print titles, dates and credits: heads.toml, each page with what a reader would say of it."""

import html
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from crawlers.pages.article import read_article
from crawlers.pages.filters import extract_row
from crawlers.pages.page import Page

PAGES = tomllib.loads((Path(__file__).parent / "heads.toml").read_text("utf-8"))["page"]
TEXT = (
    "学校相关负责人说，改革的关键在于把企业的需要写进教学计划，让学生在真实的岗位上学到本领。",
    "一名在读学生告诉记者，过去觉得书本枯燥，进了车间才知道每一道工序都有讲究，“越学越有意思”。",
    "据介绍，当地还将在三年内投入专项资金，用于更新实训设备、培训专业教师和建设公共实训基地。",
)
NAMES = ("source", "author", "editor")


def markup(line: str) -> str:
    if line == "P":
        return "".join(f"<div>{text}</div>" for text in TEXT)
    text = html.escape(line[2:] if line[:2] in {"= ", "* "} else line)
    return {"= ": f"<h1>{text}</h1>", "* ": f'<div><a href="/other.html">{text}</a></div>'}.get(
        line[:2], f"<div>{text}</div>"
    )


def written(page: dict[str, Any]) -> bytes:
    body = "\n".join(map(markup, page["lines"]))
    return f'<meta charset="utf-8"><title>{html.escape(page["head"])}</title><body>{body}'.encode()


def alike(field: str, value: str) -> object:
    """Names as a set; minutes, not seconds."""
    if field in NAMES:
        return set(unicodedata.normalize("NFKC", value).replace("、", " ").split())
    return value[:16] if field in {"published", "updated"} else value


@pytest.mark.parametrize("page", PAGES, ids=[page["id"] for page in PAGES])
def test_a_head_is_read_as_a_reader_would(page: dict[str, Any]) -> None:
    row = extract_row(read_article(Page(page.get("url"), written(page))))
    heading = next((line[2:] for line in page["lines"] if line.startswith("= ")), page["head"])
    told = {"title": heading} | {
        name: value for name, value in page.items() if name not in {"id", "head", "url", "lines"}
    }
    assert {name: alike(name, str(row[name])) for name in told} == {name: alike(name, told[name]) for name in told}
    assert set(TEXT) <= set(row["paragraphs"])  # type: ignore[call-overload]  # a list of texts
