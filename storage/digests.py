"""What a digest asks: which stories came in some days, who carried each, and the texts of a few."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import cards, selections
from storage.models import Article, Site
from storage.records import CarriedRecord, Selection
from storage.rows import batches, record

_ALL = 1_000_000  # stories


def carried(db: Session, selection: Selection) -> dict[int, list[CarriedRecord]]:
    """The articles of each selected story that still stand, in the order in which they were found, without texts."""
    ids = [cards.story_at(place) for place in selections.places(db, selection, _ALL)]
    found: dict[int, list[CarriedRecord]] = defaultdict(list)
    for batch in batches(ids):
        rows = db.execute(
            select(
                Article.id,
                Article.story_id,
                Article.url,
                Article.title,
                Site.name.label("site"),
                Site.kind.label("kind"),
                Site.level.label("level"),
                Site.publishing,
                Article.source,
                Article.outlet,
                Article.published,
                Article.precision,
                Article.first_seen_at.label("found"),
                Article.topics,
                Article.regions,
                Article.documents,
            )
            .join(Site, Site.id == Article.site_id)
            .where(Article.story_id.in_(batch), Article.removed_at.is_(None))
            .order_by(Article.id)
        )
        for row in rows:
            found[row.story_id].append(record(CarriedRecord, row))
    return dict(found)


def texts(db: Session, article_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The paragraphs of these articles."""
    found: dict[int, tuple[str, ...]] = {}
    for batch in batches(article_ids):
        rows = db.execute(select(Article.id, Article.paragraphs).where(Article.id.in_(batch)))
        found.update((number, paragraphs) for number, paragraphs in rows)
    return found
