"""notify.toml."""

import re
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from publish.notify.schedule import Quiet
from publish.notify.service import service_of
from publish.notify.targets import Target, Terms, load
from storage.database import MIGRATIONS
from storage.errors import SettingsError
from storage.records import Selection

CHECKOUT = MIGRATIONS.parent.parent
Home = Callable[[str], Path]
URL = 'url = "json://127.0.0.1"\n'


def test_a_table(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECOM_KEY", "693a/91f6")
    text = """
        [wecom]
        url = "wecombot://${WECOM_KEY}?verify=yes"
        send = "at-once"
        quiet = "22:00–07:30"
        topics = ["产教融合", "校企合作"]
        regions = "320000"
        documents = true
        search = "联合体"
        """
    (target,) = load(home(text))
    terms = Terms(
        url=SecretStr("wecombot://${WECOM_KEY}?verify=yes"),
        send="at-once",
        quiet="22:00-07:30",  # type: ignore[arg-type]
        topics=("产教融合", "校企合作"),
        regions=("320000",),
        documents=True,
        search="联合体",
    )
    assert target == Target("wecom", "wecombot://693a%2F91f6?verify=yes", terms)
    assert terms.quiet == Quiet(time(22), time(7, 30))
    assert "693a" not in repr(target)
    assert "WECOM_KEY" not in repr(target)


def test_a_whole_address_in_the_environment(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "jsons://hooks.feeds.example/T0A1?x=1")
    assert [target.url for target in load(home('[hook]\nurl = "${HOOK}"'))] == ["jsons://hooks.feeds.example/T0A1?x=1"]


def test_no_file_no_targets(tmp_path: Path) -> None:
    assert load(tmp_path) == []


def test_a_digest(home: Home) -> None:
    (target,) = load(home(f'[weekly]\n{URL}send = "weekly"\nday = "friday"\nat = 17:30:00\nregions = "320000"'))
    assert (target.terms.weekday, target.terms.at) == (4, time(17, 30))
    assert target.terms.selection() == Selection(region="320000")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[x", "不是合法的 TOML"),
        ("[x]", r"notify.toml \[x\] 中缺少键 `url`"),
        (f"[x]\n{URL}topic = '升学'", r"未知的键 `topic`\(是否想写 `topics`\?\)"),
        (f"[x]\n{URL}send = 'atonce'", r"send 'atonce' 不在 at-once, bundled, daily, weekly 之中\(是否想写 `at-once`"),
        (f"[x]\n{URL}quiet = '22点'", r"notify.toml \[x\] 有误：quiet 要写成 22:00-07:30 这样"),
        (f"[x]\n{URL}quiet = '22:00-22:00'", "要写成 22:00-07:30 这样"),
        (f"[x]\n{URL}quiet = '22:00-25:00'", "要写成 08:00 这样"),
        (f"[x]\n{URL}at = 8", "at 要写成 08:00 这样"),
        (f"[x]\n{URL}most = 0", "most 0 太小,至少是 1"),
        (f"[x]\n{URL}send = 'daily'\ntopics = ['升学', '师资']", "摘编的 topics、regions、sites、kinds 各只能有一个值"),
        ("[x]\nurl = 'wecombot://${ZHIJIAO_TEST_NO_SUCH}'", r"\[x\] url：没有设置环境变量 ZHIJIAO_TEST_NO_SUCH"),
        ("x = 1", r"notify.toml \[x\] 有误"),
    ],
)
def test_mistakes_are_named(home: Home, toml: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load(home(toml))


@pytest.mark.parametrize("page", ["notify.md", "notify.zh-CN.md"])
def test_the_examples_of_the_documents_work(page: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (CHECKOUT / "docs" / page).read_text(encoding="utf-8")
    (example,) = re.findall("```toml\n(.+?)```", text, re.DOTALL)
    addresses = [address.replace("…", "a1b2c3d4") for address in re.findall(r"\| `(\w+://[^`…]+.*?)` \|", text)]
    for name in re.findall(r"\$\{(\w+)\}", text):
        monkeypatch.setenv(name, "123456789:AAEabcdefghijklmnopqrstuvwxyz0123456" if "TELEGRAM" in name else "a1b2c3d4")
    monkeypatch.setenv("WECOM_HOOK", addresses[0])
    tables = [f'[x{number}]\nurl = "{address}"' for number, address in enumerate(addresses)]
    targets = load(home("\n".join((example, *tables))))
    assert len(targets) == 3 + 7
    assert [target.name for target in targets if service_of(target.url) is None] == []
