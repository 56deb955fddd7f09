"""Deciding about doubtful articles, one at a time or by number, and what the feed shows afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from pipeline.intake import take_in
from pipeline.rejudging import decide
from pipeline.settings import Settings
from publish.feeds.write import publish_pending
from storage import articles, labels
from storage.database import Database
from tests.pipeline.test_rejudging import ABOUT_IT, ELSEWHERE
from tests.zhijiao.conftest import Type
from zhijiao.cli.review import _ask
from zhijiao.tick import opened, synchronise

NOW = datetime.now(UTC)
SITE = """
id = "lj"
name = "临江教育网"
home = "http://jy.linjiang.example/"
kind = "government"
level = "city"

[[channels]]
key = "news"
name = "要闻"
url = "http://jy.linjiang.example/list.html"
"""


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Two articles, both in doubt: number 1 was kept, number 2 was not."""
    from crawlers.catalogue import load

    assert settings.sources
    (settings.sources / "lj.toml").write_text(SITE, encoding="utf-8")
    doubting = settings.model_copy(update={"review_band": 1.0})
    with opened(settings) as database:
        synchronise(database, load(settings.sources, bundled=False))
        for raw in (ABOUT_IT, ELSEWHERE):
            take_in(database, replace(raw, published=None), now=NOW, settings=doubting)
        yield database


def test_what_is_in_doubt_is_listed(zhijiao: Type, database: Database) -> None:
    done = zhijiao("review")
    assert done.returncode == 0
    assert [line.split("\t")[0::2] for line in done.stdout.splitlines()] == [
        ["2", "全市防汛会议召开"],
        ["1", "临江市公布2026年高职单招计划"],
    ]


def test_decisions_by_number(zhijiao: Type, database: Database) -> None:
    assert zhijiao("review", "--yes", "2", "--no", "1").returncode == 0
    with database.read() as db:
        assert (labels.of(db, 1), labels.of(db, 2)) == (False, True)
    assert zhijiao("review").stdout == ""
    missing = zhijiao("review", "--no", "99")
    assert (missing.returncode, "没有编号为 99 的文章" in missing.stderr) == (2, True)


@pytest.mark.parametrize(("answers", "decided"), [("yn", (False, True)), ("sq", (None, None))])
def test_one_article_at_a_time(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, answers: str, decided: tuple[object, ...]
) -> None:
    given = iter(answers)
    monkeypatch.setattr("builtins.input", lambda *_: next(given))
    printed = StringIO()
    _ask(Console(file=printed, width=200), database, settings, 10)
    with database.read() as db:
        assert (labels.of(db, 1), labels.of(db, 2)) == decided
    assert "全市防汛会议召开" in printed.getvalue()
    assert "没有提到职业教育。" in printed.getvalue()


def test_a_refused_article_leaves_every_file(database: Database, settings: Settings) -> None:
    publish_pending(database, settings, NOW)
    feed = settings.public / "feeds" / "all.xml"
    assert "高职单招计划" in feed.read_text(encoding="utf-8")
    decide(database, 1, relevant=False, now=NOW, settings=settings)
    publish_pending(database, settings, NOW)
    files = [path for path in settings.public.rglob("*") if path.suffix in (".xml", ".atom", ".json")]
    assert [path.name for path in files if "高职单招计划" in path.read_text(encoding="utf-8")] == []
    with database.read() as db:
        assert articles.doubtful(db, 10)[0].id == 2
