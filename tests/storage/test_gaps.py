from dataclasses import replace

from storage import gaps
from storage.database import Database
from storage.records import GapRecord
from tests.storage.samples import HOUR, NEWS, NOTICES, NOW

BURST = GapRecord(NEWS.id, "news", NOW, "https://edu.linjiang.example/2.html", "2026-11-18", "2026-11-20", pages=1)
DEEP = GapRecord(NEWS.id, "backfill", NOW, "https://edu.linjiang.example/9.html", "2026-01-01")


def test_a_gap_is_there_until_it_is_read(stocked: Database) -> None:
    with stocked.begin() as db:
        burst, deep = gaps.put(db, BURST), gaps.put(db, DEEP)
        assert (replace(burst, id=0), replace(deep, id=0)) == (BURST, DEEP)
        assert gaps.unread(db, NEWS.id, "news") == [burst]
        assert gaps.of_channel(db, NEWS.id) == [burst, deep]
        assert gaps.of_channel(db, NOTICES.id) == []
        further = gaps.put(db, replace(burst, next_url="https://edu.linjiang.example/3.html", pages=2))
        assert gaps.unread(db, NEWS.id, "news") == [further]
        gaps.put(db, replace(further, closed_at=NOW + HOUR))
        assert (gaps.unread(db, NEWS.id, "news"), gaps.of_channel(db, NEWS.id)) == ([], [deep])


def test_a_gap_that_was_given_up_stays_to_be_seen(stocked: Database) -> None:
    with stocked.begin() as db:
        lost = gaps.put(db, replace(gaps.put(db, BURST), closed_at=NOW, reason="HTTP 404"))
        assert (gaps.unread(db, NEWS.id, "news"), gaps.of_channel(db, NEWS.id)) == ([], [lost])


def test_the_last_back_fill_is_remembered_when_it_is_done(stocked: Database) -> None:
    with stocked.begin() as db:
        assert gaps.last_back_fill(db, NEWS.id) is None
        gaps.put(db, BURST)
        gaps.put(db, replace(DEEP, closed_at=NOW))
        done = gaps.put(db, replace(DEEP, closed_at=NOW + HOUR))
        assert gaps.last_back_fill(db, NEWS.id) == done
