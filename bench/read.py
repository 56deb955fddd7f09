"""How well and how fast the readers read: python bench/read.py [--pages DIR] [--misses].

Scores every page of the shared sample that has a truth, with the scorer beside it. SPLIT_SEED drew a third
of the sites, the row "third"; the readers were written while looking at the others only. Its figures before it was
opened: 33 articles, body F1 .945, title .97, date .80, author .25, source .85, editor 1.0; 24 lists, F1 .897, exact
.79. Then half of it was opened; the other 14 articles before that: body F1 .983, title .93, date .73, author .29,
source .71. Today nothing of the sample is unseen, so only pages from elsewhere can say how well the readers generalise.
"""

import argparse
import json
import random
import subprocess  # runs the scorer, a program of ours
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crawlers.pages.article import read_article  # noqa: E402 - the checkout is made importable first
from crawlers.pages.filters import extract_row, links_row  # noqa: E402 - as above
from crawlers.pages.listing import read_list  # noqa: E402 - as above
from crawlers.pages.page import Page  # noqa: E402 - as above

SHARED = ROOT.parent / "shared"
SPLIT_SEED = 20261121


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=SHARED / "data" / "pages")
    parser.add_argument("--misses", action="store_true", help="the articles that are not read perfectly")
    options = parser.parse_args()
    manifest = [json.loads(line) for line in (options.pages / "manifest.jsonl").read_text("utf-8").splitlines()]
    held = held_out(manifest)
    for kind, truth in (("article", "truth.jsonl"), ("list", "lists_truth.jsonl")):
        entries = [entry for entry in manifest if entry["kind"] == kind]
        started = time.process_time()
        rows = [read(options.pages, entry) for entry in entries]
        spent = time.process_time() - started
        report(options, kind, options.pages / truth, rows, held)
        sys.stdout.write(f"{len(rows) / spent:.0f} pages per second of CPU, {len(rows)} pages\n\n")


def held_out(manifest: list[dict[str, str]]) -> set[str]:
    """Ids of the pages of a random third of the sites."""
    sites = sorted({site_of(entry) for entry in manifest})
    chosen = set(random.Random(SPLIT_SEED).sample(sites, len(sites) // 3))  # noqa: S311 - a split, no secret
    return {entry["id"] for entry in manifest if site_of(entry) in chosen}


def site_of(entry: dict[str, str]) -> str:
    """The site's registered name, near enough: news.nankai.edu.cn and sky.nankai.edu.cn are one."""
    host = entry["site"] or urlsplit(entry["url"] or "").hostname or entry["id"]
    parts = host.split(".")
    short = 3 if len(parts) > 2 and parts[-2] in {"com", "edu", "gov", "org", "net"} else 2
    return ".".join(parts[-short:])


def read(folder: Path, entry: dict[str, str]) -> dict[str, object]:
    name = "articles" if entry["kind"] == "article" else "lists"
    page = Page(entry["url"], (folder / name / f"{entry['id']}.html").read_bytes())
    row = extract_row(read_article(page)) if entry["kind"] == "article" else links_row(read_list(page))
    return {"id": entry["id"], **row}


def report(options: argparse.Namespace, kind: str, truth: Path, rows: list[dict[str, object]], held: set[str]) -> None:
    ids = {str(row["id"]) for row in rows}
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.jsonl"
        answers.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
        for name, chosen in (("all", ids), ("others", ids - held), ("third", ids & held)):
            listed = Path(folder) / "ids"
            listed.write_text("\n".join(sorted(chosen)))
            command = [sys.executable, str(SHARED / "bench" / "score_pages.py"), "--truth", str(truth)]
            command += ["--ids", str(listed), *(["--lists"] if kind == "list" else [])]
            if options.misses and name == "all" and kind == "article":
                command += ["--per-page", str(Path(folder) / "pages")]
            sys.stdout.flush()
            subprocess.run([*command, f"{kind} {name}={answers}"], check=True)  # noqa: S603 - our own scorer
        if options.misses and kind == "article":
            print_misses(Path(folder) / "pages")


def print_misses(per_page: Path) -> None:
    for line in per_page.read_text("utf-8").splitlines():
        row = json.loads(line)
        wrong = [name for name in ("title", "date", "source", "author", "editor") if row.get(name) is False]
        if wrong or row.get("f1", 1) < 0.97:
            sys.stdout.write(f"{row['id']} {row.get('f1')} {' '.join(wrong)}\n")


if __name__ == "__main__":
    main()
