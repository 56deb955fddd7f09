"""A simulated day, end to end: `python -m bench.day [--write]` (needs the command faketime: apt-get install faketime).

200 sites on loopback publish, fall silent, are redesigned, block, lie, forbid, edit and withdraw (bench/day_sites.py).
`zhijiao tick` runs at chosen moments, as cron would run it: the real processes, whose clock faketime sets.
Certificates, leases, back-off, rhythm and incidents all go by that clock. Then what was planted is looked up.
"""

import argparse
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from statistics import median

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from bench.day_sites import CHINA, NEVER, Event, Site, build, on
from bench.web import Answer, serve
from pipeline.settings import Settings
from pipeline.stages.normalise import canonical_url
from storage.database import Database
from zhijiao.tick import opened

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "figures" / "day.md"
BEFORE = [on(hour, days) for days in (-7, -6, -3, -2, -1) for hour in (9.5, 15.5)]  # so that channels have a rhythm
THE_DAY = [on(0), on(3), *(on(hour) for hour in range(6, 24))]
AFTER = [on(hour, 1) for hour in (1, 6, 9, 11, 13, 16, 18)]  # pauses after failures reach into the next day
Row = dict[str, datetime]


@dataclass
class Found:
    """What the database holds in the end, by site or address."""

    articles: dict[str, datetime] = field(default_factory=dict)  # first seen, by canonical address
    twice: int = 0
    revised: dict[str, datetime] = field(default_factory=dict)
    removed: dict[str, datetime] = field(default_factory=dict)
    incidents: dict[tuple[str, str], Row] = field(default_factory=dict)  # by site and kind


@dataclass
class Run:
    sites: list[Site]
    found: Found = field(default_factory=Found)
    ticks: int = 0
    requests: int = 0
    seconds: float = 0.0
    failed: list[str] = field(default_factory=list)  # ticks that did not end well


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table to docs/figures/day.md")
    parser.add_argument("--share", type=float, default=1.0, help="of the sites")
    parser.add_argument("--home", type=Path, help="keep the data folder here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhijiao-day-") as folder:
        done = run(build(options.share), options.home or Path(folder), loud=True)
    told = report(done)
    print(told)  # noqa: T201 - a bench prints its figures
    if options.write:
        FIGURES.write_text(told, "utf-8")


def run(sites: list[Site], folder: Path, *, loud: bool = False) -> Run:
    done, by_address = Run(sites), {site.address: site for site in sites}
    moments = [*BEFORE, *THE_DAY, *AFTER]
    now = moments[0]

    def respond(address: str, path: str, headers: dict[str, str]) -> Answer:
        return by_address[address].respond(path, headers, now)

    secure = [site for site in sites if site.part.kind == "certificate"]
    plain = [site for site in sites if site not in secure]
    trusted, tls = certificate(folder, [site.address for site in secure], secure[0].part.since)
    with serve([s.address for s in plain], respond) as web, serve([s.address for s in secure], respond, tls) as locked:
        for site in sites:
            site.base = (locked if site in secure else web).base(site.address)
        settings = planted(sites, folder)
        begun = time.monotonic()
        for now in moments:
            ended = tick(settings, now, trusted)
            done.ticks += 1
            if ended.returncode not in (0, 1):
                done.failed.append(f"{now:%m-%d %H:%M}: {ended.stderr[-300:]}")
            if loud:
                print(f"{now:%m-%d %H:%M} {ended.stdout.strip().splitlines()[-1:]}", file=sys.stderr, flush=True)  # noqa: T201
        done.seconds, done.requests = time.monotonic() - begun, len(web.asked) + len(locked.asked)
        with opened(settings) as database:
            done.found = looked_up(database)
    return done


def tick(settings: Settings, now: datetime, trusted: Path) -> "subprocess.CompletedProcess[str]":
    """`zhijiao tick` at this moment."""
    own = {"TZ": "UTC", "SSL_CERT_FILE": str(trusted)}
    moment = f"@{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return subprocess.run(  # noqa: S603 - our own command
        ["faketime", "-f", moment, sys.executable, "-m", "zhijiao", "tick"],  # noqa: S607 - wherever it is installed
        env=os.environ | settings.environment() | own,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def planted(sites: Sequence[Site], folder: Path) -> Settings:
    """The data folder with the sites' files."""
    sources = folder / "sources"
    sources.mkdir(parents=True)
    for site in sites:
        (sources / f"{site.id}.toml").write_text(site.toml, "utf-8")
    return Settings(
        home=folder,
        sources=sources,
        bundled_sources=False,
        contact="bench@zhijiao.example",
        lang="en",
        allow_private="127.0.0.0/8",
        delay_seconds=0.01,
        visits_per_day=16 * len(sites),
        keep_pages=False,
    )


def certificate(folder: Path, addresses: Sequence[str], expires: datetime) -> tuple[Path, ssl.SSLContext]:
    """One for the hosts that have one, and the file by which it is trusted."""
    folder.mkdir(parents=True, exist_ok=True)
    path, key = folder / "certificate.pem", ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "day")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address)) for address in addresses])
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(expires - timedelta(days=90))
        .not_valid_after(expires)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()) + signed.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def looked_up(database: Database) -> Found:
    found = Found()
    with database.read() as db:
        for url, seen in db.execute(text("select canonical, first_seen_at from articles")):
            found.twice += url in found.articles
            found.articles[url] = moment(seen)
        revisions = "select canonical, replaced_at from revisions join articles on articles.id = article_id"
        for url, at in db.execute(text(f"{revisions} order by replaced_at desc")):
            found.revised[url] = moment(at)
        rows = db.execute(text("select canonical, removed_at from articles where removed_at is not null"))
        found.removed = {url: moment(at) for url, at in rows}
        rows = db.execute(text("select channel_id, kind, noticed_at, ended_at from incidents order by id desc"))
        for channel, kind, at, ended in rows:
            moments = {"begins": moment(at), "ends": moment(ended) if ended else NEVER}
            found.incidents[channel.split("/")[0], kind] = moments
    return found


