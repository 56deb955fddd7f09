"""How well and how fast pages are read, beside other programs: python -m bench.read [--write] [--misses] [--quick].

Scores every page of the shared sample that has a truth with the scorer beside it: ours from raw bytes, the peers (each
in an environment of its own under .bench/, made from PyPI when it is missing) from decoded text and, where they take
them, from raw bytes (-bytes). Speeds are of one run. `others` and `third` are the halves of the development: SPLIT_SEED
drew a third of the sites, whose pages were looked at last. All of the sample has been looked at by now; what the
readers did on pages that nobody had looked at stands in docs/readers.md.
"""

import argparse
import json
import math
import random
import subprocess  # runs the peers, each with a Python of its own
import sys
import time
from collections import Counter
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from lxml import etree

from bench.read_score import ARTICLE, LIST, Row, intervals, pages_of, scorer, totals
from crawlers.pages.article import read_article
from crawlers.pages.explained import explain
from crawlers.pages.filters import extract_row, links_row
from crawlers.pages.listing import read_list
from crawlers.pages.page import Page
from pipeline.article import Listed

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
FIGURES = ROOT / "docs" / "figures" / "read.md"
ENVIRONMENTS = ROOT / ".bench" / "read"
PEERS = ("trafilatura", "readability-lxml", "newspaper4k", "gne", "justext", "resiliparse", "goose3", "htmldate")
BYTES = ("trafilatura", "readability-lxml", "newspaper4k", "justext", "goose3")  # those that take raw bytes
LISTS = ("gerapy-auto-extractor",)
NEEDS = {  # what a peer needs besides itself to read Chinese, or at all
    "goose3": ("jieba",),
    "justext": ("lxml_html_clean",),
    "newspaper4k": ("newspaper4k[zh]",),
    "trafilatura": ("lxml_html_clean",),
}
SPLIT_SEED = 20261121
ABOUT = """`make bench-read` on the shared sample, all of which has been looked at: what to expect of other pages stands
in docs/readers.md. Intervals: 95 % of 2,000 draws of the pages; of shares at least Wilson's, since draws of pages
without a miss show none."""
FIELD = {"F1": "text", "good": "text", "minute": "date"}  # which field of a row a column measures
GIVEN = {
    "text": "text",
    "title": "title",
    "published": "date",
    "author": "author",
    "source": "source",
    "editor": "editor",
}
PATIENCE = 900  # seconds for one peer
ROUNDS = 3  # our speed is the best of so many: the machine may be busy with other things


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=SHARED / "data" / "pages")
    parser.add_argument("--misses", action="store_true", help="the pages that are not read perfectly")
    parser.add_argument("--sure", action="store_true", help="the share of values that are right, by where they stood")
    parser.add_argument("--quick", action="store_true", help="without the peers")
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.relative_to(ROOT)}")
    options = parser.parse_args()
    manifest = _rows(options.pages / "manifest.jsonl")
    sections = []
    for kind, truth in (("article", "truth.jsonl"), ("list", "lists_truth.jsonl")):
        sections.append(_section(options, kind, _rows(options.pages / truth), manifest))
    if options.sure:
        _print_sure(options.pages, _rows(options.pages / "truth.jsonl"))
    report = f"# Reading pages\n\n{ABOUT}\n\n" + "\n".join(sections)
    sys.stdout.write(report)
    if options.write:
        FIGURES.write_text(report, "utf-8")


def _section(options: argparse.Namespace, kind: str, truth: list[Row], manifest: list[Row]) -> str:
    module = scorer(SHARED / "bench" / "score_pages.py")
    entries = [entry for entry in manifest if entry["kind"] == kind]
    rows, speed = _ours(options.pages, entries)
    parsed = _parse_speed(options.pages, entries)
    held = held_out(manifest)
    ours = pages_of(module, kind, truth, rows)
    table = [_line(kind, "**zhijiao** (bytes)", ours, speed)]
    bounds = intervals(kind, ours)
    names = LIST if kind == "list" else ARTICLE
    table.append(
        "| 95 % interval | " + " | ".join(f"{low:.3f}–{high:.3f}" for low, high in map(bounds.get, names)) + " | | |"
    )
    for half, chosen in (("others", False), ("third", True)):
        part = [page for row, page in zip(truth, ours, strict=True) if (row["id"] in held) == chosen]
        table.append(_line(kind, f"{half} ({len(part)} pages)", part, None))
    if options.misses:
        _print_misses(kind, truth, rows, ours)
    speeds: dict[str, float] = {}
    peers = LISTS if kind == "list" else (*PEERS, *(f"{name}-bytes" for name in BYTES))
    table += [_peer(module, kind, peer, options.pages, truth, speeds) for peer in peers if not options.quick]
    heading = "| | " + " | ".join(names) + " | invented author | pages/s |"
    against = speeds.get("trafilatura")
    said = f"{speed:.0f} pages per second of CPU: {parsed / speed:.1f} times one lxml parse of the same bytes"
    said += f", {speed / against:.1f} × trafilatura" if against else ""
    title = f"## {kind.capitalize()}s: {len(truth)} pages with a truth, {len(entries)} timed"
    return "\n".join([title, "", said + ".", "", heading, "|---" * (len(names) + 3) + "|", *table, ""])


