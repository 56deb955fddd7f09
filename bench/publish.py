"""Print how long publishing takes over many stories, on both databases: feeds after one new article, and how they grow.

    python -m bench.publish [--stories 1000000 | --small] [--database sqlite|postgresql] [--only feeds|pages] [--write]

--small takes 100,000 stories. Filled databases are kept in .bench/publish and used again; PostgreSQL is the server of
ZHIJIAO_TEST_POSTGRESQL. --write puts the table into docs/figures/publish.md.
"""

import argparse
import os
import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import psycopg

from bench.filling import fill
from bench.pages import page_figures
from bench.stories import NEWEST, TAG, Made, Maker
from pipeline.settings import Settings
from publish.feeds.write import MOST_PARTS, publish_pending
from storage import feeds, outbox, stories
from storage.database import Database, open_database, prepare, upgrade

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".bench" / "publish"
POSTGRESQL = os.environ.get("ZHIJIAO_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
REPEATS = 7


@dataclass(frozen=True)
class Filled:
    """A database of made-up stories."""

    backend: str
    url: str
    maker: Maker
    database: Database
    settings: Settings
    seconds: float  # that filling took


Row = tuple[str, str]  # what was measured, and the figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=1_000_000)
    parser.add_argument("--small", action="store_true", help="100,000 stories")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--only", choices=["feeds", "pages"], help="the feeds alone, or pages and search")
    parser.add_argument("--write", action="store_true", help="write docs/figures/publish.md")
    arguments = parser.parse_args()
    number = 100_000 if arguments.small else arguments.stories
    columns = {}
    for backend in arguments.database or ["sqlite", "postgresql"]:
        columns[backend] = measure(backend, number, arguments.only)
        print(table({backend: columns[backend]}), flush=True)  # noqa: T201  (a bench prints)
    if arguments.write:
        size = "--small" if arguments.small else f"--stories {number}"
        part = f" --only {arguments.only}" if arguments.only else ""
        write(f"python -m bench.publish {size}{part} --write", number, columns)


def measure(backend: str, number: int, only: str | None) -> list[Row]:
    """All figures of one database, in the order of the table."""
    filled = filled_database(backend, number)
    try:
        rows = [] if only == "feeds" else page_figures(filled.database, filled.settings, Maker(number))
        return [*filling(filled), *rows, *([] if only == "pages" else feed_figures(filled))]
    finally:
        filled.database.close()


def filling(filled: Filled) -> list[Row]:
    return [("filling, all stories", f"{filled.seconds:.0f} s"), ("size of the database", size_of(filled))]


def feed_figures(filled: Filled) -> list[Row]:
    """What one new article costs; first the files of the feeds are brought up that the following ones touch."""
    publisher = Publisher(filled)
    first = publisher.first()
    one = publisher.repeated(publisher.article)
    revised = publisher.repeated(lambda: publisher.revised("all"))
    nothing = publisher.repeated(lambda: None)
    main = publisher.repeated(lambda: publisher.outdate("all"))
    site = publisher.repeated(lambda: publisher.outdate("site/site1"))
    return [
        (f"all {publisher.feeds} feeds and the last {MOST_PARTS} parts of archives, once", f"{first:.1f} s"),
        (f"all feeds that one new article touches ({one.files // 3} feeds, {one.files} files), median", one.shown),
        ("the main feed alone, an entry revised, all formats", revised.shown),
        ("the main feed alone, nothing changed in it", main.shown),
        ("a site's feed alone, all formats", site.shown),
        ("nothing new", nothing.shown),
    ]


@dataclass(frozen=True)
class Took:
    seconds: list[float]
    processor: list[float]  # seconds of it that this process computed; the machine may be busy with others
    files: int

    @property
    def shown(self) -> str:
        took, computed = (statistics.median(times) * 1000 for times in (self.seconds, self.processor))
        return f"{took:.0f} ms, processor {computed:.0f} ms"


class Publisher:
    """Publishes what is new, minute by minute."""

    def __init__(self, filled: Filled) -> None:
        self.filled = filled
        self.database = filled.database
        with self.database.read() as db:
            self.now = feeds.before(db, "all", feeds.END) or NEWEST
            self.feeds = len(feeds.listing(db))
        self.made = filled.maker.number

    def first(self) -> float:
        """Write all feeds, as on the first day; older parts of archives are taken as written. The seconds it took."""
        begun = time.perf_counter()
        self.publish()
        took = time.perf_counter() - begun
        with self.database.begin() as db:
            feeds.written(db, list(feeds.stale(db)))
        return took

    def article(self) -> None:
        """A new article comes in."""
        self.made += 1
        made: Made = self.filled.maker.story(self.made)
        unique = f"{time.time_ns()}"  # in a database that earlier runs have added to
        first = replace(made.articles[0], id=0, story_id=None, canonical=unique, text_key=unique)
        with self.database.begin() as db:
            story, _ = stories.create(
                db, first=first, published_at=self.now, released_at=self.now, now=self.now, tag=TAG
            )
            outbox.add(db, "released", story.id, self.now)

    def revised(self, name: str) -> None:
        """An entry of one feed is to be made anew."""
        with self.database.begin() as db:
            newest = feeds.newest(db, name, at_least=1, since=self.now, at_most=1)
            stories.touch(db, next(iter(newest)), self.now)
            feeds.outdate_story(db, next(iter(newest)))
            feeds.outdate(db, [name])

    def outdate(self, name: str) -> None:
        with self.database.begin() as db:
            feeds.outdate(db, [name])

    def publish(self) -> int:
        return len(publish_pending(self.database, self.filled.settings, self.now))

    def repeated(self, change: Callable[[], None]) -> Took:
        seconds, processor, files = [], [], 0
        for _ in range(REPEATS):
            self.now += timedelta(minutes=1)
            change()
            begun, computed = time.perf_counter(), time.process_time()
            files = self.publish()
            seconds.append(time.perf_counter() - begun)
            processor.append(time.process_time() - computed)
        return Took(seconds, processor, files)


def filled_database(backend: str, number: int) -> Filled:
    """A database with so many stories, filled now or by an earlier run; its public folder is empty."""
    home = FOLDER / f"{backend}-{number}"
    url = f"sqlite:///{home / 'zhijiao.db'}" if backend == "sqlite" else f"{POSTGRESQL}/zhijiao_bench_{number}"
    maker, told = Maker(number), home / "filled"
    if not told.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        if backend == "postgresql":
            with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS zhijiao_bench_{number}")
                server.execute(f"CREATE DATABASE zhijiao_bench_{number} TEMPLATE template0")
        prepare(url)
        begun = time.perf_counter()
        fill(url, maker)
        told.write_text(str(time.perf_counter() - begun))
    upgrade(url)  # an earlier run may have been of an earlier version
    shutil.rmtree(home / "public", ignore_errors=True)
    os.environ["ZHIJIAO_HOME"] = str(home)  # where settings look for a file of their own
    settings = Settings(home=home, database_url=url, feed_domain="bench.example")
    return Filled(backend, url, maker, open_database(url), settings, float(told.read_text()))


def size_of(filled: Filled) -> str:
    if filled.backend == "sqlite":
        size = (filled.settings.home / "zhijiao.db").stat().st_size
    else:
        with psycopg.connect(filled.url) as server:
            (size,) = server.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    return f"{size / 1e9:.1f} GB"


def table(columns: dict[str, list[Row]]) -> str:
    lines = [f"| measure | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    rows = zip(*columns.values(), strict=True)
    lines += [f"| {row[0][0]} | {' | '.join(figure for _, figure in row)} |" for row in rows]
    return "\n".join(lines)


def write(command: str, number: int, columns: dict[str, list[Row]]) -> None:
    path = ROOT / "docs" / "figures" / "publish.md"
    path.parent.mkdir(exist_ok=True)
    busy = f"The machine's {os.cpu_count()} cores had {os.getloadavg()[2]:.0f} processes to run meanwhile."
    text = f"# Publishing over {number:,} stories\n\nMeasured by `{command}`. {busy}\n\n{table(columns)}\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
