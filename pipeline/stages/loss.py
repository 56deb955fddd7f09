"""What a new reading of an article's page has lost of the text that stood there: a blip is no revision."""

from difflib import SequenceMatcher
from typing import Literal

from pipeline.stages.fingerprint import letters

Loss = Literal["less", "other"]
SAMPLE = 4  # letters that are compared together
KEPT = 0.7  # of a text: what is left of one that was edited
OTHER = 0.2  # and what two different texts of one page frame have in common
ALIKE = 0.5  # of two titles
LONGEST_TITLE = 200  # letters compared; the time grows with their square


def loss(old_title: str, old_text: str, new_title: str, new_text: str) -> Loss | None:
    """`less`: most of it still stands there, or its title; `other`: another text does. None: nothing is lost."""
    old = _samples(old_text)
    if not old:
        return None
    kept = len(old & _samples(new_text)) / len(old)
    if kept >= KEPT:
        return None
    return "less" if kept >= OTHER or not new_text or _alike(old_title, new_title) else "other"


def _samples(text: str) -> set[str]:
    text = letters(text)
    return {text[at : at + SAMPLE] for at in range(len(text) - SAMPLE + 1)}


def _alike(one: str, other: str) -> bool:
    one, other = letters(one)[:LONGEST_TITLE], letters(other)[:LONGEST_TITLE]
    return not other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
