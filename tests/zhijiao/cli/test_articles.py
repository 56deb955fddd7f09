"""Everything that is stored of an article can be written out, in both formats."""

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from typer.testing import CliRunner

from pipeline.settings import Settings
from storage import articles, stories
from storage.errors import ZhijiaoError
from storage.records import DocumentRecord
from tests.storage.samples import ARTICLE, article, stock
from zhijiao.cli import articles as command
from zhijiao.tick import opened

DATED = replace(ARTICLE, documents=(DocumentRecord("临教〔2025〕1号", "临江市教育局", "通知", True, date(2025, 1, 1)),))


@pytest.fixture(autouse=True)
def stored(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article about a dated document and two others, more than a page holds."""
    monkeypatch.setattr(command, "PAGE", 2)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    with opened(settings) as database, database.begin() as db:
        stock(db)
        for record in (DATED, article(2), article(3)):
            articles.add(db, record, None)


def written(*words: str) -> str:
    return CliRunner().invoke(command.app, ["export", "--all", *words], catch_exceptions=False).output


def test_json_lines_hold_every_article_once_and_its_documents() -> None:
    rows = [json.loads(line) for line in written().splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert rows[0]["documents"][0]["written"] == "2025-01-01"


def test_csv_holds_every_article_once_and_its_documents() -> None:
    told = written("--format", "csv")
    assert told.startswith("\ufeff")  # or spreadsheets show Chinese as signs
    rows = list(csv.DictReader(StringIO(told[1:])))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert json.loads(rows[0]["documents"])[0]["written"] == "2025-01-01"


def test_one_site_alone() -> None:
    assert len(written("--site", "linjiang").splitlines()) == 3
    with pytest.raises(ZhijiaoError, match=r"没有网站 linjian\(是否想写 `linjiang`\?\)"):
        written("--site", "linjian")


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("q=技校&topic=招生", [6, 5, 4]),
        ("http://127.0.0.1:8000/?q=%E6%8A%80%E6%A0%A1&until=2025-11-02", [5, 4]),
        ("topic=就业", []),
    ],
)
def test_what_the_page_would_find(settings: Settings, where: str, ids: list[int]) -> None:
    with opened(settings) as database, database.begin() as db:
        for number in (4, 5, 6):
            dated = datetime(2025, 11, number - 3, tzinfo=UTC)
            first = article(number, title=f"技校招生{number}", topics=("招生",), published=dated)
            stories.create(db, first=first, published_at=dated, released_at=dated, now=dated, tag="x,2025")
    rows = [json.loads(line) for line in written("--where", where).splitlines()]
    assert [row["id"] for row in rows] == ids


@pytest.mark.parametrize("where", ["page=3", "since=yesterday", "q="])
def test_a_condition_that_is_none(where: str) -> None:
    with pytest.raises(ZhijiaoError, match="--where"):
        written("--where", where)


def test_a_list_has_the_newest_first_and_says_what_was_kept(settings: Settings) -> None:
    with opened(settings) as database, database.begin() as db:
        old = article(7, title="去年的通知", published=datetime(2024, 11, 1, tzinfo=UTC), relevant=False)
        articles.add(db, old, None)
    told = CliRunner().invoke(command.app, ["list", "--all"], catch_exceptions=False).output.splitlines()
    assert [line.split()[:2] for line in told[1:]] == [["3", "收"], ["2", "收"], ["1", "收"], ["4", "略"]]
