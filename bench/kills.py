"""kill -9 in the middle of a crawl, at random moments: is an article lost, stored twice, or a host held too long?

    python -m bench.kills [--kills 20] [--sites 4] [--articles 200] [--write]

On SQLite and on PostgreSQL (the server of ZHIJIAO_TEST_POSTGRESQL): sites on loopback with planted articles are crawled
by `python -m crawlers.run`, which is killed and, once the leases have run out, started again, as a worker's successor
would be; the last crawl runs to its end.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from storage import archive, articles, hosts, links, stories
from storage.errors import ArchiveError
from tests.crawlers.crawling import Home
from tests.crawlers.website import Website, article, listing, serve

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".bench" / "kills"
FIGURES = ROOT / "docs" / "figures" / "kills.md"
POSTGRESQL = os.environ.get("ZHIJIAO_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
LEASE = 5  # seconds; a busy machine needs some to renew it in
DELAY = 0.02
LONGEST = 2.0  # seconds to the kill, from the first visit or from the first article
EARLY = 0.25  # of the kills count from the first visit, so that list pages are hit, too
TODAY = datetime.now(UTC).date().isoformat()
PLACES = ("临江", "青川", "澜州", "东平", "云浦", "江州")


@dataclass
class Seen:
    """What the crawls did, and what is found at the end."""

    backend: str
    planted: int
    kills: int = 0
    early: int = 0  # kills before the crawl had read an article
    mid_crawl: int = 0  # kills after that, with articles left to read
    lost: int = 0
    twice: int = 0
    asked_again: int = 0  # pages fetched anew, as the kill came before they were stored
    stuck: int = 0  # hosts refused to a successor after the lease had run out
    longest: float = 0.0  # seconds that a lease still had when its holder was killed
    dangling: int = 0  # rows whose raw page is not there
    unreferenced: int = 0  # raw pages that no row names: what a crash may leave
    stored_by_crawl: list[int] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--sites", type=int, default=4)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--write", action="store_true", help="write docs/figures/kills.md")
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - moments of kills
    found = [trial(backend, options, chance) for backend in ("sqlite", "postgresql")]
    report = table(found)
    sys.stdout.write(report)
    if options.write:
        command = f"python -m bench.kills --kills {options.kills} --articles {options.articles} --write"
        FIGURES.write_text(f"# kill -9 in the middle of a crawl\n\n`{command}`\n\n{report}", "utf-8")
    sys.exit(any(seen.lost or seen.twice or seen.stuck or seen.dangling for seen in found))


def trial(backend: str, options: argparse.Namespace, chance: random.Random) -> Seen:
    shutil.rmtree(FOLDER, ignore_errors=True)
    seen = Seen(backend, options.sites * options.articles)
    own = {"ZHIJIAO_LEASE_SECONDS": str(LEASE), "ZHIJIAO_DELAY_SECONDS": str(DELAY)}
    with database(backend) as url, ExitStack() as servers:
        home = Home(FOLDER / "home", own, url=url)
        sites = [servers.enter_context(serve()) for _ in range(options.sites)]
        for number, site in enumerate(sites):
            furnish(site, number, options.articles)
            home.site(f"site{number}", site.base, news="/list/")
        for _ in range(options.kills):
            killed(home, sites, seen, chance)
            time.sleep(LEASE)
        completed(home, sites, seen)
        examine(home, sites, seen)
        home.database.close()
    return seen


@contextmanager
def database(backend: str) -> Iterator[str]:
    """The address of an empty one; "" for SQLite in the home."""
    if backend == "sqlite":
        yield ""
        return
    name = f"zhijiao_kills_{os.getpid()}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield f"{POSTGRESQL}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def furnish(site: Website, number: int, count: int) -> None:
    place = PLACES[number % len(PLACES)]
    rows = [(f"/{n}.html", f"{place}{number}号职业教育新闻第{n}条:校企合作有新进展", TODAY) for n in range(count)]
    site.set("/list/", listing(rows))
    for path, title, _ in rows:
        site.set(path, article(title, day=TODAY))


def killed(home: Home, sites: list[Website], seen: Seen, chance: random.Random) -> None:
    process = begun(home, sites)
    assert process.stdout
    lines = list(until("visit_started" if chance.random() < EARLY else "article", process.stdout))
    time.sleep(chance.uniform(0, LONGEST))
    process.kill()
    at = datetime.now(UTC)
    lines += process.stdout.read().splitlines()
    events = [json.loads(line) for line in lines if line.rstrip().endswith("}")]
    end(process)
    seen.kills += 1
    count(events, seen)
    with home.database.read() as db:
        left = [hosts.get(db, site.host) for site in sites]
        open_links = sum(links.counts(db, f"site{n}/news").get("new", 0) for n in range(len(sites)))
    begun_to_read = any(event["event"] == "article" for event in events)
    seen.early += not begun_to_read
    seen.mid_crawl += begun_to_read and bool(open_links)
    held = [(lease.lease_until - at).total_seconds() for lease in left if lease]
    seen.longest = max([seen.longest, *held])


def until(event: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines up to the first such event."""
    for line in lines:
        yield line
        if json.loads(line)["event"] == event:
            return


