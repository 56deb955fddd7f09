"""Whether lists and articles are still read as before: rules that match nothing any more, fields that are missing."""

from collections.abc import Sequence
from datetime import timedelta
from math import erfc, log, sqrt
from statistics import median

from pipeline.health.history import Figures, Look, Sample

GENERIC = "generic"
TEXT = "text"  # the field that every article has which could be read
READ = 3  # pages in a row that a more general rule reads
BEFORE = 3  # pages that the former rule had read, of the last ones

NEW, OLD, MOST = 9, 18, 120  # articles: at least so many of late, and before; of late at most
LATE = timedelta(days=16)  # a week or two in which another desk writes, and credits nobody, are no drift
PARTS = 3  # of that time, each of which must show it
LATE_UNREAD = timedelta(days=2)  # but what cannot be read at all is lost soon
SURE = 1e-5  # a difference that chance makes once in so many comparisons is believed
AT_LEAST = 0.4  # and that is so large: of all articles, or
TIMES = 2.5  # so many times as long or as short a text
BACK = 0.5  # of what was lost has to come back before it is over


def redesigned(read: Sequence[Look]) -> tuple[Look, Figures] | None:
    """The first page that a more general rule read, and what read those before. `read`: pages, newest first."""
    if not read:
        return None
    rule = read[0].rule or ""
    run = next((n for n, look in enumerate(read) if look.rule != rule), len(read))
    before = [look.rule for look in read[run : run + BEFORE]]
    if run < READ or len(before) < BEFORE or len(set(before)) > 1 or _special(rule) >= _special(before[0] or ""):
        return None
    return read[run - 1], {"before": before[0] or "", "rule": rule, "pages": run}


def _special(rule: str) -> int:
    return 0 if rule == GENERIC else 1 if rule.startswith("family:") else 2


def drift(samples: Sequence[Sample], open_figures: Figures | None = None) -> Figures | None:
    """What articles lack now that they had before, or how their texts have changed; None: nothing that is sure.

    `open_figures`: of an incident that is open; it lasts until half of what was lost is back.
    """
    if open_figures:
        name = str(open_figures["field"])
        new = _late(samples, LATE_UNREAD if name == TEXT else LATE)
        if len(new) < NEW:
            return open_figures
        return None if _is_back(new, open_figures) else {**open_figures, "now": _now(new, name), "of": len(new)}
    soon, new = _late(samples, LATE_UNREAD), _late(samples, LATE)
    lost = _lost(soon, samples[len(soon) :])
    if lost and lost["field"] == TEXT:
        return lost
    return _lost(new, samples[len(new) :]) or _length(new, samples[len(new) :])


def _late(samples: Sequence[Sample], span: timedelta) -> Sequence[Sample]:
    """The last articles, NEW of them or more, until they reach back so far; none where they do not."""
    far = (n for n, sample in enumerate(samples) if (n >= NEW and samples[0].at - sample.at >= span) or n == MOST)
    return samples[: next(far, 0)]


def _lost(new: Sequence[Sample], old: Sequence[Sample]) -> Figures | None:
    """The field that most articles lost; without its text an article lacks all the others, too."""
    if len(new) < NEW or len(old) < OLD:
        return None
    lost: dict[str, Figures] = {}
    for name in sorted({name for sample in old for name in sample.fields}):
        had, has = share(old, name), share(new, name)
        most = max(share(part, name) for part in _parts(new))
        if had - most >= AT_LEAST and _by_chance(had, len(old), has, len(new)) < SURE:
            lost[name] = {"field": name, "before": round(had, 2), "now": round(has, 2), "of": len(new)}
    return lost.get(TEXT) or max(lost.values(), key=lambda one: float(one["before"]) - float(one["now"]), default=None)


def _length(new: Sequence[Sample], old: Sequence[Sample]) -> Figures | None:
    """Texts that are much longer or shorter, and as good as all of them."""
    read = [sample for sample in new if sample.length]
    long, was = [sample.length for sample in read], [sample.length for sample in old if sample.length]
    if len(long) < NEW or len(was) < OLD:
        return None
    now, before = median(long), median(was)
    parts = [median([sample.length for sample in part]) for part in _parts(read)]
    if min(abs(log(part / before)) for part in parts) < log(TIMES) or _rank_by_chance(long, was) >= SURE:
        return None
    return {"field": "length", "before": round(before), "now": round(now), "of": len(long)}


def _parts(new: Sequence[Sample]) -> list[list[Sample]]:
    """By time, as they came; a part in which nothing came is left out."""
    last, span = new[0].at, (new[0].at - new[-1].at) / PARTS
    parts = [[s for s in new if span * n <= last - s.at <= span * (n + 1)] for n in range(PARTS)]
    return [part for part in parts if part]


def share(samples: Sequence[Sample], name: str) -> float:
    return sum(name in sample.fields for sample in samples) / len(samples)


def _now(new: Sequence[Sample], name: str) -> float:
    if name == "length":
        return round(median([sample.length for sample in new if sample.length] or [0]))
    return round(share(new, name), 2)


def _is_back(new: Sequence[Sample], was: Figures) -> bool:
    """Whether at least half of what was lost is there again."""
    before, lost, now = float(was["before"]), float(was["now"]), _now(new, str(was["field"]))
    if was["field"] == "length":
        return now > 0 and abs(log(now / before)) < log(TIMES) * BACK
    return now >= before - (before - min(lost, now)) * BACK and now > before - AT_LEAST * BACK


def _by_chance(had: float, before: int, has: float, now: int) -> float:
    """How probable the difference of two shares is (z test of proportions, half an article for continuity)."""
    mean = (had * before + has * now) / (before + now)
    deviation = sqrt(max(mean * (1 - mean), 1e-9) * (1 / before + 1 / now))
    return erfc(max(had - has - 0.5 / now, 0) / deviation / sqrt(2)) / 2


def _rank_by_chance(new: Sequence[int], old: Sequence[int]) -> float:
    """How probable it is that one lot ranks so differently from the other (Mann-Whitney, normal approximation)."""
    n, m = len(new), len(old)
    wins = sum((a > b) + (a == b) / 2 for a in new for b in old)
    deviation = sqrt(n * m * (n + m + 1) / 12)
    return erfc(abs(wins - n * m / 2) / deviation / sqrt(2))
