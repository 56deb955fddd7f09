"""How the command line speaks: mistyped words, help, errors; what stands in brackets is told as it is written."""

from importlib.metadata import version
from pathlib import Path

import pytest
from rich.cells import cell_len

from pipeline.settings import Settings
from tests.zhijiao.conftest import Type
from zhijiao.report import feed_lines


def test_an_error_keeps_its_brackets(settings: Settings, zhijiao: Type) -> None:
    settings.home.mkdir()
    (settings.home / "feeds.toml").write_text('[my-feed]\ntitel = "x"\n', encoding="utf-8")
    done = zhijiao("--lang", "en", "publish")
    assert (done.returncode, "[my-feed]" in done.stderr) == (2, True)


def test_a_path_keeps_its_brackets(zhijiao: Type, tmp_path: Path) -> None:
    folder = tmp_path / "[site]"
    assert f"{folder}" in zhijiao("publish", "--site", str(folder)).stdout


def test_the_name_of_a_feed_file_keeps_its_brackets() -> None:
    assert list(feed_lines([Path("/[data]/all.xml")])) == ["已更新 /\\[data]/all.xml"]


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        ("docto", "没有命令 docto,是否想写 'doctor'?", "No such command 'docto'. Did you mean 'doctor'?"),
        ("crawl", "缺少 网站[/栏目]", "Missing argument '网站[/栏目]'."),
        (
            "crawl moe --backfil 1",
            "没有选项 --backfil,是否想写 --backfill?",
            "No such option: --backfil (Possible options: --backfill)",
        ),
        ("crawl moe --since", "--since 后面要写上内容", "Option '--since' requires an argument."),
        ("crawl moe --since soon", "--since: 'soon' 不是日期,要写成 2026-11-21 这样", "'soon' does not match"),
        ("crawl moe --backfill x", "--backfill: 'x' 不是整数", "--backfill: 'x' is no whole number"),
        ("articles list --limit 0", "--limit: '0' 太小,至少是 1", "--limit: '0' is too small: at least 1"),
        ("articles show 1 2", "多写了 2", "Got unexpected extra argument(s) (2)"),
        ("sources list --kind x", "--kind: 'x' 不在 'government', ", "'x' is not one of 'government', "),
    ],
)
def test_what_is_mistyped_is_told_in_the_language_spoken(zhijiao: Type, words: str, chinese: str, english: str) -> None:
    """The name of an argument is put into words on import, once a process: either language will do for it."""
    for lang, said in (("zh", chinese), ("en", english)):
        done = zhijiao("--lang", lang, *words.split())
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr.replace("SITE[/CHANNEL]", "网站[/栏目]")


@pytest.mark.parametrize("words", [["--lang", "fr", "tick"], ["tick", "--lang=fr"], ["tick", "--lang"]])
def test_a_language_that_is_not_spoken(zhijiao: Type, words: list[str]) -> None:
    done = zhijiao(*words)
    assert (done.returncode, done.stdout, done.stderr.startswith("✗ --lang: zh | en, ")) == (2, "", True)


def test_help_and_version(zhijiao: Type) -> None:
    shown = zhijiao("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    for said in ("用法:zhijiao [选项] 命令", "─ 命令 ─", "显示这些说明", "判断是否属于职业教育"):
        assert said in shown.stdout
    assert zhijiao("--version").stdout == f"zhijiao {version('zhijiao')}\n"


@pytest.mark.parametrize("words", ["init", "crawl", "sources list", "train", "judge", "digest"])
def test_chinese_help_is_not_cut_off(zhijiao: Type, words: str) -> None:
    shown = zhijiao(*words.split(), "--help", COLUMNS="80").stdout
    assert "…" not in shown
    assert "<bool>" not in shown
    assert max(map(cell_len, shown.splitlines())) <= 80
