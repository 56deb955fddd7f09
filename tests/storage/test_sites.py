from dataclasses import replace

from storage import channels, sites, visits
from storage.database import Database
from storage.language import speak
from tests.storage.samples import HOUR, NEWS, NOTICES, NOW, SITE, link, visit


def test_the_catalogue_is_stored_and_updated(database: Database) -> None:
    renamed = replace(SITE, name="临江市教育体育局", level="county")
    with database.begin() as db:
        sites.sync(db, [SITE], [NEWS, NOTICES])
        assert (sites.listing(db), channels.of_site(db, SITE.id)) == ([SITE], [NEWS, NOTICES])
        sites.sync(db, [renamed], [replace(NEWS, name="要闻"), NOTICES])
    with database.read() as db:
        assert sites.get(db, SITE.id) == renamed
        assert channels.get(db, NEWS.id) == replace(NEWS, name="要闻")


def test_an_unknown_site_is_none(database: Database) -> None:
    with database.read() as db:
        assert sites.get(db, "qingchuan") is None


def test_what_vanished_is_disabled_and_comes_back(stocked: Database) -> None:
    gone = "目录中已没有"
    with stocked.begin() as db:
        sites.sync(db, [SITE], [NEWS])
        assert channels.get(db, NOTICES.id) == replace(NOTICES, enabled=False, disabled_reason=gone)
        sites.sync(db, [], [])
        assert sites.listing(db) == [replace(SITE, enabled=False, disabled_reason=gone)]
        speak("en")
        sites.sync(db, [SITE], [NEWS, NOTICES])
        assert (sites.listing(db), channels.of_site(db, SITE.id)) == ([SITE], [NEWS, NOTICES])
        sites.sync(db, [], [])
        assert sites.listing(db) == [replace(SITE, enabled=False, disabled_reason="no longer in the catalogue")]


def test_what_visits_left_behind_stays(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(etag='"v1"', last_modified="Sat, 21 Nov 2026 07:00:00 GMT"), [link(1)])
        before = channels.get(db, NEWS.id)
        sites.sync(db, [SITE], [NEWS, NOTICES])
        assert channels.get(db, NEWS.id) == before


def test_a_new_address_forgets_what_the_old_has_taught(stocked: Database) -> None:
    moved = replace(NEWS, url="https://edu.linjiang.example/xinwen/")
    with stocked.begin() as db:
        visits.store(db, visit(etag='"v1"', last_modified="Sat, 21 Nov 2026 07:00:00 GMT"), [])
        sites.sync(db, [SITE], [moved, NOTICES])
        assert channels.get(db, NEWS.id) == replace(moved, next_due=NOW + HOUR, first_visited_at=None)
