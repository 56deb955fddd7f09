"""Floors under the relevance verdict; lowered only on purpose. The labelled texts are not part of the project."""

import json
from pathlib import Path

import pytest

from bench.judge import WITHOUT_TERMS, WRITTEN, cross_validated, scores
from bench.relevance import USUAL, ours, patterns
from pipeline.stages.lexicon import lexicon
from pipeline.stages.relevance import judge
from pipeline.training import load, read

TEXTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "text"
labelled = pytest.mark.skipif(not TEXTS.is_dir(), reason="the labelled texts (../shared/data/text) are not here")


@labelled
@pytest.mark.parametrize(("kind", "floor"), [("titles", 0.92), ("articles", 0.94)])
def test_the_words_alone(kind: str, floor: float) -> None:
    said = patterns(lexicon(), [])
    assert scores([(one.label, said(one)) for one in read(TEXTS / f"relevance_{kind}.jsonl")])[2] >= floor


def test_titles_without_a_usual_term() -> None:
    examples = read(WITHOUT_TERMS)
    assert sum(one.label for one in examples) >= 100
    assert not any(term in one.title for one in examples if one.label for term in USUAL)
    precision, recall, _ = scores([(one.label, judge(one.title).relevant) for one in examples])
    assert recall >= 0.7
    assert precision >= 0.9


def test_nothing_measured_on_is_learned() -> None:
    learned = {one.title for one in load(WRITTEN)}
    assert learned
    assert learned.isdisjoint(one.title for one in read(WITHOUT_TERMS))
    weights = json.loads(Path("pipeline/lexicon/relevance.json").read_text(encoding="utf-8"))["weights"]
    assert max(len(name) for name in weights if not name.startswith("idea ")) <= len("contrary")


@labelled
@pytest.mark.slow
def test_words_and_model_cross_validated() -> None:
    pytest.importorskip("sklearn", reason="the extra `train` is not installed")
    titles, articles = (read(TEXTS / f"relevance_{kind}.jsonl") for kind in ("titles", "articles"))
    judged = cross_validated(titles + articles + load(WRITTEN), lambda learned: ours(lexicon(), learned))
    assert scores(judged[: len(titles)])[2] >= 0.93
    assert scores(judged[len(titles) : len(titles) + len(articles)])[2] >= 0.94
