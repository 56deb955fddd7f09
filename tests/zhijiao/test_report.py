"""A line for each channel: what it brought, or that nothing has changed, or why it was not read and what to do."""

from datetime import UTC, datetime
from typing import Any

from rich.markup import render

from pipeline.watching import Watched
from storage.language import speak
from storage.records import IncidentRecord
from zhijiao.report import advice_lines, article_line, channel_line, incident_lines

NOTHING: dict[str, Any] = {
    "event": "channel_finished",
    "channel": "moe/yaowen",
    **dict.fromkeys(("seen", "new", "kept", "joined", "revised", "unchanged"), 0),
    "rejected": {},
    "failed": {},
    "notes": [],
}


def shown(**changes: object) -> str:
    return render(channel_line(NOTHING | changes)).plain


def test_a_list_that_has_not_changed_says_so() -> None:
    assert shown() == "moe/yaowen  没有变化"


def test_counts_and_reasons() -> None:
    assert shown(seen=20, new=3, kept=1, rejected={"没有提到职业教育。": 2}, notes=["已搬到 [别处]"]) == (
        "moe/yaowen  见 20 · 新 3 · 收 1 · 同文 0 · 修订 0 · 不收 2(没有提到职业教育 ×2) · 已搬到 [别处]"
    )


def test_a_failure_is_told_with_what_to_do() -> None:
    failed = NOTHING | {"failed": {"内网地址 10.1.2.3,不访问": 1}}
    assert render(channel_line(failed)).plain == "moe/yaowen  失败 1(内网地址 10.1.2.3,不访问)"
    (line,) = advice_lines([failed, failed])
    assert 'allow_private = "10.1.0.0/16"' in render(line).plain
    assert list(advice_lines([NOTHING | {"failed": {"程序错误(KeyError)": 1}}])) == []


def test_reasons_are_told_in_english() -> None:
    speak("en")
    event = {"outcome": "rejected", "title": "[图] 防汛", "url": "", "reason": "没有提到职业教育。"}
    assert render(article_line(event)).plain == "  rejected [图] 防汛  It does not mention vocational education."


def test_what_begins_and_ends_is_told_once_for_a_host() -> None:
    since, figures = datetime(2026, 11, 21, tzinfo=UTC), {"visits": 3, "fault": "http", "status": 412}
    begun = [IncidentRecord(f"moe/{n}", "blocked", "moe.example", since, since, figures) for n in range(3)]
    ended = [IncidentRecord("lj/news", "silent", "lj.example", since, since, {})]
    lines = [render(line).plain for line in incident_lines(Watched(tuple(begun), tuple(ended)))]
    assert lines == [
        "✗ 被拦截 moe/0 等 3 个栏目(moe.example)  连续 3 次失败，最近：HTTP 412",
        "✓ 恢复:长久没有新文章 lj/news",
    ]
