"""Is a title, or a title with its text, about the topic of a lexicon? A verdict with its reasons."""

import math
import unicodedata
from collections import Counter
from itertools import combinations

from pipeline.article import SiteFacts, Verdict
from pipeline.stages.lexicon import Against, Lexicon, lexicon

SITE = 5.0  # points for a site or column that is about the topic and nothing else
HIGHEST = 4.5  # more terms in one title make nothing clearer
HIGHEST_OF_TEXT = 3.0
LOWEST_OF_TEXT = -2.2
LONG = 600  # characters from which a text that does not mention it says something by that
SILENCE = -0.7
DENSITY = 5.0  # weighted mentions per 1000 characters that make a text nothing but this
PADDING = 150  # characters added to a text's length, so that one mention in two lines is not a high density
READ = 20_000  # characters of a text that are read
GRAM = 3  # characters of the longest piece of a title that the model weighs
IDEA = 0.2  # what an idea counts beside a term: there are many, and each says little
TELLING = 0.7  # points from which a finding of the model is worth a reason

Finding = tuple[float, str]  # points, and the sentence that explains them


def judge(
    title: str,
    text: str | None = None,
    site: SiteFacts | None = None,
    *,
    threshold: float = 0.5,
    review_band: float = 0.15,
    words: Lexicon | None = None,
) -> Verdict:
    """Verdict on a title alone (text None or empty) or on both.

    Reasons are Chinese sentences, weightiest first; before those for a refusal stands its kind, one of few sentences
    that can be counted.
    """
    words = words or lexicon()
    model = words.model
    contrary = _contrary(title, words)
    findings = [*_of_title(title, words), *(_of_contrary(*found, words) for found in contrary), _of_site(site, words)]
    points = model.bias + sum(points for points, _ in findings)
    if text:
        findings.append(_of_text(text, words))
        points = model.text_bias + model.title_share * points + model.text_share * findings[-1][0]
    result = score(points)
    relevant = result >= threshold
    reasons = [reason for _, reason in sorted(findings, key=lambda finding: -abs(finding[0])) if reason]
    if not relevant:
        reasons.insert(0, _refusal(contrary, words.topic, mentioned=bool(reasons)))
    return Verdict(relevant, result, abs(result - threshold) < review_band, tuple(reasons))


def hopeless(title: str, site: SiteFacts | None = None, *, words: Lexicon | None = None) -> bool:
    """Whether a title alone says so clearly no that its text need not be fetched.

    Cross-validated on data/text, at least 99 of 100 titles that belong are kept (docs/figures/judge.md has the
    figure, `zhijiao train` sets the limit). A site that is about the topic has no hopeless titles.
    """
    words = words or lexicon()
    return not (site and site.vocational) and judge(title, words=words).score < words.model.hopeless


def features(title: str, words: Lexicon) -> dict[str, float]:
    """What the model weighs of a title: its terms, what speaks against it, the ideas it touches, alone and in pairs,
    and its pieces of one to GRAM characters. A piece is its own name; the other names are longer."""
    of_tiers = zip(words.tiers, _terms(title, words), strict=True)
    found = {
        "terms": min(HIGHEST, sum(tier.title * terms.total() for tier, terms in of_tiers)),
        "contrary": sum(against.title for against, _ in _contrary(title, words)),
    }
    return found | dict.fromkeys(_ideas(title, words), IDEA) | _pieces(title)


def text_points(text: str, words: Lexicon) -> float:
    """What a text says beside its title, HIGHEST_OF_TEXT at most."""
    return _of_text(text, words)[0]


def score(points: float) -> float:
    """Points as a score of 0 to 1; no points are 0.5."""
    return round(1 / (1 + math.exp(-max(-500.0, min(500.0, points)))), 3)


def _refusal(contrary: list[tuple[Against, str]], topic: str, *, mentioned: bool) -> str:
    if contrary:
        return f"属于{contrary[0][0].name}。"
    return f"{topic}不是主要内容。" if mentioned else f"没有提到{topic}。"


def _of_title(title: str, words: Lexicon) -> list[Finding]:
    """What its terms, its ideas and the rest of its wording say."""
    weights = words.model.weights
    found = features(title, words)
    points = {name: value * weights[name] for name, value in found.items() if name in weights and name != "contrary"}
    ideas = {name: points[name] for name in points if len(name) > GRAM and name != "terms"}
    pieces = {name: points[name] for name in points if len(name) <= GRAM}
    of_terms = points.get("terms", 0.0)
    return [
        (of_terms, f"标题含{_quoted(_terms(title, words))}。" if of_terms else ""),
        _of_ideas(sum(ideas.values()), ideas),
        _of_wording(sum(pieces.values()), pieces, title, words),
    ]


