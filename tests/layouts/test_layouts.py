"""Each page that we wrote in the layout of a family, read whole: expected.json beside it says what must come out."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.pages.article import read_article
from crawlers.pages.families.order import FAMILIES
from crawlers.pages.filters import extract_row, links_row
from crawlers.pages.listing import read_list
from crawlers.pages.page import Page

HERE = Path(__file__).parent
EXPECTED = {path.parent.name: json.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("*/expected.json"))}
PAGES = [(layout, name) for layout, pages in EXPECTED.items() for name in pages]


def read(layout: str, name: str) -> dict[str, object]:
    case = EXPECTED[layout][name]
    page = Page(case["url"], (HERE / layout / name).read_bytes())
    now = datetime.fromisoformat(case["now"])
    if case["reads"] == "list":
        return links_row(read_list(page, now=now))
    return extract_row(read_article(page, now=now))


@pytest.mark.parametrize(("layout", "name"), PAGES)
def test_layout(layout: str, name: str) -> None:
    assert read(layout, name) == EXPECTED[layout][name]["expected"]


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_every_family_has_a_layout_that_it_reads(family: str) -> None:
    cases: dict[str, Any] = EXPECTED.get(family, {})
    rules = {case["expected"]["rule"] for case in cases.values()}
    assert f"family:{family}" in rules, f"write a page in tests/layouts/{family}/ and what must come out of it"


def test_every_family_module_is_asked() -> None:
    folder = Path(read_article.__code__.co_filename).parent / "families"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "family", "order"}
    assert modules == {family.name for family in FAMILIES}


def test_every_page_has_an_expected_result() -> None:
    pages = {(path.parent.name, path.name) for path in HERE.glob("*/*.html")}
    assert pages == set(PAGES)
