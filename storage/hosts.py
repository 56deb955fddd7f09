"""The right to ask a host: one holder at a time, known by a token that grows with every take; and the host's ledger.

Whoever crawls takes the host first, renews the lease while it works, shows it to `require` in every transaction that
stores, and releases the host with the moment from which the next request is polite. What the host has asked for
(patience, a slower pace, its robots.txt) is written down at once or with the next renewal, and outlives the lease.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import LeaseLost
from storage.language import say
from storage.models import Host
from storage.records import HostRecord, Lease, Requests
from storage.rows import insert, record

_RELEASED = datetime(1970, 1, 1, tzinfo=UTC)


def take(db: Session, host: str, holder: str, now: datetime, seconds: float) -> Lease | None:
    """Take the host, or None while another holder's lease is valid. Taking again renews, under a new token.

    One statement, so that of two who take at the same time one gets nothing on both databases.
    """
    until = now + timedelta(seconds=seconds)
    taken = insert(db, Host).values(host=host, holder=holder, token=1, lease_until=until)
    taken_over = taken.on_conflict_do_update(
        index_elements=[Host.host],
        set_={"holder": holder, "token": Host.token + 1, "lease_until": until},
        where=or_(Host.lease_until <= now, Host.holder == holder),
    )
    row = db.scalars(taken_over.returning(Host), execution_options={"populate_existing": True}).one_or_none()
    return record(Lease, row) if row else None


def renew(db: Session, lease: Lease, now: datetime, seconds: float) -> Lease:
    """The same lease for longer; LeaseLost when it has run out or another has taken the host."""
    renewed = (
        update(Host).where(*_valid(lease, now)).values(lease_until=now + timedelta(seconds=seconds)).returning(Host)
    )
    row = db.scalars(renewed, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise _lost(lease)
    return record(Lease, row)


def require(db: Session, lease: Lease, now: datetime) -> None:
    """LeaseLost unless the lease is valid; nobody can take the host before this transaction ends."""
    if db.scalar(select(Host.token).where(*_valid(lease, now)).with_for_update(read=True)) is None:
        raise _lost(lease)


def release(db: Session, lease: Lease, next_allowed_at: datetime | None) -> None:
    """Give the host back, unless it is no longer ours. The next allowed request never moves backwards."""
    mine = select(Host).where(Host.host == lease.host, Host.token == lease.token)
    row = db.scalar(mine.with_for_update(), execution_options={"populate_existing": True})
    if row is None:
        return
    row.lease_until = _RELEASED
    if next_allowed_at and (row.next_allowed_at is None or next_allowed_at > row.next_allowed_at):
        row.next_allowed_at = next_allowed_at
    db.flush()


def get(db: Session, host: str) -> Lease | None:
    """The last lease of a host; released ones ended in 1970. None: never taken."""
    row = db.get(Host, host, populate_existing=True)
    return record(Lease, row) if row else None


def ledger(db: Session, host: str) -> HostRecord | None:
    """What the host asks of us, and what we have asked of it. None: never taken."""
    row = db.get(Host, host, populate_existing=True)
    return record(HostRecord, row) if row else None


def be_patient(db: Session, host: str, until: datetime, refusals: int) -> None:
    """No request before `until`, for whoever takes the host next; the moment never moves backwards."""
    later = or_(Host.next_allowed_at.is_(None), Host.next_allowed_at < until)
    db.execute(update(Host).where(Host.host == host).values(refusals=refusals))
    db.execute(update(Host).where(Host.host == host, later).values(next_allowed_at=until))


def note(db: Session, host: str, asked: Requests, pace: float | None, now: datetime) -> None:
    """Add requests to the ledger; `pace`: seconds between two of them, None where the usual pause will do."""
    db.execute(
        update(Host)
        .where(Host.host == host)
        .values(
            requests=Host.requests + asked.requests,
            bytes=Host.bytes + asked.bytes,
            not_modified=Host.not_modified + asked.not_modified,
            errors=Host.errors + asked.errors,
            delay=pace,
            last_asked_at=now,
        )
    )


def forgive(db: Session, host: str) -> None:
    """It has answered: the next refusal is a first one again."""
    db.execute(update(Host).where(Host.host == host).values(refusals=0))


def keep_robots(db: Session, host: str, text: str | None, read_at: datetime | None, until: datetime) -> None:
    """Its robots.txt as last read, and until when it stands."""
    changed = update(Host).where(Host.host == host)
    db.execute(changed.values(robots=text, robots_read_at=read_at, robots_until=until))


def _valid(lease: Lease, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Host.host == lease.host, Host.token == lease.token, Host.lease_until > now


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(
        say(
            f"{lease.host} 的租约已失效（{lease.holder}，令牌 {lease.token}）：期间的结果不保存",
            f"the lease of {lease.host} is lost ({lease.holder}, token {lease.token}): nothing is stored under it",
        )
    )
