"""What the filters `judge` and `match` answer to a row; `match` runs on the real storage in a temporary database."""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline import reposts
from pipeline.article import Article, Document, RawArticle, SiteFacts, Verdict
from pipeline.intake import record_of
from pipeline.stages.documents import documents
from pipeline.stages.fingerprint import text_key
from pipeline.stages.lexicon import Lexicon
from pipeline.stages.normalise import SHANGHAI, clean
from pipeline.stages.outlets import home_of, is_local, outlet
from pipeline.stages.regions import regions
from pipeline.stages.relevance import judge
from pipeline.stages.story import compare, text_of
from pipeline.stages.topics import topics
from storage import sites, stories
from storage.database import open_database, prepare
from storage.records import SiteRecord

Row = Mapping[str, Any]

SITE = SiteRecord("match", "match", "", "", "", None, None, "full", enabled=True)
MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # the database wants moments; no answer depends on them


def judge_row(
    row: Row,
    site: SiteFacts | None = None,
    *,
    threshold: float = 0.5,
    review_band: float = 0.15,
    words: Lexicon | None = None,
) -> dict[str, Any]:
    """Verdict on a row of id, title, text?; `site` holds the facts of the row's site. ValueError names a bad field."""
    title, text = clean(_string(row, "title")), clean(_optional(row, "text"))
    verdict = judge(title, text, site, threshold=threshold, review_band=review_band, words=words)
    written_by = outlet(_optional(row, "source"), text, site)
    about = topics(title, text) if verdict.relevant else ()
    where = regions(title, text, home_of(written_by, site), local=is_local(written_by))
    return {
        "id": _id(row),
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
        sides.append(text_of(_string(side, "title"), _string(side, "text")))
    match = compare(*sides)
    return {"id": _id(row), "same": match.same, "relation": match.relation, "score": match.score}


class Matcher:
    """Called with row after row (id, title, text, published?, url?), tells of each the story it belongs to.

    Use it in a `with` block, which holds the temporary database and one transaction.
    """

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            url = f"sqlite:///{Path(stack.enter_context(tempfile.TemporaryDirectory())) / 'match.db'}"
            prepare(url)
            database = open_database(url)
            stack.callback(database.close)
            self._db = stack.enter_context(database.begin())
            sites.sync(self._db, [SITE], [])
            self._ids: dict[int, str | int] = {}  # story -> id of its first row
            self._rows = 0
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def __call__(self, row: Row) -> dict[str, Any]:
        row_id, article = _id(row), _article(row, f"match:{self._rows}")
        self._rows += 1
        record, found = record_of(article, MOMENT), reposts.find(self._db, article)
        if found.stories:
            story, gone = stories.merge(self._db, found.stories)
            article_id = stories.join(self._db, story.id, record)
        else:
            story, article_id = stories.create(
                self._db, first=record, published_at=MOMENT, released_at=None, now=MOMENT, tag=SITE.id
            )
            self._ids[story.id], gone = row_id, []
        reposts.remember(self._db, article_id, found)
        relation, score = reposts.closest(found)
        answer = {"id": row_id, "story": self._ids[story.id], "relation": relation, "score": score}
        return answer | ({"joins": [self._ids[one.id] for one in (story, *gone)]} if gone else {})


def _article(row: Row, address: str) -> Article:
    title, text, day = _string(row, "title"), _string(row, "text"), _day(_optional(row, "published"))
    published = datetime.combine(day, time(), SHANGHAI) if day else None
    url = _optional(row, "url") or address  # the same address on two lines is still two articles
    return Article(
        raw=RawArticle(url, title, published, paragraphs=(text,), site=SiteFacts(SITE.id, SITE.name)),
        canonical_url=address,
        verdict=Verdict(relevant=True, score=1.0, review=False, reasons=()),
        topics=(),
        regions=(),
        text_key=text_key(title, text, day=day, url=url),
        content_key="",
    )


def _day(published: str) -> date | None:
    if not published:
        return None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        raise ValueError(f"published: {published!r} is no ISO date") from None
    return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).date()


def _id(row: Row) -> str | int:
    value = row.get("id")
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"id: a string is needed, not {type(value).__name__}")
    return value


def _string(row: Row, field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise ValueError(f"{field}: a string is needed, not {type(value).__name__}")
    return value


def _optional(row: Row, field: str) -> str:
    return "" if row.get(field) is None else _string(row, field)
