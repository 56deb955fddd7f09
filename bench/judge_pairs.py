"""Which pairs of texts are called the same, cross-validated in groups, beside other programs.

    python -m bench.judge_pairs [--train] [--misses] [--write] [--no-peers]

--train first makes pipeline/lexicon/story.toml from all pairs. The figures never come from weights that have seen the
pair: eight folds, none sharing a text or a title with another. The peers (datasketch, rensa, simhash, rapidfuzz, in a
venv of their own in .bench/pairs) get our normalised letters and the threshold that is best on these very pairs.
"""

import argparse
import json
import random
import subprocess
import sys
import time
import venv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench import logistic
from bench.pairs import SHARED, Pair, folds, groups, made, shared
from pipeline.stages.fingerprint import grams, letters
from pipeline.stages.story import Match, Text, decide, evidence, text_of

CHECKOUT = Path(__file__).resolve().parent.parent
WEIGHTS = CHECKOUT / "pipeline" / "lexicon" / "story.toml"
FIGURES = CHECKOUT / "docs" / "figures" / "pairs.md"
PEERS = ("datasketch", "rensa", "simhash", "rapidfuzz")
CAREFUL = (
    4.0  # what calling two reports the same costs, where missing a repost costs 1: the one loses news, one repeats it
)
UNWEIGHED = {"law", "shared", "title_shared"}  # evidence that decides relations alone
SAMPLES = 1000  # of the bootstrap

Answers = Sequence[bool]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=SHARED)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--misses", action="store_true", help="name the pairs that are answered wrongly")
    parser.add_argument("--write", action="store_true", help=f"write the table to {FIGURES.relative_to(CHECKOUT)}")
    parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()
    pairs = shared(arguments.folder)
    everything = [*pairs, *made(pairs)]
    started = time.process_time()
    texts = [(text_of(p.a["title"], p.a["text"]), text_of(p.b["title"], p.b["text"])) for p in everything]
    found = [evidence(a, b) for a, b in texts]
    spent = (time.process_time() - started) / len(everything)
    if arguments.train:
        train(everything, found)
    matches = cross_validated(everything, texts, found)[: len(pairs)]
    lines = table(pairs, [match.same for match in matches], {} if arguments.no_peers else peers(pairs))
    lines += ["", *candidates(pairs), f"- {1000 * spent:.2f} ms of CPU per pair, both texts read anew"]
    print("\n".join(lines))  # noqa: T201  (a bench prints)
    if arguments.misses:
        for pair, match in zip(pairs, matches, strict=True):
            if match.same != pair.same:
                print(pair.id, pair.kind, match, file=sys.stderr)  # noqa: T201  (as above)
    if arguments.write:
        head = ["# Pairs of texts that are called the same", "", "`make bench-judge-pairs`, that is", ""]
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text("\n".join([*head, f"{__doc__}", *lines, ""]), "utf-8")


def train(pairs: Sequence[Pair], found: Sequence[logistic.Features]) -> None:
    weights = fit(pairs, found, range(len(pairs)))
    lines = [f"{name} = {weight:.4f}" for name, weight in weights.items()]
    head = (
        "# What each piece of evidence weighs (pipeline/stages/story.py); made by python -m bench.judge_pairs --train"
    )
    WEIGHTS.write_text("\n".join([head, *lines, ""]), "utf-8")


def fit(pairs: Sequence[Pair], found: Sequence[logistic.Features], chosen: Iterable[int]) -> dict[str, float]:
    places = list(chosen)
    rows = [{name: value for name, value in found[i].items() if name not in UNWEIGHED} for i in places]
    labels = [pairs[i].same for i in places]
    return logistic.fit(rows, labels, [1.0 if label else CAREFUL for label in labels])


def cross_validated(
    pairs: Sequence[Pair], texts: Sequence[tuple[Text, Text]], found: Sequence[logistic.Features]
) -> list[Match]:
    fold_of = folds(pairs)
    matches: dict[int, Match] = {}
    for fold in sorted(set(fold_of)):
        weights = fit(pairs, found, (i for i in range(len(pairs)) if fold_of[i] != fold))
        matches |= {i: decide(*texts[i], found[i], weights) for i in range(len(pairs)) if fold_of[i] == fold}
    return [matches[i] for i in range(len(pairs))]


def table(pairs: Sequence[Pair], said: Answers, peer_scores: dict[str, list[float]]) -> list[str]:
    main_part = [i for i, pair in enumerate(pairs) if not pair.kind.startswith("real/")]
    others = {name: best_threshold(pairs, scores, main_part) for name, scores in peer_scores.items()}
    lines = [
        "| measure | n | ours | 95 % interval | must reach |" + "".join(f" {name} |" for name in others),
        "|---|---|---|---|---|" + "---|" * len(others),
    ]
    for name, kinds, goal, measure in MEASURES:
        places = [i for i in main_part if kinds is None] or [i for i, p in enumerate(pairs) if p.kind.startswith(kinds)]
        if not places:
            continue
        low, high = interval(pairs, said, places, measure)
        theirs = "".join(f" {measure(pairs, answers, places):.3f} |" for answers in others.values())
        ours = measure(pairs, said, places)
        lines.append(f"| {name} | {len(places)} | {ours:.4f} | {low:.3f} – {high:.3f} | {goal} |{theirs}")
    return lines


