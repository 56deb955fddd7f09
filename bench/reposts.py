"""Many articles with planted reposts through the real intake: the stories, the disk and the memory.

    python -m bench.reposts [--articles 100000] [--databases sqlite postgresql] [--minutes M] [--write]

Stories are mixed from the sentences of real articles, each with its own numbers; one in ten is another story's form
with other numbers and places, which must stay apart. A third are reposted up to sixty times within weeks: verbatim, in
a page's frame, cut, truncated, reworded, heavily edited, in traditional characters. What belongs together is known, so
pairs of articles can be counted: precision and recall over all that stand, or should stand, in one story.
"""

import argparse
import random
import re
import resource
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
from opencc import OpenCC
from sqlalchemy import select

from bench.pairs import SHARED, shared
from pipeline.article import RawArticle, SiteFacts
from pipeline.intake import take_in
from pipeline.settings import Settings
from storage import sites
from storage.database import Database, open_database, prepare
from storage.models import Article
from storage.records import SiteRecord

CHECKOUT = Path(__file__).resolve().parent.parent
FIGURES = CHECKOUT / "docs" / "figures" / "stories.md"
NAME = "zhijiao_bench_reposts"
SERVER = "postgresql://postgres@127.0.0.1:5432"
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
EDITS = {"verbatim": 60, "frame": 15, "cut": 5, "truncated": 5, "reworded": 8, "heavy": 5, "traditional": 2}
WORDS = {
    "介绍": "表示",
    "推进": "推动",
    "开展": "进行",
    "加强": "强化",
    "支持": "扶持",
    "目前": "当前",
    "实施": "推行",
    "提高": "提升",
}
FRAMES = (
    ("来源：临江日报　时间：2026-01-02　作者：李一", "责任编辑：王二"),
    ("当前位置：首页 > 新闻动态 > 正文", "分享到：微信 微博"),
    ("字号：大 中 小", "上一篇：学校召开会议"),
)
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_CITIES = ("无锡", "苏州", "绍兴", "襄阳", "洛阳", "株洲", "柳州", "宜宾", "遵义", "宝鸡", "大同", "吉林")


@dataclass(frozen=True)
class Copy:
    """An article to come: of which story, when, edited how."""

    story: int
    at: datetime
    edit: str
    raw: RawArticle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--minutes", type=float, default=600.0, help="stop there, and judge what was taken in")
    parser.add_argument("--folder", type=Path, default=SHARED)
    parser.add_argument("--write", action="store_true", help=f"write the tables to {FIGURES.relative_to(CHECKOUT)}")
    arguments = parser.parse_args()
    copies = planned(arguments.articles, sentences(arguments.folder))
    lines = [f"{len(copies):,} articles of {len({copy.story for copy in copies}):,} stories", ""]
    for name in arguments.databases:
        with _sqlite() if name == "sqlite" else _postgresql() as url:
            lines += [f"## {name}", "", *run(url, copies, arguments.minutes), ""]
    if arguments.write:
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text("\n".join(["# Stories of many articles", "", f"{__doc__}", *lines]), "utf-8")


def sentences(folder: Path) -> list[str]:
    texts = {pair.a["text"] for pair in shared(folder) if "law" not in pair.kind and "weekly" not in pair.kind}
    found = {found.group().strip() for text in sorted(texts) for found in _SENTENCE.finditer(text)}
    return sorted(sentence for sentence in found if 20 <= len(sentence) <= 120)


def planned(count: int, pool: Sequence[str], seed: int = 5) -> list[Copy]:
    """All articles in the order of their arrival."""
    rng = random.Random(seed)  # noqa: S311  (made-up news)
    copies: list[Copy] = []
    titles: list[tuple[str, list[str]]] = []
    while len(copies) < count:
        story = len(titles)
        form = rng.random() < 0.1 and titles
        titles.append(_other_facts(rng, *rng.choice(titles[-2000:])) if form else _written(rng, pool))
        begins = BEGINS + timedelta(minutes=story)
        size = 1 if rng.random() < 0.66 else min(60, 1 + int(rng.paretovariate(1.1)))
        for number in range(size):
            edit = rng.choices(list(EDITS), list(EDITS.values()))[0] if number else "first"
            late = timedelta(minutes=rng.expovariate(1 / 2000)) if number else timedelta()
            copies.append(Copy(story, begins + late, edit, _copy(rng, story, number, edit, *titles[-1])))
    return sorted(copies[:count], key=lambda copy: copy.at)


def _written(rng: random.Random, pool: Sequence[str]) -> tuple[str, list[str]]:
    chosen = [re.sub(r"\d+", partial(_another, rng), one) for one in rng.sample(pool, rng.randint(4, 12))]
    return f"职业教育：{rng.choice(_CITIES)}{chosen[0][:18]}", chosen


def _another(rng: random.Random, number: re.Match[str]) -> str:
    return str(rng.randrange(2, 10 ** len(number.group())))


