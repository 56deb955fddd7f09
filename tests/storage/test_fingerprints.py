"""Articles are found by what few others share, and a sample that all share is soon full."""

from storage import fingerprints
from storage.database import Database
from storage.fingerprints import FULL, Found


def test_the_article_that_shares_most_comes_first(database: Database) -> None:
    with database.begin() as db:
        fingerprints.add(db, 1, {10, 20, 30, 2**31 - 1})
        fingerprints.add(db, 2, {10, 20})
        fingerprints.add(db, 3, {30})
        assert fingerprints.look_up(db, {10, 20, 30, 2**31 - 1, 50}, 9) == Found(
            {1: 4, 2: 2}, frozenset({10, 20, 30, 2**31 - 1, 50})
        )
        assert fingerprints.look_up(db, {10, 20, 30}, 1).articles == {1: 3}
        assert fingerprints.look_up(db, set(), 9) == Found({}, frozenset())


def test_what_all_share_counts_less_and_is_not_stored_for_ever(database: Database) -> None:
    with database.begin() as db:
        for number in range(1, FULL + 1):
            fingerprints.add(db, number, {1, 2, 3})
        fingerprints.add(db, 999, {2, 700, 800})
        found = fingerprints.look_up(db, {1, 2, 3, 700, 800}, 3)
        assert (next(iter(found.articles)), found.unfilled) == (999, {700, 800})


def test_samples_are_removed_with_their_text(database: Database) -> None:
    with database.begin() as db:
        fingerprints.add(db, 1, range(1000))
        fingerprints.add(db, 1, range(1000))  # a text that is stored again
        fingerprints.add(db, 2, range(1000))
        fingerprints.remove(db, 1, range(1000))
        assert fingerprints.look_up(db, range(1000), 9).articles == {2: 1000}
