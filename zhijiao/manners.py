"""What a person should know of how a site has behaved towards the crawl, and the crawl towards it; a line for each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from crawlers import trail
from storage.language import say
from storage.records import ChannelRecord, GapRecord, HostRecord


def of_channel(record: ChannelRecord, gaps: Sequence[GapRecord], links: Mapping[str, int]) -> Iterator[str]:
    """`links`: how many there are in each state."""
    if links:
        names = {
            "fetched": say("已读", "read"),
            "new": say("待读", "to read"),
            "failed": say("读不到,还会再试", "failed, tried again"),
            "given_up": say("读不到,已放弃", "given up"),
            "refused": say("不读", "left unread"),
        }
        counts = ", ".join(f"{name} {links[state]}" for state, name in names.items() if state in links)
        yield say(f"链接:{counts}", f"links: {counts}")
    if record.gone_at:
        yield say(
            f"网站说已不存在(410),{_minute(record.gone_at)} 起不再访问", f"gone (410) since {_minute(record.gone_at)}"
        )
    if record.moved_to:
        times = record.moved_times
        yield say(f"已搬到 {record.moved_to}(连续 {times} 次)", f"moved to {record.moved_to} ({times} times in a row)")
    if record.distrusted_at:
        yield say("它的 304 不可信,总取全页", "its 304 was wrong: asked in full")
    yield from (trail.in_words(gap) for gap in gaps)


def of_host(ledger: HostRecord, now: datetime) -> Iterator[str]:
    """The ledger: what was asked, what came, and what the host asks for."""
    asked, size = ledger.requests, f"{ledger.bytes / 1_000_000:.1f} MB"
    same, errors = ledger.not_modified, ledger.errors
    last = _minute(ledger.last_asked_at) if ledger.last_asked_at else "–"
    yield say(
        f"主机 {ledger.host}:请求 {asked} 次,{size},304 {same} 次,出错 {errors} 次,最近 {last}",
        f"host {ledger.host}: {asked} requests, {size}, {same} answers 304, {errors} errors, last {last}",
    )
    if ledger.delay:
        yield say(f"两次请求至少隔 {ledger.delay:.1f} 秒", f"at least {ledger.delay:.1f} s between two requests")
    if ledger.refusals and ledger.next_allowed_at and ledger.next_allowed_at > now:
        until = _minute(ledger.next_allowed_at)
        yield say(f"它要求稍后再来:{until} 之前不访问", f"it asks for patience: not asked before {until}")
    if ledger.robots_until and not ledger.robots_read_at:
        yield say("robots.txt 读不到,暂不访问", "robots.txt cannot be read: not asked for now")


def _minute(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
