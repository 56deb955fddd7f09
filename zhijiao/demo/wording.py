"""Prints a text as a careless reprint would: other punctuation, spaces and paragraph breaks, the same words."""

import re
from collections.abc import Callable, Sequence

HALF_WIDTH = str.maketrans("，：；！？（）", ",:;!?()")
CJK = r"[\u4e00-\u9fff]"
ZERO_WIDTH = "\u200b"
NBSP = "\xa0"


def half_width(paragraphs: Sequence[str]) -> list[str]:
    return [p.translate(HALF_WIDTH) for p in paragraphs]


def spaced(paragraphs: Sequence[str]) -> list[str]:
    """A space between Chinese and figures, as some editors put it."""
    return [re.sub(rf"(?<={CJK})(?=\d)|(?<=\d)(?={CJK})", " ", p) for p in paragraphs]


def hard_spaced(paragraphs: Sequence[str]) -> list[str]:
    return [p.replace(" ", NBSP) for p in spaced(paragraphs)]


def zero_width(paragraphs: Sequence[str]) -> list[str]:
    """An invisible character after every comma, as text copied out of a chat program carries it."""
    return [re.sub(r"([，、,])", rf"\1{ZERO_WIDTH}", p) for p in paragraphs]


def split(paragraphs: Sequence[str]) -> list[str]:
    """The longest paragraph breaks after a sentence near its middle."""
    longest = max(range(len(paragraphs)), key=lambda i: len(paragraphs[i]))
    text = paragraphs[longest]
    ends = [m.end() for m in re.finditer("。", text) if m.end() < len(text)]
    if not ends:
        return list(paragraphs)
    middle = min(ends, key=lambda end: abs(end - len(text) // 2))
    return [*paragraphs[:longest], text[:middle], text[middle:], *paragraphs[longest + 1 :]]


def merged(paragraphs: Sequence[str]) -> list[str]:
    """The last two paragraphs run together."""
    return [*paragraphs[:-2], "".join(paragraphs[-2:])]


WORDINGS: dict[str, Callable[[Sequence[str]], list[str]]] = {
    f.__name__: f for f in (half_width, spaced, hard_spaced, zero_width, split, merged)
}


def printed(paragraphs: Sequence[str], wordings: Sequence[str]) -> tuple[str, ...]:
    for name in wordings:
        paragraphs = WORDINGS[name](paragraphs)
    return tuple(paragraphs)


def clean(text: str) -> str:
    """The text without what no reader can see."""
    return text.replace(ZERO_WIDTH, "").replace(NBSP, " ")
