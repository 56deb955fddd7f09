import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage import hosts, sites
from storage.database import Database
from storage.errors import LeaseLost
from storage.records import HostRecord, Lease, Requests
from tests.storage.samples import HOUR, NOW, SITE

HOST = "edu.linjiang.example"
MINUTE = timedelta(minutes=1)
RELEASED = datetime(1970, 1, 1, tzinfo=UTC)


def test_a_host_has_one_holder(database: Database) -> None:
    with database.begin() as db:
        assert hosts.get(db, HOST) is None
        lease = hosts.take(db, HOST, "worker-1", NOW, 60)
        assert lease == Lease(HOST, "worker-1", token=1, lease_until=NOW + MINUTE, next_allowed_at=None)
        assert hosts.take(db, HOST, "worker-2", NOW, 60) is None
        assert hosts.get(db, HOST) == lease


def test_a_lease_runs_out(database: Database) -> None:
    with database.begin() as db:
        hosts.take(db, HOST, "worker-1", NOW, 60)
        assert hosts.take(db, HOST, "worker-2", NOW + MINUTE - timedelta(microseconds=1), 60) is None
        assert hosts.take(db, HOST, "worker-2", NOW + MINUTE, 60) == Lease(HOST, "worker-2", 2, NOW + 2 * MINUTE, None)


def test_taking_again_renews_under_a_new_token(database: Database) -> None:
    with database.begin() as db:
        first = hosts.take(db, HOST, "worker-1", NOW, 60)
        second = hosts.take(db, HOST, "worker-1", NOW, 120)
        assert first and second == replace(first, token=2, lease_until=NOW + 2 * MINUTE)
        with pytest.raises(LeaseLost):
            hosts.require(db, first, NOW)
        hosts.require(db, second, NOW)


def test_renewing_keeps_the_token(database: Database) -> None:
    with database.begin() as db:
        lease = hosts.take(db, HOST, "worker-1", NOW, 60)
        assert lease is not None
        renewed = hosts.renew(db, lease, NOW + MINUTE / 2, 60)
        assert renewed == replace(lease, lease_until=NOW + MINUTE * 1.5)
        hosts.require(db, lease, NOW + MINUTE)


@pytest.mark.parametrize("lost_by", ["time", "another holder", "release"])
def test_a_lost_lease_stores_nothing(lost_by: str, database: Database) -> None:
    """A worker frozen beyond its lease wakes up: neither its transaction nor its lease goes on."""
    with database.begin() as db:
        lease = hosts.take(db, HOST, "worker-1", NOW, 60)
    assert lease is not None
    now = NOW + MINUTE
    with database.begin() as db:
        if lost_by == "another holder":
            hosts.take(db, HOST, "worker-2", now, 60)
        elif lost_by == "release":
            hosts.release(db, lease, None)
            now = NOW
    with pytest.raises(LeaseLost, match=f"{HOST} 的租约已失效（worker-1，令牌 1）"), database.begin() as db:
        sites.sync(db, [SITE], [])
        hosts.require(db, lease, now)
    with pytest.raises(LeaseLost), database.begin() as db:
        hosts.renew(db, lease, now, 60)
    with database.read() as db:
        assert sites.listing(db) == []


def test_a_release_frees_the_host_and_keeps_it_polite(database: Database) -> None:
    with database.begin() as db:
        lease = hosts.take(db, HOST, "worker-1", NOW, 60)
        assert lease is not None
        hosts.release(db, lease, NOW + HOUR)
        assert hosts.get(db, HOST) == replace(lease, lease_until=RELEASED, next_allowed_at=NOW + HOUR)
        assert hosts.take(db, HOST, "worker-2", NOW, 60) == Lease(HOST, "worker-2", 2, NOW + MINUTE, NOW + HOUR)


