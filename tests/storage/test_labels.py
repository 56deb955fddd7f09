"""What a person decided about an article is kept once, the last word counts."""

from dataclasses import replace
from datetime import timedelta

from storage import articles, labels
from storage.database import Database
from tests.storage.samples import ARTICLE, NOW, article, stock


def test_the_last_decision_counts(database: Database) -> None:
    with database.begin() as db:
        stock(db)
        first, second = articles.add(db, ARTICLE, None), articles.add(db, article(2), None)
        labels.decide(db, second, True, NOW)
        labels.decide(db, second, False, NOW + timedelta(days=1))
    with database.read() as db:
        assert (labels.of(db, first), labels.of(db, second)) == (None, False)
        found = replace(article(2), id=second, first_seen_at=NOW)
        assert list(labels.listing(db)) == [(found, False)]
