"""Chinese text in sentences and clauses, as it was punctuated. PURE."""

import re
from collections.abc import Iterator, Sequence

from publish.digest.words import words

# A quotation is one piece, whatever sentences stand in it; one that is never closed opens nothing.
_PAIRS = {"“": "”", "「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "【": "】", "‘": "’"}
_REACH = 300  # characters within which a pair closes
_LONGEST_LINE = 5000  # characters; what a longer one says of itself it says before
_ENDS = "。！？!?…"
_CLOSING = '”」』）)】’"'
_SAID = re.compile(rf"[^。！？，；：“”]{{0,16}}{words('sentence', 'said')}道?[。，：]")
_FULL_STOP = re.compile(r"\.(?=\s+[A-Z“\"]|\s*$)")
_DATELINE = re.compile(rf"^\s*{words('sentence', 'dateline')}\s*(?:[（(][^（）()]{{0,40}}[）)])?[\s：:，]*")
_BYLINE = re.compile(rf"^[（(〔]{words('sentence', 'reporter')}[^（）()〔〕]{{0,40}}[）)〕]\s*")
_CREDIT = re.compile(rf"[（(][^（）()。]{{0,14}}{words('sentence', 'credit')}[^（）()。]{{0,40}}[）)]。?\s*$")
_LINE_END = re.compile(r"\n|\s{2,}")  # a paragraph begins with two spaces where a page had no other mark
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十百]+条\s+|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)\s*"
)
_GAP = re.compile(r"(?<=[^\x00-\x7f])[ \u3000]+(?=[^\x00-\x7f])")  # no space belongs between Chinese characters


def sentences(paragraphs: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(number of the line, sentence) for all that end as sentences do; headings and bylines are none."""
    lines = (line for paragraph in paragraphs for line in _LINE_END.split(paragraph))
    for number, line in enumerate(lines):
        text = " ".join(line[:_LONGEST_LINE].split())
        for beside in (_NUMBERED, _CREDIT, _DATELINE, _BYLINE, _GAP):
            text = beside.sub("", text)
        for sentence in split(text):
            if sentence[-1] in _ENDS + _CLOSING + ".":
                yield number, sentence


def split(text: str) -> list[str]:
    """The sentences of a paragraph, none lost; what ends without a stop is the last."""
    found, begun, at = [], 0, 0
    while at < len(text):
        at = _after_pair(text, at) or at + 1
        if _ends_here(text, at):
            while at < len(text) and text[at] in _ENDS + _CLOSING:
                at += 1
            found.append(text[begun:at].strip())
            begun = at
    found.append(text[begun:].strip())
    return [sentence for sentence in found if sentence]


def outside_pairs(text: str, marks: str) -> list[int]:
    """Where these characters stand, quotations, titles and brackets left out."""
    found, at = [], 0
    while at < len(text):
        if text[at] in marks:
            found.append(at)
        at = _after_pair(text, at) or at + 1
    return found


def _after_pair(text: str, at: int) -> int | None:
    """Behind the pair that opens here, if one does."""
    closing = _PAIRS.get(text[at])
    end = text.find(closing, at + 1, at + _REACH) if closing else -1
    return end + 1 if end > 0 else None


def _ends_here(text: str, at: int) -> bool:
    """Whether a sentence ends before `at`: by its own stop, or by that of a quotation which nobody's name follows."""
    last = text[at - 1]
    if last in "。！？…":
        return True
    if last in "!?":
        return at == len(text) or not text[at].isascii() or text[at].isspace()
    if last == ".":
        return bool(_FULL_STOP.match(text, at - 1))
    quoted = last in "”」』" and at > 1 and text[at - 2] in "。！？…"
    return quoted and not _SAID.match(text, at) and text[at : at + 1] not in tuple("的等是这，、；")
