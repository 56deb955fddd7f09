"""What a revision changed, shown in the text: cut away and added parts, paragraph by paragraph."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from markupsafe import Markup

LONGEST = 2000  # characters of a paragraph compared one by one; the time grows with their square
_CUT = Markup("<del>%s</del>")
_ADDED = Markup("<ins>%s</ins>")


def differences(old: Sequence[str], new: Sequence[str]) -> list[Markup]:
    """The paragraphs that changed, those that stayed left out."""
    found: list[Markup] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        cut, added = old[a:b], new[c:d]
        paired = min(len(cut), len(added))
        found += [within(*pair) for pair in zip(cut, added, strict=False)]
        found += [_CUT % text for text in cut[paired:]] + [_ADDED % text for text in added[paired:]]
    return found


def within(old: str, new: str) -> Markup:
    """One paragraph with what was cut and what was added; as a whole where little is left of it."""
    if max(len(old), len(new)) > LONGEST:
        return _CUT % old + _ADDED % new
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return _CUT % old + _ADDED % new
    return Markup().join(_pieces(old, new, matcher))


def _pieces(old: str, new: str, matcher: SequenceMatcher[str]) -> Iterator[Markup]:
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield Markup.escape(old[a:b])
            continue
        if a < b:
            yield _CUT % old[a:b]
        if c < d:
            yield _ADDED % new[c:d]