def _other_facts(rng: random.Random, title: str, text: list[str]) -> tuple[str, list[str]]:
    """The same form a year or a city on."""
    city, paid = rng.choice(_CITIES), rng.randrange(100, 9999)
    date = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日{city}通报，全年投入{paid}万元。"
    changed = [re.sub(r"\d+", lambda number: str(int(number.group()) + rng.randint(1, 40)), one) for one in text]
    return re.sub("|".join(_CITIES), city, title), [date, *changed]


def _copy(rng: random.Random, story: int, number: int, edit: str, title: str, text: list[str]) -> RawArticle:
    lines = list(text)
    if edit in ("cut", "heavy"):
        lines = lines[1:]
    if edit in ("truncated", "heavy"):
        lines = lines[: max(2, len(lines) * rng.randint(4, 7) // 10)]
    if edit in ("reworded", "heavy"):
        lines = [_reworded(line) for line in lines]
        at = rng.randrange(len(lines))
        lines.insert(at, "记者了解到，相关工作正在有序推进。")
    if edit in ("frame", "heavy"):
        head, tail = rng.choice(FRAMES)
        lines, title = [head, *lines, tail], rng.choice(("【转载】", "关注｜", "")) + title
    if edit == "traditional":
        convert = OpenCC("s2t").convert
        lines, title = [convert(line) for line in lines], convert(title)
    return RawArticle(
        url=f"http://s{number % 40}.example/{story}/{number}",
        title=title,
        paragraphs=tuple(lines),
        site=SiteFacts(f"s{number % 40}", f"临江第{number % 40}网", vocational=True),
    )


def _reworded(line: str) -> str:
    for word, other in WORDS.items():
        line = line.replace(word, other)
    return line


def run(url: str, copies: Sequence[Copy], minutes: float = 600.0) -> list[str]:
    database, settings = open_database(url), Settings(feed_domain="bench.example", feed_since=2026)
    with database.begin() as db:
        sites.sync(
            db,
            [SiteRecord(f"s{n}", f"临江第{n}网", "", "media", "city", None, None, "full", True) for n in range(40)],
            [],
        )
    lines = ["| articles | memory, MB | articles a second |", "|---|---|---|"]
    step = max(1, len(copies) // 10)
    begun = started = time.perf_counter()
    worked = time.process_time()
    for number, copy in enumerate(copies, 1):
        if time.perf_counter() - begun > 60 * minutes:
            copies = copies[: number - 1]
            break
        take_in(database, copy.raw, now=copy.at, settings=settings)
        if number % step == 0:
            spent, started = time.perf_counter() - started, time.perf_counter()
            lines.append(f"| {number:,} | {_memory()} | {step / spent:.0f} |")
            print(lines[-1], flush=True)  # noqa: T201  (progress)
    each = 1000 * (time.process_time() - worked) / len(copies)
    found = [
        f"- {len(copies):,} articles in {(time.perf_counter() - begun) / 60:.0f} minutes, {each:.1f} ms of CPU each",
        *judged(database, copies),
        f"- {_bytes(url) / len(copies):,.0f} bytes of disk an article",
    ]
    print("\n".join(found), flush=True)  # noqa: T201  (as above)
    database.close()
    return [*lines, "", *found]


def judged(database: Database, copies: Sequence[Copy]) -> list[str]:
    with database.read() as db:
        stands = {row.url: row.story_id for row in db.execute(select(Article.url, Article.story_id))}
    together = Counter(stands[copy.raw.url] for copy in copies)
    wanted = Counter(copy.story for copy in copies)
    both = Counter((stands[copy.raw.url], copy.story) for copy in copies)
    right, said, true = (_pairs(counted) for counted in (both, together, wanted))
    main: dict[int, int] = {}
    for (stood, story), _ in both.most_common():
        main.setdefault(story, stood)
    lost: dict[str, list[bool]] = defaultdict(list)
    for copy in copies:
        lost[copy.edit].append(stands[copy.raw.url] != main[copy.story])
    return [
        f"- pairs of articles in one story: precision {right / max(1, said):.4f}, recall {right / max(1, true):.4f}",
        f"- {len(together):,} stories stand where {len(wanted):,} were planted",
        "- reposts that stand outside their story: "
        + ", ".join(f"{edit} {sum(out)} of {len(out)}" for edit, out in sorted(lost.items())),
    ]


def _pairs(counted: Counter[object]) -> int:
    return sum(number * (number - 1) // 2 for number in counted.values())


def _memory() -> int:
    for line in Path("/proc/self/status").read_text().splitlines() if Path("/proc/self/status").exists() else ():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _bytes(url: str) -> int:
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return sum(part.stat().st_size for part in path.parent.glob(path.name + "*"))
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0


@contextmanager
def _sqlite() -> Iterator[str]:
    folder = tempfile.mkdtemp()
    try:
        prepare(f"sqlite:///{folder}/bench.db")
        yield f"sqlite:///{folder}/bench.db"
    finally:
        shutil.rmtree(folder)


@contextmanager
def _postgresql() -> Iterator[str]:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")
        try:
            prepare(f"{SERVER}/{NAME}")
            yield f"{SERVER}/{NAME}"
        finally:
            connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


if __name__ == "__main__":
    main()
