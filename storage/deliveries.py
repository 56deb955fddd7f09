"""Deliveries: what notification targets are told, each thing once; and each target's own ledger.

Whoever sends holds the target, as crawls hold hosts. A delivery is marked as being sent in a transaction of its own
before anything leaves the machine: if the sender dies then, nobody knows whether it arrived, and it is not sent again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage import stories
from storage.language import say
from storage.models import Article, Delivery, Link, Target
from storage.records import DeliveryRecord, DeliveryState, StoryView, TargetRecord
from storage.rows import batches, insert, record

KEPT = timedelta(days=400)  # settled deliveries; a story released before that is told to nobody, whatever comes of it


def forget(db: Session, now: datetime, limit: int = 1_000) -> int:
    """Delete settled deliveries that are older than they are kept. How many; called until there are none.

    What guards a story from being told twice then is its age: see `views`.
    """
    settled = Delivery.state.not_in(("waiting", "sending"))
    old = select(Delivery.id).where(settled, Delivery.created_at < now - KEPT).limit(limit)
    gone = delete(Delivery).where(Delivery.id.in_(old)).returning(Delivery.id)
    return len(db.scalars(gone, execution_options={"synchronize_session": False}).all())


def declare(db: Session, names: Collection[str], now: datetime) -> None:
    """Targets that the operator has named; one known already stays as it is."""
    if rows := [{"name": name, "since": now, "failures": 0} for name in sorted(names)]:
        db.execute(insert(db, Target).values(rows).on_conflict_do_nothing())


def target(db: Session, name: str) -> TargetRecord | None:
    row = db.get(Target, name, populate_existing=True)
    return record(TargetRecord, row) if row else None


def news(db: Session, story_ids: Collection[int]) -> set[int]:
    """Of these stories those that have an article which came as news, not with a first visit or a back-fill."""
    found: set[int] = set()
    for batch in batches(sorted(story_ids)):
        came = select(Article.story_id).join(Link, Link.canonical == Article.canonical, isouter=True)
        as_news = or_(Link.origin == "news", Link.origin.is_(None))
        found |= {story_id for story_id in db.scalars(came.where(Article.story_id.in_(batch), as_news)) if story_id}
    return found


def add(db: Session, name: str, key: str, story_id: int | None, now: datetime) -> None:
    """Let a target be told something. What it was told, or waits for, is not told again; what was dropped is."""
    row = {"target": name, "key": key, "story_id": story_id, "state": "waiting", "tries": 0, "created_at": now}
    again = {"state": "waiting", "reason": None, "created_at": now}
    adding = insert(db, Delivery).values([row])
    db.execute(
        adding.on_conflict_do_update(index_elements=["target", "key"], set_=again, where=Delivery.state == "dropped")
    )


def hold(db: Session, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Take the target, or keep it for longer. False while another holds it."""
    free = or_(Target.holder.is_(None), Target.holder == holder, Target.lease_until <= now)
    taken = update(Target).where(Target.name == name, free).values(holder=holder, lease_until=until)
    return db.scalars(taken.returning(Target.name)).one_or_none() is not None


def release(db: Session, name: str, holder: str) -> None:
    """Let others send, unless it is no longer ours."""
    db.execute(update(Target).where(Target.name == name, Target.holder == holder).values(holder=None, lease_until=None))


def doubt(db: Session, name: str, reason: str) -> int:
    """Whatever is being sent was left by a sender that is gone: nobody knows whether it arrived. How many."""
    left = update(Delivery).where(Delivery.target == name, Delivery.state == "sending")
    return len(db.scalars(left.values(state="unknown", reason=reason).returning(Delivery.id)).all())


def waiting(db: Session, name: str, limit: int) -> list[DeliveryRecord]:
    """Those that failed least, oldest first: one that never succeeds must not hold up the others."""
    rows = select(Delivery).where(Delivery.target == name, Delivery.state == "waiting")
    rows = rows.order_by(Delivery.tries, Delivery.id).limit(limit)
    return [record(DeliveryRecord, row) for row in db.scalars(rows, execution_options={"populate_existing": True})]


def find(db: Session, name: str, key: str) -> DeliveryRecord | None:
    row = db.scalars(select(Delivery).where(Delivery.target == name, Delivery.key == key)).one_or_none()
    return record(DeliveryRecord, row) if row else None


