"""Wrong settings are told in words, each with its place and what was meant."""

from pathlib import Path

import pytest

from pipeline.settings import load
from storage.errors import SettingsError
from storage.language import speak


@pytest.mark.parametrize(
    ("line", "chinese", "english"),
    [
        ("tick_second = 5", "中有未知的设置 `tick_second`(是否想写 `tick_seconds`?)", "(did you mean `tick_seconds`?)"),
        ("tick_seconds = 'x'", "`tick_seconds` 有误:'x' 不是整数", "'x' is no whole number"),
        ("tick_seconds = 0", "`tick_seconds` 有误:0 太小,至少是 1", "0 is too small: at least 1"),
        ("timeout_seconds = 0", "`timeout_seconds` 有误:0 太小,要大于 0", "more than 0"),
        ("threshold = 2", "`threshold` 有误:2 太大,至多是 1", "at most 1"),
        ("threshold = 'x'", "`threshold` 有误:'x' 不是数字", "'x' is no number"),
        ("keep_pages = 'ja'", "'ja' 应为 true 或 false", "neither true nor false"),
        (
            "log_level = 'WARN'",
            "'WARN' 不在 DEBUG, INFO, WARNING, ERROR 之中(是否想写 `WARNING`?)",
            "'WARN' is none of",
        ),
        ("contact = 5", "5 不是文字,请加引号", "5 is no text: put it in quotes"),
        ("sources = 5", "5 不是路径,请加引号", "5 is no path: put it in quotes"),
        ("allow_private = '10'", "'10' 不是网段,如 10.1.0.0/16", "'10' is no network like 10.1.0.0/16"),
        ("tick_seconds", "不是合法的 TOML", "is not valid TOML"),
    ],
)
def test_a_wrong_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, chinese: str, english: str
) -> None:
    monkeypatch.setenv("ZHIJIAO_HOME", str(tmp_path))
    (tmp_path / "zhijiao.toml").write_text(line + "\n", encoding="utf-8")
    for language, said in (("zh", chinese), ("en", english)):
        speak(language)  # type: ignore[arg-type]
        with pytest.raises(SettingsError) as told:
            load()
        assert said in str(told.value)
        assert str(tmp_path / "zhijiao.toml") in str(told.value)


def test_a_wrong_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAO_HOME", str(tmp_path))
    monkeypatch.setenv("ZHIJIAO_TICK_SECONDS", "soon")
    with pytest.raises(SettingsError, match=r"环境变量 ZHIJIAO_TICK_SECONDS 中的设置 .* 有误:'soon' 不是整数"):
        load()
