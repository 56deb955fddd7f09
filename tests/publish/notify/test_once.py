"""Each story once: kill -9 of a real process in the middle of a message, and two senders at once, on both databases."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from publish.notify.courier import LEASE, Report
from publish.notify.send import send_pending
from storage import deliveries
from storage.database import MIGRATIONS, open_database
from tests.publish.notify.conftest import Desk

CHECKOUT = MIGRATIONS.parent.parent

# As `zhijiao notify send` does it, but at the time it is told; "killed" dies between the promise and the message.
SENDER = """
import os, signal, sys
from datetime import datetime
from pipeline.settings import load
from publish.notify import service
from publish.notify.send import send_pending
from storage.database import open_database

if sys.argv[2] == "killed":
    service.Service.send = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
settings, now = load(), datetime.fromisoformat(sys.argv[1])
print(send_pending(open_database(settings.database_url), settings, lambda: now), flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Both: what is claimed, and by whom, rests on how they lock."""
    return str(request.param)


def sender(desk: Desk, url: str, how: str = "plain") -> "subprocess.Popen[str]":
    environment = os.environ | {"ZHIJIAO_HOME": str(desk.settings.home), "ZHIJIAO_DATABASE_URL": url}
    command = [sys.executable, "-c", SENDER, desk.now.isoformat(), how]
    return subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("how", ["plain", "killed"])
def test_a_killed_sender_makes_no_story_come_twice(desk: Desk, database_url: str, how: str) -> None:
    desk.declare('send = "at-once"')
    desk.send()
    for number in (1, 2, 3):
        desk.release(number)
    desk.hook.held = 1
    with sender(desk, database_url, how) as process:
        if how == "plain":
            assert desk.hook.arrived.wait(60)  # the service has it, and has not said so
            process.kill()
        process.wait(60)
    desk.hook.gate.set()
    assert desk.send() == [Report("group")], "the dead sender still holds the target"
    assert desk.send(seconds=LEASE.total_seconds()) == [Report("group", sent=2, doubtful=1)]
    assert desk.titles() == [*(["第1篇"] if how == "plain" else []), "第2篇", "第3篇"]
    with desk.database.begin() as db:
        assert deliveries.counts(db, "group") == {"sent": 2, "unknown": 1}
        assert deliveries.again(db, "group", ["unknown"]) == 1
    assert desk.send() == [Report("group", sent=1)]


def test_two_senders_at_once_send_each_story_once(desk: Desk, database_url: str) -> None:
    desk.declare('send = "at-once"', name="one")
    desk.declare("most = 2", name="two", url=desk.hook.url + "/two")
    desk.send()
    for number in range(10):
        desk.release(number)

    def send(_: int) -> list[Report]:
        with closing(open_database(database_url)) as database:
            return send_pending(database, desk.settings, lambda: desk.now)

    with ThreadPoolExecutor(4) as threads:
        reports = [report for found in threads.map(send, range(4)) for report in found]
    assert Counter(report.target for report in reports for _ in range(report.sent)) == {"one": 10, "two": 10}
    assert Counter(path for path, _ in desk.hook.asked) == {"/hook": 10, "/hook/two": 5}
    assert len(set(desk.hook.messages)) == 15


def test_a_sender_that_slept_through_its_lease_sends_nothing_more(desk: Desk) -> None:
    """Its message is on the way for longer than it may hold the target; another sends the rest meanwhile."""
    desk.declare('send = "at-once"')
    desk.send()
    for number in (1, 2):
        desk.release(number)
    desk.hook.held = 1
    moments = iter([desk.now] * 5)
    with ThreadPoolExecutor(1) as threads:
        sleeper = threads.submit(send_pending, desk.database, desk.settings, lambda: next(moments, desk.now))
        assert desk.hook.arrived.wait(60)
        assert desk.send(seconds=LEASE.total_seconds()) == [Report("group", sent=1, doubtful=1)]
        desk.hook.gate.set()
        assert sleeper.result() == [Report("group", sent=1)]
    assert desk.titles() == ["第1篇", "第2篇"]
    with desk.database.read() as db:
        assert deliveries.counts(db, "group") == {"sent": 2}, "it knows better than who found it gone"
