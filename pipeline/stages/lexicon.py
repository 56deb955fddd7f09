"""A lexicon: the words of a topic, and the model that was trained on them. Read from a folder, ours or another one."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

WORDS = "relevance.toml"
MODEL = "relevance.json"


class LexiconError(ValueError):
    """A lexicon that cannot be read; says file and place."""


@dataclass(frozen=True)
class Tier:
    title: float
    mention: float


@dataclass(frozen=True)
class Against:
    name: str
    title: float
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Model:
    """How evidence adds up. The defaults are what a lexicon without a trained model does: its own points."""

    bias: float = -2.2  # of a title that says nothing
    weights: Mapping[str, float] = field(
        default_factory=lambda: {"terms": 1.0, "contrary": 1.0}
    )  # of a title's features
    text_bias: float = 0.0  # where there is a text: its points and those of the title are weighed anew
    title_share: float = 1.0
    text_share: float = 1.0
    hopeless: float = 0.0  # a title that scores less, read alone, is not worth fetching its text; 0: every title is

    def json(self) -> str:
        return json.dumps(vars(self), ensure_ascii=False, indent=0, sort_keys=True) + "\n"


@dataclass(frozen=True)
class Lexicon:
    topic: str
    terms: re.Pattern[str]  # one group a tier, named t0, t1 …; a match without a group is masked
    tiers: tuple[Tier, ...]
    against: tuple[Against, ...]
    ideas: Mapping[str, re.Pattern[str]]
    model: Model


@cache
def lexicon(folder: Path | None = None, trained: Path | None = None) -> Lexicon:
    """The lexicon of a folder, by default the one that comes with the program: vocational education.

    `trained` is where a model that takes the place of the folder's may lie.
    """
    return read(folder or files("pipeline.lexicon"), trained)


def read(folder: Path | Traversable, trained: Path | None = None) -> Lexicon:
    """relevance.toml of a folder, and relevance.json where there is a trained model."""
    words = folder.joinpath(WORDS)
    model = trained if trained and trained.is_file() else folder.joinpath(MODEL)
    try:
        data = tomllib.loads(words.read_text(encoding="utf-8"))
        learned: dict[str, Any] = json.loads(model.read_text(encoding="utf-8")) if model.is_file() else {}
        return _lexicon(data, Model(**learned))
    except KeyError as error:
        raise LexiconError(f"{words}: missing key {error}") from None
    except (OSError, ValueError, TypeError, re.error) as error:
        raise LexiconError(f"{words}: {error}") from None


def _lexicon(data: dict[str, Any], model: Model) -> Lexicon:
    tiers: list[dict[str, Any]] = list(data["tiers"].values())
    groups = [f"(?P<t{number}>{'|'.join(tier['patterns'])})" for number, tier in enumerate(tiers)]
    return Lexicon(
        topic=data["topic"],
        terms=re.compile(_only_at(data.get("starts")) + f"(?:{'|'.join([*data.get('masks', []), *groups])})"),
        tiers=tuple(Tier(tier["title"], tier["mention"]) for tier in tiers),
        against=tuple(
            Against(one["name"], one["title"], re.compile("|".join(one["patterns"])))
            for one in data.get("against", {}).values()
        ),
        ideas={name: re.compile(pattern) for name, pattern in data.get("ideas", {}).items()},
        model=model,
    )


def _only_at(starts: str | None) -> str:
    """Four times as fast as trying every pattern at every character."""
    return f"(?=[{re.escape(starts)}])" if starts else ""
