"""Which article speaks for a story, which days it belongs to, and in what order stories are told."""

from datetime import UTC, datetime, timedelta

import pytest

from publish.digest.choosing import Arranged, Told, arranged
from publish.digest.values import Repost
from tests.publish.digest.samples import MONDAY, WEEK, carried

DAY = timedelta(days=1)
PAPER = {"site": "临江日报", "kind": "media", "level": "city"}
PORTAL = {"site": "青川高职网", "kind": "portal", "level": "none"}


def china(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in November 2026 by the clock of China."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def test_one_story() -> None:
    first = carried(1)
    assert arranged([[first]], WEEK) == Arranged(
        dated=(
            Told(
                story_id=1,
                shown=first,
                day=MONDAY + 2 * DAY,
                found=MONDAY + 2 * DAY,
                origin="临江日报 / 临江市教育局",
                first_hand=False,
                reposts=(),
                articles=1,
            ),
        ),
        undated=(),
        sites=frozenset({"临江市教育局"}),
    )


@pytest.mark.parametrize(
    ("published", "belongs"),
    [
        (china(16), True),  # Monday, its first minute
        (china(15, 23, 59), False),
        (china(22, 23, 59), True),
        (china(23), False),
    ],
)
def test_the_window_is_strict_by_the_clock_of_china(published: datetime, belongs: bool) -> None:
    found = china(18)  # when the crawl saw it says nothing
    assert bool(arranged([[carried(1, published=published, found=found)]], WEEK).dated) is belongs


def test_a_story_belongs_to_the_days_of_its_earliest_article() -> None:
    old, again = carried(1, published=china(10)), carried(2, story_id=1, published=china(18), site="澜州晚报")
    assert arranged([[old, again]], WEEK) == Arranged((), (), frozenset())
    late = [carried(1, published=china(25)), carried(2, story_id=1, published=china(20), site="澜州晚报")]
    assert [story.day for story in arranged([late], WEEK).dated] == [MONDAY + 4 * DAY]


def test_what_has_no_date_is_apart_and_only_if_found_in_these_days() -> None:
    found, other = carried(1, published=None, found=china(17)), carried(2, published=None, found=china(15))
    result = arranged([[found], [other]], WEEK)
    assert (result.dated, [story.shown for story in result.undated], result.sites) == ((), [found], frozenset())


@pytest.mark.parametrize(
    ("articles", "shown"),
    [
        ([carried(1, **PORTAL), carried(2, **PAPER)], 2),  # the writer's own site, whoever was found first
        ([carried(1, **PORTAL), carried(2)], 2),  # else the most official
        ([carried(1), carried(2, level="national", site="教育部")], 2),
        (
            [carried(1, published=china(18)), carried(2, published=china(17), site="澜州市教育局")],
            2,
        ),  # else the earliest
        ([carried(1, url="javascript:void(0)"), carried(2, **PORTAL)], 2),  # never what has no address
    ],
)
def test_the_link_leads_to_the_origin(articles: list[object], shown: int) -> None:
    (story,) = arranged([articles], WEEK).dated  # type: ignore[list-item]
    assert story.shown.id == shown


def test_a_story_without_any_address_is_left_out() -> None:
    assert arranged([[carried(1, url="")]], WEEK) == Arranged((), (), frozenset())


def test_reposts_are_the_other_sites_once_each() -> None:
    (story,) = arranged([[carried(1, **PAPER), carried(2, **PORTAL), carried(3, **PORTAL), carried(4)]], WEEK).dated
    assert (story.origin, story.first_hand) == ("临江日报", True)
    assert story.reposts == (
        Repost("青川高职网", "https://edu.linjiang.example/2.html"),
        Repost("临江市教育局", "https://edu.linjiang.example/4.html"),
    )


def test_where_nobody_is_credited_the_site_is() -> None:
    (story,) = arranged([[carried(1, source="本站原创", outlet=None)]], WEEK).dated
    assert (story.origin, story.first_hand) == ("临江市教育局", False)


def test_a_department_writes_for_its_institution() -> None:
    (story,) = arranged([[carried(1, outlet="市教育局职业教育科")]], WEEK).dated
    assert (story.origin, story.first_hand) == ("市教育局职业教育科 / 临江市教育局", True)
    (story,) = arranged([[carried(1, outlet="国务院新闻办公室")]], WEEK).dated
    assert not story.first_hand


def test_what_many_carried_comes_first_then_the_official_then_the_late() -> None:
    stories = [
        [carried(1, **PORTAL, published=china(20))],
        [carried(2, published=china(17))],
        [carried(3, published=china(19))],
        [carried(4, **PORTAL), carried(5, story_id=4, site="澜州晚报", kind="media")],
        [carried(6, site="教育部", level="national", published=china(16))],
    ]
    order = [story.story_id for story in arranged(stories, WEEK).dated]
    assert order == [4, 6, 3, 2, 1]
    assert order == [story.story_id for story in arranged(reversed(stories), WEEK).dated]
