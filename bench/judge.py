"""Print precision, recall and F1 of the relevance verdict on labelled texts, whole and in two fixed random halves.

    python -m bench.judge FOLDER [--errors]

FOLDER holds relevance_titles.jsonl and relevance_articles.jsonl (lines of id, title, text, label). The rules are
written with an eye on the first half only; the second one shows what they are worth on texts that nobody looked at.
"""

import argparse
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.stages.relevance import judge

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--errors", action="store_true", help="list the wrong verdicts of the first half")
    arguments = parser.parse_args()
    print("texts     half    n    P     R     F1")  # noqa: T201  (a bench prints)
    for kind in ("titles", "articles"):
        lines = (arguments.folder / f"relevance_{kind}.jsonl").read_text(encoding="utf-8").splitlines()
        rows: list[Row] = [json.loads(line) for line in lines if line.strip()]
        first, second = halves(rows)
        for name, part in (("first", first), ("second", second), ("all", rows)):
            print(f"{kind:9} {name:6} {len(part):4}  " + "  ".join(f"{value:.2f}" for value in scores(part)))  # noqa: T201
        if arguments.errors:
            for row in first:
                if said(row) != bool(row["label"]):
                    print(f"  {'missed' if row['label'] else 'wrong '}  {row['title'][:70]}")  # noqa: T201


def halves(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    ids = sorted(row["id"] for row in rows)
    random.Random(7).shuffle(ids)  # noqa: S311  (a fixed choice, not a secret)
    chosen = set(ids[: len(ids) // 2])
    return [row for row in rows if row["id"] in chosen], [row for row in rows if row["id"] not in chosen]


def said(row: Row) -> bool:
    return judge(row["title"], row["text"]).relevant


def scores(rows: Iterable[Row]) -> tuple[float, float, float]:
    verdicts = [(bool(row["label"]), said(row)) for row in rows]
    hits = sum(label and verdict for label, verdict in verdicts)
    precision = hits / max(1, sum(verdict for _, verdict in verdicts))
    recall = hits / max(1, sum(label for label, _ in verdicts))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


if __name__ == "__main__":
    main()
