"""`zhijiao init` fixes the identity once; the environment may still override it."""

import re
import tomllib

import pytest

from pipeline.settings import Settings
from tests.zhijiao.conftest import Stream, Type

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
    assert re.fullmatch(r"zhijiao-[0-9a-f]{8}\.internal", written["feed_domain"])


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


@pytest.mark.parametrize(
    ("contact", "base_url", "mistake"),
    [
        ("x@y.example", "linjiang", "--base-url: 'linjiang' 不是网址"),
        ("x@y.example", "http://linjiang.example:eighty", "不是网址"),
        ("x@y.example", "ftp://linjiang.example", "不是网址"),
        ("nobody", "https://linjiang.example", "--contact: 'nobody' 不是邮箱或网址"),
        ("x@y", "https://linjiang.example", "不是邮箱或网址"),
    ],
)
def test_what_is_no_address_is_refused(
    settings: Settings, zhijiao: Type, contact: str, base_url: str, mistake: str
) -> None:
    done = zhijiao("init", "--contact", contact, "--base-url", base_url)
    assert (done.returncode, mistake in done.stderr) == (2, True)
    assert not (settings.home / "zhijiao.toml").exists()


def test_a_person_is_asked_until_the_answer_will_do(
    settings: Settings, zhijiao: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["nobody", "https://linjiang.example/about", "linjiang", "https://linjiang.example"])
    monkeypatch.setattr("typer.prompt", lambda question, default: next(answers))
    monkeypatch.setattr(Stream, "terminal", True)
    done = zhijiao("init", TERM="dumb")
    assert (done.returncode, list(answers)) == (0, [])
    assert [line for line in done.stdout.splitlines() if "不是" in line] == [
        "✗ 'nobody' 不是邮箱或网址:要写 news@example.org 或 https://example.org/about 这样,让网站能找到您",
        "✗ 'linjiang' 不是网址:要以 http:// 或 https:// 开头,如 https://zhijiao.example.org",
    ]
    written = tomllib.loads((settings.home / "zhijiao.toml").read_text(encoding="utf-8"))
    assert (written["contact"], written["feed_domain"]) == ("https://linjiang.example/about", "linjiang.example")


def test_the_environment_wins_over_the_file(settings: Settings, zhijiao: Type) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "zhijiao.toml").write_text(
        'feed_title = "来自文件"\ncontact = "file@x.example"\n', encoding="utf-8"
    )
    done = zhijiao("doctor", ZHIJIAO_CONTACT="env@x.example")
    assert "env@x.example" in done.stdout
    assert "file@x.example" not in done.stdout
