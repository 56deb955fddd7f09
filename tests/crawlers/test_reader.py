"""The process that reads pages: what comes back, and what becomes of a page that takes too long or too much."""

import asyncio
import os
import pickle
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from crawlers.failures import NotAsked
from crawlers.pages.article import read_article
from crawlers.pages.page import Page
from crawlers.reader import MEMORY, BoundedReader, Unreadable
from crawlers.reading import read
from pipeline.article import Listed
from tests.crawlers.website import article

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PAGE = Page("https://www.linjiang.example/1.html", article("青川职业技术学院举行技能竞赛").encode())


@pytest.fixture(scope="module")
def reader() -> Iterator[BoundedReader]:
    with closing(BoundedReader(seconds=1)) as opened:
        yield opened


def test_a_page_is_read_as_it_is_here(reader: BoundedReader) -> None:
    listed = Listed("青川职业技术学院举行技能竞赛", "2026-11-20")
    assert reader.read(read_article, PAGE, None, listed, now=NOW) == read_article(PAGE, None, listed, now=NOW)


def test_an_error_is_raised_here(reader: BoundedReader) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        reader.read(int, "x")


@pytest.mark.parametrize(
    ("function", "argument", "why"),
    [
        pytest.param(time.sleep, 60, "读取超过 1 秒", id="too long"),
        pytest.param(bytes, 2 * MEMORY, "占用内存过多", id="too much memory"),
        pytest.param(os._exit, 3, "读取进程退出", id="a crash"),
    ],
)
def test_the_next_page_is_read_after(reader: BoundedReader, function: object, argument: int, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        reader.read(function, argument)  # type: ignore[arg-type]  # stands for a reader of pages
    assert reader.read(len, b"abc") == 3


@pytest.mark.parametrize("program", ["/bin/false", "/no/such/program"])
def test_a_page_is_not_to_blame_where_nobody_can_read_it(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with closing(BoundedReader(seconds=1)) as reader:
        with pytest.raises(NotAsked, match="读取进程无法启动"):
            asyncio.run(read(reader, len, b"abc"))
        monkeypatch.undo()
        assert asyncio.run(read(reader, len, b"abc")) == 3


def test_it_ends_with_its_parent() -> None:
    """Also where the parent is killed: its end of the pipe closes."""
    with closing(BoundedReader(seconds=1)) as reader:
        reader.read(len, b"abc")
        process = reader._process
        assert process and process.stdin
        process.stdin.close()
        assert process.wait(10) == 0


def test_little_is_sent() -> None:
    """A page travels as its address and bytes, parsed or not."""
    assert PAGE.root is not None
    assert len(pickle.dumps(PAGE)) < len(PAGE.body) + 200
