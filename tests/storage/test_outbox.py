from storage import outbox, stories
from storage.database import Database
from storage.records import OutboxRecord
from tests.storage.samples import ARTICLE, HOUR, NOW


def test_what_is_delivered_is_no_longer_pending(stocked: Database) -> None:
    with stocked.begin() as db:
        story, _ = stories.create(
            db, first=ARTICLE, published_at=NOW, released_at=NOW, now=NOW, tag="linjiang.example,2026"
        )
        outbox.add(db, "released", story.id, NOW)
        outbox.add(db, "revised", story.id, NOW + HOUR)
        outbox.add(db, "joined", story.id, NOW + HOUR)
        released, revised, joined = outbox.pending(db)
        assert released == OutboxRecord(id=released.id, kind="released", story_id=story.id, created_at=NOW)
        assert outbox.pending(db, limit=2) == [released, revised]
        outbox.delivered(db, [released.id, joined.id], NOW + 2 * HOUR)
        assert outbox.pending(db) == [revised]


def test_delivering_nothing(stocked: Database) -> None:
    with stocked.begin() as db:
        outbox.delivered(db, [], NOW)
        assert outbox.pending(db) == []


def test_feeds_and_notifications_do_not_see_each_other(stocked: Database) -> None:
    with stocked.begin() as db:
        story, _ = stories.create(
            db, first=ARTICLE, published_at=NOW, released_at=NOW, now=NOW, tag="linjiang.example,2026"
        )
        outbox.add(db, "released", story.id, NOW)
        outbox.add(db, "joined", story.id, NOW)
        released, joined = outbox.unannounced(db)
        outbox.announced(db, [released.id], NOW)
        assert (outbox.pending(db), outbox.unannounced(db)) == ([released, joined], [joined])
        outbox.delivered(db, [released.id, joined.id], NOW)
        assert (outbox.pending(db), outbox.unannounced(db)) == ([], [joined])
