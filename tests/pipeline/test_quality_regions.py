"""Floors under regions, topics and outlets on labelled texts; lowered only on purpose."""

import json
from pathlib import Path

import pytest

from bench.judge_regions import read, right, said, share
from pipeline.answers import judge_row

CHECKOUT = Path(__file__).resolve().parents[2]
SHARED = CHECKOUT.parent / "shared"
OWN = CHECKOUT / "bench" / "data" / "regions.jsonl"
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled texts (../shared) are not here")


def test_our_own_sentences() -> None:
    rows = read(OWN)
    assert len(rows) >= 200
    assert share([right(row, said(row)) for row in rows]) >= 0.96


@shared
def test_the_shared_sentences() -> None:
    rows = read(SHARED / "data" / "text" / "regions.jsonl")
    assert share([right(row, said(row)) for row in rows]) >= 0.97


@shared
@pytest.mark.parametrize("seed", ["changzhi", "qihang"])
def test_the_seeds(seed: str) -> None:
    truth = json.loads((SHARED / "seeds" / seed / "truth.json").read_text(encoding="utf-8"))["article"]
    text = "\n".join(truth["paragraphs"])
    answer = judge_row({"id": seed, "title": truth["title"], "text": text, "source": truth["source"]})
    topics, expected = set(answer["topics"]), set(truth["topics"])
    region = truth["region"]
    assert expected <= topics <= expected | set(truth["topics_allowed"])
    assert answer["regions"] == [{"name": region["province"] + region["city"], "adcode": region["adcode"]}]
    assert (answer["outlet"] and answer["outlet"]["name"]) == truth["outlet"]
