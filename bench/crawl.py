"""How much a crawl costs beside bare Scrapy, Scrapy + trafilatura and news-please: the same pages, CPU per page.

    python -m bench.crawl [--pages 1000] [--rounds 3] [--long 10000] [--write]

The pages are those of ../shared/bench/site, on 40 hosts of loopback, served by nginx; all variants take their turns in
one run, and medians are told. The peers live in .bench/peers. Politeness is off: no pause, no robots.txt.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawlers.catalogue import load
from crawlers.events import Job
from storage.database import open_database, prepare
from zhijiao.tick import synchronise

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT.parent / "shared" / "bench" / "site"
FOLDER = ROOT / ".bench" / "crawl"
PEERS = ROOT / ".bench" / "peers"
PACKAGES = ("scrapy==2.19.0", "trafilatura==2.3.1", "news-please==1.6.16")
FIGURES = ROOT / "docs" / "figures" / "crawl.md"
ARTICLES, HOSTS, PORT, WARM = 4000, 40, 8090, 40
WANTED = 3.0
SAMPLED = 500  # pages between two looks at memory
TITLE = re.compile(rb"<title>([^<-]*)-")
SCRAPY = ("none", "trafilatura", "trafilatura+metadata", "trafilatura+fast", "news-please")
SLOW = {"news-please"}  # so slow that a tenth of the pages tells as much
OURS: dict[str, dict[str, Any]] = {
    "dry": {"dry_run": True},
    "whole": {},
}
NAMES = {
    "none": "Scrapy alone (fetch)",
    "trafilatura": "Scrapy + trafilatura, defaults (fetch, text)",
    "trafilatura+metadata": "Scrapy + trafilatura, with metadata (fetch, read)",
    "trafilatura+fast": "Scrapy + trafilatura, fast, with metadata (fetch, read)",
    "news-please": "Scrapy + news-please (fetch, read)",
    "dry": "Zhijiao, dry run (fetch, read, judge)",
    "whole": "Zhijiao, whole (fetch, read, archive, judge, compare, store)",
}


@dataclass(frozen=True)
class Run:
    pages: int
    cpu: float  # seconds
    seconds: float
    memory: tuple[int, ...] = ()  # MB, sampled over the run

    @property
    def cost(self) -> float:
        """Milliseconds of CPU a page."""
        return 1000 * self.cpu / self.pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--long", type=int, default=10_000, help="pages of the run that watches memory; 0: none")
    parser.add_argument("--only", nargs="*", choices=NAMES, default=list(NAMES))
    parser.add_argument("--write", action="store_true", help="write docs/figures/crawl.md")
    options = parser.parse_args()
    install_peers()
    make_site()
    runs: dict[str, list[Run]] = {name: [] for name in options.only}
    with served():
        for _ in range(options.rounds):
            for name, done in runs.items():
                done.append(ours(name, options.pages) if name in OURS else peer(name, options.pages))
                say(f"{NAMES[name]}: {done[-1].cost:.2f} ms/page")
        long = ours("whole", options.long) if options.long else None
    report = table(runs) + (memory(long) if long else "")
    sys.stdout.write(report)
    if options.write:
        command = (
            f"python -m bench.crawl --pages {options.pages} --rounds {options.rounds} --long {options.long} --write"
        )
        FIGURES.write_text(f"# What a crawl costs\n\n`{command}`\n\n{report}", "utf-8")


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


def run(*command: str | Path) -> str:
    """What the command prints; it must succeed."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own commands
    return done.stdout


