"""Hosts are held in a real database; the other crawl is another Leases on the same one."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.hosts import host_of
from crawlers.leases import HostBusy, Leases
from crawlers.ledger import Ledger
from pipeline.settings import Settings
from storage import hosts
from storage.database import Database, open_database
from storage.errors import LeaseLost
from storage.records import Lease

HOST = "news.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    opened = Ledger(settings)
    yield opened
    asyncio.run(opened.close())


@pytest.fixture
def database(settings: Settings, ledger: Ledger) -> Iterator[Database]:
    opened = open_database(settings.database_url)
    yield opened
    opened.close()


def politely(ledger: Ledger, seconds: float = 60, delay: float = 0) -> Leases:
    settings = Settings(delay_seconds=delay)
    return Leases(ledger, settings.model_copy(update={"lease_seconds": seconds}))


def of_host(database: Database) -> Lease:
    with database.read() as db:
        lease = hosts.get(db, HOST)
    assert lease is not None
    return lease


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://News.Example/a", "news.example"),
        ("https://news.example:443/", "news.example"),
        ("http://news.example:8080/", "news.example:8080"),
        ("http://127.0.0.1:5000/", "127.0.0.1:5000"),
    ],
)
def test_a_port_makes_a_host_of_its_own(url: str, host: str) -> None:
    assert host_of(url) == host


def test_two_visits_share_a_host_until_the_last_has_left(ledger: Ledger, database: Database) -> None:
    async def story() -> None:
        leases = politely(ledger, 60, delay=5)
        first, second = await asyncio.gather(leases.hold(HOST, "one"), leases.hold(HOST, "two"))
        assert first == second
        await leases.leave("one")
        assert of_host(database).lease_until > datetime.now(UTC)
        await leases.leave("two")
        left = of_host(database)
        assert left.lease_until < datetime.now(UTC)
        assert left.next_allowed_at is not None
        assert timedelta(seconds=4) < left.next_allowed_at - datetime.now(UTC) <= timedelta(seconds=5)

    asyncio.run(story())


def test_a_host_that_another_crawl_holds_is_busy(ledger: Ledger) -> None:
    async def story() -> None:
        ours, theirs = politely(ledger), politely(ledger)
        await theirs.hold(HOST, "visit")
        with pytest.raises(HostBusy, match="另一个抓取进程"):
            await ours.hold(HOST, "visit")
        await theirs.close()
        await ours.hold(HOST, "visit")

    asyncio.run(story())


def test_a_short_wait_is_waited_out_and_a_long_one_is_not(ledger: Ledger, database: Database) -> None:
    async def story() -> None:
        await held_before(delay=0.1)
        leases = politely(ledger)
        lease = (await leases.hold(HOST, "visit")).lease
        assert lease.next_allowed_at is not None
        assert lease.next_allowed_at <= datetime.now(UTC)
        await leases.close()
        await held_before(delay=600)
        with pytest.raises(HostBusy, match="还不能"):
            await leases.hold(HOST, "visit")
        assert of_host(database).lease_until < datetime.now(UTC)

    async def held_before(delay: float) -> None:
        before = politely(ledger, delay=delay)
        await before.hold(HOST, "visit")
        await before.leave("visit")

    asyncio.run(story())


def test_a_lost_lease_is_lost_for_all_who_used_it_and_for_no_one_after_them(ledger: Ledger, database: Database) -> None:
    async def story() -> None:
        leases = politely(ledger, 0.03)
        keeping = asyncio.create_task(leases.keep())
        lease = (await leases.hold(HOST, "visit")).lease
        with database.begin() as db:
            hosts.release(db, lease, None)
        with pytest.raises(LeaseLost):
            while True:  # until a renewal has noticed
                await leases.hold(HOST, "visit")
                await asyncio.sleep(0)
        await leases.leave("visit")
        assert (await leases.hold(HOST, "next")).lease.token == lease.token + 1
        keeping.cancel()

    asyncio.run(asyncio.wait_for(story(), 10))


def test_a_host_that_asks_for_patience_is_left_alone_by_this_crawl_and_by_the_next(
    ledger: Ledger, database: Database
) -> None:
    async def story() -> None:
        leases = politely(ledger)
        until = datetime.now(UTC) + timedelta(hours=1)
        held = await leases.hold(HOST, "visit")
        await leases.be_patient(held, until)
        assert of_host(database).next_allowed_at == until  # at once: a kill must not forget it
        with pytest.raises(HostBusy, match="还不能") as busy:
            await leases.hold(HOST, "another visit")
        assert busy.value.until == until
        await leases.close()
        with pytest.raises(HostBusy, match="还不能"):
            await politely(ledger).hold(HOST, "visit")

    asyncio.run(story())


def test_requests_come_into_the_ledger_with_a_renewal_or_at_the_end(ledger: Ledger, database: Database) -> None:
    async def story() -> None:
        leases = politely(ledger)
        held = await leases.hold(HOST, "visit")
        held.count(2_000)
        held.count(0, not_modified=True)
        held.count(100, error=True)
        held.pace.answered(3.0, well=True)
        await leases.leave("visit")
        with database.read() as db:
            known = hosts.ledger(db, HOST)
        assert known
        assert known.last_asked_at is not None
        assert (known.requests, known.bytes, known.not_modified, known.errors) == (3, 2_100, 1, 1)
        assert known.delay == 6.0

    asyncio.run(story())
