"""Is a title, or a title with its text, about vocational education? A verdict from word lists, with its reasons."""

import math
import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.article import SiteFacts, Verdict

NOTHING = -2.2  # points of a title that says nothing
SITE = 3.0  # points for a site or column that is about vocational education and nothing else
HIGHEST = 4.5  # more terms in one title make nothing clearer
HIGHEST_OF_TEXT = 3.0
LONG = 600  # characters from which a text that does not mention it says something by that
SILENCE = -0.7
DENSITY = 5.0  # weighted mentions per 1000 characters at which a text alone says as much as NOTHING takes away
PADDING = 150  # characters added to a text's length, so that one mention in two lines is not a high density
READ = 20_000  # characters of a text that are read


@dataclass(frozen=True)
class Tier:
    title: float
    mention: float
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Against:
    name: str
    title: float
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    masks: re.Pattern[str]
    tiers: tuple[Tier, ...]
    against: tuple[Against, ...]


@cache
def lexicon() -> Lexicon:
    data = tomllib.loads(files("pipeline.lexicon").joinpath("relevance.toml").read_text(encoding="utf-8"))
    return Lexicon(
        masks=_any_of(data["masks"]),
        tiers=tuple(Tier(t["title"], t["mention"], _any_of(t["patterns"])) for t in data["tiers"].values()),
        against=tuple(Against(a["name"], a["title"], _any_of(a["patterns"])) for a in data["against"].values()),
    )


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


def judge(
    title: str,
    text: str | None = None,
    site: SiteFacts | None = None,
    *,
    threshold: float = 0.5,
    review_band: float = 0.15,
) -> Verdict:
    """Verdict on a title alone (text None or empty) or on both.

    Reasons are Chinese sentences, weightiest first; before those for a refusal stands its kind, one of few sentences
    that can be counted.
    """
    contrary = _contrary(title)
    findings = [_of_title(title), *(_of_contrary(*found) for found in contrary), _of_text(text or ""), _of_site(site)]
    score = round(1 / (1 + math.exp(-NOTHING - sum(points for points, _ in findings))), 3)
    relevant = score >= threshold
    reasons = [reason for _, reason in sorted(findings, key=lambda finding: -abs(finding[0])) if reason]
    if not relevant:
        reasons.insert(0, _refusal(contrary, mentioned=bool(reasons)))
    return Verdict(relevant, score, abs(score - threshold) < review_band, tuple(reasons))


def _refusal(contrary: list[tuple[Against, str]], *, mentioned: bool) -> str:
    if contrary:
        return f"属于{contrary[0][0].name}。"
    return "职业教育不是主要内容。" if mentioned else "没有提到职业教育。"


Finding = tuple[float, str]  # points, and the sentence that explains them


def _of_title(title: str) -> Finding:
    terms = _terms(title)
    points = min(HIGHEST, sum(tier.title * len(found) for tier, found in terms))
    return points, f"标题含{_quoted(terms)}。" if points else ""


def _contrary(title: str) -> list[tuple[Against, str]]:
    """What speaks against the title, and the words that do."""
    found = ((against, against.pattern.search(_folded(title))) for against in lexicon().against)
    return [(against, match[0]) for against, match in found if match]


def _of_contrary(against: Against, words: str) -> Finding:
    return against.title, f"标题像{against.name}（『{words}』）。"


def _of_text(text: str) -> Finding:
    """A text that speaks of it often counts for it; a long one that hardly does counts against its title."""
    if not text:
        return 0.0, ""
    terms = _terms(text[:READ])
    mentions = sum(tier.mention * found.total() for tier, found in terms)
    density = 1000 * mentions / (min(len(text), READ) + PADDING)
    lowest = SILENCE if len(text) > LONG else 0.0
    points = max(lowest, min(HIGHEST_OF_TEXT, -NOTHING * (2 * density / DENSITY - 1)))
    count = sum(found.total() for _, found in terms)
    if not count:
        return points, "正文没有提到职业教育。" if points else ""
    return points, f"正文 {count} 处提到{_quoted(terms)}，每千字 {1000 * count / len(text):.1f} 处。"


def _of_site(site: SiteFacts | None) -> Finding:
    return (SITE, f"{site.name}专门报道职业教育。") if site and site.vocational else (0.0, "")


def _terms(text: str) -> list[tuple[Tier, Counter[str]]]:
    """The terms in a text by tier; what a stronger tier has found is not found again by a weaker one."""
    text = lexicon().masks.sub(" ", _folded(text))
    found = []
    for tier in lexicon().tiers:
        found.append((tier, Counter(match[0] for match in tier.pattern.finditer(text))))
        text = tier.pattern.sub(" ", text)
    return found


def _quoted(terms: list[tuple[Tier, Counter[str]]]) -> str:
    most = [term for _, found in terms for term, _ in found.most_common(3)]
    return "".join(f"『{term}』" for term in most[:3])


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
