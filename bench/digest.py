"""Print what a digest of a month of 20,000 stories takes, on both databases.

    python -m bench.digest [--stories 20000] [--database sqlite|postgresql] [--write]

Each row is a process of its own; memory is the peak of all of it. --write puts the table into docs/figures/digest.md.
PostgreSQL is the server of ZHIJIAO_TEST_POSTGRESQL.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import psycopg

from bench.filling import fill
from bench.stories import NEWEST, Made, Maker
from pipeline.stages.normalise import SHANGHAI
from publish.digest.compose import MOST, compose
from publish.digest.render import as_html, as_markdown
from publish.digest.values import Form
from publish.digest.window import Window
from publish.digest.word import as_docx
from storage.database import open_database, prepare

ROOT = Path(__file__).parent.parent
POSTGRESQL = os.environ.get("ZHIJIAO_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
NAME = "zhijiao_bench_digest"
DAYS = 30
LAST = NEWEST.astimezone(SHANGHAI).date()
WINDOW = Window(LAST - timedelta(days=DAYS), LAST)
FORMATS: dict[str, Callable[..., str | bytes]] = {"md": as_markdown, "html": as_html, "docx": as_docx}
RUNS: tuple[tuple[int, Form, str], ...] = (
    (MOST, "brief", "md"),
    (MOST, "topics", "html"),
    (MOST, "topics", "docx"),
    (1000, "brief", "docx"),
    (0, "topics", "html"),
)


class Month(Maker):
    """The same stories, all of the last days."""

    def story(self, number: int) -> Made:
        made = super().story(number)
        date = NEWEST - timedelta(days=DAYS) * (1 - number / self.number)
        articles = tuple(replace(article, published=date, first_seen_at=date) for article in made.articles)
        return Made(replace(made.story, published_at=date, released_at=date, updated_at=date), articles)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--write", action="store_true", help="write docs/figures/digest.md")
    arguments = parser.parse_args()
    lines = [
        "| database | listed | form | format | seconds | of the processor | of these composing | peak memory |",
        "|---|---:|---|---|---:|---:|---:|---:|",
    ]
    for backend in arguments.database or ["sqlite", "postgresql"]:
        with empty(backend) as url:
            prepare(url)
            fill(url, Month(arguments.stories))
            for most, form, suffix in RUNS:
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
                    found, total, here, composed, peak = alone.submit(measured, url, most, form, suffix).result()
                listed = min(found, most or found)
                lines.append(
                    f"| {backend} | {listed:,} of {found:,} | {form} | {suffix} "
                    f"| {total:.1f} | {here:.1f} | {composed:.1f} | {peak:.0f} MB |"
                )
                print(lines[-1], flush=True)  # noqa: T201  (a bench prints)
    if arguments.write:
        command = f"python -m bench.digest --stories {arguments.stories} --write"
        head = (
            f"# Digests\n\nMade by `{command}`: a month of {arguments.stories:,} made-up stories, links not asked.\n\n"
        )
        (ROOT / "docs/figures/digest.md").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


def measured(url: str, most: int, form: Form, suffix: str) -> tuple[int, float, float, float, float]:
    """Stories found; seconds, those of this process's processor, those of composing among them; peak memory in MB."""
    database = open_database(url)
    begun, used = time.perf_counter(), time.process_time()
    digest = compose(database, WINDOW, now=NEWEST, most=most)
    composed = time.process_time() - used
    FORMATS[suffix](digest, form)
    total, here = time.perf_counter() - begun, time.process_time() - used
    return digest.found, total, here, composed, _peak()


def _peak() -> float:
    """Not by getrusage, which counts the process that this one was forked from."""
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(told.split()[1]) / 1024


@contextmanager
def empty(backend: str) -> Iterator[str]:
    if backend == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/zhijiao.db"
        return
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")
        try:
            yield f"{POSTGRESQL}/{NAME}"
        finally:
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


if __name__ == "__main__":
    main()
