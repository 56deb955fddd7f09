"""What the filters `judge` and `match --pairs` answer to a row; no database is needed, and none is imported."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.article import Document, SiteFacts
from pipeline.stages.documents import documents
from pipeline.stages.lexicon import Lexicon
from pipeline.stages.normalise import clean
from pipeline.stages.outlets import home_of, is_local, outlet
from pipeline.stages.regions import regions
from pipeline.stages.relevance import judge
from pipeline.stages.story import compare, text_of
from pipeline.stages.topics import topics

Row = Mapping[str, Any]


def judge_row(
    row: Row,
    site: SiteFacts | None = None,
    *,
    threshold: float = 0.5,
    review_band: float = 0.15,
    words: Lexicon | None = None,
) -> dict[str, Any]:
    """Verdict on a row of id, title, text?; `site` holds the facts of the row's site. ValueError names a bad field."""
    title, text = clean(string(row, "title")), clean(optional(row, "text"))
    verdict = judge(title, text, site, threshold=threshold, review_band=review_band, words=words)
    written_by = outlet(optional(row, "source"), text, site)
    about = topics(title, text) if verdict.relevant else ()
    where = regions(title, text, home_of(written_by, site), local=is_local(written_by))
    return {
        "id": row_id(row),
        "relevant": verdict.relevant,
        "score": verdict.score,
        "review": verdict.review,
        "reasons": [*verdict.reasons, *(topic.reason for topic in about)],
        "topics": [topic.name for topic in about],
        "regions": [{"name": region.name, "adcode": region.adcode} for region in where],
        "outlet": {"name": written_by.name, "kind": written_by.kind} if written_by else None,
        "documents": [_document(document) for document in documents(title, text)],
    }


def _document(document: Document) -> dict[str, Any]:
    return {name: of.isoformat() if isinstance(of, date) else of for name, of in vars(document).items()}


def match_pair(row: Row) -> dict[str, Any]:
    """What b of a row is to a. Two empty texts are not the same: nothing says so."""
    sides = []
    for name in ("a", "b"):
        side = row.get(name)
        if not isinstance(side, Mapping):
            raise ValueError(f"{name}: an object with title and text is needed")
        sides.append(text_of(string(side, "title"), string(side, "text")))
    match = compare(*sides)
    return {"id": row_id(row), "same": match.same, "relation": match.relation, "score": match.score}


def row_id(row: Row) -> str | int:
    value = row.get("id")
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"id: a string is needed, not {type(value).__name__}")
    return value


def string(row: Row, field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise ValueError(f"{field}: a string is needed, not {type(value).__name__}")
    return value


def optional(row: Row, field: str) -> str:
    return "" if row.get(field) is None else string(row, field)
