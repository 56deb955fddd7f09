"""Where two skeletons run the same, whatever was moved, cut out or put in; and where masked values disagree."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stages.skeleton import NUMBER, PLACE, Skeleton

GRAM = 5
SOLID = 8  # letters from which a run is no chance
ANCHOR = 12  # letters from which a run shows that the text has begun, behind whatever the page put around it
EDIT = 8  # a longer change between two runs is no change of words
GAP = 40  # a longer one is a passage cut out or put in
_MISMATCH = 6  # letters of a run that one disagreeing value costs, when runs are chosen
_MARGIN = 2  # a value this close to the end of a run may belong to another sentence
_PLACES_TRIED = 32


@dataclass(frozen=True)
class Run:
    """Letters that stand in both texts."""

    a: int
    b: int
    length: int


@dataclass(frozen=True)
class Facts:
    """How many masked values agree and disagree."""

    agreeing: int
    numbers: int
    places: int


def runs(a: Skeleton, b: Skeleton, gram: int = GRAM) -> list[Run]:
    """From left to right through b, each time the run that is longest and whose values agree best."""
    starts: dict[str, list[int]] = defaultdict(list)
    for at in range(len(a.text) - gram + 1):
        starts[a.text[at : at + gram]].append(at)
    found: list[Run] = []
    at = expected = 0
    while at <= len(b.text) - gram:
        places = starts.get(b.text[at : at + gram])
        if places is None:
            at += 1
            continue
        best = max((_run(a, b, place, at, expected) for place in places[:_PLACES_TRIED]), key=lambda found: found[0])[1]
        found.append(best)
        at, expected = at + best.length, best.a + best.length
    return found


def _run(a: Skeleton, b: Skeleton, i: int, j: int, expected: int) -> tuple[tuple[int, bool], Run]:
    """The run that begins there, behind its rank: length less mismatches, then whether it follows the run before."""
    one, other = a.text, b.text
    longest = min(len(one) - i, len(other) - j)
    length = 16
    while length < longest and one[i : i + length] == other[j : j + length]:
        length *= 2
    length = min(length, longest)
    if one[i : i + length] != other[j : j + length]:
        length = next(n for n in range(length) if one[i + n] != other[j + n])
    return (length - _MISMATCH * _mismatches(a, b, i, j, length), i >= expected), Run(i, j, length)


def _mismatches(a: Skeleton, b: Skeleton, i: int, j: int, length: int) -> int:
    return sum(not agree for _, agree in _values(a, b, i, j, length))


def _values(a: Skeleton, b: Skeleton, i: int, j: int, length: int) -> Iterator[tuple[str, bool]]:
    """Each mask between two places, and whether its values agree."""
    text = b.text[j : j + length]
    for mask in (NUMBER, PLACE):
        at = text.find(mask)
        while at >= 0:
            yield mask, a.values[i + at] == b.values[j + at]
            at = text.find(mask, at + 1)


def facts(a: Skeleton, b: Skeleton, aligned: list[Run], *, margin: int = _MARGIN, solid: int = SOLID) -> Facts:
    agreeing = numbers = places = 0
    for run in aligned:
        if run.length < solid:
            continue
        end_a, end_b = run.a + run.length, run.b + run.length
        first = margin if run.a and run.b else 0
        last = run.length - (margin if end_a < len(a.text) and end_b < len(b.text) else 0)
        for mask, agree in _values(a, b, run.a + first, run.b + first, last - first):
            agreeing += agree
            numbers += not agree and mask == NUMBER
            places += not agree and mask == PLACE
    return Facts(agreeing, numbers, places)


def changes(aligned: list[Run]) -> tuple[int, int]:
    """Changed words, and changed passages, between runs that follow one another in both texts."""
    words = passages = 0
    for run, following in pairwise(aligned):
        left, right = following.a - run.a - run.length, following.b - run.b - run.length
        if 0 <= left <= GAP and right <= GAP:
            words += max(left, right) <= EDIT
            passages += max(left, right) > EDIT
    return words, passages


def covered(aligned: list[Run], at_least: int = SOLID) -> int:
    return sum(run.length for run in aligned if run.length >= at_least)


def core(aligned: list[Run]) -> tuple[int, int]:
    """Letters aligned between the first and the last anchor of b, and how many lie there."""
    anchors = [run for run in aligned if run.length >= ANCHOR]
    if not anchors:
        return 0, 0
    first, last = anchors[0].b, anchors[-1].b + anchors[-1].length
    return sum(run.length for run in aligned if first <= run.b < last), last - first
