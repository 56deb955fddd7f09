"""How much of a page is read. However a page is made, it takes no long time; real pages stay far below all bounds."""

import re

BYTES = 12_000_000
CHARACTERS = 3_000_000  # the longest of 158 real pages has 0.9 million
TAGS = 40_000  # the most in those pages: 15,754
LARGE = 200_000
INLINE = re.compile(r"data:[\w.+-]{1,40}/[\w.+-]{1,80};base64,[\w+/=\s]{1000,}+")  # a picture, in characters
# A tag with hundreds of attributes: the parser compares each with all before it.
ATTRIBUTES = re.compile(
    r"(<[a-zA-Z][\w:-]*+)(?:[\s/]++[^\s=>\"'/<]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>]++))?+){200,}+"
)


def bounded(text: str) -> str:
    """The text, or its beginning where it is too long; in time that grows with its length only."""
    if len(text) > LARGE:
        text = INLINE.sub("", text)[:CHARACTERS]
    if text.count("<") > TAGS:
        text = text[: _place(text, TAGS)]
    return ATTRIBUTES.sub(r"\1", text)


def _place(text: str, number: int) -> int:
    """Where the tag of this number begins."""
    place = -1
    for _ in range(number + 1):
        place = text.index("<", place + 1)
    return place
