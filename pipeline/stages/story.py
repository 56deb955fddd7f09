"""Do two texts report the same? A relation and a score from where they run the same and where their facts disagree."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

from pipeline.stages.alignment import SOLID, changes, core, covered, facts, runs
from pipeline.stages.skeleton import Skeleton, skeleton

Relation = Literal["same", "excerpt", "extended", "script", "template", "amendment", "different"]
SAME: frozenset[Relation] = frozenset({"same", "excerpt", "extended", "script"})

THRESHOLD = 0.5
COMPLETE = 0.8  # of the longer text: more is edited, less is cut
FORM = 0.4  # of the shorter text in long runs: the two are at least of one form
ALIKE = 0.7  # of the shorter title
SEASON = timedelta(days=300)
SHORT = 60  # letters; of two texts below that the titles must be alike too, since such as 详见附件 say little
LAW = 3  # clauses (第…条) from which a text is a law or a rule
_TITLE_GRAM = 2


@dataclass(frozen=True)
class Text:
    """What is compared of an article."""

    title: Skeleton
    body: Skeleton
    day: date | None = None


def text_of(title: str, text: str, day: date | None = None) -> Text:
    return Text(skeleton(title), skeleton(text), day)


@dataclass(frozen=True)
class Match:
    relation: Relation
    score: float  # how probable it is that both report the same, 0-1
    shared: int = field(default=0, compare=False)  # letters that stand in both

    @property
    def same(self) -> bool:
        return self.relation in SAME


def compare(a: Text, b: Text) -> Match:
    """What b is to a."""
    if not a.body.text or not b.body.text:
        return Match("different", 0.0)
    return decide(a, b, evidence(a, b), weights())


def decide(a: Text, b: Text, found: Mapping[str, float], weights: Mapping[str, float]) -> Match:
    points = sum(weight * found.get(name, 1.0) for name, weight in weights.items())
    identical = a.body.text == b.body.text and a.body.values == b.body.values
    score = 1.0 if identical else round(1 / (1 + math.exp(-points)), 3)
    shared = int(found["shared"])
    if score >= THRESHOLD and not _refused(a, b, found):
        return Match(_kinship(a, b, found), score, shared)
    return Match(_difference(found), min(score, THRESHOLD - 0.001), shared)


@cache
def weights() -> Mapping[str, float]:
    """Of each piece of evidence; `bias` is weighed always. `python -m bench.judge_pairs --train` makes them."""
    data = tomllib.loads(files("pipeline.lexicon").joinpath("story.toml").read_text(encoding="utf-8"))
    return {name: float(weight) for name, weight in data.items()}


def _refused(a: Text, b: Text, found: Mapping[str, float]) -> bool:
    """Whatever the bodies share: this year's notice is not last year's, and 详见附件 is not yet the same notice."""
    if found["title_numbers"] or found["title_places"] or seasons_apart(a.day, b.day):
        return True
    if max(len(a.body.text), len(b.body.text)) >= SHORT:
        return False
    return found["title_shared"] < ALIKE or (a.day != b.day)


def seasons_apart(one: date | None, other: date | None) -> bool:
    """A text that comes again after almost a year is the next year's, even word for word."""
    return one is not None and other is not None and abs(one - other) > SEASON


def _kinship(a: Text, b: Text, found: Mapping[str, float]) -> Relation:
    if a.body.traditional != b.body.traditional:
        return "script"
    if found["whole"] >= COMPLETE:
        return "same"
    return "excerpt" if len(b.body.text) < len(a.body.text) else "extended"


def _difference(found: Mapping[str, float]) -> Relation:
    if found["law"] and found["title_shared"] >= ALIKE and not found["title_places"]:
        return "amendment" if found["solid"] >= FORM / 2 else "different"
    return "template" if found["solid"] >= FORM and found["whole"] >= FORM / 2 else "different"


def evidence(a: Text, b: Text) -> Mapping[str, float]:
    """What speaks for and against, by name; the order of the two does not matter."""
    long, short = (a.body, b.body) if len(a.body.text) >= len(b.body.text) else (b.body, a.body)
    size, whole = max(1, len(short.text)), max(1, len(long.text))
    aligned = runs(long, short)
    known = facts(long, short, aligned)
    words, passages = changes(aligned)
    inside, span = core(aligned)
    share = covered(aligned) / whole
    title = _title_evidence(a, b)
    law = min(a.body.clauses, b.body.clauses) >= LAW
    return {
        "solid": covered(aligned, 2 * SOLID) / size,
        "core": inside / max(1, span),
        "whole": share,
        "numbers": math.log1p(known.numbers),
        "numbers_share": known.numbers / max(1, known.agreeing + known.numbers),
        "places": math.log1p(known.places),
        "places_share": known.places / max(1, known.agreeing + known.places),
        "passages": min(5.0, 100 * passages / size),
        "law_changed": float(law and words + passages + known.numbers + known.places > 0),
        # Both say what the other does not: versions of a law, while a repost that adds and omits is rare.
        "law_apart": float(law) * math.log1p(max(0, size - covered(aligned, 0))),
        "title_apart": (1 - title.shared) * (1 - share),
        "title_numbers": float(title.numbers),
        "title_places": float(title.places),
        "title_words": float(title.words and words + passages > 0),
        "title_kept": float(title.kept),
        "title_shared": title.shared,
        "law": float(law),
        "shared": float(covered(aligned)),
    }


@dataclass(frozen=True)
class _Titles:
    shared: float
    numbers: bool  # one has another number or place where the other has its own
    places: bool
    words: bool  # something between two common parts is replaced
    kept: bool  # and the bodies follow their titles in that


def _title_evidence(a: Text, b: Text) -> _Titles:
    long, short = (a, b) if len(a.title.text) >= len(b.title.text) else (b, a)
    aligned = runs(long.title, short.title, _TITLE_GRAM)
    known = facts(long.title, short.title, aligned, margin=0, solid=0)
    replaced = [
        (long.title.text[run.a + run.length : following.a + 1], short.title.text[run.b + run.length : following.b + 1])
        for run, following in pairwise(aligned)
        if run.a + run.length < following.a and run.b + run.length < following.b
    ]
    return _Titles(
        shared=covered(aligned, 0) / max(1, len(short.title.text)),
        numbers=known.numbers > 0,
        places=known.places > 0,
        words=bool(replaced),
        kept=any(_kept(long.body.text, short.body.text, *words) for words in replaced),
    )


def _kept(a: str, b: str, of_a: str, of_b: str) -> bool:
    """Each body says its own title's words and not the other's: they name something, and are no change of style."""
    return of_a in a and of_b in b and of_a not in b and of_b not in a
