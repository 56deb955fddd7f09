"""A headline in one line of at most 40 characters, out of its own words; a mere 喜报 takes a clause of the text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from publish.characters import plain
from publish.digest.sentences import outside_pairs, sentences
from publish.digest.words import words

LONGEST = 40
SHORT = 6  # a headline up to here says too little alone: 喜报, 招生简章
_LONGEST_TITLE = 300  # what is longer is a text
_LEAST = 12  # a part of a headline shorter than this does not stand for it
_CUT_FROM = 22  # a line that has to be cut keeps at least so many
_READ = 4000  # characters of the text that show which characters belong together
_LEAD = 300

_COLUMN = re.compile(r"^(?:[【\[〔][^】\]〕]{1,32}[】\]〕]|[^｜|丨《“，。：]{1,12}\s*[｜|丨]+(?!\s*\d))\s*")
_LABEL = re.compile(rf"^{words('headline', 'label')}[!！：:]+\s*(?=.{{8}})")
_TAIL = re.compile(rf"\s*(?:[-_|｜丨–]|——)\s*[^-_|｜丨–—。！？\s]{{0,14}}{words('headline', 'site')}$")
_TRIMMING = re.compile(rf"\s*(?:[（(\[【]{words('headline', 'trimming')}[）)\]】]|。)$")
_ISSUERS = re.compile(r"^(?P<first>[一-龥]{2,20}?)(?P<others>(?:[ 、][一-龥]{2,20}?)+)(?P<rest>关于.+|印发.+|转发.+)$")
_FIGURES = dict(enumerate("三四五六七八九十", 3))
_WRAPPED = re.compile(r"^(?P<who>.*?)(?:关于)?(?P<verb>印发|公布|发布|转发|批转)(?P<what>《.+》)")
_NAMED = re.compile(r"《.+》")
_CLAUSE_ENDS = "，。；：！？;:!? —―|｜丨"
_BETWEEN_WORDS = re.compile("(?<=[A-Za-z0-9]) | (?=[A-Za-z0-9])")  # 4.5 万名: no end of a clause
_INTRODUCES = re.compile(f"^{words('headline', 'introduces')}")
_CONTINUES = re.compile(f"^{words('headline', 'continues')}")
_BEFORE = frozenset("的在将与和及为对以向由被把于是从到让使获赴")  # a word begins with these more often than not
_AFTER = frozenset("了着过、》”）")
_WHOLE = re.compile(words("headline", "whole"))
_SOLID = re.compile(r"[A-Za-z0-9.%％+\-]")
_CUT_SHORT = re.compile(r"\s*(?:…+|\.{2,})$")
_OPEN_END = re.compile(r"[，、；：:;,\s—\-《“（(|｜丨的]+$")


def condensed(title: str, paragraphs: Sequence[str] = (), sites: Sequence[str] = ()) -> str:
    """The line. `sites` are names that may stand behind the headline; `paragraphs` the text, where it may be shown."""
    title = bare(title, sites)
    text = " ".join(paragraph[:_READ] for paragraph in paragraphs[:50])[:_READ]
    if len(title) <= SHORT:
        return _with_lead(title, paragraphs)
    if torn := _CUT_SHORT.search(title):  # by the page that it was read on
        whole = _best_clauses(title[: torn.start()].rstrip(_CLAUSE_ENDS), text[:_LEAD], torn=True)
        return whole or clipped(title, LONGEST, title + text)
    if len(title) > LONGEST:
        title = _with_one_issuer(title)
    for shorter in _shorter(title):
        if len(shorter) <= LONGEST:
            return shorter
    return _best_clauses(title, text[:_LEAD]) or clipped(title, LONGEST, title + text)


def bare(title: str, sites: Sequence[str] = ()) -> str:
    """The headline without the name of a column before it, or of the site behind it; it never becomes too short."""
    title = plain(title[:_LONGEST_TITLE])
    for site in sites:
        title = _unless_short(re.sub(rf"\s*[-_|｜丨–—]+\s*{re.escape(site)}$", "", title), title)
    for superfluous in (_TAIL, _TAIL, _TRIMMING, _COLUMN, _COLUMN, _LABEL):
        title = _unless_short(superfluous.sub("", title), title)
    return title.strip()


def clipped(text: str, longest: int, corpus: str) -> str:
    """The beginning, cut where characters seldom stand together in the corpus, so that no word is torn."""
    if len(text) <= longest:
        return text
    pairs = Counter(corpus[at : at + 2] for at in range(len(corpus) - 1))
    open_ = set(outside_pairs(text, "".join(set(text)))) - {found.start() + 1 for found in _WHOLE.finditer(text)}
    places = [at for at in range(min(_CUT_FROM, longest // 2), longest) if at in open_ and not _torn(text, at)]
    if not places:
        return text[: longest - 1] + "…"

    def cost(at: int) -> float:
        belongs = 0.7 * (text[at] in _BEFORE) + 0.7 * (text[at - 1] in _AFTER) + 3.0 * (text[at] in _CLAUSE_ENDS + "、")
        return log(1 + pairs[text[at - 1 : at + 1]]) - belongs + 0.06 * (longest - at)

    return _OPEN_END.sub("", text[: min(places, key=cost)]) + "…"


def _with_one_issuer(title: str) -> str:
    """教育部 财政部关于… as 教育部等关于…, three of them as 教育部等三部门关于…: none of them is left out silently."""
    issuers = _ISSUERS.match(title)
    if issuers is None:
        return title
    number = len(re.findall("[ 、]", issuers["others"])) + 1
    counted = f"{_FIGURES.get(number, number)}部门" if number > 2 else ""
    return f"{issuers['first']}等{counted}{issuers['rest']}"


def _shorter(title: str) -> Iterator[str]:
    """The headline, and for a document what it is usually called in short."""
    yield title
    if wrapped := _WRAPPED.match(title):
        yield f"{wrapped['who']}{wrapped['verb']}{wrapped['what']}"
    named = _NAMED.search(title)
    if named and len(named[0]) >= _LEAST:
        yield named[0]


def _best_clauses(title: str, lead: str, *, torn: bool = False) -> str | None:
    """The run of clauses that says most of what the text begins with; None where none is short and long enough.

    Of a `torn` headline the last clause is no whole one.
    """
    between = {found.start() for found in _BETWEEN_WORDS.finditer(title)}
    cuts = [
        -1,
        *(at for at in outside_pairs(title, _CLAUSE_ENDS) if at not in between),
        *([] if torn else [len(title)]),
    ]
    runs = [
        (start == -1, title[start + 1 : end + 1].lstrip(_CLAUSE_ENDS).rstrip("，。；：;: —―|｜丨"))
        for number, start in enumerate(cuts)
        for end in cuts[number + 1 :]
    ]

    def said(found: tuple[bool, str]) -> float:
        first, run = found
        known = sum(run[at : at + 2] in lead for at in range(len(run) - 1))
        who = 8 * (first and not _INTRODUCES.match(run)) - 8 * bool(not first and _CONTINUES.match(run))
        return known + 0.25 * len(run) + who

    return max((found for found in runs if _LEAST <= len(found[1]) <= LONGEST), key=said, default=(True, None))[1]


def _with_lead(title: str, paragraphs: Sequence[str]) -> str:
    """A short headline, and as many of the first sentence's clauses as there is room for."""
    first = next((sentence for _, sentence in sentences(paragraphs[:4])), "")
    room = LONGEST - len(title) - 1
    ends = [at for at in outside_pairs(first, "，。；！？") if _LEAST <= at <= room]
    return f"{title}：{first[: ends[-1]]}" if title and ends else title


def _torn(text: str, at: int) -> bool:
    return bool(_SOLID.match(text[at - 1]) and _SOLID.match(text[at])) or text[at - 1].isdigit()


def _unless_short(shorter: str, title: str) -> str:
    return shorter if len(shorter) >= 6 else title