def _of_ideas(points: float, ideas: dict[str, float]) -> Finding:
    most = max(ideas, key=lambda name: ideas[name] * math.copysign(1, points), default="")
    together = most.replace("+", "』和『").removeprefix("idea ")
    return points, f"标题说的是『{together}』。" if abs(points) >= TELLING else ""


def _of_wording(points: float, pieces: dict[str, float], title: str, words: Lexicon) -> Finding:
    """What the rest of the wording says, with the pieces that say it most; none of them is a part of a term."""
    said = [term for found in _terms(title, words) for term in found]
    sign = math.copysign(1, points)
    inside = {name.strip("^$"): value * sign for name, value in pieces.items()}
    telling = (name for name in inside if len(name) > 1 and inside[name] > 0 and name.isalpha())
    apart = (name for name in telling if not any(name in term for term in said))
    most: list[str] = []
    for name in sorted(apart, key=lambda name: (-inside[name], -len(name))):
        if not any(name in other or other in name for other in most):
            most.append(name)
    if abs(points) < TELLING or not most:
        return points, ""
    quoted = "".join(f"『{name}』" for name in most[:3])
    return points, f"用词{'像' if points > 0 else '不像'}{words.topic}的标题（{quoted}）。"


def _contrary(title: str, words: Lexicon) -> list[tuple[Against, str]]:
    """What speaks against the title, and the words that do."""
    folded = _folded(title)
    found = ((against, against.pattern.search(folded)) for against in words.against)
    return [(against, match[0]) for against, match in found if match]


def _of_contrary(against: Against, said: str, words: Lexicon) -> Finding:
    return words.model.weights["contrary"] * against.title, f"标题像{against.name}（『{said}』）。"


def _of_text(text: str, words: Lexicon) -> Finding:
    """A text that speaks of it often counts for it; a long one that hardly does counts against its title."""
    terms = _terms(text[:READ], words)
    mentions = sum(tier.mention * found.total() for tier, found in zip(words.tiers, terms, strict=True))
    density = 1000 * mentions / (min(len(text), READ) + PADDING)
    lowest = SILENCE if len(text) > LONG else 0.0
    points = max(lowest, min(HIGHEST_OF_TEXT, -LOWEST_OF_TEXT * (2 * density / DENSITY - 1)))
    count = sum(found.total() for found in terms)
    if not count:
        return points, f"正文没有提到{words.topic}。" if points else ""
    return points, f"正文 {count} 处提到{_quoted(terms)}，每千字 {1000 * count / len(text):.1f} 处。"


def _of_site(site: SiteFacts | None, words: Lexicon) -> Finding:
    return (SITE, f"{site.name}专门报道{words.topic}。") if site and site.vocational else (0.0, "")


def _terms(text: str, words: Lexicon) -> list[Counter[str]]:
    """The terms in a text by tier; where two could stand, the earlier one does, then the stronger one."""
    found: list[Counter[str]] = [Counter() for _ in words.tiers]
    for match in words.terms.finditer(_folded(text)):
        if match.lastgroup:
            found[int(match.lastgroup[1:])][match[0]] += 1
    return found


def _ideas(title: str, words: Lexicon) -> list[str]:
    folded = _folded(title)
    touched = [name for name, pattern in words.ideas.items() if pattern.search(folded)]
    return [f"idea {name}" for name in touched] + [f"idea {one}+{other}" for one, other in combinations(touched, 2)]


def _pieces(title: str) -> dict[str, float]:
    """Each piece once, weighing less the more there are: a long title has no more to say than a short one."""
    marked = f"^{_folded(title)}$"
    places = ((at, size) for size in range(1, GRAM + 1) for at in range(len(marked) - size + 1))
    pieces = dict.fromkeys(marked[at : at + size] for at, size in places)  # in order: the same reasons in every process
    return dict.fromkeys(pieces, len(pieces) ** -0.5)


def _quoted(terms: list[Counter[str]]) -> str:
    most = [term for found in terms for term, _ in found.most_common(3)]
    return "".join(f"『{term}』" for term in most[:3])


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