def moment(stored: str | datetime) -> datetime:
    read = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(CHINA)


def noticed(event: Event, site: Site, found: Found) -> datetime | None:
    """When; None: not."""
    url = canonical_url(site.base + event.path)
    match event.happens:
        case "published":
            return found.articles.get(url)
        case "edited":
            return found.revised.get(url)
        case "withdrawn":
            return found.removed.get(url)
    at = found.incidents.get((event.site, event.kind), {}).get(event.happens)
    return at if at and at < NEVER else None


def invented(done: Run) -> Iterator[str]:
    """What was noticed and never happened."""
    found = done.found
    planted = {(site.id, site.part.kind) for site in done.sites}
    wanted = {canonical_url(site.base + piece.path): piece for site in done.sites for piece in site.pieces}
    for site_id, kind in sorted(found.incidents.keys() - planted):
        part = next(site.part.name for site in done.sites if site.id == site_id)
        yield f"incident {kind} at {site_id} ({part})"
    yield from (f"article {url}" for url in sorted(found.articles.keys() - wanted.keys()))
    yield from (f"revision of {url}" for url in sorted(found.revised) if wanted[url].edited_at == NEVER)
    yield from (f"withdrawal of {url}" for url in sorted(found.removed) if wanted[url].withdrawn_at == NEVER)
    if found.twice:
        yield f"{found.twice} articles twice"


def is_expected(event: Event, site: Site, last: datetime) -> bool:
    """Articles that are off their list before the first visit, or that come after a site has closed, cannot be seen."""
    if event.happens != "published":
        return True
    if event.at > last:
        return False
    piece = next(piece for piece in site.pieces if piece.path == event.path)
    closed = site.part.kind in {"blocked", "failing", "empty", "certificate", "robots", "gone"}
    if closed and site.part.since <= event.at < site.part.until:
        return site.part.until < NEVER
    if event.at <= BEFORE[0]:
        return piece in site.shown(BEFORE[0])
    return True


def report(done: Run) -> str:
    by_id, last = {site.id: site for site in done.sites}, AFTER[-1] - timedelta(hours=12)
    events = [event for site in done.sites for event in site.events() if is_expected(event, site, last)]
    seen = {event: noticed(event, by_id[event.site], done.found) for event in events}
    missed = [event for event, at in seen.items() if at is None]
    lines = ["# A simulated day", "", "`make bench-day`", "", summary(done, events, missed), ""]
    lines += ["| planted | times | noticed | delay: median | longest |", "|---|---|---|---|---|"]
    for what in dict.fromkeys((event.happens, event.what) for event in events):
        its = {event: at for event, at in seen.items() if (event.happens, event.what) == what}
        delays = [at - event.at for event, at in its.items() if at]
        spread = (hours(median(delays)), hours(max(delays))) if delays else ("–", "–")
        lines.append(f"| {what[1]}, {what[0]} | {len(its)} | {len(delays)} | {spread[0]} | {spread[1]} |")
    lines += ["", f"Invented: {'; '.join(invented(done)) or 'nothing'}.", ""]
    if missed:
        lines += [
            f"Not noticed: {event.what} at {event.site}{event.path}, {event.at:%m-%d %H:%M}  " for event in missed
        ]
    lines += ["", "## Every event but the articles of ordinary sites", ""]
    lines += ["| planted | at site | when | noticed | delay |", "|---|---|---|---|---|"]
    for event in sorted((event for event in events if event.happens != "published"), key=lambda event: event.at):
        at = seen[event]
        when = f"{at:%m-%d %H:%M} | {hours(at - event.at)}" if at else "**not** | –"
        lines.append(f"| {event.what}, {event.happens} | {event.site} | {event.at:%m-%d %H:%M} | {when} |")
    return "\n".join(lines) + "\n"


def summary(done: Run, events: Sequence[Event], missed: Sequence[Event]) -> str:
    parts = Counter(site.part.name for site in done.sites)
    said = [
        f"{len(done.sites)} channels on as many hosts of loopback, {len(parts)} parts; {done.ticks} runs of `zhijiao ",
        "tick` under `faketime`: two on each workday before, so that channels have a rhythm, every hour on ",
        f"the day itself (2026-11-19, a Thursday), seven on the next. {done.requests:,} requests, ",
        f"{done.seconds / 60:.0f} minutes. ",
        f"{len(events)} events planted, {len(events) - len(missed)} noticed. Delays are bounded below by the hour ",
        "between ticks, and for failures by pauses that double, so that a bad hour is no alarm.",
    ]
    said += [f"\n\nA tick failed: {line}" for line in done.failed]
    return "".join(said)


def hours(delay: timedelta) -> str:
    return f"{delay / timedelta(hours=1):.1f} h"


if __name__ == "__main__":
    main()
