"""Which topics of the table an article is about, several if need be, each with its reason."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

READ = 12_000  # characters of a text that are read
PADDING = 150  # characters added to a text's length, so that few words in two lines are not many
MOST = 4  # topics that a text alone gives: the densest; a text about everything is about nothing


@dataclass(frozen=True)
class Topic:
    name: str
    reason: str  # a sentence in Chinese


@dataclass(frozen=True)
class _Rule:
    name: str
    title: re.Pattern[str]
    text: re.Pattern[str]
    dense: float
    least: int


@cache
def _table() -> tuple[tuple[_Rule, ...], str]:
    data = tomllib.loads(files("pipeline.lexicon").joinpath("topics.toml").read_text(encoding="utf-8"))
    rules = tuple(
        _Rule(topic["name"], _any(topic["title"]), _any(topic["text"]), topic["dense"], topic["least"])
        for topic in data["topic"]
    )
    return rules, data["rest"]


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def topics(title: str, text: str = "") -> tuple[Topic, ...]:
    """The topics of an article that belongs, in the order of the table; 综合 if there is none of the others."""
    rules, rest = _table()
    of_title = {rule.name: match[0] for rule in rules if (match := rule.title.search(title))}
    of_text = {rule.name: found for rule in rules if (found := _of_text(rule, text[:READ]))}
    densest = sorted(of_text, key=lambda name: -of_text[name][0])[:MOST]
    named = [
        Topic(rule.name, _reason(rule.name, of_title.get(rule.name), of_text.get(rule.name)))
        for rule in rules
        if rule.name in of_title or rule.name in densest
    ]
    return tuple(named) or (Topic(rest, f"主题{rest}：不属于其他主题。"),)


def _of_text(rule: _Rule, text: str) -> tuple[float, Counter[str]] | None:
    """How many times over the text has what the topic needs, and the words found; None if it has less."""
    found = Counter(match[0] for match in rule.text.finditer(text)) if text else Counter[str]()
    count = found.total()
    times = 1000 * count / (len(text) + PADDING) / rule.dense
    return (times, found) if count >= rule.least and times >= 1 else None


def _reason(name: str, in_title: str | None, in_text: tuple[float, Counter[str]] | None) -> str:
    parts = [f"标题含『{in_title}』"] if in_title else []
    if in_text:
        words = "".join(f"『{word}』" for word, _ in in_text[1].most_common(3))
        parts.append(f"正文 {in_text[1].total()} 处提到{words}")
    return f"主题{name}：{'，'.join(parts)}。"
