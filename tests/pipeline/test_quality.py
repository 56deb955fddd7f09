"""Floors under the relevance verdict on labelled texts that are not part of the project; lowered only on purpose."""

import json
from pathlib import Path

import pytest

from bench.judge import scores

TEXTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "text"


@pytest.mark.skipif(not TEXTS.is_dir(), reason="the labelled texts (../shared/data/text) are not here")
@pytest.mark.parametrize(("kind", "floor"), [("titles", 0.92), ("articles", 0.94)])
def test_relevance(kind: str, floor: float) -> None:
    lines = (TEXTS / f"relevance_{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    assert scores([json.loads(line) for line in lines])[2] >= floor
