"""A summary of one to three sentences, chosen from the text as they stand there. PURE."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from publish.digest.sentences import sentences
from publish.digest.words import words

MOST = 3
LONGEST = 200  # characters of all sentences together: what the field's own reports give an item
ENOUGH = 100  # and the least that it gives, where the text has it
_LOOKED_AT = 60  # sentences
_WORTH = 2.2  # the score from which one more sentence is taken,
_WORTH_STILL = 1.5  # as long as there are not enough,
_WORTH_ALONE = -5.0  # as long as there is none
_LEAST_NEW = 3  # pairs of characters that the headline has not said
_SAME = 0.6  # share of a sentence that others have said
_ROOM = 120  # a sentence up to here is easily read
_FIGURE = re.compile(rf"\d[\d.,]*\s*{words('summary', 'figure')}")
_NAMED = re.compile(r"〔\d{4}〕\d+\s*号|《[^》]{4,60}》")
_SAYS = re.compile(words("summary", "says"))
_POINTS_BACK = re.compile(f"^{words('summary', 'points_back')}")
_VOICE = re.compile(words("summary", "voice"))
_FORMAL = re.compile(words("summary", "formal"))
_FURNITURE = re.compile(words("summary", "furniture"))
_SPEECH = re.compile("^[“「『]")
_ASKS = re.compile("[？?][”」』]?$")
_CUT_OFF = re.compile("^[，、；：。）)”」』]")


@dataclass(frozen=True)
class _Candidate:
    at: int  # in the order of the text
    paragraph: int
    text: str
    pairs: frozenset[str]


def summarised(title: str, paragraphs: Sequence[str], longest: int = LONGEST) -> str:
    """The sentences that say most of what the headline and the beginning are about; "" where the text has none."""
    found = [
        _Candidate(at, paragraph, text, _pairs(text))
        for at, (paragraph, text) in zip(range(_LOOKED_AT), sentences(paragraphs), strict=False)
    ]
    wanted, lead = _pairs(title), _pairs("".join(one.text for one in found[:2]))
    scored = {one: _score(one, wanted, lead) for one in found if 10 <= len(one.text) <= longest}
    chosen: list[_Candidate] = []
    while len(chosen) < MOST and (next_ := _best(scored, chosen, longest)):
        chosen.append(next_)
    return "".join(_joined(one.text) for one in sorted(chosen, key=lambda one: one.at))


def _score(one: _Candidate, title: frozenset[str], lead: frozenset[str]) -> float:
    """What stands early, names what the headline names, and says figures, documents or events."""
    text = one.text
    early = 4.0 / (1 + one.at) + 1.0 / (1 + one.paragraph)
    about = 6.0 * len(one.pairs & title) / max(1, len(title)) + 2.0 * len(one.pairs & lead) / max(1, len(lead))
    facts = 0.6 * min(4, len(_FIGURE.findall(text))) + 0.8 * bool(_NAMED.search(text)) + 0.5 * bool(_SAYS.search(text))
    against = (
        3.0 * bool(_POINTS_BACK.match(text)) * (one.at > 0)
        + 2.0 * bool(_VOICE.search(text))
        + 5.0 * bool(_FURNITURE.search(text))
        + 20.0 * bool(_FORMAL.search(text))
        + 2.0 * bool(_SPEECH.match(text))
        + 3.0 * bool(_ASKS.search(text))
        + 5.0 * bool(_CUT_OFF.match(text))
        + 15.0 * (len(one.pairs - title) < _LEAST_NEW)
        + max(0, len(text) - _ROOM) / 30
        + (1.0 if len(text) < 18 else 0.0)
    )
    return early + about + facts - against


def _best(scored: dict[_Candidate, float], chosen: Sequence[_Candidate], longest: int) -> _Candidate | None:
    """The next one: it fits in, says little of what is said already, and is worth the reader's time."""
    length = sum(len(one.text) for one in chosen)
    least = _WORTH if length >= ENOUGH else _WORTH_STILL if chosen else _WORTH_ALONE

    def said(one: _Candidate) -> float:
        return max((len(one.pairs & other.pairs) / max(1, len(one.pairs)) for other in chosen), default=0.0)

    def worth(one: _Candidate) -> float:
        follows = any(one.at == other.at + 1 and one.paragraph == other.paragraph for other in chosen)
        return scored[one] - 8.0 * max(0.0, said(one) - 0.25) + 0.6 * follows

    fitting = [one for one in scored if one not in chosen and len(one.text) <= longest - length and said(one) < _SAME]
    best = max(fitting, key=lambda one: (worth(one), -one.at), default=None)
    return best if best is not None and worth(best) >= least else None


def _pairs(text: str) -> frozenset[str]:
    bare = re.sub(r"[\W_]+", "", text)
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1))


def _joined(text: str) -> str:
    return text if not text.isascii() and text[-1] in "。！？…”」』）" else text + " "
