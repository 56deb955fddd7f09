"""Which stories a page is about, to and from the words of its address: ?topic=产教融合&region=320000&q=技校."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from publish.feeds.saved import Query
from storage.records import Selection

KINDS = {
    "government": ("官方", "Official"),
    "media": ("媒体", "Media"),
    "college": ("院校", "Colleges"),
    "association": ("协会", "Associations"),
    "tutoring": ("培训机构", "Training firms"),
    "portal": ("门户", "Portals"),
}
LONGEST = 100


def selection_of(asked: Mapping[str, str]) -> Selection:
    """ValueError where a word of the address cannot be meant."""
    said = {name: value.strip() for name, value in asked.items() if value.strip()}
    return Selection(
        topic=_matching(".{1,100}", said.get("topic")),
        region=_matching(r"[0-9]{6}", said.get("region")),
        site=_matching(r"[\w.-]{1,100}", said.get("site")),
        kind=_matching("|".join(KINDS), said.get("kind")),
        documents="documents" in said,
        since=_day(said.get("since")),
        until=_day(said.get("until")),
        query=said.get("q", "")[:LONGEST],
    )


def words_of(selection: Selection) -> dict[str, str]:
    """What `selection_of` reads: only what is said."""
    said = {
        "q": selection.query,
        "topic": selection.topic,
        "region": selection.region,
        "site": selection.site,
        "kind": selection.kind,
        "documents": "1" if selection.documents else None,
        "since": selection.since and selection.since.isoformat(),
        "until": selection.until and selection.until.isoformat(),
    }
    return {name: value for name, value in said.items() if value}


def address_of(selection: Selection, **cursor: int | None) -> str:
    """What follows the page's path; nothing where nothing is asked."""
    words = words_of(selection) | {name: str(place) for name, place in cursor.items() if place is not None}
    return f"?{urlencode(words)}" if words else ""


def narrower(selection: Selection) -> dict[str, Selection]:
    """By each word that is said, the selection without it."""
    plain = Selection()
    said = [name for name in vars(plain) if getattr(selection, name) != getattr(plain, name)]
    return {name: replace(selection, **{name: getattr(plain, name)}) for name in said}


def feed_name(selection: Selection) -> str | None:
    """The feed that carries the selection already; None where it would have to be saved, or days are asked for."""
    said = list(narrower(selection))
    if len(said) != 1:
        return None if said else "all"
    if said == ["region"]:
        code = selection.region or ""
        return f"province/{code}" if code.endswith("0000") else f"city/{code}"
    if said == ["documents"]:
        return "documents"
    if said[0] in ("topic", "site", "kind"):
        return f"{said[0]}/{getattr(selection, said[0])}"
    return None


def query_of(selection: Selection) -> Query:
    """As a saved feed; what is new has no last day, so days are left out. ValueError where nothing else is asked."""
    several = {
        "topics": selection.topic,
        "regions": selection.region,
        "sites": selection.site,
        "kinds": selection.kind,
    }
    said = {name: [value] for name, value in several.items() if value}
    return Query.model_validate({**said, "documents": selection.documents, "search": selection.query})


def _matching(pattern: str, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(pattern, value):
        raise ValueError(value)
    return value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
