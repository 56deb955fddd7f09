"""Where the words of a search stand in a text as it is printed."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from storage.search import fold, folded

AROUND = 60  # characters shown on either side of a hit


def marked(text: str, words: Sequence[str]) -> Markup:
    """The text with its hits marked; `words` are folded, as `search.words_of` gives them."""
    html, end = Markup(), 0
    for start, stop in _spans(text, words):
        html += escape(text[end:start]) + Markup("<mark>%s</mark>") % text[start:stop]
        end = stop
    return html + escape(text[end:])


def excerpt(paragraphs: Sequence[str], words: Sequence[str]) -> Markup | None:
    """The surroundings of the first hit; None where the paragraphs hold none."""
    for paragraph in paragraphs:
        if spans := _spans(paragraph, words):
            start = max(0, spans[0][0] - AROUND)
            stop = spans[0][1] + 2 * AROUND
            cut = paragraph[start:stop]
            return escape("…" if start else "") + marked(cut, words) + ("…" if stop < len(paragraph) else "")
    return None


def _spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Parts of the text that fold to one of the words, in order, overlapping ones as one."""
    if not any(word in fold(text) for word in words):
        return []
    pieces = [folded(character) for character in text]
    owners = [place for place, piece in enumerate(pieces) for _ in piece]
    whole = "".join(pieces)
    found = sorted((owners[at], owners[at + len(word) - 1] + 1) for word in words for at in _hits(whole, word))
    spans: list[tuple[int, int]] = []
    for start, stop in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(stop, spans[-1][1])
        else:
            spans.append((start, stop))
    return spans


def _hits(whole: str, word: str) -> Iterable[int]:
    at = whole.find(word)
    while at >= 0:
        yield at
        at = whole.find(word, at + len(word))
