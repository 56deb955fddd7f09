from datetime import date
from urllib.parse import parse_qsl

import pytest
from pydantic import ValidationError

from publish.feeds.saved import Query
from publish.site.selecting import address_of, feed_name, narrower, query_of, selection_of
from storage.records import Selection

ALL = Selection(
    topic="产教融合",
    region="320000",
    site="moe_zcs",
    kind="government",
    documents=True,
    since=date(2026, 1, 1),
    until=date(2026, 11, 21),
    query="技校 AI",
)


@pytest.mark.parametrize("selection", [Selection(), Selection(query="a&b=c"), ALL])
def test_to_the_address_and_back(selection: Selection) -> None:
    assert selection_of(dict(parse_qsl(address_of(selection).removeprefix("?")))) == selection


def test_what_is_empty_asks_nothing() -> None:
    assert selection_of({"q": " ", "topic": "", "since": "", "unknown": "x"}) == Selection()
    assert address_of(Selection()) == ""


@pytest.mark.parametrize(
    "asked",
    [
        {"region": "32"},
        {"region": "３２００００"},
        {"kind": "x"},
        {"since": "1.1.2026"},
        {"site": "a/b"},
        {"topic": "长" * 101},
    ],
)
def test_what_cannot_be_meant_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        selection_of(asked)


def test_a_long_query_is_cut() -> None:
    assert selection_of({"q": "长" * 200}) == Selection(query="长" * 100)


def test_each_condition_can_be_taken_away() -> None:
    assert narrower(Selection(topic="招生", query="x")) == {
        "topic": Selection(query="x"),
        "query": Selection(topic="招生"),
    }


@pytest.mark.parametrize(
    ("selection", "name"),
    [
        (Selection(), "all"),
        (Selection(topic="招生"), "topic/招生"),
        (Selection(region="320000"), "province/320000"),
        (Selection(region="320100"), "city/320100"),
        (Selection(site="moe"), "site/moe"),
        (Selection(kind="media"), "kind/media"),
        (Selection(documents=True), "documents"),
        (Selection(query="招生"), None),
        (Selection(since=date(2026, 1, 1)), None),
        (Selection(topic="招生", kind="media"), None),
    ],
)
def test_some_selections_have_a_feed_of_their_own(selection: Selection, name: str | None) -> None:
    assert feed_name(selection) == name


def test_others_can_be_saved() -> None:
    assert query_of(ALL) == Query(
        topics=("产教融合",),
        regions=("320000",),
        sites=("moe_zcs",),
        kinds=("government",),
        documents=True,
        search="技校 AI",
    )
    with pytest.raises(ValidationError):
        query_of(Selection(since=date(2026, 1, 1)))
