import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from storage import articles, kinships, sites, stories
from storage.database import Database
from storage.records import ArticleRecord, Credit, StoryRecord, StoryView
from tests.storage.samples import ARTICLE, HOUR, NEWS, NOTICES, NOW, SITE, article

TAG = "linjiang.example,2026"


def tell(
    db: Session, first: ArticleRecord, released_at: datetime | None = NOW, published_at: datetime = NOW
) -> StoryRecord:
    story, _ = stories.create(db, first=first, published_at=published_at, released_at=released_at, now=NOW, tag=TAG)
    return story


def shown(views: list[StoryView]) -> list[int]:
    """Which stories, by the number of their first article's text."""
    return [int(view.article.text_key.removeprefix("text-")) for view in views]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_story_begins_with_its_first_article(stocked: Database) -> None:
    with stocked.begin() as db:
        story, article_id = stories.create(
            db, first=ARTICLE, published_at=NOW - HOUR, released_at=None, now=NOW, tag=TAG
        )
    assert story == StoryRecord(
        id=1,
        guid="tag:linjiang.example,2026:story/1",
        first_article_id=article_id,
        published_at=NOW - HOUR,
        released_at=None,
        updated_at=NOW,
    )
    with stocked.read() as db:
        assert stories.get(db, story.id) == story
        assert articles.get(db, article_id) == replace(ARTICLE, id=article_id, story_id=story.id, first_seen_at=NOW)


def test_what_does_not_exist_is_none(stocked: Database) -> None:
    with stocked.begin() as db:
        assert (stories.get(db, 1), stories.view(db, 1)) == (None, None)


def test_joining_changes_nothing_that_subscribers_see(stocked: Database) -> None:
    with stocked.begin() as db:
        story = tell(db, ARTICLE)
        joined = stories.join(db, story.id, article(2, fetched_at=NOW + HOUR))
        assert stories.get(db, story.id) == story
        carrier = articles.get(db, joined)
        assert carrier and carrier.story_id == story.id


def test_an_article_already_stored_is_given_to_a_story(stocked: Database) -> None:
    """Such as one that a revision made relevant: the address stays one row."""
    with stocked.begin() as db:
        for number in (1, 2):
            articles.add(db, article(number), None)
        one, two = (articles.at(db, article(number).canonical) for number in (1, 2))
        assert one and two
        story, article_id = stories.create(db, first=one, published_at=NOW, released_at=NOW, now=NOW, tag=TAG)
        assert (article_id, stories.join(db, story.id, two)) == (one.id, two.id)
        assert [row.story_id for row in articles.listing(db, limit=10)] == [story.id, story.id]


def test_a_story_is_released_once(stocked: Database) -> None:
    with stocked.begin() as db:
        story = tell(db, ARTICLE, released_at=None)
        stories.release(db, story.id, NOW + HOUR)
        stories.release(db, story.id, NOW + 2 * HOUR)
        assert stories.get(db, story.id) == replace(story, released_at=NOW + HOUR)


def test_a_revision_moves_the_update_and_nothing_else(stocked: Database) -> None:
    with stocked.begin() as db:
        story = tell(db, ARTICLE)
        stories.touch(db, story.id, NOW + HOUR)
        assert stories.get(db, story.id) == replace(story, updated_at=NOW + HOUR)


def test_a_view_has_the_first_article_its_site_and_the_carriers(stocked: Database) -> None:
    college = replace(SITE, id="qingchuan", name="青川职业技术学院")
    with stocked.begin() as db:
        sites.sync(db, [SITE, college], [NEWS, NOTICES])
        story = tell(db, ARTICLE)
        stories.join(db, story.id, article(2, site_id=college.id, source="临江日报"))
        stories.join(db, story.id, article(3, source=None))
        assert stories.view(db, story.id) == StoryView(
            story=story,
            article=replace(ARTICLE, id=1, story_id=story.id, first_seen_at=NOW),
            site=SITE,
            carriers=(
                ("青川职业技术学院", "临江日报", article(2).url),
                ("临江市教育局", "", article(3).url),
            ),
            credits=(
                Credit("临江市教育局", None, ARTICLE.published, "day", NOW, "government", 1),
                Credit("青川职业技术学院", None, ARTICLE.published, "day", NOW, "government", 2),
                Credit("临江市教育局", None, ARTICLE.published, "day", NOW, "government", 3),
            ),
        )


@pytest.mark.parametrize(
    ("at_least", "since", "at_most", "expected"),
    [
        (2, NOW, 500, [4, 3]),  # nothing since: the newest
        (2, NOW - 3.5 * HOUR, 500, [4, 3, 2]),  # more since than at least
        (2, NOW - 3 * HOUR, 500, [4, 3]),  # after, not at, the moment
        (10, NOW, 500, [4, 3, 2, 1]),  # fewer than at least
        (2, NOW - 9 * HOUR, 3, [4, 3, 2]),  # capped
        (3, NOW, 2, [4, 3]),
        (0, NOW, 500, []),
    ],
)
def test_recent_stories(at_least: int, since: datetime, at_most: int, expected: list[int], stocked: Database) -> None:
    with stocked.begin() as db:
        tell(db, article(5), released_at=None)
        for number in (1, 2, 3, 4):
            tell(db, article(number), released_at=NOW - (5 - number) * HOUR, published_at=NOW - number * HOUR)
        views = stories.recent(db, at_least=at_least, since=since, at_most=at_most)
    assert shown(views) == expected


def test_stories_released_together_are_in_the_order_of_their_creation(stocked: Database) -> None:
    with stocked.begin() as db:
        for number in (1, 2, 3):
            tell(db, article(number))
        assert shown(stories.recent(db, at_least=2, since=NOW)) == [3, 2]


