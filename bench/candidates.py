"""How long it takes to find what a new article repeats, as the stored articles grow from a thousand to a million.

    python -m bench.candidates [--sizes 1000 10000 100000 1000000] [--postgresql URL] [--write]

The samples are made up: forty a text, most of them its own, five from the frames and phrases that many pages share,
which stand in the table up to the number that it lets in. A fifth of the new articles repeat a stored one in part. Each
size is a database of its own, loaded in bulk, written out, and used by some articles that are not timed, as a server's
memory is still full of what the load left; what is timed is the product's look-up and the storing of the samples.
"""

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from storage import fingerprints
from storage.database import Database, open_database, prepare

CHECKOUT = Path(__file__).resolve().parent.parent
FIGURES = CHECKOUT / "docs" / "figures" / "candidates.md"
NAME = "zhijiao_bench_candidates"
OWN, COMMON = 35, 5  # samples of a text
BUCKETS = 64  # of grams, so that rows come sorted without standing in memory all at once
SPACE = 2**31
REPEATED = 200  # stored texts that new ones repeat
NEW = 1000  # new articles
UNTIMED = 200  # before them
LIMIT = 9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432")
    parser.add_argument("--write", action="store_true", help=f"write the table to {FIGURES.relative_to(CHECKOUT)}")
    arguments = parser.parse_args()
    head = ["| stored articles | database | median, ms | 95 % below, ms | repeated found | bytes an article |"]
    lines = [*head, "|---|---|---|---|---|---|"]
    for size, name in itertools.product(arguments.sizes, ("sqlite", "postgresql")):
        with _sqlite() if name == "sqlite" else _postgresql(arguments.postgresql) as url:
            lines.append(f"| {size:,} | {name} | {measured(url, size)} |")
            print(lines[-1], flush=True)  # noqa: T201  (a bench prints)
    if arguments.write:
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text("\n".join(["# Candidates", "", f"{__doc__}", *lines, ""]), "utf-8")


def measured(url: str, size: int) -> str:
    rng = random.Random(size)  # noqa: S311  (made-up samples)
    pool = [rng.randrange(SPACE) for _ in range(max(200, size * COMMON // fingerprints.FULL))]
    repeated = {size + number: _samples(rng, pool) for number in range(REPEATED)}
    load(url, rows(rng, size, pool, repeated))
    database = open_database(url)
    try:
        news = [_new(rng, pool, repeated, number) for number in range(UNTIMED + NEW)]
        _timed(database, news[NEW:], size + NEW)
        spent, hits = _timed(database, news[:NEW], size)
    finally:
        database.close()
    wanted = sum(source is not None for source, _ in news[:NEW])
    spent.sort()
    return (
        f"{1000 * statistics.median(spent):.2f} | {1000 * spent[len(spent) * 95 // 100]:.2f} | {hits} of {wanted} | "
        f"{_bytes(url) / (size + REPEATED + UNTIMED + NEW):.0f}"
    )


def _timed(database: Database, news: list[tuple[int | None, set[int]]], size: int) -> tuple[list[float], int]:
    spent, hits = [], 0
    for number, (source, grams) in enumerate(news):
        with database.begin() as db:
            started = time.perf_counter()
            found = fingerprints.look_up(db, grams, LIMIT)
            fingerprints.add(db, size + REPEATED + number, found.unfilled)
            spent.append(time.perf_counter() - started)
        hits += source is not None and source in found.articles
    return spent, hits


def rows(rng: random.Random, size: int, pool: list[int], repeated: dict[int, set[int]]) -> Iterator[tuple[int, int]]:
    """Samples of `size` texts in the order of the key."""
    width = SPACE // BUCKETS
    common = size * COMMON // len(pool)
    for bucket in range(BUCKETS):
        low, high = bucket * width, (bucket + 1) * width
        found = {(rng.randrange(low, high), rng.randrange(size)) for _ in range(size * OWN // BUCKETS)}
        found |= {(gram, rng.randrange(size)) for gram in pool if low <= gram < high for _ in range(common)}
        found |= {(gram, number) for number, grams in repeated.items() for gram in grams if low <= gram < high}
        yield from sorted(found)


def _samples(rng: random.Random, pool: list[int]) -> set[int]:
    return {*(rng.randrange(SPACE) for _ in range(OWN)), *rng.sample(pool, COMMON)}


def _new(
    rng: random.Random, pool: list[int], repeated: dict[int, set[int]], number: int
) -> tuple[int | None, set[int]]:
    samples = _samples(rng, pool)
    if number % 5:
        return None, samples
    source = rng.choice(list(repeated))
    return source, set(rng.sample(sorted(samples), 25)) | set(rng.sample(sorted(repeated[source]), 15))


def load(url: str, found: Iterator[tuple[int, int]]) -> None:
    if url.startswith("sqlite"):
        database = open_database(url)
        with database.begin() as db:
            connection = db.connection()
            for batch in iter(lambda: list(itertools.islice(found, 50_000)), []):
                connection.exec_driver_sql("INSERT INTO fingerprints VALUES (?, ?)", batch)
        database.close()
        return
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY fingerprints FROM STDIN") as copy:
            for row in found:
                copy.write_row(row)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE fingerprints")
        cursor.execute("CHECKPOINT")


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        prepare(url)
        yield url


@contextmanager
def _postgresql(server: str) -> Iterator[str]:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")
        try:
            prepare(f"{server}/{NAME}")
            yield f"{server}/{NAME}"
        finally:
            connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def _bytes(url: str) -> int:
    if url.startswith("sqlite"):
        return Path(str(make_url(url).database)).stat().st_size
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_total_relation_size('fingerprints')").fetchone()
        return int(row[0]) if row else 0


if __name__ == "__main__":
    main()
