"""Whatever the bytes, the readers answer: quickly, without an exception, and never with a text silently lost."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.pages.article import read_article
from crawlers.pages.body import read_body
from crawlers.pages.feed import read_feed
from crawlers.pages.filters import extract_row, links_row
from crawlers.pages.flow import Span
from crawlers.pages.listing import read_list
from crawlers.pages.page import Page
from crawlers.pages.sitemap import read_sitemap

NOW = datetime(2026, 7, 3, tzinfo=UTC)
LAYOUTS = sorted((Path(__file__).parents[2] / "layouts").glob("*/*.html"))
SENTENCE = "职业教育的发展需要社会各界共同努力，培养更多高素质技术技能人才。"
SCRAPS = (
    b"<",
    b">",
    b"</div>",
    b"<div>",
    b"\x00",
    b"\xed\xa0\x80",
    b"&#xD800;",
    b"<!--",
    b"]]>",
    b"<table>",
    "来源：".encode(),
)


def read_everything(body: bytes) -> None:
    page = Page("https://a.example/1.html", body)
    extract_row(read_article(page, now=NOW))
    links_row(read_list(page, now=NOW))
    read_feed(page)
    read_sitemap(page, NOW)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    page=st.sampled_from([path.read_bytes() for path in LAYOUTS]),
    edits=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(SCRAPS), st.integers(0, 400)), max_size=8),
)
def test_damaged_pages_raise_nothing(page: bytes, edits: list[tuple[float, bytes, int]]) -> None:
    for place, scrap, length in edits:
        at = int(place * len(page))
        page = page[:at] + scrap + page[at + length :]
    read_everything(page)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_raise_nothing(body: bytes) -> None:
    read_everything(body)


@pytest.mark.parametrize("depth", [300, 5_000])
@pytest.mark.parametrize("opening", ["<div>", "<font><b>", "<em><a href=x>", "<ul><li>", "<table><tr><td>"])
def test_deep_nesting_loses_no_text(opening: str, depth: int) -> None:
    body = f"<html><title>标题</title><body>{opening * depth}<p>{SENTENCE * 3}</p><p>{SENTENCE}终</p>"
    assert read_article(Page(None, body.encode())).text.endswith("终")


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<p>" + "来源：" * 50_000, id="labels"),
        pytest.param("<p>" + 'a="b" ' * 50_000 + '</p><p>x="y"&gt;1</p><p>z="y"&gt;2', id="attributes as text"),
        pytest.param("<p>" + "（记者 " * 50_000 + SENTENCE, id="open brackets"),
        pytest.param("<p>" + " " * 500_000 + "x<p>责" + "　" * 50_000 + "编：", id="spaces"),
        pytest.param("<p>" + "1234567890" * 100_000, id="digits"),
        pytest.param("<p>" + "2026-05-" * 50_000, id="half dates"),
        pytest.param("<title>" + "职教_" * 30_000 + "</title><p>" + SENTENCE, id="separators"),
        pytest.param("<script>createPageHTML(" + "'a'," * 50_000 + "</script>", id="pager"),
        pytest.param("".join(f"<a href={n}>第{n}条新闻的标题</a>" for n in range(10_000)), id="links"),
        pytest.param(f"<p>{SENTENCE}</p>" * 10_000, id="one paragraph many times"),
        pytest.param(SENTENCE * 100_000, id="10 MB in one line"),
        pytest.param("<div>" * 100_000 + SENTENCE, id="nested tags"),
        pytest.param("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + f">{SENTENCE}", id="attributes"),
        pytest.param("<p " + " ".join(f"a{n}='>'" for n in range(50_000)) + f">{SENTENCE}", id="quoted attributes"),
        pytest.param("<p " + "/".join(f"a{n}" for n in range(50_000)) + f">{SENTENCE}", id="bare attributes"),
        pytest.param("".join(f"<a href={n}>第{n}条新闻的标题</a>" for n in range(200_000)), id="200,000 links"),
        pytest.param("<datastore>" + "<record>" * 200_000, id="records without an end"),
        pytest.param(
            "<ul class=news_list>" + "<li class=news><div>" * 10_000 + "<a href=x>新闻标题</a>" * 5_000,
            id="rows deep down",
        ),
        pytest.param("<br>" * 2_500_000, id="10 MB of line breaks"),
        pytest.param("<" * 10_000_000, id="10 MB of brackets"),
    ],
)
def test_no_page_is_slow(html: str) -> None:
    page = f"<meta charset=utf-8>{html}".encode()
    for reader in (read_article, read_list, read_feed):
        started = time.process_time()
        reader(Page("https://a.example/1.html", page))
        assert time.process_time() - started < 2


def test_bounds_keep_what_real_pages_hold() -> None:
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 400_000
    body = f"<p>{SENTENCE}</p><img src='{picture}'><p data-more='{'x ' * 50_000}'>{SENTENCE}终</p>"
    assert read_article(Page(None, f"<meta charset=utf-8>{body}".encode())).text.endswith("终")


def test_links_without_an_end_are_not_read_one_within_the_other() -> None:
    rows = "".join(f"<tr><td><a href=/{n}.html><table><tr><td>第{n}条新闻的标题</table></td>" for n in range(3_000))
    started = time.process_time()
    read_list(Page("https://a.example/", f"<meta charset=utf-8><table>{rows}".encode()))
    assert time.process_time() - started < 2


def test_dates_without_an_end_above_a_text_are_passed_one_by_one() -> None:
    page = Page(None, f"<meta charset=utf-8>{'<p>第三届技能节</p><p>2026-05-21</p>' * 2_000}<p>{SENTENCE}".encode())
    lines = page.flow.lines
    assert read_body(page.flow, Span(lines[0].block, 0, len(lines)), None).lines == (len(lines) - 1,)
