"""When a channel is visited again."""

from datetime import datetime, timedelta

from storage.records import ChannelRecord


def next_due(now: datetime, channel: ChannelRecord, poll_seconds: int, *, failed: bool, spread: float) -> datetime:
    """After the usual pause, within the channel's floor and ceiling; twice as long after each further failure.

    `spread`, from -1 to 1, moves that by up to 15 %, so that channels visited together do not stay together.
    """
    pause = min(max(poll_seconds, channel.floor_seconds), channel.ceiling_seconds)
    if failed:
        pause = min(pause * 2 ** min(channel.failures + 1, 20), channel.ceiling_seconds)
    return now + timedelta(seconds=pause * (1 + 0.15 * spread))


def is_due(channel: ChannelRecord, now: datetime) -> bool:
    """Whether the channel may be visited now: the same as `storage.channels.due` says of many."""
    return channel.enabled and not channel.gone_at and (channel.next_due is None or channel.next_due <= now)


BACK_OFF = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


def next_try(now: datetime, attempts: int) -> datetime | None:
    """When a link that has failed is tried again, given the attempts before this one; None: given up."""
    return now + BACK_OFF[attempts] if attempts < len(BACK_OFF) else None
