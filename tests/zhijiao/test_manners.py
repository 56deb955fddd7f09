from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.records import ChannelRecord, GapRecord, HostRecord
from zhijiao import manners

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
HERE = NOW.astimezone().strftime("%Y-%m-%d %H:%M")
CHANNEL = ChannelRecord("linjiang/news", "linjiang", "要闻", "https://www.linjiang.example/news/", "list", True)
HOST = HostRecord("www.linjiang.example", requests=12, bytes=3_456_000, not_modified=7, errors=1, last_asked_at=NOW)
GAP = GapRecord(CHANNEL.id, "news", NOW, "https://www.linjiang.example/news/3.html", reached="2026-11-20", pages=2)


def test_a_channel_without_a_past_says_nothing() -> None:
    assert list(manners.of_channel(CHANNEL, (), {})) == []


def test_a_channel_says_what_its_address_has_taught() -> None:
    known = replace(CHANNEL, gone_at=NOW, moved_to="https://new.linjiang.example/", moved_times=3, distrusted_at=NOW)
    assert list(manners.of_channel(known, (GAP,), {"fetched": 9, "given_up": 2, "refused": 1})) == [
        "链接:已读 9, 读不到,已放弃 2, 不读 1",
        f"网站说已不存在(410),{HERE} 起不再访问",
        "已搬到 https://new.linjiang.example/(连续 3 次)",
        "它的 304 不可信,总取全页",
        "还有缺口:读到 2026-11-20,下次接着读",
    ]


def test_a_host_has_its_ledger_and_says_what_it_asks_for() -> None:
    (line,) = manners.of_host(HOST, NOW)
    assert line == f"主机 www.linjiang.example:请求 12 次,3.5 MB,304 7 次,出错 1 次,最近 {HERE}"
    until = NOW + timedelta(hours=1)
    asking = replace(HOST, delay=5.0, refusals=2, next_allowed_at=until, robots_until=until)
    assert list(manners.of_host(asking, NOW))[1:] == [
        "两次请求至少隔 5.0 秒",
        f"它要求稍后再来:{until.astimezone():%Y-%m-%d %H:%M} 之前不访问",
        "robots.txt 读不到,暂不访问",
    ]
