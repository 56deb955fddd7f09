from dataclasses import replace

from storage import channels, sites, visits
from storage.database import Database
from storage.records import Habits
from tests.storage.samples import HOUR, NEWS, NOTICES, NOW, SITE, visit


def test_a_channel_never_visited_is_due_at_once(stocked: Database) -> None:
    with stocked.read() as db:
        assert channels.due(db, NOW) == [NEWS, NOTICES]


def test_the_longest_overdue_comes_first(stocked: Database) -> None:
    feed = replace(NEWS, id="linjiang/feed", kind="feed")
    with stocked.begin() as db:
        sites.sync(db, [SITE], [NEWS, NOTICES, feed])
        visits.store(db, visit(next_due=NOW - HOUR), [])
        visits.store(db, visit(channel_id=NOTICES.id, next_due=NOW - 2 * HOUR), [])
    with stocked.read() as db:
        assert [channel.id for channel in channels.due(db, NOW)] == [feed.id, NOTICES.id, NEWS.id]
        assert [channel.id for channel in channels.due(db, NOW, limit=2)] == [feed.id, NOTICES.id]


def test_due_from_its_moment_on(stocked: Database) -> None:
    with stocked.begin() as db:
        sites.sync(db, [SITE], [NEWS])
        visits.store(db, visit(next_due=NOW + HOUR), [])
        assert channels.due(db, NOW) == []
        assert [channel.id for channel in channels.due(db, NOW + HOUR)] == [NEWS.id]


def test_disabled_channels_and_channels_of_disabled_sites_are_never_due(stocked: Database) -> None:
    with stocked.begin() as db:
        sites.sync(db, [SITE], [NEWS, replace(NOTICES, enabled=False, disabled_reason="地址待补")])
        assert channels.due(db, NOW) == [NEWS]
        sites.sync(db, [replace(SITE, enabled=False)], [NEWS, NOTICES])
        assert channels.due(db, NOW) == []


def test_an_unknown_channel_is_none(database: Database) -> None:
    with database.read() as db:
        assert channels.get(db, "linjiang/news") is None
        assert channels.of_site(db, "linjiang") == []


def test_what_answered_410_is_not_due_until_its_address_changes(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(next_due=NOW), [], Habits(gone_at=NOW))
        assert channels.due(db, NOW) == [NOTICES]
        sites.sync(db, [SITE], [replace(NEWS, url="https://edu.linjiang.example/xinwen/"), NOTICES])
        assert [channel.id for channel in channels.due(db, NOW)] == [NOTICES.id, NEWS.id]


def test_a_channel_is_put_off_but_never_moved_forward(stocked: Database) -> None:
    with stocked.begin() as db:
        channels.put_off(db, NEWS.id, NOW + 2 * HOUR)
        channels.put_off(db, NEWS.id, NOW + HOUR)
        assert channels.get(db, NEWS.id) == replace(NEWS, next_due=NOW + 2 * HOUR)
