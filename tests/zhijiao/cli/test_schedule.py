"""When channels are due is told, and why."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.timetable import chosen, learnt, market
from pipeline.settings import Settings, load
from storage import sites, visits
from storage.database import open_database, prepare
from storage.errors import ZhijiaoError
from storage.language import speak
from storage.records import ChannelRecord, FoundLink, Habits, SiteRecord, VisitRecord
from zhijiao.cli.schedule import explained, schedule

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # a Wednesday, ten in the morning in China
SITE = SiteRecord("lj", "临江教育网", "http://a.example/", "government", "city", None, None, "full", True)
NEWS = ChannelRecord("lj/news", "lj", "要闻", "http://a.example/news/", "list", True)
NEW = replace(NEWS, id="lj/new", name="新栏目", url="http://a.example/new/")
FOUND = [FoundLink(f"a.example/{day}", f"http://a.example/{day}", "t", f"2026-11-{day} 09:30") for day in range(10, 18)]


@pytest.fixture
def visited() -> ChannelRecord:
    """A channel after its first visit, which showed eight items of eight days."""
    prices = market([NEWS, NEW], Settings())
    rhythm = learnt(NEWS, FOUND, NOW, prices.common)
    return replace(NEWS, rhythm=rhythm.written()[0], next_due=chosen(NEWS, rhythm, NOW, prices))


def why(channel: ChannelRecord, settings: Settings | None = None) -> list[str]:
    return list(explained(channel, market([channel, NEW], settings or Settings()), settings or Settings(), NOW))


def test_the_reasons_are_told(visited: ChannelRecord) -> None:
    head, week, hours, today, expected, *_ = why(visited)
    assert head.startswith("[bold]lj/news[/bold] 要闻: 11-")
    assert week.startswith("  每周约 7.") and "九成把握" in week
    assert "9-10" in hours and "今天是星期三" in today and "篇新文章" in expected


def test_the_reasons_are_told_in_english(visited: ChannelRecord) -> None:
    speak("en")
    assert "about 7." in why(visited)[1] and "today is a Wednesday" in why(visited)[3]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"rhythm": None, "next_due": None}, "还没有看过"),
        ({"failures": 3}, "连续 3 次失败"),
        ({"ceiling_seconds": 1200, "floor_seconds": 60}, "已到上限 ceiling"),
    ],
)
def test_what_overrules_the_rhythm_is_told(visited: ChannelRecord, changed: dict[str, object], reason: str) -> None:
    assert any(reason in line for line in why(replace(visited, **changed)))


def test_a_fixed_pause_is_told(visited: ChannelRecord) -> None:
    assert "固定间隔 600 秒" in why(visited, Settings(poll_seconds=600))[1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visited: ChannelRecord) -> None:
    monkeypatch.setenv("ZHIJIAO_HOME", str(tmp_path))
    prepare(load().database_url)
    database = open_database(load().database_url)
    with database.begin() as db:
        sites.sync(db, [SITE], [NEWS, NEW])
        assert visited.next_due
        visit = VisitRecord("lj/news", NOW, NOW, "ok", visited.next_due)
        visits.store(db, visit, FOUND, Habits(rhythm=visited.rhythm))
    database.close()


def test_the_next_comes_first(home: None, capsys: pytest.CaptureFixture[str]) -> None:
    schedule()
    heading, first, second = capsys.readouterr().out.splitlines()
    assert heading.split() == ["下次", "每周约", "栏目", "名称"]
    assert first.split() == ["马上", "?", "lj/new", "新栏目"]
    assert second.split()[-2:] == ["lj/news", "要闻"] and second.split()[2].startswith("7.")


def test_a_site_is_explained(home: None, capsys: pytest.CaptureFixture[str]) -> None:
    schedule(["lj"], explain=True)
    out = capsys.readouterr().out
    assert "还没有看过" in out and "每周约" in out


def test_a_mistyped_channel_is_named(home: None) -> None:
    with pytest.raises(ZhijiaoError, match="lj/mews"):
        schedule(["lj/mews"])
