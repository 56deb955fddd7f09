"""A crawl of a small web on loopback, where sites do what sites do: `python -m bench.network [--write]`.

Every host has an address of its own, the layout of a family, a robots.txt and one habit (`bench/network_hosts.py`): it
moves, lies, asks for patience, publishes a burst. What was planted and stored and the servers' own log are compared.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from bench.network_hosts import HABITS, WAIT, Host, build
from bench.web import Answer, Asked, Web, serve
from crawlers.events import Job
from pipeline.settings import Settings
from pipeline.stages.normalise import canonical_url
from storage import articles, channels, gaps, hosts, links
from storage.database import Database
from storage.records import GapRecord, HostRecord
from zhijiao.crawl import Event, crawl, ignore
from zhijiao.tick import catalogue_of, opened, synchronise

FIGURES = Path(__file__).resolve().parent.parent / "docs" / "figures" / "network.md"
ROUNDS = 8
SLACK = 0.005  # seconds: two clocks
NEVER = 1e9
Crawl = Callable[[list[Job]], list[Event]]  # the `channel_finished` events
Started = Callable[[Settings], AbstractContextManager[Crawl]]


@dataclass
class Network:
    """The hosts, and all that is known of them when the crawls are over."""

    hosts: list[Host]
    web: Web
    settings: Settings
    starts: list[int] = field(default_factory=list)  # of each round in the log
    events: list[list[Event]] = field(default_factory=list)  # `channel_finished`, by round
    rows: Counter[str] = field(default_factory=Counter)  # articles by canonical address
    states: dict[str, str] = field(default_factory=dict)  # of links: state, "given up" where it is
    ledgers: dict[str, HostRecord | None] = field(default_factory=dict)
    gaps: dict[str, list[GapRecord]] = field(default_factory=dict)

    def asked(self, host: Host, number: int | None = None) -> list[Asked]:
        """Requests to the host, of one round (from 1) or of all."""
        bounds = [*self.starts, *[len(self.web.asked)] * ROUNDS]
        log = self.web.asked if number is None else self.web.asked[bounds[number - 1] : bounds[number]]
        return [one for one in log if one.host == host.address]

    def key(self, host: Host, path: str) -> str:
        return canonical_url(host.base + path)


@contextmanager
def one_each(settings: Settings) -> Iterator[Crawl]:
    """A process for each round, as a tick has it."""
    yield lambda jobs: crawl(jobs, settings, ignore)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table to docs/figures/network.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhijiao-network-") as folder:
        network = run(build(), Path(folder))
    text = report(network)
    print(text)  # noqa: T201 - a bench prints its figures
    if options.write:
        FIGURES.write_text(text, "utf-8")


def run(found: list[Host], folder: Path, rounds: int = ROUNDS, started: Started = one_each) -> Network:
    by_address = {host.address: host for host in found}

    def respond(address: str, path: str, headers: dict[str, str]) -> Answer:
        return by_address[address].respond(path, headers)

    with serve([*by_address], respond) as web:
        settings = Settings(
            home=folder,
            sources=folder / "sources",
            bundled_sources=False,
            contact="bench@zhijiao.example",
            lang="en",
            allow_private="127.0.0.0/8",
            delay_seconds=min(host.pause for host in found),
            poll_seconds=1,
            timeout_seconds=10,
        )
        network = Network(found, web, settings)
        _plant(network)
        with opened(settings) as database:
            synchronise(database, catalogue_of(settings))
            with started(settings) as crawl_due:
                for number in range(1, rounds + 1):
                    _visit(network, database, number, crawl_due)
            _look_up(network, database)
    return network


def _plant(network: Network) -> None:
    folder = network.settings.home / "sources"
    folder.mkdir(parents=True)
    for host in network.hosts:
        host.base = network.web.base(host.address)
        host.publish(4, datetime.now(UTC))
        if host.habit.robots == "forbid":
            host.site = replace(host.site, robots=f"User-agent: *\nDisallow: {host.listed[-1].path}\n")
        (folder / f"{host.id}.toml").write_text(_toml(host), "utf-8")


def _toml(host: Host) -> str:
    site = {"id": host.id, "name": host.id, "home": host.base + "/", "kind": host.site.kind}
    channel = {"key": "news", "name": "news", "url": host.base + host.list_path, "kind": host.habit.kind}
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in site.items())
    text += "[[channels]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in channel.items())
    text += "floor = 1\nceiling = 1\n"
    if host.habit.kind == "json":
        rules = {"items": "data.rows", "title": "title", "url": "url", "date": "time", "page": "page"}
        text += "[channels.data]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in rules.items())
        text += 'form = { size = "4" }\n'
    return text


def _visit(network: Network, database: Database, number: int, crawl_due: Crawl) -> None:
    """One round: what is due is crawled. Waits that take hours in earnest are over by the next round."""
    for host in network.hosts:
        host.round = number
        if number == 3:
            host.publish(host.habit.later, datetime.now(UTC))
    network.starts.append(len(network.web.asked))
    with database.read() as db:
        due = channels.due(db, datetime.now(UTC))
    network.events.append(crawl_due([Job(channel.id) for channel in due]))
    time.sleep(1.2)  # until all are due again
    _let_time_pass(network, database)


def _let_time_pass(network: Network, database: Database) -> None:
    now = datetime.now(UTC)
    with database.begin() as db:
        for host in network.hosts:
            known = hosts.ledger(db, _name(host))
            if known and known.robots_until and not known.robots_read_at:
                hosts.keep_robots(db, known.host, None, None, now)
            for article in host.listed:
                link = links.get(db, canonical_url(host.base + article.path))
                if link and link.state == "failed" and link.next_try:
                    links.try_now(db, link.canonical, now)


def _look_up(network: Network, database: Database) -> None:
    with database.read() as db:
        network.rows.update(record.canonical for record in articles.listing(db, limit=100_000))
        for host in network.hosts:
            network.ledgers[host.id] = hosts.ledger(db, _name(host))
            network.gaps[host.id] = gaps.of_channel(db, f"{host.id}/news")
            for article in host.listed:
                link = links.get(db, network.key(host, article.path))
                if link:
                    given_up = link.state == "failed" and link.next_try is None
                    network.states[link.canonical] = "given up" if given_up else link.state


def _name(host: Host) -> str:
    return host.base.removeprefix("http://")


def stored_once(network: Network, host: Host) -> tuple[int, int, bool]:
    """How many articles were planted to be read, how many are stored, and whether each is stored exactly once."""
    numbers = range(len(host.listed))
    by_number = dict(zip(numbers, sorted(host.listed, key=lambda article: article.number), strict=True))
    wanted = Counter(network.key(host, a.path) for n, a in by_number.items() if n not in host.habit.unread)
    stored = Counter({key: n for key, n in network.rows.items() if key.startswith(f"https://{_name(host)}/")})
    if host.habit.name == "visitor":  # stored under the number of the first visit
        stored = Counter(key.partition("?")[0] for key in stored.elements())
    if host.habit.name in ("moved", "found"):  # stored where the list has gone
        stored = Counter(key.replace("/xin/", "/", 1) for key in stored.elements())
    return wanted.total(), stored.total(), wanted == stored


def missing(network: Network, host: Host) -> str:
    """What became of the articles that are not stored."""
    keys = [network.key(host, article.path) for article in host.listed]
    return ", ".join(f"{network.states.get(key)} {key}" for key in keys if not network.rows[key])


def fastest(network: Network, host: Host) -> float:
    """The shortest time between two requests to the host, over all rounds."""
    return min((later.at - one.at for one, later in pairwise(network.asked(host))), default=NEVER)


def impatient(network: Network, host: Host) -> bool:
    """Whether the host was asked before it was ready, after an answer 429 or 503."""
    return any(
        later.at - one.at < WAIT - 1.0  # a date has whole seconds
        for one, later in pairwise(network.asked(host))
        if one.status in (429, 503)
    )


def second_round(network: Network) -> Counter[str]:
    """What the second round asked for, and what came."""
    found: Counter[str] = Counter()
    quiet = {"429", "503", "stumbles", "lost", "private", "robots 500"}  # these have something left to do
    for host in network.hosts:
        if host.habit.name in quiet:
            continue
        for one in network.asked(host, 2):
            listed = one.path.partition("?")[0] in (host.list_path, "/xin" + host.list_path, "/news.xml.gz")
            found[f"{'list' if listed else 'robots.txt' if one.path == '/robots.txt' else 'article'} {one.status}"] += 1
    return found


def happened(network: Network, host: Host) -> str:
    """What the log and the database say of the habit itself; begins with ✗ where it is not what must be."""
    lists = [one for one in network.asked(host) if one.path == host.list_path]
    paths = Counter(one.path for one in network.asked(host))
    oldest = sorted(host.listed, key=lambda article: article.number)
    state = network.states.get(network.key(host, oldest[0].path))
    known = network.ledgers[host.id]
    pause = known.delay or 0.0 if known else 0.0
    last = lists[-1] if lists else Asked(0, host.address, host.list_path, 0, {})
    checks: dict[str, tuple[bool, str]] = {
        "forbids": (not paths[oldest[0].path], f"asked {paths[oldest[0].path]} times"),
        "forbids all": (set(paths) == {"/robots.txt"}, ", ".join(paths)),
        "robots 500": (not [o for n in (1, 2, 3) for o in network.asked(host, n) if o.path != "/robots.txt"], "waited"),
        "liar": (last.status == 200 and "if-none-match" not in last.headers, "asked in full at the end"),
        "moved": (not [o for o in network.asked(host, 7) if o.path == host.list_path], "asked at the new address"),
        "found": (len(lists) >= len(network.starts), "asked at the old address each time"),
        "home": (not network.gaps[host.id] and last.status == 301, "failed since"),
        "gone": (sum(one.status == 410 for one in lists) == 1, "asked once more, never again"),
        "burst": (not network.gaps[host.id], f"gaps left: {len(network.gaps[host.id])}"),
        "endless": (paths["/page/2"] == 1 and not paths["/page/3"], f"{paths['/page/2']} further page"),
        "stumbles": (state == "fetched", f"link {state}"),
        "lost": (state == "given up" and paths[oldest[0].path] == 5, f"link {state} after {paths[oldest[0].path]}"),
        "private": (state == "failed" or state == "given up", "refused"),
        "cookies": (not any("cookie" in one.headers for one in network.asked(host)), "none sent"),
        "slow": (pause > host.pause, f"pause {pause:.1f} s"),
        "429": (not impatient(network, host), "waited"),
        "503": (not impatient(network, host), "waited"),
    }
    good, words = checks.get(host.habit.name, (True, ""))
    return words if good else f"✗ {words}"


def problems(network: Network) -> list[str]:
    """Everything that is not as it must be."""
    found = []
    for host in network.hosts:
        planted, stored, once = stored_once(network, host)
        if not once:
            found.append(
                f"{host.habit.name} {host.address}: {planted} planted, {stored} stored {missing(network, host)}"
            )
        if fastest(network, host) < host.pause - SLACK:
            found.append(f"{host.habit.name} {host.address}: asked after {fastest(network, host):.3f} s")
        if (words := happened(network, host)).startswith("✗"):
            found.append(f"{host.habit.name} {host.address}: {words}")
    if wrong := [kind for kind in second_round(network) if kind.startswith("article")]:
        found.append(f"second round: {wrong}")
    return found


def report(network: Network) -> str:
    amounts = (len(network.hosts), len(network.starts), len(network.web.asked), network.rows.total())
    head = ("planted", "hosts", "must", "to be read", "stored", "each once", "fastest request after", "what happened")
    lines = [
        "# A crawl of a small web on loopback",
        "",
        "`python -m bench.network --write`",
        "",
        "{} hosts, {} rounds, {} requests in the servers' own log, {} articles stored.".format(*amounts),
        "In the third round every site publishes.",
        "",
        "| " + " | ".join(head) + " |",
        "|---" * len(head) + "|",
    ]
    for habit in HABITS:
        group = [host for host in network.hosts if host.habit is habit]
        if group:
            counts = [stored_once(network, host) for host in group]
            speed = min(fastest(network, host) for host in group)
            words = "; ".join(dict.fromkeys(happened(network, host) for host in group if happened(network, host)))
            shown = f"{speed:.2f} s (≥ {group[0].pause:g})" if speed < NEVER else "–"
            once = "yes" if all(one[2] for one in counts) else "**no**"
            planted, stored = sum(one[0] for one in counts), sum(one[1] for one in counts)
            cells = (habit.planted, len(group), habit.happens, planted, stored, once, shown, words)
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    second = ", ".join(f"{kind}: {count}" for kind, count in sorted(second_round(network).items()))
    lines += [
        "",
        f"Second round, at hosts with nothing left to do: {second}.",
        "(200: lists without validators, in another order, with other numbers; 301, 302: before a 304.)",
    ]
    lines += ["", "Not as it must be: " + ("; ".join(problems(network)) or "nothing") + ".", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
