"""Workers: which programs visit channels, on which machines, and when each last told of itself."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.models import Worker
from storage.records import WorkerRecord
from storage.rows import insert, record, values

SILENT = timedelta(minutes=1)  # after which a worker is worth a look; it tells of itself every few seconds


def tell(db: Session, worker: WorkerRecord) -> None:
    """A sign of life."""
    told = values(worker)
    adding = insert(db, Worker).values([told])
    db.execute(adding.on_conflict_do_update(index_elements=["name"], set_=told))


def left(db: Session, name: str) -> None:
    """It has ended in order."""
    db.execute(delete(Worker).where(Worker.name == name))


def forget(db: Session, before: datetime) -> None:
    """Those that have been silent since then."""
    db.execute(delete(Worker).where(Worker.seen_at < before))


def listing(db: Session) -> list[WorkerRecord]:
    return [record(WorkerRecord, row) for row in db.scalars(select(Worker).order_by(Worker.name))]
