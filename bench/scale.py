"""What workers bring and what they cost: 1, 2 and 4 of them on hosts that answer slowly, beside one machine's tick.

    python -m bench.scale [--hosts 480] [--write]

Throughput: hosts answer after a second, and a worker makes few visits at a time, so that waiting, not the machine's two
cores, is the limit. Cost: CPU of all programs and of PostgreSQL, and its transactions, for each visit. A PostgreSQL of
its own (`initdb`, as root) under a temporary folder.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench.crawl import cpu_of
from bench.fleet import ROOT, Cluster, Column, Fleet, fleet, until
from bench.web import Answer, Web, serve
from zhijiao import jobs

FIGURES = ROOT / "docs" / "figures" / "scale.md"
SLOW = 1.0  # seconds to an answer
AT_ONCE = 4  # visits of a worker at a time
WORKERS = (1, 2, 4)
WANTED = 0.9  # of linear
WAITING = 5000  # jobs

NOTES = """

Wanted: {wanted:g} of linear on hosts that answer after {slow:g} s, {at_once} visits of a worker at a time: {verdict}.
A visit: the list page of a host of its own, on which nothing is new. The tick's CPU has in it its start, the catalogue,
the feeds and, on one machine, the whole crawl; there 64 visits go on at a time.
"""


@dataclass(frozen=True)
class Cost:
    """Of one run, per visit: milliseconds of CPU, and transactions."""

    name: str
    visits: int
    seconds: float
    crawl: float  # of crawl processes
    worker: float  # of the programs that feed them
    tick: float  # of the tick that handed them out, or that crawled
    server: float  # of PostgreSQL
    transactions: float

    @property
    def speed(self) -> float:
        return self.visits / self.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=480)
    parser.add_argument("--write", action="store_true", help="write docs/figures/scale.md")
    options = parser.parse_args()
    found = []
    for workers in (None, *WORKERS):
        found.append(measured(options.hosts, workers))
        sys.stderr.write(f"{found[-1]}\n")
    as_installed, ours = fetching(WAITING)
    report = (
        table(found)
        + f"\nTo fetch a job of {WAITING:,}: {ours:.1f} ms; as Procrastinate comes {as_installed:.0f} ms.\n"
    )
    sys.stdout.write(report)
    if options.write:
        command = f"python -m bench.scale --hosts {options.hosts} --write"
        FIGURES.write_text(f"# What workers bring, and what they cost\n\n`{command}`\n\n{report}", "utf-8")


def measured(hosts: int, workers: int | None) -> Cost:
    """A visit to each host, nothing new on its list; None: by a tick on one machine."""
    columns = [Column(n, f"127.9.{n // 250}.{n % 250 + 1}") for n in range(hosts)]
    by_address = {column.address: column for column in columns}
    day = datetime.now(UTC).date().isoformat()
    pages: dict[str, bytes] = {}

    def respond(address: str, path: str, headers: dict[str, str]) -> Answer:
        del headers
        if path not in ("/list/", "/0.html"):
            return Answer(b"not here", 404, seconds=slow[0])
        page = pages.setdefault(address + path, (by_address[address].page(path, day) or "").encode())
        return Answer(page, headers=(("Content-Type", "text/html; charset=utf-8"),), seconds=slow[0])

    slow = [0.0]
    for column in columns:
        column.publish()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhijiao-scale-")))
        cluster = stack.enter_context(Cluster())
        web = stack.enter_context(serve([*by_address], respond))
        ours = stack.enter_context(fleet(folder, cluster.address(), settings()))
        ours.furnish(columns, web.port).close()
        tick(ours)  # first visits: robots.txt, articles, feeds; not measured
        slow[0] = SLOW
        ours.query("UPDATE channels SET next_due = NULL, digest = NULL RETURNING 1")
        return (
            one_machine(ours, cluster, web, hosts) if workers is None else several(ours, cluster, web, hosts, workers)
        )


def settings() -> dict[str, str]:
    return {
        "ZHIJIAO_DELAY_SECONDS": "0",
        "ZHIJIAO_ALLOW_PRIVATE": "127.0.0.0/8",
        "ZHIJIAO_KEEP_PAGES": "false",
        "ZHIJIAO_POLL_SECONDS": "86400",
    }


def tick(ours: Fleet, *words: str) -> float:
    """Seconds of CPU of the tick and its children."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "zhijiao", "tick", *words]
    subprocess.run(command, env=ours.environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def one_machine(ours: Fleet, cluster: Cluster, web: Web, hosts: int) -> Cost:
    before, server, asked, begun = transactions(ours), cluster.cpu(), len(web.asked), time.monotonic()
    used = tick(ours)
    seconds = web.asked[-1].at + SLOW - begun
    assert len(web.asked) - asked >= hosts
    return Cost(
        "`zhijiao tick` on one machine",
        hosts,
        seconds,
        0.0,
        0.0,
        1000 * used / hosts,
        1000 * (cluster.cpu() - server) / hosts,
        (transactions(ours) - before) / hosts,
    )


def several(ours: Fleet, cluster: Cluster, web: Web, hosts: int, workers: int) -> Cost:
    for n in range(workers):
        ours.start(f"worker{n}", "worker", "--concurrency", str(AT_ONCE))
    until(
        lambda: len(ours.query("SELECT 1 FROM workers WHERE memory > 80000000")) == workers,
        120,
        "workers that are ready",
    )
    time.sleep(5)
    first, before, server = len(web.asked), transactions(ours), cluster.cpu()
    own = {name: cpu_of(program.pid) for name, program in ours.programs.items()}
    crawls = {pid: cpu_of(pid) for name in ours.programs for pid in ours.pids(name)[1:]}
    used = tick(ours, "--enqueue")
    until(
        lambda: not ours.query("SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') LIMIT 1"),
        900,
        "all visits",
    )
    made = len({(one.host, one.path) for one in web.asked[first:] if one.path == "/list/"})
    assert made == hosts, made
    seconds = web.asked[-1].at + SLOW - web.asked[first].at
    return Cost(
        f"{workers} worker{'s' if workers > 1 else ''}",
        hosts,
        seconds,
        1000 * sum(cpu_of(pid) - cpu for pid, cpu in crawls.items()) / hosts,
        1000 * sum(cpu_of(ours.programs[name].pid) - cpu for name, cpu in own.items()) / hosts,
        1000 * used / hosts,
        1000 * (cluster.cpu() - server) / hosts,
        (transactions(ours) - before) / hosts,
    )


def fetching(waiting: int) -> tuple[float, float]:
    """Milliseconds to fetch a job where so many wait, as Procrastinate comes and with our index (jobs.FAST)."""
    with Cluster() as cluster:
        url = cluster.address()
        jobs.prepare(url)
        due = [jobs.Due(f"site{n}/news", f"host{n // 5}", None, n * 7919 % 1000 / 100) for n in range(waiting)]

        async def fetched(times: int) -> float:
            async with jobs.opened(url) as app:
                await jobs.defer(app, due)
                worker = await app.job_manager.register_worker()
                begun = time.perf_counter()
                for _ in range(times):
                    await app.job_manager.fetch_job(queues=[jobs.ANY], worker_id=worker)
                return 1000 * (time.perf_counter() - begun) / times

        ours = asyncio.run(fetched(100))
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"SET search_path TO {jobs.SCHEMA}")
            server.execute("DROP INDEX zhijiao_jobs_lock; ALTER FUNCTION procrastinate_fetch_job_v2 RESET ALL")
            server.execute("DELETE FROM procrastinate_jobs")
        return asyncio.run(fetched(5)), ours


