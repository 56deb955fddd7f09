"""Scores of readings page by page, by the shared scorer, with intervals: pages are drawn again, 2,000 times."""

import importlib.util
import math
import random
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

Row = dict[str, Any]
ARTICLE = ("F1", "good", "title", "date", "minute", "author", "source", "editor")
LIST = ("F1", "exact", "title", "date", "next")
DRAWS = 2_000


def scorer(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_pages", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pages_of(module: ModuleType, kind: str, truth: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """Every page's own scores; NaN where the page does not show the field."""
    found = {row["id"]: row for row in rows}
    pages = []
    for page in truth:
        answer = [found.get(page["id"], {"id": page["id"]})]
        if kind == "list":
            pages.append(_list_scores(module, page, answer))
        else:
            scores = module.score([page], answer)
            pages.append(scores | {"invented": scores["author_fp"], "good": float(scores["good"])})
    return pages


def _list_scores(module: ModuleType, page: Row, answer: list[Row]) -> Row:
    scores = module.score_lists([page], answer, "")
    dated = sum(bool(item.get("date")) for item in page["items"])
    return scores | {"weights": {"title": round(scores["R"] * len(page["items"])), "date": dated}}


def totals(kind: str, pages: Sequence[Row]) -> dict[str, float]:
    names = LIST if kind == "list" else ARTICLE
    result = {name: _mean(pages, name) for name in names if name != "F1"}
    precision, recall = _mean(pages, "P"), _mean(pages, "R")
    return {"F1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0} | result


def _mean(pages: Sequence[Row], name: str) -> float:
    """Of the pages that show it; of list pages' titles and dates, by the number of items."""
    values = [(page[name], page.get("weights", {}).get(name, 1)) for page in pages]
    values = [(value, weight) for value, weight in values if not math.isnan(value)]
    weight = sum(weight for _, weight in values)
    return sum(value * weight for value, weight in values) / weight if weight else math.nan


def intervals(kind: str, pages: Sequence[Row], seed: int = 1) -> dict[str, tuple[float, float]]:
    """Between which 95 % of the draws lie; of shares of pages at least as wide as Wilson's interval."""
    chance = random.Random(seed)  # noqa: S311 - a draw of pages, no secret
    draws = [totals(kind, chance.choices(pages, k=len(pages))) for _ in range(DRAWS)]
    result = {}
    for name, value in totals(kind, pages).items():
        values = sorted(draw[name] for draw in draws if not math.isnan(draw[name]))
        low, high = (values[int(0.025 * len(values))], values[int(0.975 * len(values)) - 1]) if values else (0.0, 0.0)
        if name != "F1":
            shown = sum(not math.isnan(page[name]) for page in pages)
            wide = wilson(value, shown)
            low, high = min(low, wide[0]), max(high, wide[1])
        result[name] = (low, high)
    return result


def wilson(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share of so many pages: also where all are right, one cannot be sure of the next."""
    if not count or math.isnan(share):
        return 0.0, 1.0
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
