"""Channels in trouble: who is told, what, when, and what is not worth telling any more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publish.notify.courier import Report
from storage import incidents, sites
from storage.errors import SettingsError
from storage.language import speak
from storage.records import IncidentRecord
from tests.publish.notify.conftest import Desk
from tests.storage.samples import NEWS, NOTICES, SITE

HOUR = timedelta(hours=1)


def trouble(desk: Desk, *names: str, kind: str = "unreachable", host: str = "edu.linjiang.example") -> None:
    """These channels have been in trouble for fifteen hours."""
    figures = {"visits": 5, "fault": "timeout"}
    new = [IncidentRecord(f"linjiang/{n}", kind, host, desk.now - 15 * HOUR, desk.now, figures) for n in names]
    with desk.database.begin() as db:
        sites.sync(db, [SITE], [NEWS, NOTICES, replace(NEWS, id="linjiang/third", name="第三栏")])
        incidents.begin(db, new, silent=(), now=desk.now)


def over(desk: Desk, *names: str) -> None:
    with desk.database.begin() as db:
        known = [one for one in incidents.listing(db) if one.channel_id.partition("/")[2] in names]
        incidents.finish(db, [(one, "well") for one in known], desk.now)


def test_an_alarm_and_its_end_are_told_once_to_who_wants_alarms(desk: Desk) -> None:
    desk.declare("alarms = true", name="operator")
    desk.declare(name="reader")
    desk.send()
    trouble(desk, "news", "notices")
    told = Report("operator", sent=1)
    assert desk.send() == [told, Report("reader")]
    assert desk.send(hours=1) == [Report("operator"), Report("reader")]
    desk.now += 30 * HOUR
    over(desk, "news")
    assert desk.send() == [Report("operator"), Report("reader")], "one is still in trouble"
    over(desk, "notices")
    assert desk.send() == [told, Report("reader")]
    desk.release(1)
    assert desk.send() == [Report("operator"), Report("reader", sent=1)]
    begun, ended = desk.hook.messages[:2]
    assert begun == (
        "职教动态：2 个栏目有问题\n"
        "✗ 连不上：edu.linjiang.example，11月19日 21:00 起\n"
        "教育要闻 (linjiang/news)、通知公告 (linjiang/notices)\n"
        "连续 5 次失败，最近：超时\n"
        "→ 检查这台机器的网络和 DNS；若只有这个网站如此，它的网址可能变了"
    )
    assert ended == (
        "职教动态：2 个栏目恢复\n"
        "✓ 恢复：连不上 edu.linjiang.example，持续 46 小时\n"
        "教育要闻 (linjiang/news)、通知公告 (linjiang/notices)"
    )


def test_of_one_channel_english_says_channel(desk: Desk) -> None:
    desk.declare("alarms = true")
    desk.send()
    speak("en")
    trouble(desk, "news", kind="certificate")
    desk.send()
    assert desk.hook.messages[0].splitlines()[0] == "职教动态: 1 channel in trouble"


def test_what_comes_together_is_one_message(desk: Desk) -> None:
    desk.declare("alarms = true")
    desk.send()
    speak("en")
    trouble(desk, "news", kind="certificate")
    trouble(desk, "third", kind="blocked")
    assert desk.send() == [Report("group", sent=2)]
    (message,) = desk.hook.messages
    assert message.splitlines()[0] == "职教动态: 2 channels in trouble"
    assert "✗ invalid certificate: edu.linjiang.example, since 2026-11-19 21:00" in message


def test_what_was_over_in_quiet_hours_is_not_told(desk: Desk) -> None:
    desk.declare("alarms = true", 'quiet = "11:30-07:30"')
    desk.send()
    trouble(desk, "news")
    trouble(desk, "third", kind="blocked")
    assert desk.send() == [Report("group")]
    over(desk, "news")
    assert desk.send(hours=20) == [Report("group", sent=1)]
    assert "第三栏" in desk.hook.messages[0]
    assert "教育要闻" not in desk.hook.messages[0]


def test_a_target_named_later_is_not_told_of_the_end(desk: Desk) -> None:
    desk.declare(name="reader")
    desk.send()
    trouble(desk, "news")
    desk.send()
    desk.declare("alarms = true", name="operator")
    desk.send()
    over(desk, "news")
    assert desk.send() == [Report("reader"), Report("operator")]


def test_a_message_that_was_not_taken_waits(desk: Desk) -> None:
    desk.declare("alarms = true")
    desk.send()
    trouble(desk, "news")
    desk.hook.answers = [(500, "")]
    assert [report.sent for report in desk.send()] == [0]
    assert [report.sent for report in desk.send(hours=1)] == [1]


def test_many_channels_are_named_as_far_as_there_is_room(desk: Desk) -> None:
    desk.declare("alarms = true")
    desk.send()
    names = [f"n{n}" for n in range(300)]
    with desk.database.begin() as db:
        sites.sync(db, [SITE], [replace(NEWS, id=f"linjiang/{n}", name=f"栏目{n}") for n in names])
        figures = {"visits": 3, "fault": "dns"}
        new = [IncidentRecord(f"linjiang/{n}", "unreachable", "h.example", desk.now, desk.now, figures) for n in names]
        incidents.begin(db, new, silent=(), now=desk.now)
    assert desk.send() == [Report("group", sent=1)]
    (message,) = desk.hook.messages
    assert message.startswith("职教动态：300 个栏目有问题\n")
    assert "、等 280 个" in message


@pytest.mark.parametrize("line", ['send = "daily"', 'topics = ["升学"]', "most = 3"])
def test_an_operators_target_is_told_of_nothing_else(desk: Desk, line: str) -> None:
    desk.declare("alarms = true", line)
    with pytest.raises(SettingsError, match="写两个表"):
        desk.send()
