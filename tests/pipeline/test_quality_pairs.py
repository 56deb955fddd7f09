"""A floor under the verdict on pairs of texts that are not part of the project; lowered only on purpose."""

import pytest

from bench.judge_pairs import f1
from bench.pairs import SHARED, shared
from pipeline.stages.fingerprint import grams
from pipeline.stages.story import compare, text_of
from storage.fingerprints import SHARED as ENOUGH


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled texts (../shared/data/text) are not here")
def test_pairs() -> None:
    pairs = shared()[::5]
    said = [compare(text_of(p.a["title"], p.a["text"]), text_of(p.b["title"], p.b["text"])).same for p in pairs]
    assert f1(pairs, said, range(len(pairs))) >= 0.985
    found = [len(grams(pair.a["text"]) & grams(pair.b["text"])) >= ENOUGH for pair in pairs if pair.same]
    assert sum(found) >= 0.995 * len(found)
