"""What the filter `match` answers to row after row: the real storage in a temporary database tells."""

import tempfile
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline import reposts
from pipeline.answers import Row, optional, row_id, string
from pipeline.article import Article, RawArticle, SiteFacts, Verdict
from pipeline.intake import record_of
from pipeline.stages.fingerprint import text_key
from pipeline.stages.normalise import SHANGHAI
from storage import sites, stories
from storage.database import open_database, prepare
from storage.records import SiteRecord

SITE = SiteRecord("match", "match", "", "", "", None, None, "full", enabled=True)
MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # the database wants moments; no answer depends on them


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
        name, article = row_id(row), _article(row, f"match:{self._rows}")
        self._rows += 1
        record, found = record_of(article, MOMENT), reposts.find(self._db, article)
        if found.stories:
            story, gone = stories.merge(self._db, found.stories)
            article_id = stories.join(self._db, story.id, record)
        else:
            story, article_id = stories.create(
                self._db, first=record, published_at=MOMENT, released_at=None, now=MOMENT, tag=SITE.id
            )
            self._ids[story.id], gone = name, []
        reposts.remember(self._db, article_id, found)
        relation, score = reposts.closest(found)
        answer = {"id": name, "story": self._ids[story.id], "relation": relation, "score": score}
        return answer | ({"joins": [self._ids[one.id] for one in (story, *gone)]} if gone else {})


def _article(row: Row, address: str) -> Article:
    title, text, day = string(row, "title"), string(row, "text"), _day(optional(row, "published"))
    published = datetime.combine(day, time(), SHANGHAI) if day else None
    url = optional(row, "url") or address  # the same address on two lines is still two articles
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
