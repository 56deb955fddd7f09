"""The doctor finds what is wrong and says what to do."""

from datetime import UTC, datetime

import pytest

from pipeline.settings import Settings
from storage import visits
from storage.records import VisitOutcome, VisitRecord
from tests.storage.samples import stock
from tests.zhijiao.conftest import Type
from zhijiao.doctor import Finding, examine
from zhijiao.tick import opened

NOW = datetime.now(UTC)


def test_a_fresh_installation_without_identity_is_told_to_init(zhijiao: Type) -> None:
    done = zhijiao("doctor", ZHIJIAO_CONTACT="", ZHIJIAO_BUNDLED_SOURCES="true")
    assert done.returncode == 1
    assert "zhijiao init" in done.stdout
    assert done.stdout.count("✗") == 1


def test_a_sound_installation_is_fit_to_run(zhijiao: Type) -> None:
    done = zhijiao("--lang", "en", "doctor", ZHIJIAO_BUNDLED_SOURCES="true")
    assert done.returncode == 0, done.stdout
    assert "fit to run" in done.stdout


def test_a_broken_database_is_found(settings: Settings, zhijiao: Type) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "zhijiao.db").write_bytes(b"no database" * 100)
    done = zhijiao("doctor", ZHIJIAO_BUNDLED_SOURCES="true")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("outcomes", "state", "told"),
    [
        (("ok", "failed"), "ok", "2 个栏目上次有 1 个没有读到(域名无法解析 ×1"),
        (("failed", "failed"), "wrong", "2 个栏目上次有 2 个没有读到(域名无法解析 ×2"),
        (("put_off", "failed"), "wrong", "2 个栏目上次有 2 个没有读到"),
        (("ok", "not_modified"), "ok", "2 个栏目上次都读到了"),
    ],
)
def test_sites_that_could_not_be_read_are_noticed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, outcomes: tuple[VisitOutcome, ...], state: str, told: str
) -> None:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    with opened(settings) as database, database.begin() as db:
        stock(db)
        for channel, outcome in zip(("linjiang/news", "linjiang/notices"), outcomes, strict=True):
            reason = None if outcome in ("ok", "not_modified") else "域名无法解析"
            visits.store(db, VisitRecord(channel, NOW, NOW, outcome, NOW, reason=reason), [])
    found = next(finding for finding in examine() if finding.about == "网站")
    assert (found.state, found.detail.startswith(told)) == (state, True)
    assert ("检查这台机器的网络和 DNS" in found.advice) == (state == "wrong")


def test_a_site_that_needs_a_browser_is_told_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings.home / "sources"
    own.mkdir(parents=True)
    channel = 'channels = [{ key = "a", name = "b", url = "http://a.example/" }]'
    text = f'id = "spa"\nname = "一"\nkind = "media"\nbrowser = true\n{channel}'
    (own / "spa.toml").write_text(text, "utf-8")
    for name, value in (settings.environment() | {"ZHIJIAO_SOURCES": str(own)}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("crawlers.browser.find_spec", lambda name: None)
    found = [finding for finding in examine() if finding.about == "浏览器"]
    advice = "缺少浏览器组件:pip install 'zhijiao[browser]'"
    assert found == [Finding("warning", "浏览器", "1 个网站要用浏览器打开 (spa)", advice)]


def test_a_variable_that_is_no_setting_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAO_TICK_SECOND", "60")
    assert Finding(
        "warning",
        "环境变量",
        "ZHIJIAO_TICK_SECOND(是否想写 `ZHIJIAO_TICK_SECONDS`?)",
        "没有这样的设置,不起作用",
    ) in list(examine())
