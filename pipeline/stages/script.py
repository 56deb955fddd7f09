"""Traditional characters as simplified ones, one for one: enough to recognise a text, not to print it."""

from functools import cache
from operator import ne

from opencc import OpenCC

_BLOCKS = ((0x3400, 0x9FFF), (0xF900, 0xFAFF))  # CJK ideographs that occur in news
TRADITIONAL = 0.03  # of a text's letters; in simplified text hardly any has another simplified form


def simplified(text: str) -> str:
    return text.translate(_table())


def is_traditional(text: str) -> bool:
    changed: int = sum(map(ne, text, simplified(text)))
    return changed > TRADITIONAL * len(text)


@cache
def _table() -> dict[int, str]:
    """Made once: OpenCC itself takes as long for a text as all other normalisation."""
    letters = [chr(code) for first, last in _BLOCKS for code in range(first, last + 1)]
    pairs = zip(letters, OpenCC("t2s").convert("\n".join(letters)).split("\n"), strict=True)
    return {ord(letter): simple for letter, simple in pairs if simple != letter and len(simple) == 1}
