"""Fingerprints: samples of texts, by which the articles that share some of a new text are found."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

FULL = 64  # articles under one sample: it stands in every page's frame, and one more would say nothing
SHARED = 2  # samples; two texts that share fewer share no more than a phrase

# Statements that are the same for any number of samples: neither database parses, nor SQLAlchemy compiles, another one.
_EACH = {
    "sqlite": "IN (SELECT value FROM json_each(:grams))",
    "postgresql": "= ANY(CAST(:grams AS integer[]))",
}
_ROWS = {
    "sqlite": "SELECT value, :article_id FROM json_each(:grams) WHERE true",
    "postgresql": "SELECT value, :article_id FROM unnest(CAST(:grams AS integer[])) AS value",
}
_LOOK_UP = {name: text(f"SELECT gram, article_id FROM fingerprints WHERE gram {each}") for name, each in _EACH.items()}  # noqa: S608  (no value of anyone)
_ADD = {
    name: text(f"INSERT INTO fingerprints (gram, article_id) {rows} ON CONFLICT DO NOTHING")
    for name, rows in _ROWS.items()
}
_REMOVE = {
    name: text(f"DELETE FROM fingerprints WHERE article_id = :article_id AND gram {each}")  # noqa: S608  (as above)
    for name, each in _EACH.items()
}


@dataclass(frozen=True)
class Found:
    """What the samples of a text lead to."""

    articles: Mapping[int, int]  # and how many they share: most comes first, and what few others have counts more
    unfilled: frozenset[int]  # samples under which there is still room


def look_up(db: Session, grams: Collection[int], limit: int) -> Found:
    under: dict[int, list[int]] = defaultdict(list)
    for gram, article_id in db.execute(_LOOK_UP[_name(db)], _values(db, grams)).all():  # thrice as fast as one by one
        under[gram].append(article_id)
    shared: Counter[int] = Counter()
    weight: dict[int, float] = defaultdict(float)
    for articles in under.values():
        shared.update(articles)
        for article_id in articles:
            weight[article_id] += 1 / len(articles)
    close = [article_id for article_id, number in shared.items() if number >= SHARED]
    close.sort(key=lambda article_id: (-weight[article_id], article_id))
    return Found(
        {article_id: shared[article_id] for article_id in close[:limit]},
        frozenset(gram for gram in grams if len(under[gram]) < FULL),
    )


def add(db: Session, article_id: int, grams: Collection[int]) -> None:
    if grams:
        db.execute(_ADD[_name(db)], _values(db, grams) | {"article_id": article_id})


def remove(db: Session, article_id: int, grams: Collection[int]) -> None:
    db.execute(_REMOVE[_name(db)], _values(db, grams) | {"article_id": article_id})


def _name(db: Session) -> str:
    return db.get_bind().dialect.name


def _values(db: Session, grams: Collection[int]) -> dict[str, Any]:
    """In the order of the index, which is read from left to right."""
    ordered = sorted(grams)
    return {"grams": json.dumps(ordered) if _name(db) == "sqlite" else ordered}
