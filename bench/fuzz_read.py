"""Damaged real pages and made ones through every reader: python -m bench.fuzz_read [--minutes 10] [--seed 1].

No reader may raise on any bytes, and none may take longer than two seconds of CPU or 300 MB in all. What breaks that is
kept in .bench/fuzz/ and named; the exit status is then 1.
"""

import argparse
import hashlib
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from crawlers.pages.article import read_article
from crawlers.pages.explained import explain
from crawlers.pages.feed import read_feed
from crawlers.pages.filters import extract_row, links_row
from crawlers.pages.listing import read_list
from crawlers.pages.page import Page
from crawlers.pages.sitemap import read_sitemap
from pipeline.article import Listed

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".bench" / "fuzz"
NOW = datetime(2026, 7, 3, tzinfo=UTC)
SECONDS, MEGABYTES = 2.0, 300
ADDRESSES = 2_000_000_000  # bytes: a reader that wants more raises MemoryError, which is a fault
LONGEST = 10_000_000
READERS: dict[str, Callable[[Page], object]] = {
    "article": lambda page: extract_row(read_article(page, now=NOW)),
    "explained": lambda page: explain(page, None, Listed("标题", "昨天"), NOW),
    "list": lambda page: links_row(read_list(page, now=NOW)),
    "feed": read_feed,
    "sitemap": read_sitemap,
}
SCRAPS = (
    *(
        b"<",
        b">",
        b"</",
        b"<!--",
        b"-->",
        b"]]>",
        b"<![CDATA[",
        b"&",
        b"&#",
        b"&#xD800;",
        b"&#0;",
        b'"',
        b"'",
        b"=",
        b"\x00",
    ),
    *(
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\x1b$B",
        b"<div>",
        b"</div>",
        b"<table><tr>",
        b"</table>",
        b"<script>",
        b"</script>",
    ),
    *(b"<p ", b"<a href=", b"<meta charset=gbk>", b"<meta charset=utf-16>", b"<base href='http://[x'>", b"<form>"),
    *(
        text.encode()
        for text in ("来源：", "责任编辑：", "（记者 ", "2026-05-", "二〇二六年", "下一页", "昨天", "【", "　" * 50)
    ),
    *(
        b'<script type="application/ld+json">{"a":[',
        b"<record>",
        b"<nextgroup>",
        b"createPageHTML(",
        b"style='display:none'",
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=Path, default=ROOT.parent / "shared" / "data" / "pages")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    seeds = [
        path.read_bytes()
        for path in sorted((*options.pages.glob("*/*.html"), *(ROOT / "tests" / "layouts").glob("*/*.html")))
    ]
    chance = random.Random(options.seed)  # noqa: S311 - mutations, no secret
    ends, slowest, broken = time.monotonic() + 60 * options.minutes, (0.0, ""), 0
    pages = 0
    while time.monotonic() < ends:
        pages += 1
        body = mutated(chance, seeds)
        for name, reader in READERS.items():
            spent, fault = tried(reader, body)
            slowest = max(slowest, (spent, f"{name}, {len(body):,} bytes"))
            if fault:
                broken += 1
                report(name, fault, body)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"{pages:,} pages through {len(READERS)} readers in {options.minutes:g} minutes: {broken} faults; the slowest "
        f"took {slowest[0]:.2f} s ({slowest[1]}); {used} MB with {sum(map(len, seeds)) >> 20} MB of seeds\n"
    )
    sys.exit(1 if broken or used > MEGABYTES else 0)


def tried(reader: Callable[[Page], object], body: bytes) -> tuple[float, str | None]:
    """Seconds of CPU, and what was wrong."""
    started = time.process_time()
    try:
        reader(Page("https://a.example/n/123.html", body))
    except Exception as error:  # that is what is looked for
        return time.process_time() - started, f"{type(error).__name__}: {error}"
    spent = time.process_time() - started
    return spent, f"{spent:.1f} s" if spent > SECONDS else None


def report(reader: str, fault: str, body: bytes) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{reader}-{hashlib.sha256(body).hexdigest()[:12]}.html"
    path.write_bytes(body)
    sys.stdout.write(f"{reader}: {fault[:200]} in {path.relative_to(ROOT)}\n")


def mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    """A page with one to thirty damages: bytes lost, changed, repeated, swapped with another page's, scraps put in."""
    body = chance.choice(seeds)
    for _ in range(chance.randint(1, 30)):
        at = chance.randrange(len(body) + 1)
        length = min(int(chance.paretovariate(0.6)), 20_000)
        damage = chance.randrange(6)
        if damage == 0:
            body = body[:at] + body[at + length :]
        elif damage == 1:
            body = body[:at] + chance.choice(SCRAPS) * chance.choice((1, 1, 3, 1_000)) + body[at:]
        elif damage == 2:
            body = body[:at] + chance.randbytes(min(length, 50)) + body[at + min(length, 50) :]
        elif damage == 3:
            body = body[:at] + body[at : at + length] * chance.choice((2, 2, 5, 2_000)) + body[at + length :]
        elif damage == 4:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            body = body[:at] + other[start : start + length] + body[at:]
        else:
            body = body.replace(
                chance.choice((b"</div>", b"</p>", b"</a>", b'"', b"<br", b"</li>")), b"", chance.randint(1, 200)
            )
        body = body[:LONGEST]
    return body


if __name__ == "__main__":
    main()
