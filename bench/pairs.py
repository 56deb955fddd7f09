"""Pairs of texts with labels: the shared ones, others made of them for training, and groups to hold apart."""

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "text"
DIGESTS, LAWS = 120, 90
_FRAMES = (
    ("来源：某日报 时间：2024-05-06 作者：张三\n", "\n责任编辑：李四"),
    ("当前位置：首页 > 政策法规\n", "\n分享到：微信 微博"),
    ("字号：大 中 小\n发布时间：2023-02-01\n", "\n附件：1.申报表.docx"),
    ("", "\n上一篇：学校召开会议\n下一篇：我校获奖"),
    ("", ""),
)
_DIGEST_TITLES = ("一周要闻", "教育简报", "今日要闻汇编", "新闻早知道")


@dataclass(frozen=True)
class Pair:
    id: str
    kind: str
    same: bool
    a: Row
    b: Row
    made: bool = False  # for training only


def shared(folder: Path = SHARED) -> list[Pair]:
    rows = [
        json.loads(line)
        for name in ("neardup_pairs", "neardup_real")
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    return [Pair(row["id"], row["kind"], bool(row["label"]), row["a"], row["b"]) for row in rows]


def made(pairs: Sequence[Pair], seed: int = 1) -> list[Pair]:
    """What the shared pairs lack: a digest is no repost of what it carries, and laws are reposted too."""
    rng = random.Random(seed)  # noqa: S311  (a fixed choice, not a secret)
    news = [pair.a for pair in pairs if pair.same and pair.kind.startswith("pos/")]
    laws = [pair.a for pair in pairs if "law" in pair.kind]
    found = []
    for number in range(DIGESTS):
        items = rng.sample(news, rng.randint(4, 9))
        carried = rng.choice(items)
        text = "\n".join(f"{at}.{item['title']}\n{item['text']}" for at, item in enumerate(items, 1))
        digest = {"id": carried["id"], "title": rng.choice(_DIGEST_TITLES), "text": text}
        found.append(Pair(f"digest{number}", "made/digest", False, carried, digest, made=True))
    for number, law in enumerate(rng.sample(laws, LAWS)):
        head, tail = rng.choice(_FRAMES)
        text = law["text"].replace("\n", "\n\u3000\u3000") if rng.random() < 0.5 else law["text"]
        text = text.replace("，", ",").replace("（", "(") if rng.random() < 0.5 else text
        repost = {**law, "title": rng.choice(("", "【转载】")) + law["title"], "text": head + text + tail}
        found.append(Pair(f"law{number}", "made/law_repost", True, law, repost, made=True))
    return found


def groups(pairs: Sequence[Pair]) -> list[int]:
    """A number for each pair, the same for pairs that share a title or a text, directly or through others."""
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        parents.setdefault(name, name)
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    for pair in pairs:
        for name in _names(pair):
            parents[root(name)] = root(pair.id)
    roots = [root(pair.id) for pair in pairs]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(roots))}
    return [numbers[name] for name in roots]


def folds(pairs: Sequence[Pair], count: int = 8, seed: int = 1) -> list[int]:
    """The fold of each pair: whole groups, large ones first, always into the fold that is smallest so far."""
    numbers = groups(pairs)
    order = list(set(numbers))
    random.Random(seed).shuffle(order)  # noqa: S311  (a fixed choice, not a secret)
    order.sort(key=numbers.count, reverse=True)
    sizes, fold_of = [0] * count, {}
    for group in order:
        fold_of[group] = sizes.index(min(sizes))
        sizes[fold_of[group]] += numbers.count(group)
    return [fold_of[number] for number in numbers]


def _names(pair: Pair) -> Iterable[str]:
    for side in (pair.a, pair.b):
        yield "text " + str(side["id"]).rstrip("~!")
        title = re.sub(r"\W", "", side["title"])
        if title and not pair.made:
            yield "title " + title