def f1(pairs: Sequence[Pair], said: Answers, places: Sequence[int]) -> float:
    hits = sum(said[i] and pairs[i].same for i in places)
    return 2 * hits / max(1, sum(said[i] + pairs[i].same for i in places))


def share(_: Sequence[Pair], said: Answers, places: Sequence[int]) -> float:
    return sum(said[i] for i in places) / max(1, len(places))


Measure = Callable[[Sequence[Pair], Answers, Sequence[int]], float]
MEASURES: tuple[tuple[str, str | None, str, Measure], ...] = (
    ("pairs, F1", None, "≥ .98", f1),
    ("formulaic notices called same", "neg/formulaic", "≤ .02", share),
    ("law revisions called same", "neg/law_revision", "≤ .08", share),
    ("laws of other regions called same", "neg/law_other", "", share),
    ("other place or year called same", "neg/swap", "", share),
    ("weekly lists called same", "neg/weekly", "", share),
    ("lightly edited or of other format found", ("pos/light", "pos/format"), "", share),  # type: ignore[arg-type]  # startswith takes several
    ("lead cut or truncated found", "pos/lead", "", share),
    ("reworded found", "pos/reword", "", share),
    ("heavily edited reposts found", "pos/heavy", "≥ .95", share),
    ("real cross-source reposts found", "real/", "≥ .995", share),
)


def interval(pairs: Sequence[Pair], said: Answers, places: Sequence[int], measure: Measure) -> tuple[float, float]:
    """By drawing whole groups of pairs; Wilson's where every answer is alike, which drawing cannot vary."""
    if measure is share and len({said[i] for i in places}) == 1:
        return wilson(sum(said[i] for i in places), len(places))
    by_group: dict[int, list[int]] = defaultdict(list)
    numbers = groups(pairs)
    for i in places:
        by_group[numbers[i]].append(i)
    names, rng = list(by_group), random.Random(1)  # noqa: S311  (a bootstrap, not a secret)
    drawn = sorted(
        measure(pairs, said, [i for name in rng.choices(names, k=len(names)) for i in by_group[name]])
        for _ in range(SAMPLES)
    )
    return drawn[SAMPLES // 40], drawn[-SAMPLES // 40 - 1]


def wilson(hits: int, total: int) -> tuple[float, float]:
    z, p = 1.96, hits / total
    middle, spread = p + z * z / (2 * total), z * (p * (1 - p) / total + z * z / (4 * total * total)) ** 0.5
    return max(0.0, (middle - spread) / (1 + z * z / total)), min(1.0, (middle + spread) / (1 + z * z / total))


def best_threshold(pairs: Sequence[Pair], scores: Sequence[float], places: Sequence[int]) -> Answers:
    best = max(sorted(set(scores)), key=lambda least: f1(pairs, [score >= least for score in scores], places))
    return [score >= best for score in scores]


def candidates(pairs: Sequence[Pair]) -> list[str]:
    texts = [(p.a["text"], p.b["text"]) for p in pairs if p.same]
    started = time.process_time()
    shared_grams = [len(grams(a) & grams(b)) for a, b in texts]
    spent = (time.process_time() - started) / 2 / len(texts)
    found = [count >= 2 for count in shared_grams]
    low, high = wilson(sum(found), len(found))
    recall = f"{sum(found)} of {len(found)} true pairs share two samples ({sum(found) / len(found):.4f}"
    return [
        f"- candidates: {recall}, 95 % {low:.4f} – {high:.4f}, must reach .995)",
        f"- {1 / spent:.0f} texts sampled per second of CPU",
    ]


_PEER = """
import json, sys
from datasketch import MinHash
from rensa import RMinHash
from simhash import Simhash
from rapidfuzz import fuzz
def grams(t, n=4): return [t[i:i+n] for i in range(max(1, len(t)-n+1))]
def mh(t):
    m = MinHash(num_perm=128); m.update_batch([g.encode() for g in set(grams(t))]); return m
def rm(t):
    m = RMinHash(num_perm=128, seed=42); m.update(list(set(grams(t)))); return m
out = {"datasketch MinHash": [], "rensa": [], "simhash": [], "rapidfuzz ratio": [], "rapidfuzz partial_ratio": []}
for line in sys.stdin:
    a, b = json.loads(line)
    out["datasketch MinHash"].append(mh(a).jaccard(mh(b)))
    out["rensa"].append(rm(a).jaccard(rm(b)))
    out["simhash"].append(64 - Simhash(grams(a)).distance(Simhash(grams(b))))
    out["rapidfuzz ratio"].append(fuzz.ratio(a, b))
    out["rapidfuzz partial_ratio"].append(fuzz.partial_ratio(a, b))
json.dump(out, sys.stdout)
"""


def peers(pairs: Sequence[Pair]) -> dict[str, list[float]]:
    folder = CHECKOUT / ".bench" / "pairs"
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", *PEERS], check=True)  # noqa: S603  (fixed names)
    lines = "".join(f"{json.dumps([letters(pair.a['text']), letters(pair.b['text'])])}\n" for pair in pairs)
    command = [folder / "bin" / "python", "-c", _PEER]
    done = subprocess.run(command, input=lines, capture_output=True, check=True, text=True)  # noqa: S603  (our own)
    scores: dict[str, list[float]] = json.loads(done.stdout)
    return scores


if __name__ == "__main__":
    main()
