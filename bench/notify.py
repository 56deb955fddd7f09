"""How long a thousand notifications take, and whether kill -9 makes a story come twice or vanish unseen.

    python -m bench.notify [--stories 1000] [--kills 20] [--write]

On SQLite and on PostgreSQL (the server of ZHIJIAO_TEST_POSTGRESQL), over a webhook on loopback. A sender is killed at a
random moment after its first message; the next one begins when the lease of the killed one is over.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.kills import database
from pipeline.settings import Settings
from publish.notify.courier import LEASE
from publish.notify.send import send_pending
from storage import deliveries, outbox, stories
from storage.database import Database, open_database, prepare
from tests.publish.conftest import NOON, store, story_view
from tests.publish.notify.test_once import SENDER
from tests.publish.notify.webhook import Webhook, serve

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".bench" / "notify"
FIGURES = ROOT / "docs" / "figures" / "notify.md"
LONGEST = 0.5  # seconds from a sender's first message to its end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--write", action="store_true", help="write docs/figures/notify.md")
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - moments of kills
    lines = ["| | sqlite | postgresql |", "|---|---|---|"]
    found = [measured(backend, options, chance) for backend in ("sqlite", "postgresql")]
    lines += [f"| {name} | {found[0][name]} | {found[1][name]} |" for name in found[0]]
    report = "\n".join(lines) + "\n"
    sys.stdout.write(report)
    if options.write:
        command = f"python -m bench.notify --stories {options.stories} --kills {options.kills} --write"
        FIGURES.write_text(f"# Notifications over a webhook on loopback\n\n`{command}`\n\n{report}", "utf-8")
    sys.exit(any(int(seen[name]) for seen in found for name in seen if name.startswith("**")))


def measured(backend: str, options: argparse.Namespace, chance: random.Random) -> dict[str, str]:
    n = options.stories
    with installation(backend) as (opened, settings), serve() as hook:
        declare(settings, "atonce", hook.url, 'send = "at-once"')
        declare(settings, "bundled", f"{hook.url}/bundled")
        send_pending(opened, settings)
        fill(opened, n)
        began, cpu, runs, sent = time.perf_counter(), time.process_time(), 0, 0
        while sent < 2 * n:
            sent += sum(report.sent for report in send_pending(opened, settings))
            runs += 1
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        told = Counter(path for path, _ in hook.asked)
    with installation(backend) as (opened, settings), serve() as hook:
        killed = kills(opened, settings, hook, options.kills, 20 * options.kills, chance)
    return {
        f"{n:,} stories told one by one to one target and bundled to another": f"{took:.1f} s",
        "messages": f"{told['/hook']:,} and {told['/hook/bundled']}",
        "runs, of a minute at most for each target": str(runs),
        "of it CPU, the webhook's own included": f"{cpu:.1f} s",
        f"load of the machine, which has {os.cpu_count()} cores": f"{os.getloadavg()[0]:.0f}",
        **killed,
    }


def kills(
    opened: Database, settings: Settings, hook: Webhook, kills: int, n: int, chance: random.Random
) -> dict[str, str]:
    declare(settings, "atonce", hook.url, 'send = "at-once"')
    start = datetime.now(UTC)
    send_pending(opened, settings, lambda: start)
    fill(opened, n)
    done = 0
    for number in range(kills):
        hook.arrived.clear()
        with begun(settings, start + LEASE * number) as process:
            while process.poll() is None and not hook.arrived.wait(0.05):
                pass
            time.sleep(chance.uniform(0, LONGEST))
            done += process.poll() is None
            process.kill()
    end = start + LEASE * kills
    while sum(report.sent for report in send_pending(opened, settings, lambda: end)):
        pass
    arrived = Counter(int(message.split("篇")[0].removeprefix("第")) for message in hook.messages)
    with opened.read() as db:
        counts = deliveries.counts(db, "atonce")
    doubtful, missing = counts.get("unknown", 0), n - len(arrived)
    return {
        f"kills while messages were left, of {kills}": str(done),
        "**stories that came twice**": str(arrived.total() - len(arrived)),
        "**stories neither sent nor said to be in doubt**": str(n - counts.get("sent", 0) - doubtful),
        "stories in doubt; of them had arrived": f"{doubtful}; {doubtful - missing}",
    }


@contextmanager
def begun(settings: Settings, now: datetime) -> "Iterator[subprocess.Popen[bytes]]":
    environment = os.environ | settings.environment()
    command = [sys.executable, "-c", SENDER, now.isoformat(), "plain"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        yield process


@contextmanager
def installation(backend: str) -> Iterator[tuple[Database, Settings]]:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with database(backend) as url:
        address = url or f"sqlite:///{FOLDER / 'zhijiao.db'}"
        prepare(address)
        with closing(open_database(address)) as opened:
            yield opened, Settings(home=FOLDER, database_url=address, base_url="https://feeds.example")


def declare(settings: Settings, name: str, url: str, *lines: str) -> None:
    with (settings.home / "notify.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join((f"[{name}]", f'url = "{url}"', *lines)) + "\n")


def fill(opened: Database, n: int) -> None:
    views = [story_view(title=f"第{number}篇", canonical=str(number), text_key=str(number)) for number in range(n)]
    store(opened, views[0])
    with opened.begin() as db:
        for view in views[1:]:
            first = replace(view.article, id=0, story_id=None)
            moments = {"published_at": NOON, "released_at": NOON, "now": NOON}
            story, _ = stories.create(db, first=first, tag="feeds.example,2026", **moments)
            outbox.add(db, "released", story.id, NOON)


if __name__ == "__main__":
    main()
