"""Incidents in a message: what is wrong with which channels since when, what to do, and what is well again. PURE."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.health.wording import CURES, NAMES, evidence
from publish.entries import SHANGHAI
from publish.notify.message import JOINT, Message, size
from storage.language import say
from storage.records import ChannelRecord, IncidentRecord

MOST_NAMED = 20  # channels of one matter


@dataclass(frozen=True)
class Matter:
    """What one message of the outbox is about: the same trouble of one host's channels."""

    over: bool  # it tells that all is well again
    incidents: tuple[IncidentRecord, ...]


def compose(matters: Sequence[Matter], channels: Mapping[str, ChannelRecord], name: str, room: int) -> Message:
    """As many of the matters, first ones first, as have room in so many bytes of UTF-8; at least one, cut if need be.

    `name` is that of the main feed.
    """
    texts = [_text(matter, channels) for matter in matters]
    told = len(texts)
    while told > 1 and size(_title(matters[:told], name) + JOINT + "\n\n".join(texts[:told])) > room:
        told -= 1
    title = _title(matters[:told], name)
    body = "\n\n".join(texts[:told]).encode()[: max(0, room - size(title + JOINT))].decode(errors="ignore")
    return Message(title, body, told)


def _title(matters: Sequence[Matter], name: str) -> str:
    bad = sum(len(matter.incidents) for matter in matters if not matter.over)
    well = sum(len(matter.incidents) for matter in matters if matter.over)
    zh = [*([f"{bad} 个栏目有问题"] if bad else []), *([f"{well} 个栏目恢复"] if well else [])]
    en = [*([f"{_channels(bad)} in trouble"] if bad else []), *([f"{_channels(well)} well again"] if well else [])]
    return say(f"{name}：{'，'.join(zh)}", f"{name}: {', '.join(en)}")


def _channels(number: int) -> str:
    return "1 channel" if number == 1 else f"{number} channels"


def _text(matter: Matter, channels: Mapping[str, ChannelRecord]) -> str:
    first = matter.incidents[0]
    what = say(*NAMES[first.kind])
    named = [_channel(incident, channels) for incident in matter.incidents[:MOST_NAMED]]
    if more := len(matter.incidents) - len(named):
        named.append(say(f"等 {more} 个", f"and {more} more"))
    names = say("、", ", ").join(named)
    if matter.over:
        ended = max(incident.ended_at or incident.noticed_at for incident in matter.incidents)
        lasted = _lasted(min(incident.since for incident in matter.incidents), ended)
        return say(
            f"✓ 恢复：{what} {first.host}，持续 {lasted}\n{names}",
            f"✓ over: {what}, {first.host}, after {lasted}\n{names}",
        )
    since = _minute(min(incident.since for incident in matter.incidents))
    head = say(f"✗ {what}：{first.host}，{since} 起", f"✗ {what}: {first.host}, since {since}")
    return "\n".join((head, names, say(*evidence(first.kind, first.figures)), f"→ {say(*CURES[first.kind])}"))


def _channel(incident: IncidentRecord, channels: Mapping[str, ChannelRecord]) -> str:
    known = channels.get(incident.channel_id)
    return f"{known.name} ({incident.channel_id})" if known else incident.channel_id


def _lasted(since: datetime, until: datetime) -> str:
    hours = (until - since).total_seconds() / 3600
    if hours < 48:
        return say(f"{hours:.0f} 小时", f"{hours:.0f} hours")
    return say(f"{hours / 24:.0f} 天", f"{hours / 24:.0f} days")


def _minute(moment: datetime) -> str:
    here = moment.astimezone(SHANGHAI)
    return say(f"{here.month}月{here.day}日 {here:%H:%M}", f"{here:%Y-%m-%d %H:%M}")
