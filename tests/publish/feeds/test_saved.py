"""Saved feeds, in feeds.toml and from the page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from publish.feeds import saved
from publish.feeds.saved import Query, Saved, from_page, keep, load
from storage import feeds
from storage.database import Database
from storage.errors import PublishError, SettingsError
from storage.records import SavedFeedRecord, Selection

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TOML = """
[jiangsu]
title = "江苏产教融合"
topics = ["产教融合", "校企合作"]
regions = "320000"
documents = true
search = "联合体"
archive = true
"""


def test_a_table_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text(TOML, encoding="utf-8")
    query = Query(topics=("产教融合", "校企合作"), regions=("320000",), documents=True, search="联合体")
    assert load(tmp_path, []) == [Saved(id="jiangsu", title="江苏产教融合", query=query, archive=True)]
    assert query.headings == [{"topic:产教融合", "topic:校企合作"}, {"region:320000"}, {"documents"}]
    assert query.selections() == [Selection(region="320000", documents=True, query="联合体")]


def test_no_file_no_feeds(tmp_path: Path) -> None:
    assert load(tmp_path, []) == []


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[x", "不是合法的 TOML"),
        ("[x]\nsearch = '技校'", r"feeds.toml \[x\] 中缺少键 `title`"),
        ("[x]\ntitle = 'x'\ntopic = '升学'", r"未知的键 `topic`\(是否想写 `topics`\?\)"),
        ("[x]\ntitle = 'x'", "至少要有一个条件"),
        ("[x]\ntitle = 'x'\nregions = '江苏'", r"feeds.toml \[x\] 有误：regions.0 "),
        ("[x]\ntitle = 'x'\nkinds = 'press'", "有误：kinds.0 "),
        ("[X_y]\ntitle = 'x'\nsearch = '技校'", "有误：id "),
        ("x = 1", r"feeds.toml \[x\] 有误"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "feeds.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        load(tmp_path, [])


def test_equal_queries_are_one_feed(database: Database) -> None:
    one = from_page(Query(topics=("升学", "师资"), search="技校 招生"), "甲")
    other = from_page(Query(topics=("师资", "升学"), search="招生　技校"), "乙")
    assert one.id == other.id != from_page(Query(topics=("师资",)), "甲").id
    for saved_feed in (one, other):
        keep(database, saved_feed, NOW)
    with database.read() as db:
        (kept,) = feeds.saved(db)
    assert kept == SavedFeedRecord(one.id, "甲", one.query.written(), NOW)
    (loaded,) = load(Path("/nowhere"), [kept])
    assert (loaded.id, loaded.query.headings) == (one.id, one.query.headings)


def test_a_table_outweighs_a_feed_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text(TOML, encoding="utf-8")
    kept = SavedFeedRecord("jiangsu", "别的", '{"search": "x"}', NOW)
    assert [one.title for one in load(tmp_path, [kept])] == ["江苏产教融合"]


def test_anybody_may_ask_but_not_for_ever(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST", 1)
    first = from_page(Query(search="技校"), "甲")
    keep(database, first, NOW)
    keep(database, first, NOW)
    with pytest.raises(PublishError, match="自选订阅源已有 1 个"):
        keep(database, from_page(Query(search="高职"), "乙"), NOW)
