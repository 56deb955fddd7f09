"""`zhijiao init` fixes the identity once; the environment may still override it."""

import tomllib

from pipeline.settings import Settings
from tests.zhijiao.conftest import Type

GIVEN = ("--contact", "news@linjiang.example", "--base-url", "https://zhijiao.linjiang.example/")


def test_init_writes_the_identity(settings: Settings, zhijiao: Type) -> None:
    assert zhijiao("init", *GIVEN).returncode == 0
    written = tomllib.loads((settings.home / "zhijiao.toml").read_text(encoding="utf-8"))
    assert written.pop("feed_since") >= 2026
    assert written == {
        "contact": "news@linjiang.example",
        "base_url": "https://zhijiao.linjiang.example",
        "feed_domain": "zhijiao.linjiang.example",
        "lang": "zh",
    }


def test_an_address_of_this_machine_is_also_where_the_page_listens(settings: Settings, zhijiao: Type) -> None:
    assert zhijiao("init", "--contact", "a@b.example", "--base-url", "http://127.0.0.1:18440").returncode == 0
    written = tomllib.loads((settings.home / "zhijiao.toml").read_text(encoding="utf-8"))
    assert (written["base_url"], written["listen_port"]) == ("http://127.0.0.1:18440", 18440)


def test_a_second_init_changes_nothing(settings: Settings, zhijiao: Type) -> None:
    zhijiao("init", *GIVEN)
    before = (settings.home / "zhijiao.toml").read_bytes()
    again = zhijiao("init", "--contact", "other@linjiang.example", "--base-url", "http://other.example")
    assert again.returncode == 2
    assert "feed_domain" in again.stderr
    assert zhijiao("init", "--if-missing").returncode == 0
    assert (settings.home / "zhijiao.toml").read_bytes() == before


def test_init_without_a_terminal_says_which_option_is_missing(zhijiao: Type) -> None:
    done = zhijiao("init", stdin="")
    assert done.returncode == 2
    assert "--contact" in done.stderr


def test_an_address_that_is_none_is_refused(settings: Settings, zhijiao: Type) -> None:
    done = zhijiao("init", "--contact", "x@y.example", "--base-url", "linjiang")
    assert done.returncode == 2
    assert not (settings.home / "zhijiao.toml").exists()


def test_the_environment_wins_over_the_file(settings: Settings, zhijiao: Type) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "zhijiao.toml").write_text(
        'feed_title = "来自文件"\ncontact = "file@x.example"\n', encoding="utf-8"
    )
    done = zhijiao("doctor", ZHIJIAO_CONTACT="env@x.example")
    assert "env@x.example" in done.stdout
    assert "file@x.example" not in done.stdout