@pytest.mark.parametrize("later", [None, NOW, NOW + 2 * HOUR])
def test_the_next_request_never_moves_backwards(later: datetime | None, database: Database) -> None:
    with database.begin() as db:
        for next_allowed_at in (NOW + HOUR, later):
            lease = hosts.take(db, HOST, "worker-1", NOW, 60)
            assert lease is not None
            hosts.release(db, lease, next_allowed_at)
        released = hosts.get(db, HOST)
        assert released and released.next_allowed_at == max(NOW + HOUR, later or NOW)


def test_a_lost_lease_releases_nothing(database: Database) -> None:
    with database.begin() as db:
        lost = hosts.take(db, HOST, "worker-1", NOW, 60)
        held = hosts.take(db, HOST, "worker-2", NOW + HOUR, 60)
        assert lost is not None
        hosts.release(db, lost, NOW + 2 * HOUR)
        assert hosts.get(db, HOST) == held


def test_of_many_takers_one_gets_the_host(database: Database) -> None:
    """New hosts first, then the same hosts when their leases have run out."""
    takers = 6
    start = threading.Barrier(takers)

    def take_all(taker: int) -> list[Lease]:
        taken = []
        for now in (NOW, NOW + HOUR):
            for number in range(5):
                start.wait()
                with database.begin() as db:
                    lease = hosts.take(db, f"{number}.example", f"worker-{taker}", now, 60)
                taken += [lease] if lease else []
        return taken

    with ThreadPoolExecutor(takers) as threads:
        taken = [lease for leases in threads.map(take_all, range(takers)) for lease in leases]
    assert sorted((lease.host, lease.token) for lease in taken) == [
        (f"{number}.example", token) for number in range(5) for token in (1, 2)
    ]


def test_a_host_cannot_be_taken_under_a_storing_transaction(database: Database) -> None:
    """Between `require` and the commit nobody gets the host, even when the lease runs out meanwhile."""
    with database.begin() as db:
        lease = hosts.take(db, HOST, "worker-1", NOW, 60)
    assert lease is not None
    order: list[str] = []

    def take_over() -> None:
        with database.begin() as db:
            assert hosts.take(db, HOST, "worker-2", NOW + HOUR, 60) is not None
        order.append("taken over")

    with ThreadPoolExecutor(1) as thread:
        with database.begin() as db:
            hosts.require(db, lease, NOW)
            taking = thread.submit(take_over)
            with pytest.raises(TimeoutError):
                taking.result(timeout=0.1)
            order.append("stored")
        taking.result()
    assert order == ["stored", "taken over"]


def test_what_a_host_asks_for_outlives_the_lease_and_never_moves_backwards(database: Database) -> None:
    with database.begin() as db:
        lease = hosts.take(db, HOST, "worker-1", NOW, 60)
        assert lease
        hosts.be_patient(db, HOST, NOW + HOUR, refusals=1)
        hosts.be_patient(db, HOST, NOW + MINUTE, refusals=2)
        hosts.release(db, lease, NOW + MINUTE)
        assert hosts.ledger(db, HOST) == HostRecord(HOST, next_allowed_at=NOW + HOUR, refusals=2)
        hosts.forgive(db, HOST)
        assert hosts.ledger(db, HOST) == HostRecord(HOST, next_allowed_at=NOW + HOUR)


def test_a_host_has_a_ledger(database: Database) -> None:
    with database.begin() as db:
        assert hosts.ledger(db, HOST) is None
        hosts.take(db, HOST, "worker-1", NOW, 60)
        hosts.note(db, HOST, Requests(3, 40_000, 1, 1), 2.5, NOW)
        hosts.note(db, HOST, Requests(1, 3_000_000_000), None, NOW + HOUR)
        hosts.keep_robots(db, HOST, "User-agent: *\n", NOW, NOW + 24 * HOUR)
        assert hosts.ledger(db, HOST) == HostRecord(
            HOST,
            robots="User-agent: *\n",
            robots_read_at=NOW,
            robots_until=NOW + 24 * HOUR,
            requests=4,
            bytes=3_000_040_000,
            not_modified=1,
            errors=1,
            last_asked_at=NOW + HOUR,
        )
