"""Incidents: one open of a kind, found by channel and site, told together where a host is meant."""

from dataclasses import replace
from datetime import timedelta

from storage import incidents, outbox
from storage.database import Database
from storage.records import IncidentRecord
from tests.storage.samples import HOUR, NEWS, NOTICES, NOW

ONE = IncidentRecord(NEWS.id, "blocked", "edu.linjiang.example", NOW - HOUR, NOW, {"visits": 3, "fault": "http"})
OTHER = replace(ONE, channel_id=NOTICES.id)
MOVED = replace(ONE, kind="moved", figures={"to": "https://b.example/"})


def test_two_ticks_that_notice_the_same_store_it_once(stocked: Database) -> None:
    for begun in ([ONE, MOVED], []):
        with stocked.begin() as db:
            assert incidents.begin(db, [ONE, MOVED], silent=("moved",), now=NOW) == begun
    with stocked.read() as db:
        assert incidents.open_of(db, [NEWS.id]) == {NEWS.id: [replace(ONE, id=1, alarm_id=1), replace(MOVED, id=2)]}
        assert incidents.counts(db) == {"blocked": 1, "moved": 1}
        assert [(row.kind, row.story_id) for row in outbox.unannounced(db)] == [("alarm", None)]


def test_what_is_wrong_with_a_host_is_told_together_until_it_is_over(stocked: Database) -> None:
    with stocked.begin() as db:
        incidents.begin(db, [ONE], silent=(), now=NOW)
    with stocked.begin() as db:
        incidents.begin(db, [OTHER, replace(OTHER, kind="empty"), MOVED], silent=("moved",), now=NOW)
        one, other = incidents.told_by(db, [1])[1]
        assert (one.channel_id, other.channel_id) == (NEWS.id, NOTICES.id)
        incidents.finish(db, [(one, "turned")], NOW)
        assert [row.kind for row in outbox.unannounced(db)] == ["alarm", "alarm"]
        incidents.finish(db, [(other, "well")], NOW)
        assert [row.kind for row in outbox.unannounced(db)] == ["alarm", "alarm", "recovery"]
        assert [told.channel_id for told in incidents.told_by(db, [3])[3]] == [NOTICES.id], "what is well"
    with stocked.begin() as db:
        incidents.begin(db, [ONE], silent=(), now=NOW)
        assert len(outbox.unannounced(db)) == 4, "it is another matter now"


def test_the_open_ones_are_listed_before_those_that_ended(stocked: Database) -> None:
    with stocked.begin() as db:
        incidents.begin(db, [ONE, replace(OTHER, since=NOW - 2 * HOUR)], silent=(), now=NOW)
        incidents.begin(db, [MOVED], silent=("moved",), now=NOW)
        incidents.finish(db, [(one, "well") for one in incidents.open_of(db, [NEWS.id])[NEWS.id]][:1], NOW + HOUR)
    with stocked.read() as db:
        assert [(one.channel_id, one.kind) for one in incidents.listing(db)] == [
            (NOTICES.id, "blocked"),
            (NEWS.id, "moved"),
        ]
        recent = incidents.listing(db, site_id="linjiang", ended_since=NOW)
        assert [one.end for one in recent] == [None, None, "well"]
        assert incidents.listing(db, site_id="linjiang", ended_since=NOW + timedelta(days=1))[2:] == []
        assert incidents.listing(db, site_id="nobody", ended_since=NOW) == []
        assert incidents.last_ended(db, NEWS.id, "blocked") == replace(
            recent[2], ended_at=NOW + HOUR, end="well", recovery_id=None
        )
