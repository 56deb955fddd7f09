"""Workers that are killed, cut off and lose their database: is a visit lost or counted twice, a host asked too soon?

    python -m bench.workers [--workers 2 4] [--hosts 500] [--kills 10] [--write]

Needs root: it runs in a network of its own (`unshare -n`), with a PostgreSQL of its own (`initdb`), and one worker in a
second network, whose cable is pulled. All requests are counted by the servers' own log.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from bench.fleet import ROOT, Cluster, Column, Fleet, fleet, until
from bench.web import Answer, Web, serve
from storage import links
from storage.database import Database

FIGURES = ROOT / "docs" / "figures" / "workers.md"
INSIDE = "ZHIJIAO_BENCH_INSIDE"
HERE, THERE = "10.99.0.1", "10.99.0.2"  # the two ends of the cable
PAUSE = 0.5  # seconds between two requests to a host
SLACK = 0.005  # seconds: two clocks
POLL = 60  # seconds between two visits of a channel
LEASE = 30  # seconds
EACH = 1  # articles of each host at first
LATER = 2  # articles of each host that come while workers die
BETWEEN = (6.0, 12.0)  # seconds between two kills
CUT = 45.0  # seconds without a network
TODAY = datetime.now(UTC).date().isoformat()
ORDER = ("all", "worker", "all", "crawl")  # which processes are killed, in turn


@dataclass
class Seen:
    workers: int
    hosts: int = 0
    planted: int = 0
    stored: int = 0
    visits: int = 0
    requests: int = 0
    kills: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    at_work: int = 0  # visits that the killed were at
    lost: int = 0
    stuck: int = 0  # channels that nobody visits any more
    twice: int = 0  # visits that were stored before they were due
    stories: int = 0  # beyond those planted
    breaches: int = 0
    closest: float = 0.0  # seconds between two requests to one host
    longest: float = 0.0  # seconds that a due channel waited
    failed: int = 0  # links whose page could not be had at first
    put_off: set[str] = field(default_factory=set)  # channels whose list could not be had
    ended: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, help="folder for the programs' logs")
    parser.add_argument("--write", action="store_true", help="write docs/figures/workers.md")
    options = parser.parse_args()
    if INSIDE not in os.environ:
        again = ["unshare", "--net", sys.executable, "-m", "bench.workers", *sys.argv[1:]]
        sys.exit(subprocess.call(again, env=os.environ | {INSIDE: "1"}, cwd=ROOT))  # noqa: S603 - ourselves
    ip("link set lo up")
    ip("route add local 10.98.0.0/16 dev lo")
    chance = random.Random(options.seed)  # noqa: S311 - moments of kills
    found = []
    for number in options.workers:
        found.append(trial(number, options, chance))
        report = table(found)
        if options.write:
            command = f"python -m bench.workers --hosts {options.hosts} --kills {options.kills} --write"
            FIGURES.write_text(
                f"# Workers that are killed, cut off and lose their database\n\n`{command}`\n\n{report}", "utf-8"
            )
    sys.stdout.write(report)
    sys.exit(any(one.lost or one.stuck or one.twice or one.stories or one.breaches for one in found))


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)  # noqa: S603, S607 - our own command


def trial(number: int, options: argparse.Namespace, chance: random.Random) -> Seen:
    seen, begun = Seen(number, options.hosts), time.monotonic()
    columns = [Column(n, f"10.98.{n // 250}.{n % 250 + 1}") for n in range(options.hosts)]
    by_address = {column.address: column for column in columns}

    def respond(address: str, path: str, headers: dict[str, str]) -> Answer:
        del headers
        page = by_address[address].page(path, TODAY)
        kind = ("Content-Type", "text/html; charset=utf-8")
        return Answer(page.encode(), headers=(kind,), seconds=0.05) if page else Answer(b"not here", 404)

    for column in columns:
        for _ in range(EACH):
            column.publish()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhijiao-workers-")))
        cluster = stack.enter_context(Cluster())
        web = stack.enter_context(serve([*by_address], respond))
        ours = stack.enter_context(fleet(folder, cluster.address(), settings()))
        database = ours.furnish(columns, web.port)
        cable = stack.enter_context(Cable(number))
        try:
            troubled(ours, cluster, cable, columns, seen, options.kills, chance)
            calm(ours, database, columns, seen)
            seen.ended = list(ours.end().values())
            examine(ours, web, seen)
        finally:
            database.close()
            if options.keep:
                shutil.copytree(
                    ours.home,
                    options.keep / str(number),
                    dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("sources", "archive"),
                )
    seen.seconds = time.monotonic() - begun
    return seen


def settings() -> dict[str, str]:
    return {
        "ZHIJIAO_LEASE_SECONDS": str(LEASE),
        "ZHIJIAO_DELAY_SECONDS": str(PAUSE),
        "ZHIJIAO_POLL_SECONDS": str(POLL),
        "ZHIJIAO_TIMEOUT_SECONDS": "60",
        "ZHIJIAO_ALLOW_PRIVATE": "10.98.0.0/16",
        "ZHIJIAO_TICK_SECONDS": "15",
        "ZHIJIAO_KEEP_PAGES": "false",
    }


class Cable:
    """A second network, and the way into it, which can be cut."""

    def __init__(self, number: int) -> None:
        self.name = f"zjcut{os.getpid()}n{number}"

    def __enter__(self) -> "Cable":
        ip(f"netns add {self.name}")
        ip(f"link add zjhere type veth peer name zjthere netns {self.name}")
        ip(f"addr add {HERE}/24 dev zjhere")
        ip("link set zjhere up")
        for words in (
            f"addr add {THERE}/24 dev zjthere",
            "link set lo up",
            "link set zjthere up",
            f"route add 10.98.0.0/16 via {HERE}",
        ):
            ip(f"-n {self.name} {words}")
        return self

    def __exit__(self, *_: object) -> None:
        ip("link del zjhere")
        ip(f"netns del {self.name}")

    @property
    def within(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        ip("link set zjhere down")

    def mend(self) -> None:
        ip("link set zjhere up")


def troubled(
    ours: Fleet, cluster: Cluster, cable: Cable, columns: list[Column], seen: Seen, kills: int, chance: random.Random
) -> None:
    """Two ticks, the workers, and all that befalls them while hosts publish."""
    for n in range(2):
        home = ours.home.parent / f"tick{n}"
        home.mkdir()
        (ours.home / "public").mkdir(exist_ok=True)
        (home / "public").symlink_to(ours.home / "public")
        ours.start(f"tick{n}", "up", "--workers", ZHIJIAO_HOME=str(home), ZHIJIAO_LISTEN_PORT="0")
    ours.start(
        "worker0", "worker", "--concurrency", "32", within=cable.within, ZHIJIAO_DATABASE_URL=cluster.address(host=HERE)
    )
    for n in range(1, seen.workers):
        ours.start(f"worker{n}", "worker", "--concurrency", "32")
    until(
        lambda: ours.query("SELECT count(*) FROM visits")[0][0] > len(columns) / 4, 240, "a quarter of the first visits"
    )
    later = [column for column in columns for _ in range(LATER)]
    chance.shuffle(later)
    share = -(-len(later) // (kills + 1))
    for n in range(kills):
        for column in later[n * share : (n + 1) * share]:
            column.publish()
        if n == kills // 3:
            cluster.restart()
        if n == kills // 2:
            cable.cut()
            cut_at = time.monotonic()
        if n > kills // 2 and cut_at and time.monotonic() - cut_at > CUT:
            cable.mend()
            cut_at = 0.0
        time.sleep(chance.uniform(*BETWEEN))
        killed(ours, cluster, cable, seen, ORDER[n % len(ORDER)], chance)
    cable.mend()
    for column in later[kills * share :]:
        column.publish()


def killed(ours: Fleet, cluster: Cluster, cable: Cable, seen: Seen, which: str, chance: random.Random) -> None:
    """kill -9 of a worker that is at work; its successor comes a little later, as from systemd."""
    name = chance.choice([name for name in ours.programs if name.startswith("worker")])
    seen.at_work += ours.query("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")[0][0]
    ours.kill(name, which)
    seen.kills[which] += 1
    if which == "crawl":
        return
    time.sleep(2)
    within, url = (cable.within, cluster.address(host=HERE)) if name == "worker0" else ([], ours.url)
    ours.start(name, "worker", "--concurrency", "32", within=within, ZHIJIAO_DATABASE_URL=url)


def calm(ours: Fleet, database: Database, columns: list[Column], seen: Seen) -> None:
    """Nothing befalls them any more: all that hosts have published is found. Pages that failed are tried at once."""
    seen.planted = sum(len(column.listed) for column in columns)

    def all_found() -> bool:
        """Waits after a failure, which take hours in earnest, are over at once."""
        again = "UPDATE channels SET next_due = now() WHERE failures > 0 AND next_due > now() RETURNING id"
        seen.put_off |= {str(row[0]) for row in ours.query(again)}
        failed = ours.query("SELECT canonical FROM links WHERE state = 'failed' AND next_try > now()")
        seen.failed += len(failed)
        with database.begin() as db:
            for (canonical,) in failed:
                links.try_now(db, canonical, datetime.now(UTC))
        return bool(ours.query("SELECT count(*) FROM articles")[0][0] >= seen.planted)

    late = time.monotonic() + 900
    while not all_found() and time.monotonic() < late:
        time.sleep(2)
    time.sleep(60)
    overdue = "SELECT count(*) FROM channels WHERE next_due IS NULL OR next_due < now() - interval '1 min'"
    seen.stuck = int(ours.query(overdue)[0][0])


def examine(ours: Fleet, web: Web, seen: Seen) -> None:
    seen.stored = ours.query("SELECT count(DISTINCT canonical) FROM articles")[0][0]
    seen.lost = seen.planted - seen.stored
    seen.stories = max(0, ours.query("SELECT count(*) FROM articles")[0][0] - seen.planted)
    rows = ours.query("SELECT channel_id, started_at, next_due, outcome FROM visits ORDER BY channel_id, id")
    seen.visits = len(rows)
    for one, later in pairwise(rows):
        if one[0] == later[0] and one[3] in (
            "ok",
            "not_modified",
        ):  # the wait after a failure was cut short, see `calm`
            waited = (later[1] - one[2]).total_seconds()
            seen.twice += waited < 0
            seen.longest = max(seen.longest, waited)
    if seen.lost:
        states = ours.query("SELECT state, reason, count(*) FROM links WHERE state <> 'fetched' GROUP BY 1, 2")
        ends = ours.query("SELECT outcome, reason, count(*) FROM visits GROUP BY 1, 2")
        sys.stderr.write(f"lost; links: {states}; visits: {ends}\n")
    seen.requests = len(web.asked)
    times: dict[str, list[float]] = defaultdict(list)
    for asked in web.asked:
        times[asked.host].append(asked.at)
    gaps = [later - one for found in times.values() for one, later in pairwise(sorted(found))]
    seen.closest, seen.breaches = min(gaps), sum(gap < PAUSE - SLACK for gap in gaps)


def table(found: list[Seen]) -> str:
    rows = [
        (f"hosts, each with a pause of {PAUSE:g} s", [s.hosts for s in found]),
        ("minutes", [f"{s.seconds / 60:.0f}" for s in found]),
        ("requests in the servers' log", [f"{s.requests:,}" for s in found]),
        ("visits stored", [f"{s.visits:,}" for s in found]),
        ("articles planted", [f"{s.planted:,}" for s in found]),
        ("kill -9 of a worker with its crawl process", [s.kills["all"] for s in found]),
        ("kill -9 of the worker alone", [s.kills["worker"] for s in found]),
        ("kill -9 of its crawl process alone", [s.kills["crawl"] for s in found]),
        ("visits that were at work at those moments", [s.at_work for s in found]),
        ("PostgreSQL restarted", [1 for _ in found]),
        (f"network of a worker cut for {CUT:g} s and more", [1 for _ in found]),
        ("**articles lost**", [s.lost for s in found]),
        ("**channels that nobody visits any more**", [s.stuck for s in found]),
        ("**visits counted twice** (stored before they were due)", [s.twice for s in found]),
        ("**articles stored twice**", [s.stories for s in found]),
        ("**requests too soon** (servers' log)", [s.breaches for s in found]),
        ("shortest time between two requests to a host", [f"{s.closest:.2f} s" for s in found]),
        ("longest that a due channel waited", [f"{s.longest:.0f} s" for s in found]),
        ("pages and lists that could not be had at first", [s.failed + len(s.put_off) for s in found]),
        (
            "SIGTERM at the end: exit status of all programs",
            [", ".join(str(status) for status, _ in s.ended) for s in found],
        ),
        ("seconds until the last had ended", [f"{max(seconds for _, seconds in s.ended):.0f}" for s in found]),
    ]
    heads = [f"{s.workers} workers" for s in found]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(found)}"]
    lines += [f"| {name} | {' | '.join(map(str, values))} |" for name, values in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
