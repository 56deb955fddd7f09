"""Links that differ only in what tells visitors apart: the article is known, whatever its address carries today."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from storage.records import FoundLink, LinkRecord

SHORTEST = 8  # characters of a title that tells one article from another


def candidates(found: Mapping[str, FoundLink]) -> list[str]:
    """Titles whose links could be known under another address."""
    return [link.title for link in found.values() if "?" in link.canonical and len(link.title) >= SHORTEST]


def renamed(found: Mapping[str, FoundLink], namesakes: Iterable[LinkRecord]) -> dict[str, FoundLink]:
    """The links of a page, each under the address by which the channel has shown the same article before.

    Title, date and path agree, and so do all parameters but those without which the links of this page are as
    distinct as with them: `id` tells articles apart, `visitor` does not.
    """
    by_title: dict[str, list[LinkRecord]] = {}
    for namesake in namesakes:
        by_title.setdefault(namesake.title, []).append(namesake)
    links: dict[str, FoundLink] = {}
    for canonical, link in found.items():
        twin = next((known for known in by_title.get(link.title, ()) if _same(link, known, found)), None)
        known_as = twin.canonical if twin else canonical
        links.setdefault(known_as, replace(link, canonical=known_as))
    return links


def _same(link: FoundLink, known: LinkRecord, found: Mapping[str, FoundLink]) -> bool:
    here, there = urlsplit(link.canonical), urlsplit(known.canonical)
    if (link.date, here.netloc, here.path) != (known.date, there.netloc, there.path):
        return False
    names = _differing(here.query, there.query)
    return bool(names) and len({_without(names, canonical) for canonical in found}) == len(found)


def _differing(one: str, other: str) -> frozenset[str]:
    """The names of the parameters in which two queries differ."""
    here, there = (Counter(parse_qsl(query, keep_blank_values=True)) for query in (one, other))
    return frozenset(name for name, _ in (here - there) + (there - here))


def _without(names: frozenset[str], url: str) -> str:
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in names]
    return urlunsplit(parts._replace(query=urlencode(query)))