def views(db: Session, waiting: Iterable[DeliveryRecord], now: datetime) -> list[tuple[DeliveryRecord, StoryView]]:
    """What deliveries of stories are about now. One that is no longer to be sent is dropped here.

    That is one whose story was withdrawn, or merged into a story of which the target has been told or will be.
    """
    found = []
    for delivery in waiting:
        view = stories.view(db, delivery.story_id or 0)
        if view is None or view.story.released_at is None:
            settle(db, [delivery.id], "dropped", now, say("报道已撤回", "the story was withdrawn"))
        elif view.story.released_at < now - KEPT:
            settle(db, [delivery.id], "dropped", now, say("报道太旧", "the story is too old"))
        elif view.story.id == delivery.story_id or _redirect(db, delivery, view.story.id):
            found.append((delivery, view))
        else:
            settle(db, [delivery.id], "dropped", now, say("已并入另一篇报道", "merged into another story"))
    return found


def key_of(story_id: int) -> str:
    return f"story:{story_id}"


def key_of_alarm(outbox_id: int) -> str:
    return f"alarm:{outbox_id}"


def outbox_id(alarm: DeliveryRecord) -> int:
    return int(alarm.key.partition(":")[2])


def alarmed(db: Session, name: str, outbox_ids: Collection[int]) -> set[int]:
    """Those of these alarms that the target was told of, or may have been."""
    found: set[int] = set()
    for batch in batches(sorted({key_of_alarm(outbox_id) for outbox_id in outbox_ids})):
        told = Delivery.state.in_(("sent", "sending", "unknown"))
        rows = select(Delivery.key).where(Delivery.target == name, Delivery.key.in_(batch), told)
        found |= {int(key.partition(":")[2]) for key in db.scalars(rows)}
    return found


def begin(db: Session, ids: Collection[int]) -> None:
    """They leave as soon as this transaction is committed."""
    db.execute(update(Delivery).where(Delivery.id.in_(ids)).values(state="sending", tries=Delivery.tries + 1))


def settle(db: Session, ids: Collection[int], state: DeliveryState, now: datetime, reason: str | None = None) -> None:
    """What became of them."""
    settled = {"state": state, "reason": reason, "sent_at": now if state == "sent" else None}
    db.execute(update(Delivery).where(Delivery.id.in_(ids)).values(**settled))


def succeeded(db: Session, name: str, now: datetime) -> None:
    """The target has taken a message."""
    well = {"failures": 0, "next_try": None, "failing_since": None, "reason": None, "sent_at": now}
    db.execute(update(Target).where(Target.name == name).values(**well))


def failed(db: Session, name: str, now: datetime, next_try: datetime, reason: str) -> None:
    """The target has not taken a message; it is left alone until `next_try`."""
    since = func.coalesce(Target.failing_since, now, type_=Target.failing_since.type)
    ill = {"failures": Target.failures + 1, "next_try": next_try, "failing_since": since, "reason": reason}
    db.execute(update(Target).where(Target.name == name).values(**ill))


def again(db: Session, name: str, states: Collection[DeliveryState]) -> int:
    """Let those in these states be tried from the beginning, and the target at once. How many."""
    db.execute(update(Target).where(Target.name == name).values(failures=0, next_try=None))
    db.execute(update(Delivery).where(Delivery.target == name, Delivery.state == "waiting").values(tries=0))
    anew = update(Delivery).where(Delivery.target == name, Delivery.state.in_(states))
    return len(db.scalars(anew.values(state="waiting", tries=0, reason=None).returning(Delivery.id)).all())


def targets(db: Session) -> list[TargetRecord]:
    """All that were ever named."""
    return [record(TargetRecord, row) for row in db.scalars(select(Target).order_by(Target.name))]


def unsettled(db: Session, name: str) -> dict[DeliveryState, int]:
    """Those that have not arrived, or are not known to have: `counts` without the many that did."""
    states = Delivery.state.in_(("waiting", "sending", "failed", "unknown"))
    rows = select(Delivery.state, func.count()).where(Delivery.target == name, states).group_by(Delivery.state)
    return dict(iter(db.execute(rows)))


def counts(db: Session, name: str) -> dict[DeliveryState, int]:
    rows = select(Delivery.state, func.count()).where(Delivery.target == name).group_by(Delivery.state)
    return dict(iter(db.execute(rows)))


def _redirect(db: Session, delivery: DeliveryRecord, story_id: int) -> bool:
    """It is about another story now. False where the target has been told of that one, or waits for it."""
    if find(db, delivery.target, key_of(story_id)):
        return False
    db.execute(update(Delivery).where(Delivery.id == delivery.id).values(key=key_of(story_id), story_id=story_id))
    return True
