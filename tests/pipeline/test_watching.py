"""From stored visits to stored incidents, their messages, and no stream of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.watching import watch
from storage import articles, channels, incidents, links, outbox, sites, visits
from storage.database import Database
from storage.records import ArticleRecord, ChannelRecord, Habits, IncidentRecord, VisitRecord
from tests.storage.samples import NEWS, NOTICES, NOW, SITE, article, link, visit

HOUR = timedelta(hours=1)


@pytest.fixture
def stocked(database: Database) -> Database:
    with database.begin() as db:
        sites.sync(db, [SITE], [NEWS, NOTICES])
    return database


def store(database: Database, *made: VisitRecord) -> None:
    with database.begin() as db:
        for one in made:
            visits.store(db, one, [])


def failed(hours: float, channel: ChannelRecord = NEWS, **changes: object) -> VisitRecord:
    known = {"outcome": "failed", "status": None, "rule": None, "reason": "超时", "fault": "timeout"}
    return visit(NOW - hours * HOUR, channel_id=channel.id, **known | changes)


def told(database: Database) -> list[str]:
    """What waits for the notification targets."""
    with database.read() as db:
        return [row.kind for row in outbox.unannounced(db)]


def stored(database: Database) -> list[IncidentRecord]:
    with database.read() as db:
        return incidents.listing(db, ended_since=NOW - timedelta(days=365))


def test_an_incident_begins_goes_on_and_ends_with_one_message_each(stocked: Database) -> None:
    store(stocked, *(failed(hours) for hours in (15, 8)))
    assert watch(stocked, [NEWS.id], NOW).begun == ()
    store(stocked, failed(0))
    (begun,) = watch(stocked, [NEWS.id], NOW).begun
    expected = IncidentRecord(
        NEWS.id,
        "unreachable",
        "edu.linjiang.example",
        NOW - 15 * HOUR,
        NOW,
        {"visits": 3, "fault": "timeout"},
    )
    assert begun == expected
    store(stocked, failed(-1, fault="http", status=502))
    watch(stocked, [NEWS.id], NOW + HOUR)
    assert stored(stocked) == [
        replace(expected, figures={"visits": 4, "fault": "http", "status": 502}, alarm_id=1, id=1)
    ]
    assert told(stocked) == ["alarm"]
    store(stocked, *(visit(NOW + hours * HOUR) for hours in (2, 8)))
    (ended,) = watch(stocked, [NEWS.id], NOW + 8 * HOUR).ended
    assert (ended.id, told(stocked)) == (1, ["alarm", "recovery"])
    (known,) = stored(stocked)
    assert (known.ended_at, known.end, known.recovery_id) == (NOW + 8 * HOUR, "well", 2)
    assert watch(stocked, [NEWS.id], NOW + 9 * HOUR).begun == ()


def test_feeds_have_nothing_to_do_with_alarms(stocked: Database) -> None:
    store(stocked, *(failed(hours) for hours in (15, 8, 0)))
    watch(stocked, [NEWS.id], NOW)
    with stocked.read() as db:
        assert outbox.pending(db) == []


def test_a_channel_that_comes_and_goes_is_no_stream_of_alarms(stocked: Database) -> None:
    """For a month it is down for fourteen hours and well for ten."""
    for hour in range(0, 30 * 24, 2):
        now = NOW + hour * HOUR
        down = hour % 24 < 14
        store(stocked, replace(failed(0), finished_at=now) if down else visit(now))
        watch(stocked, [NEWS.id], now)
    assert told(stocked) in (["alarm", "recovery", "alarm"], ["alarm", "recovery", "alarm", "recovery", "alarm"])


def test_what_came_back_often_ends_after_long_calm_however_often_it_is_visited(stocked: Database) -> None:
    """Two days of calm are asked for, far more than the last visits that are looked at."""
    store(stocked, *(failed(hours) for hours in (15, 8, 0)))
    with stocked.begin() as db:
        incidents.begin(
            db, [IncidentRecord(NEWS.id, "unreachable", "h", NOW, NOW, {}, again=3)], silent=frozenset(), now=NOW
        )
    store(stocked, *(visit(NOW + hours * HOUR / 2) for hours in range(1, 97)))
    assert watch(stocked, [NEWS.id], NOW + 48 * HOUR).ended == ()
    store(stocked, visit(NOW + 48.5 * HOUR))
    (ended,) = watch(stocked, [NEWS.id], NOW + 48.5 * HOUR).ended
    assert (ended.kind, told(stocked)) == ("unreachable", ["alarm", "recovery"])


def test_many_channels_of_a_dead_host_are_one_message(database: Database) -> None:
    many = [replace(NEWS, id=f"linjiang/{n}", url=f"https://edu.linjiang.example/{n}/") for n in range(300)]
    with database.begin() as db:
        sites.sync(db, [SITE], many)
        for channel in many:
            for hours in (15, 8, 0) if channel.id == "linjiang/7" else (3,):
                visits.store(db, failed(hours, channel), [])
    assert len(watch(database, ["linjiang/7"], NOW).begun) == 300
    store(database, failed(-1, many[3]))
    assert watch(database, ["linjiang/3"], NOW + HOUR).begun == ()
    assert told(database) == ["alarm"]
    with database.begin() as db:
        for channel in many:
            for hours in (2, 9):
                visits.store(db, visit(NOW + hours * HOUR, channel_id=channel.id), [])
    watch(database, [channel.id for channel in many[:299]], NOW + 9 * HOUR)
    assert told(database) == ["alarm"], "one of them is still down"
    watch(database, [many[299].id], NOW + 10 * HOUR)
    assert told(database) == ["alarm", "recovery"]


def test_a_later_channel_of_the_host_joins_the_message(stocked: Database) -> None:
    store(stocked, *(failed(hours) for hours in (15, 8, 0)))
    watch(stocked, [NEWS.id], NOW)
    store(stocked, *(failed(-hours, NOTICES) for hours in (1, 8, 15)))
    (begun,) = watch(stocked, [NOTICES.id], NOW + 15 * HOUR).begun
    assert (begun.channel_id, told(stocked)) == (NOTICES.id, ["alarm"])
    assert {incident.alarm_id for incident in stored(stocked)} == {1}


HOSTS = [replace(NEWS, id=f"linjiang/{n}", url=f"https://h{n}.example/") for n in range(30)]


def test_while_nobody_answers_it_is_our_own_network(database: Database) -> None:
    """For a day nobody answers; with pauses that grow and differ hardly two hosts are visited in the same tick."""
    with database.begin() as db:
        sites.sync(db, [SITE], HOSTS)
    for pause in (1, 3, 7, 15, 24):
        for number, channel in enumerate(HOSTS):
            hours = pause * (1 + number / 100)
            store(database, failed(-hours, channel, fault="dns"))
            assert watch(database, [channel.id], NOW + hours * HOUR).begun == (), f"{channel.id} after {hours} hours"
    back = NOW + 32 * HOUR
    for channel in HOSTS[:5]:
        store(database, visit(back, channel_id=channel.id))
    dead = HOSTS[29]
    store(database, failed(-32, dead, fault="dns"))
    (begun,) = watch(database, [dead.id], back).begun
    assert (begun.channel_id, begun.since) == (dead.id, NOW + 1.29 * HOUR)


def test_our_own_network_turns_no_trouble_into_another(database: Database) -> None:
    with database.begin() as db:
        sites.sync(db, [SITE], HOSTS)
    first = HOSTS[0]
    store(database, *(failed(hours, first, fault="http", status=500) for hours in (40, 30, 20)))
    assert [one.kind for one in watch(database, [first.id], NOW - 20 * HOUR).begun] == ["failing"]
    store(database, *(failed(hours, channel, fault="dns") for channel in HOSTS for hours in (15, 8, 0)))
    assert watch(database, [first.id], NOW).begun == ()
    assert [(one.kind, one.ended_at) for one in stored(database)] == [("failing", None)]


def test_what_is_no_longer_visited_is_no_trouble(stocked: Database) -> None:
    store(stocked, *(failed(hours) for hours in (15, 8, 0)))
    watch(stocked, [NEWS.id], NOW)
    with stocked.begin() as db:
        sites.sync(db, [SITE], [replace(NEWS, enabled=False), NOTICES])
    watch(stocked, [], NOW + HOUR)
    (known,) = stored(stocked)
    assert (known.end, told(stocked)) == ("dropped", ["alarm"])


def test_what_is_gone_is_told_by_a_later_tick_where_its_own_was_killed(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, failed(0, fault="http", status=410), [], Habits(gone_at=NOW))
    (begun,) = watch(stocked, [], NOW + HOUR).begun
    assert (begun.channel_id, begun.kind, begun.since) == (NEWS.id, "gone", NOW)
    assert watch(stocked, [], NOW + 2 * HOUR).begun == ()
    assert told(stocked) == ["alarm"]


def test_notes_alarm_nobody(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [], Habits(distrusted_at=NOW, moved_to="https://b.example/", moved_times=5))
    assert [one.kind for one in watch(stocked, [NEWS.id], NOW).begun] == ["lying", "moved"]
    assert told(stocked) == []


def test_articles_that_lose_their_source_are_noticed(stocked: Database) -> None:
    for number in range(60):
        at = NOW - timedelta(days=59 - number)
        source = "临江日报" if number < 43 else None
        known: ArticleRecord = article(number, source=source)
        with stocked.begin() as db:
            visits.store(db, visit(at), [link(number)])
            articles.add(db, known, None)
            links.fetched(db, known.canonical, at)
    (found,) = watch(stocked, [NEWS.id], NOW).begun
    assert (found.kind, found.figures["field"], found.figures["now"]) == ("drifting", "source", 0.0)


def test_a_channel_of_a_host_is_found_by_its_address(stocked: Database) -> None:
    with stocked.read() as db:
        assert [one.id for one in channels.named(db, [NOTICES.id, "nobody/x"])] == [NOTICES.id]
