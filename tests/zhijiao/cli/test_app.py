"""What stands in brackets is told as it is written: rich takes `[name]` for markup."""

from pathlib import Path

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
