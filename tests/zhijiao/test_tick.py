"""Ticks: one at a time, and clear about what must be mended first."""

from pathlib import Path

import pytest
import typer
from filelock import FileLock

from crawlers.events import Job
from pipeline.settings import Settings
from storage.errors import PublishError
from tests.zhijiao.conftest import Type
from zhijiao.cli import run
from zhijiao.crawl import Event, OnEvent
from zhijiao.tick import TickResult, tick


def test_an_empty_catalogue_is_a_tick_that_publishes_empty_feeds(settings: Settings) -> None:
    first, second = tick(settings), tick(settings)
    assert sorted(path.name for path in first.written) == ["all.atom", "all.json", "all.opml", "all.xml"]
    assert second == TickResult(True)


def test_a_refused_feed_hides_nothing_of_the_tick(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> list[Path]:
        raise PublishError("topic/招生: broken")

    monkeypatch.setattr("zhijiao.tick.publish_pending", refuse)
    assert tick(settings) == TickResult(True, refused="topic/招生: broken")
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(typer.Exit) as left:
        run.tick()
    assert left.value.exit_code == 1
    assert capsys.readouterr().out == "没有到期的栏目。\n✗ topic/招生: broken\n"


def test_a_second_tick_at_the_same_time_says_so_and_leaves_with_0(settings: Settings, zhijiao: Type) -> None:
    settings.home.mkdir(parents=True)
    with FileLock(settings.home / "tick.lock"):
        done = zhijiao("tick")
    assert (done.returncode, done.stdout) == (0, "另一个 tick 正在运行,这次不做什么。\n")


def test_a_crawler_without_a_contact_does_not_start(zhijiao: Type) -> None:
    done = zhijiao("tick", ZHIJIAO_CONTACT="")
    assert done.returncode == 2
    assert "zhijiao init" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named(zhijiao: Type) -> None:
    done = zhijiao("--lang", "en", "tick", ZHIJIAO_TICK_SECONDS="soon")
    assert done.returncode == 2
    assert "tick_seconds" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_in_the_catalogue_is_named(settings: Settings, zhijiao: Type) -> None:
    assert settings.sources
    (settings.sources / "linjiang.toml").write_text('id = "linjiang"\nnmae = "临江"\n', encoding="utf-8")
    done = zhijiao("--lang", "en", "tick")
    assert done.returncode == 2
    assert "linjiang.toml" in done.stderr
    assert "nmae" in done.stderr
    assert "name" in done.stderr


SITE = """
id = "linjiang"
name = "临江网"
home = "https://www.linjiang.example/"
kind = "media"

[[channels]]
key = "news"
name = "要闻"
url = "https://www.linjiang.example/news/"
"""


def test_a_refused_feed_ends_publish_and_crawl_with_1_and_hides_nothing(
    settings: Settings, zhijiao: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> list[Path]:
        raise PublishError("topic/[招生]: broken")

    def pretend(jobs: list[Job], _: Settings, tell: OnEvent) -> list[Event]:
        counts = dict.fromkeys(("seen", "new", "kept", "joined", "revised", "unchanged"), 0)
        return [{"channel": job.channel, **counts, "rejected": {}, "failed": {}, "notes": []} for job in jobs]

    assert settings.sources
    (settings.sources / "linjiang.toml").write_text(SITE, encoding="utf-8")
    monkeypatch.setattr("zhijiao.tick.publish_pending", refuse)
    monkeypatch.setattr("zhijiao.cli.run.run_crawl", pretend)
    published, crawled = zhijiao("publish"), zhijiao("crawl", "linjiang")
    assert (published.returncode, published.stdout) == (1, "✗ topic/[招生]: broken\n")
    assert (crawled.returncode, crawled.stdout) == (1, "linjiang/news  没有变化\n✗ topic/[招生]: broken\n")
    assert zhijiao("crawl", "linjiang", "--dry-run").returncode == 0


def test_an_unknown_site_is_told_with_the_one_that_was_meant(settings: Settings, zhijiao: Type) -> None:
    assert settings.sources
    (settings.sources / "linjiang.toml").write_text(SITE, encoding="utf-8")
    for words, meant in (("linjang", "linjiang"), ("linjiang/new", "linjiang/news")):
        done = zhijiao("crawl", words)
        assert (done.returncode, f"没有 {words}(是否想写 `{meant}`?)" in done.stderr) == (2, True)