def _line(kind: str, name: str, pages: list[Row], speed: float | None, lacking: frozenset[str] = frozenset()) -> str:
    scores = [
        "–" if math.isnan(value) or not lacking.isdisjoint((field, FIELD.get(field, field))) else f"{value:.3f}"
        for field, value in totals(kind, pages).items()
    ]
    invented = ""
    if kind == "article" and "author" not in lacking:
        counts = [tuple(map(int, page["invented"].split("/"))) for page in pages]
        invented = f"{sum(count for count, _ in counts)} of {sum(absent for _, absent in counts)}"
    return f"| {name} | " + " | ".join(scores) + f" | {invented} | {f'{speed:.1f}' if speed else ''} |"


def _ours(folder: Path, entries: list[Row]) -> tuple[list[Row], float]:
    """What we read, and pages per second of CPU from raw bytes to every field."""
    bodies = [(entry, _body(folder, entry)) for entry in entries]
    best = math.inf
    for _ in range(ROUNDS):
        started = time.process_time()
        rows = [{"id": entry["id"], **_read(entry, body)} for entry, body in bodies]
        best = min(best, time.process_time() - started)
    return rows, len(rows) / best


def _read(entry: Row, body: bytes) -> Row:
    page = Page(entry["url"], body)
    return extract_row(read_article(page)) if entry["kind"] == "article" else links_row(read_list(page))


def _parse_speed(folder: Path, entries: list[Row]) -> float:
    """Pages per second of CPU that lxml alone parses."""
    bodies = [_body(folder, entry) for entry in entries]
    best = math.inf
    for _ in range(ROUNDS):
        started = time.process_time()
        for body in bodies:
            etree.fromstring(body, etree.HTMLParser(huge_tree=True))
        best = min(best, time.process_time() - started)
    return len(bodies) / best


def _body(folder: Path, entry: Row) -> bytes:
    return (folder / f"{entry['kind']}s" / f"{entry['id']}.html").read_bytes()


def _peer(module: ModuleType, kind: str, peer: str, pages: Path, truth: list[Row], speeds: dict[str, float]) -> str:
    out = ENVIRONMENTS / f"{peer}.jsonl"
    try:
        python = _environment(peer.removesuffix("-bytes"))
        program = str(Path(__file__).with_name("read_peers.py"))
        command = [str(python), program, peer, str(pages), str(out)]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)  # noqa: S603 - our own program
    except (subprocess.SubprocessError, OSError) as error:
        return f"| {peer} | did not install or run: {type(error).__name__} |"
    *rows, spent = _rows(out)
    speeds[peer] = spent["pages"] / spent["seconds"]
    raised = sum("error" in row for row in rows)
    shown = frozenset(name for row in rows for name in row)
    lacking = frozenset(field for name, field in GIVEN.items() if kind == "article" and name not in shown)
    name = f"{peer} ({raised} raise)" if raised else peer
    return _line(kind, name, pages_of(module, kind, truth, rows), speeds[peer], lacking)


def _environment(peer: str) -> Path:
    """The Python of the peer's own environment, made where it is missing."""
    folder = ENVIRONMENTS / peer
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)  # noqa: S603 - as above
        wanted = [peer, *NEEDS.get(peer, ())]
        subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=True, timeout=PATIENCE)  # noqa: S603
        (folder / "installed").touch()
    return python


def held_out(manifest: list[Row]) -> set[str]:
    """Ids of the pages of a random third of the sites."""
    sites = sorted({site_of(entry) for entry in manifest})
    chosen = set(random.Random(SPLIT_SEED).sample(sites, len(sites) // 3))  # noqa: S311 - a split, no secret
    return {entry["id"] for entry in manifest if site_of(entry) in chosen}


def site_of(entry: Row) -> str:
    """The site's registered name, near enough: news.nankai.edu.cn and sky.nankai.edu.cn are one."""
    host = entry["site"] or urlsplit(entry["url"] or "").hostname or entry["id"]
    parts = host.split(".")
    short = 3 if len(parts) > 2 and parts[-2] in {"com", "edu", "gov", "org", "net"} else 2
    return ".".join(parts[-short:])


def _print_misses(kind: str, truth: list[Row], rows: list[Row], scores: list[Row]) -> None:
    found = {row["id"]: row for row in rows}
    for page, score in zip(truth, scores, strict=True):
        wrong = [name for name in (LIST if kind == "list" else ARTICLE)[2:] if score[name] < 1]
        if wrong or score["F1"] < 0.97:
            said = " ".join(
                f"{name}={found[page['id']].get('published' if name == 'date' else name)!r}" for name in wrong
            )
            sys.stdout.write(f"{page['id']} F1 {score['F1']:.3f} {said}\n")


def _print_sure(folder: Path, truth: list[Row]) -> None:
    """How often a value is right, by field and by where it stood."""
    module = scorer(SHARED / "bench" / "score_pages.py")
    right: Counter[tuple[str, str]] = Counter()
    every: Counter[tuple[str, str]] = Counter()
    for page in truth:
        read = Page(None, (folder / "articles" / f"{page['id']}.html").read_bytes())
        for field in explain(read, None, Listed(), None):
            if page[field.field] is None:
                continue
            alike = (
                module.day if field.field == "published" else module.nows if field.field == "title" else module.names
            )
            every[field.how, field.field] += 1
            got, true = alike(field.value), alike(page[field.field])
            right[field.how, field.field] += (got[0] == true[0]) if field.field == "published" else got == true
    for how, field in sorted(every):
        sys.stdout.write(f"{how:10} {field:10} {right[how, field]} of {every[how, field]}\n")


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main()