def install_peers() -> None:
    if (PEERS / "installed").exists():
        return
    say("installing the peers into .bench/peers")
    run(sys.executable, "-m", "venv", PEERS)
    pip = (PEERS / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--upgrade", "pip")
    run(*pip, *PACKAGES)
    (PEERS / "installed").touch()


def make_site() -> None:
    if not (FOLDER / "site" / "robots.txt").exists():
        say("writing the site into .bench/crawl")
        run(sys.executable, SITE / "gen_site.py", FOLDER / "site")


@contextmanager
def served() -> Iterator[None]:
    command = ["nginx", "-p", FOLDER, "-c", SITE / "nginx.conf", "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:  # noqa: S603 - our own command
        try:
            time.sleep(0.5)
            if server.poll() is not None:
                raise SystemExit(f"nginx does not start: is port {PORT} taken?")
            yield
        finally:
            server.terminate()


def peer(name: str, pages: int) -> Run:
    pages = pages // 10 if name in SLOW else pages
    command = [PEERS / "bin" / "python", Path(__file__).with_name("crawl_peer.py"), SITE / "baseline.py"]
    told = json.loads(run(*command, str(pages), "--extract", name).splitlines()[-1])
    assert told["pages"] == pages, told
    return Run(pages, told["ms_cpu_per_page"] * pages / 1000, pages / told["pages_per_s"])


def ours(name: str, pages: int) -> Run:
    """The crawl process as `zhijiao tick` runs it; what it costs to start is not counted, as with the peers."""
    home = FOLDER / "home"
    shutil.rmtree(home, ignore_errors=True)
    list_pages(pages)
    channels = furnish(home, pages)
    crawl = Crawl(home)
    try:
        crawl.visit([Job("warm/news", **OURS[name])])
        before, begun = crawl.cpu(), time.perf_counter()
        crawl.visit([Job(channel, **OURS[name]) for channel in channels])
        cpu, seconds = crawl.cpu() - before, time.perf_counter() - begun
    finally:
        crawl.end()
    kept = sum(crawl.outcomes.get(outcome, 0) for outcome in ("dry", "stored", "joined"))  # the site has 4,000 texts
    assert crawl.read == pages + WARM, crawl.outcomes
    assert kept > 0.8 * pages, crawl.outcomes
    return Run(pages, cpu, seconds, tuple(crawl.memory))


def list_pages(pages: int) -> None:
    """The addresses that the baselines ask for, on a list page for each host; nginx holds on to files of one name."""
    rows: dict[int, list[str]] = {}
    for i in range(pages):
        host, page = 11 + i % HOSTS, (i // HOSTS * 7 + i) % ARTICLES
        rows.setdefault(host, []).append(row(page, i))
    rows[10] = [row(ARTICLES - 1 - i, i) for i in range(WARM)]
    for host, lines in rows.items():
        html = f"<html><head><meta charset=utf-8></head><body><ul class=list>{''.join(lines)}</ul></body></html>"
        (FOLDER / "site" / f"news{host}-{pages}.html").write_text(html, "utf-8")


def row(page: int, i: int) -> str:
    body = (FOLDER / "site" / "a" / f"{page}.html").read_bytes()
    found = TITLE.search(body)
    assert found
    title = found[1].decode("gbk" if page % 2 else "utf-8")
    return f"<li><a href='/a/{page}.html?i={i}'>{title}</a><span>2026-11-20</span></li>"


def furnish(home: Path, pages: int) -> list[str]:
    """A home with a site for each host; its channels."""
    (home / "sources").mkdir(parents=True)
    for host in range(10, 11 + HOSTS):
        base, site = f"http://127.0.0.{host}:{PORT}", "warm" if host == 10 else f"host{host}"
        lines = [f'id = "{site}"', f'name = "{site}"', f'home = "{base}/"', 'kind = "media"', "vocational = true"]
        lines += ["[[channels]]", 'key = "news"', 'name = "news"', f'url = "{base}/news{host}-{pages}.html"']
        (home / "sources" / f"{site}.toml").write_text("\n".join(lines), "utf-8")
    url = f"sqlite:///{home / 'zhijiao.db'}"
    prepare(url)
    catalogue = load(home / "sources", bundled=False)
    database = open_database(url)
    synchronise(database, catalogue)
    database.close()
    return [channel.id for site in catalogue.sites.values() for channel in site.channels if site.id != "warm"]


@dataclass
class Crawl:
    home: Path
    read: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    memory: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        own = {
            "PYTHONPATH": str(ROOT),
            "ZHIJIAO_HOME": str(self.home),
            "ZHIJIAO_SOURCES": str(self.home / "sources"),
            "ZHIJIAO_BUNDLED_SOURCES": "false",
            "ZHIJIAO_DELAY_SECONDS": "0",
            "ZHIJIAO_OBEY_ROBOTS": "false",
            "ZHIJIAO_ALLOW_PRIVATE": "127.0.0.0/8",
            "ZHIJIAO_FIRST_VISIT_DAYS": "3650",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crawlers.run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **own},
        )

    def visit(self, jobs: list[Job]) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.writelines(job.line() for job in jobs)
        self.process.stdin.flush()
        waiting = len(jobs)
        for line in self.process.stdout:
            told = json.loads(line)
            if told["event"] == "article":
                self.read += 1
                self.outcomes[told["outcome"]] = self.outcomes.get(told["outcome"], 0) + 1
                if self.read % SAMPLED == 0:
                    self.memory.append(sum(map(resident, self.pids())))
            waiting -= told["event"] == "channel_finished"
            if not waiting:
                return
        raise SystemExit("the crawl process has died")

    def pids(self) -> list[int]:
        """Of the crawl process and of the one that reads pages for it."""
        own = self.process.pid
        children = (path.read_text().split() for path in Path(f"/proc/{own}/task").glob("*/children"))
        return [own, *(int(pid) for pids in children for pid in pids)]

    def cpu(self) -> float:
        return sum(map(cpu_of, self.pids()))

    def end(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(60)


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """MB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def table(runs: dict[str, list[Run]]) -> str:
    costs = {name: statistics.median(run.cost for run in done) for name, done in runs.items()}
    lines = ["| variant | ms CPU/page | pages per CPU second | pages/s | Zhijiao whole is |", "|---|---|---|---|---|"]
    for name, done in runs.items():
        speed = statistics.median(run.pages / run.seconds for run in done)
        ratio = f"{costs[name] / costs['whole']:.2f} x as fast" if "whole" in costs and name not in OURS else ""
        lines.append(f"| {NAMES[name]} | {costs[name]:.2f} | {1000 / costs[name]:.0f} | {speed:.0f} | {ratio} |")
    return "\n".join(lines) + "\n" + target(costs)


def target(costs: dict[str, float]) -> str:
    if not {"whole", "trafilatura"} <= costs.keys():
        return ""
    kept = "kept" if costs["trafilatura"] >= WANTED * costs["whole"] else "MISSED"
    return f"\nWanted: whole {WANTED:g} x as fast as Scrapy + trafilatura at their defaults: {kept}.\n"


def memory(run: Run) -> str:
    step = max(1, len(run.memory) // 10)
    shown = list(enumerate(run.memory, 1))[step - 1 :: step]
    rows = "".join(f"| {number * SAMPLED:,} | {size} |\n" for number, size in shown)
    return (
        f"\nMemory of both processes in a run of {run.pages:,} pages at {run.cost:.2f} ms CPU a page:\n\n"
        f"| pages so far | MB |\n|---|---|\n{rows}"
    )


if __name__ == "__main__":
    main()
