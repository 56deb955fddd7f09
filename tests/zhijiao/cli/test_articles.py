"""Everything that is stored of an article can be written out, in both formats."""

import csv
import json
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from typer.testing import CliRunner

from pipeline.settings import Settings
from storage import articles
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
    rows = list(csv.DictReader(StringIO(written("--format", "csv"))))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert json.loads(rows[0]["documents"])[0]["written"] == "2025-01-01"


def test_one_site_alone() -> None:
    assert len(written("--site", "linjiang").splitlines()) == 3
    with pytest.raises(ZhijiaoError, match=r"没有网站 linjian\(是否想写 `linjiang`\?\)"):
        written("--site", "linjian")