def test_all_stories_latest_date_first(stocked: Database) -> None:
    with stocked.begin() as db:
        for number, age in ((1, 2), (2, 0), (3, 1), (4, 0)):
            tell(db, article(number), released_at=NOW if number < 3 else None, published_at=NOW - age * HOUR)
        assert shown(stories.listing(db, 10)) == [4, 2, 3, 1]
        assert shown(stories.listing(db, 2, offset=1)) == [2, 3]
        assert stories.count(db) == 4
        assert shown(stories.listing(db, 10, released=True)) == [2, 1]
        assert stories.count(db, released=True) == 2


@pytest.mark.parametrize("number_of_stories", [1, 30])
def test_views_take_three_statements_however_many_stories(number_of_stories: int, stocked: Database) -> None:
    with stocked.begin() as db:
        for number in range(number_of_stories):
            story = tell(db, article(2 * number))
            stories.join(db, story.id, article(2 * number + 1))
    with stocked.read() as db:
        db.connection()
        with counted() as statements:
            views = stories.recent(db, at_least=100, since=NOW)
        assert (len(views), len(statements)) == (number_of_stories, 3)
        with counted() as statements:
            assert stories.listing(db, 100) == views
        assert len(statements) == 3


def test_the_number_of_a_deleted_story_is_not_given_again(stocked: Database) -> None:
    """Its guid would be, too, and readers would take the new story for the old."""
    with stocked.begin() as db:
        story = tell(db, ARTICLE)
        db.execute(text("UPDATE articles SET story_id = NULL"))
        db.execute(text("DELETE FROM stories"))
        db.expire_all()
        assert tell(db, article(2)).guid != story.guid


def test_one_text_found_by_many_at_once_is_one_story(stocked: Database) -> None:
    finders = 5
    start = threading.Barrier(finders)

    def find(number: int) -> str:
        found = article(number, text_key="the same")
        start.wait()
        with stocked.begin() as db:
            stories.lock(db)
            twins = kinships.twins(db, found.text_key)
            if not twins or twins[0].story_id is None:
                return tell(db, found).guid
            stories.join(db, twins[0].story_id, found)
            view = stories.view(db, twins[0].story_id)
            assert view
            return view.story.guid

    with ThreadPoolExecutor(finders) as threads:
        guids = set(threads.map(find, range(finders)))
    with stocked.read() as db:
        assert (len(guids), stories.count(db), articles.count(db)) == (1, 1, finders)


def test_a_merged_story_keeps_the_guid_that_was_seen_first(stocked: Database) -> None:
    with stocked.begin() as db:
        unseen = tell(db, article(1), released_at=None)
        late = tell(db, article(2), released_at=NOW + HOUR)
        early = tell(db, article(3), released_at=NOW)
    with stocked.begin() as db:
        kept, gone = stories.merge(db, [unseen.id, late.id, early.id])
    assert (kept, gone) == (early, [late, unseen])
    with stocked.read() as db:
        assert {record.story_id for record in articles.listing(db, limit=9)} == {early.id}
        assert [view.story for view in stories.listing(db, 9)] == [early]
        assert stories.count(db) == 1
        assert [view.story for view in stories.recent(db, at_least=9, since=NOW)] == [early]
        assert stories.get(db, late.id) == replace(late, merged_into=early.id, released_at=None)
        assert [stories.view(db, story.id) for story in (unseen, late)] == [stories.view(db, early.id)] * 2


def test_what_was_merged_before_goes_along(stocked: Database) -> None:
    with stocked.begin() as db:
        for number in (1, 2, 3):
            tell(db, article(number))
        stories.merge(db, [2, 3])
        stories.merge(db, [1, 2])
        assert [stories.get(db, number).merged_into for number in (1, 2, 3)] == [None, 1, 1]  # type: ignore[union-attr]  # all exist


def test_a_split_mints_a_guid_and_keeps_the_two_apart(stocked: Database) -> None:
    with stocked.begin() as db:
        story = tell(db, article(1), released_at=NOW)
        second, third = (stories.join(db, story.id, article(number)) for number in (2, 3))
    with stocked.begin() as db:
        new = stories.split(db, [second, third], NOW + HOUR, TAG)
    assert new == StoryRecord(
        id=2,
        guid="tag:linjiang.example,2026:story/2",
        first_article_id=second,
        published_at=story.published_at,
        released_at=NOW + HOUR,
        updated_at=NOW + HOUR,
    )
    with stocked.begin() as db:
        assert stories.get(db, story.id) == story
        assert stories.apart(db, [1, 2]) == {frozenset({1, 2})}
        tell(db, article(4), released_at=None)
        stories.merge(db, [2, 3])
        assert stories.apart(db, [1, 2]) == {frozenset({1, 2})}
        stories.merge(db, [1, 2])  # by hand
        assert stories.apart(db, [1, 2]) == set()


def test_the_first_article_may_be_split_off(stocked: Database) -> None:
    with stocked.begin() as db:
        story = tell(db, article(1), released_at=NOW)
        second = stories.join(db, story.id, article(2))
        new = stories.split(db, [story.first_article_id], NOW + HOUR, TAG)
        assert new.first_article_id == story.first_article_id
        assert stories.get(db, story.id) == replace(story, first_article_id=second, updated_at=NOW + HOUR)


@pytest.mark.parametrize("chosen", [(), (1, 2), (1, 3), (1, 9)])
def test_only_some_articles_of_one_story_are_split(stocked: Database, chosen: tuple[int, ...]) -> None:
    with stocked.begin() as db:
        story = tell(db, article(1))
        stories.join(db, story.id, article(2))
        tell(db, article(3))
        with pytest.raises(ValueError, match="article"):
            stories.split(db, chosen, NOW, TAG)
