"""A killed writer and a full disk: what was acknowledged is there, what was not is not there by halves."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage import articles, links
from storage.database import MIGRATIONS, Database, open_database, prepare
from storage.models import Channel
from tests.storage.samples import NEWS, article, link, stock

CHECKOUT = MIGRATIONS.parent.parent

# Stores visits of twenty links each and acknowledges those that are committed, until it is killed.
WRITER = """
import sys
from storage import visits
from storage.database import open_database
from tests.storage.samples import link, visit

database, batch = open_database(sys.argv[1]), int(sys.argv[2])
while True:
    with database.begin() as db:
        visits.store(db, visit(), [link(batch * 20 + number) for number in range(20)])
    print(batch, flush=True)
    batch += 1
"""


@contextmanager
def writer(url: str, batch: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER, url, str(batch)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_killed_writer_loses_nothing_it_acknowledged(stocked: Database, database_url: str) -> None:
    moments = random.Random(57)
    acknowledged: list[int] = []
    for _ in range(3):
        with writer(database_url, batch=len(acknowledged)) as process:
            assert process.stdout is not None
            acknowledged += [int(process.stdout.readline()) for _ in range(moments.randint(1, 30))]
            process.kill()  # in the middle of some later batch
            acknowledged += [int(line) for line in process.stdout]
        with stocked.begin() as db:
            db.get_one(Channel, NEWS.id, with_for_update=True)  # PostgreSQL may still be committing the last batch
            stored = db.scalars(text("SELECT count(*) FROM visits")).one()
            # The one more: committed, and killed before it could say so.
            assert len(acknowledged) <= stored <= len(acknowledged) + 1
            assert db.scalars(text("SELECT count(*) FROM links")).one() == stored * 20
            assert len(links.known(db, [link(number).canonical for number in range(stored * 20)])) == stored * 20
            acknowledged = list(range(stored))
    if database_url.startswith("sqlite"):
        with stocked.read() as db:
            assert db.scalars(text("PRAGMA integrity_check")).all() == ["ok"]


def test_a_full_disk_is_told_and_rolled_back(tmp_path: Path) -> None:
    """A limit on the file's pages stands for the disk."""
    url = f"sqlite:///{tmp_path / 'zhijiao.db'}"
    prepare(url)
    database = open_database(url)
    with database.begin() as db:
        stock(db)
        pages = db.scalars(text("PRAGMA page_count")).one()
        db.execute(text(f"PRAGMA max_page_count={pages + 20}"))
    stored = 0
    with pytest.raises(OperationalError, match="database or disk is full"):
        while True:
            with database.begin() as db:
                articles.add(db, article(stored, paragraphs=("职业教育" * 1000,)), None)
            stored += 1
    assert stored > 0
    with database.read() as db:
        assert articles.count(db) == stored
        assert db.scalars(text("PRAGMA integrity_check")).all() == ["ok"]
    with database.begin() as db:
        db.execute(text("PRAGMA max_page_count=1000000"))  # somebody made room
        articles.add(db, article(stored), None)
    with database.read() as db:
        assert articles.count(db) == stored + 1
    database.close()