def transactions(ours: Fleet) -> int:
    time.sleep(1.2)  # the server counts with a second's delay
    (row,) = ours.query("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
    return int(row[0])


def table(found: list[Cost]) -> str:
    heads = (
        "",
        "visits/s",
        "of linear",
        "ms CPU a visit: crawl",
        "worker",
        "tick",
        "PostgreSQL",
        "transactions a visit",
    )
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    alone = next(cost for cost in found if cost.name == "1 worker").speed
    for cost in found:
        number = cost.name.split()[0]
        share = f"{cost.speed / (alone * int(number)):.2f}" if number.isdigit() else ""
        lines.append(
            f"| {cost.name} | {cost.speed:.1f} | {share} | {cost.crawl:.1f} | {cost.worker:.1f} | {cost.tick:.1f} "
            f"| {cost.server:.1f} | {cost.transactions:.1f} |"
        )
    worst = min(cost.speed / (alone * int(cost.name.split()[0])) for cost in found if cost.name[0].isdigit())
    verdict = "kept" if worst >= WANTED else "MISSED"
    return "\n".join(lines) + NOTES.format(
        wanted=WANTED, slow=SLOW, at_once=AT_ONCE, verdict=f"{verdict} ({worst:.2f})"
    )


if __name__ == "__main__":
    main()
