"""Lists of stories: one page of what is selected, and how it goes on in both directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from publish.entries import Entry, readable
from publish.site.highlight import excerpt, marked
from storage import cards, search, selections, stories
from storage.database import Database
from storage.records import Selection, StoryView

PAGE = 30


@dataclass(frozen=True)
class Row:
    entry: Entry
    title: Markup
    summary: Markup


@dataclass(frozen=True)
class Listing:
    rows: tuple[Row, ...]
    newer: int | None  # a place: the newer page is what comes next after it
    older: int | None  # a place: the older page is what comes before it


def listing(
    database: Database, selection: Selection, now: datetime, *, before: int | None = None, after: int | None = None
) -> Listing:
    with database.read() as db:
        places = selections.places(
            db, selection, PAGE + 1, before=before, after=after
        )  # one more: is there another page?
        shown = places[-PAGE:] if after is not None else places[:PAGE]
        views = stories.views(db, [cards.story_at(place) for place in shown])
    more = len(places) > PAGE
    newer = before is not None if after is None else more
    older = more if after is None else True
    return Listing(
        rows=tuple(rows(views, selection, now)),
        newer=shown[0] if shown and newer else None,
        older=shown[-1] if shown and older else None,
    )


def rows(views: Sequence[StoryView], selection: Selection, now: datetime) -> list[Row]:
    """With the words of a search marked, in as much of the text as its site permits to be shown."""
    words = search.words_of(selection.query)
    permitted = {
        view.story.id: view.article.paragraphs
        for view in views
        if view.site.publishing != "link" and not view.article.removed_at
    }
    return [
        Row(
            entry=entry,
            title=marked(entry.title, words),
            summary=excerpt(permitted.get(entry.story_id, ()), words) or marked(entry.summary, words),
        )
        for entry in readable(views, now)
    ]
