"""Training the relevance model from labelled texts. Needs scikit-learn (the extra `train`); judging does not."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.stages.lexicon import Lexicon, LexiconError, Model
from pipeline.stages.relevance import features, score, text_points

FOLDS = 10
STRENGTH = 10.0  # of the title model: the inverse of its regularisation
RARE = 2  # a feature seen in fewer texts is not learned: it would say what one title says
KEPT_OF_100 = 99  # of the titles that belong, so many are above the limit of hopeless ones
OF_ARTICLES = 0.5  # what the title of a labelled article counts as an example of titles: its text was read too


@dataclass(frozen=True)
class Example:
    title: str
    text: str
    label: bool
    origin: str = ""  # texts of one origin are never on both sides of a cross-validation
    weight: float = 1.0


def load(folder: Path) -> list[Example]:
    """All *.jsonl of a folder whose lines have title and label; files about something else are passed over."""
    return [example for path in sorted(folder.glob("*.jsonl")) for example in read(path)]


def read(path: Path) -> list[Example]:
    """Lines of title, label, and text, provenance, weight if known; none where the first has no title and label."""
    found: list[Example] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row: dict[str, Any] = json.loads(line)
        if "label" not in row or "title" not in row:
            return found
        if row["label"] not in (0, 1):
            raise LexiconError(f"{path}:{number}: label must be 0 or 1, not {row['label']!r}")
        text, origin = row.get("text") or "", row.get("provenance") or ""
        found.append(Example(row["title"], text, bool(row["label"]), origin, row.get("weight", 1.0)))
    return found


def groups(examples: Sequence[Example]) -> list[int]:
    """A number for each example; those with the same title or origin share it."""
    parent = list(range(len(examples)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    first: dict[tuple[str, str], int] = {}
    for number, example in enumerate(examples):
        for key in (("title", re.sub(r"\W", "", example.title)), ("origin", example.origin)):
            if key[1]:
                parent[root(number)] = root(first.setdefault(key, number))
    return [root(number) for number in range(len(examples))]


def folds(examples: Sequence[Example], count: int = FOLDS) -> list[list[int]]:
    """The examples in parts of about the same size, each group in one part."""
    from sklearn.model_selection import GroupKFold

    parts = GroupKFold(count).split(examples, groups=groups(examples))
    return [list(map(int, part)) for _, part in parts]


def fit(examples: Sequence[Example], words: Lexicon) -> Model:
    """The model of these examples: titles first; then how title and text share, on titles that were not learned."""
    unseen = title_points(examples, words)
    model = fit_titles(examples, words)
    articles = [number for number, example in enumerate(examples) if example.text]
    titles = [unseen[number] for number, example in enumerate(examples) if example.label and not example.text]
    model = replace(model, hopeless=limit(titles))
    return fit_shares([examples[n] for n in articles], [unseen[n] for n in articles], model, words)


def title_points(examples: Sequence[Example], words: Lexicon) -> list[float]:
    """The points of each title by a model that knows none of its group."""
    points = [0.0] * len(examples)
    for part in folds(examples):
        held = set(part)
        model = fit_titles([example for number, example in enumerate(examples) if number not in held], words)
        for number in part:
            points[number] = points_of(examples[number].title, model, words)
    return points


def points_of(title: str, model: Model, words: Lexicon) -> float:
    found = features(title, words).items()
    return model.bias + sum(value * model.weights.get(name, 0.0) for name, value in found)


def fit_titles(examples: Sequence[Example], words: Lexicon) -> Model:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = DictVectorizer()
    table = vectors.fit_transform([features(example.title, words) for example in examples])
    common = (table != 0).sum(axis=0).A1 >= RARE
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    weights = [example.weight * (OF_ARTICLES if example.text else 1.0) for example in examples]
    model.fit(table[:, common], [example.label for example in examples], weights)
    names = vectors.get_feature_names_out()[common]
    learned = {str(name): round(float(weight), 2) for name, weight in zip(names, model.coef_[0], strict=True)}
    kept = {name: weight for name, weight in learned.items() if weight or name in ("terms", "contrary")}
    return Model(bias=round(float(model.intercept_[0]), 2), weights={"terms": 0.0, "contrary": 0.0} | kept)


def fit_shares(examples: Sequence[Example], unseen: Sequence[float], model: Model, words: Lexicon) -> Model:
    """How the points of title and text share. Both kinds of articles count the same, as their numbers are chance."""
    from sklearn.linear_model import LogisticRegression

    if len({example.label for example in examples}) < 2:
        return model
    table = [[points, text_points(example.text, words)] for points, example in zip(unseen, examples, strict=True)]
    shares = LogisticRegression(class_weight="balanced").fit(table, [example.label for example in examples])
    title, text = (round(float(share), 2) for share in shares.coef_[0])
    return replace(model, text_bias=round(float(shares.intercept_[0]), 2), title_share=title, text_share=text)


def limit(points: Iterable[float]) -> float:
    """The score that 99 of 100 titles which belong reach."""
    ordered = sorted(points)
    return score(ordered[len(ordered) * (100 - KEPT_OF_100) // 100]) if ordered else 0.0