def completed(home: Home, sites: list[Website], seen: Seen) -> None:
    """Crawled to the end; where the machine is too busy to renew a lease in time, the next crawl goes on."""
    for _ in range(5):
        process = begun(home, sites)
        out, _ = process.communicate(timeout=600)
        assert process.returncode == 0
        events = [json.loads(line) for line in out.splitlines()]
        count(events, seen)
        if not any(event["event"] == "channel_finished" and event["failed"] for event in events):
            return
        time.sleep(LEASE)


def begun(home: Home, sites: list[Website]) -> "subprocess.Popen[str]":
    process = home.start()
    assert process.stdin
    process.stdin.writelines(json.dumps({"channel": f"site{n}/news"}) + "\n" for n in range(len(sites)))
    process.stdin.close()
    process.stdin = None
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()


def count(events: list[dict[str, object]], seen: Seen) -> None:
    seen.stored_by_crawl.append(sum(event.get("outcome") in ("stored", "joined") for event in events))
    seen.stuck += sum("another crawl" in str(event.get("error")) for event in events)


def examine(home: Home, sites: list[Website], seen: Seen) -> None:
    planted = {site.base + path for site in sites for path in site.pages if path != "/list/"}
    with home.database.read() as db:
        found = articles.listing(db, limit=10 * seen.planted)
        told = stories.count(db)
    times = Counter(record.url for record in found)
    seen.lost = len(planted - times.keys())
    seen.twice = sum(number - 1 for number in times.values()) + max(0, told - seen.planted)
    asked = Counter(f"{site.base}{path}" for site in sites for path in site.paths())
    seen.asked_again = sum(asked[url] - 1 for url in planted if asked[url])
    folder = home.path / "archive"
    for record in found:
        page = record.archived
        try:
            if page is None or archive.read(folder, page).url != record.url:
                seen.dangling += 1
        except ArchiveError:
            seen.dangling += 1
    seen.unreferenced = sum(1 for _ in pages_in(folder)) - len(found)


def pages_in(folder: Path) -> Iterator[str]:
    """Articles in the archive, however it was left: `zcat` reads on behind a torn record where Python stops."""
    from warcio.archiveiterator import ArchiveIterator

    for path in folder.rglob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                address = record.rec_headers.get_header("WARC-Target-URI") or ""
                if address.endswith(".html"):
                    yield address


def table(found: list[Seen]) -> str:
    rows = [
        ("articles planted", [seen.planted for seen in found]),
        ("kills", [seen.kills for seen in found]),
        ("of them before the first article of that crawl", [seen.early for seen in found]),
        ("of them between articles", [seen.mid_crawl for seen in found]),
        ("**lost**", [seen.lost for seen in found]),
        ("**stored twice**", [seen.twice for seen in found]),
        ("**hosts refused to a successor after the lease's end**", [seen.stuck for seen in found]),
        (
            f"seconds that a lease still ran after a kill, at most (lease: {LEASE} s)",
            [f"{s.longest:.1f}" for s in found],
        ),
        ("pages asked for again, since the kill came before they were stored", [s.asked_again for s in found]),
        ("**rows whose raw page is missing**", [seen.dangling for seen in found]),
        ("raw pages that no row names", [seen.unreferenced for seen in found]),
        ("stored by each crawl", [" ".join(map(str, seen.stored_by_crawl)) for seen in found]),
    ]
    lines = [f"| | {' | '.join(seen.backend for seen in found)} |", f"|---|{'---|' * len(found)}"]
    lines += [f"| {name} | {' | '.join(map(str, values))} |" for name, values in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
