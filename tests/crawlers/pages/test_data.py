import json

import pytest

from crawlers.pages.data import next_page, read_data
from crawlers.pages.listing import ListItem, ListPage
from crawlers.pages.page import Page
from crawlers.pages.rules import DataRules

URL = "https://www.linjiang.example/api/list?channel=7"
RULES = DataRules("site:linjiang", "title", "link.href", "date", "data.list", "page")
ENTRIES = [
    {"title": " 技能大赛今日开幕 ", "link": {"href": "/a/1.html"}, "date": "2026-11-20 09:30"},
    {"title": "招生办法公布", "link": {"href": "//news.linjiang.example/2"}, "date": 1795223400},
    {"title": "没有地址", "link": None},
    "no object",
]
ITEMS = (
    ListItem(
        "/a/1.html",
        "技能大赛今日开幕",
        "2026-11-20T09:30+08:00",
        "2026-11-20T09:30+08:00",
        "https://www.linjiang.example/a/1.html",
    ),
    ListItem(
        "//news.linjiang.example/2",
        "招生办法公布",
        "2026-11-21T09:10:00+08:00",
        "2026-11-21T09:10:00+08:00",
        "https://news.linjiang.example/2",
    ),
)
LIST = ListPage(ITEMS, None, "https://www.linjiang.example/api/list?channel=7&page=2", "site:linjiang")


def read(answer: object, rules: DataRules = RULES) -> ListPage:
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return read_data(Page(URL, text.encode()), rules)


@pytest.mark.parametrize("call", ["{}", " callback({});", "/**/cb({})\n"])
def test_items_stand_where_the_paths_lead_also_in_a_call(call: str) -> None:
    text = json.dumps({"data": {"list": ENTRIES}}, ensure_ascii=False)
    assert read(call.replace("{}", text)) == LIST


def test_a_list_may_be_the_answer_itself_or_the_values_of_an_object() -> None:
    assert read(ENTRIES, DataRules("site:linjiang", "title", "link.href", "date", page="page")) == LIST
    assert read({"data": {"list": dict(enumerate(ENTRIES))}}) == LIST


def test_the_last_page_has_no_next() -> None:
    assert read({"data": {"list": []}}) == ListPage((), None, None, "site:linjiang")
    assert next_page(URL + "&page=9", "page") == "https://www.linjiang.example/api/list?channel=7&page=10"


@pytest.mark.parametrize("answer", ["", "<html>", "[" * 100_000, "null", {"data": None}, {"data": {"list": "none"}}])
def test_what_is_no_such_data_says_so(answer: object) -> None:
    found = read(answer)
    assert (found.items, found.kind) == ((), "unparsable")
