"""The date of a story, and what a first visit shows."""

from datetime import UTC, datetime

import pytest

from pipeline.article import RawArticle
from pipeline.stages.normalise import SHANGHAI
from pipeline.stages.release import date_of_story, is_news

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # the 21st, 01:00, in Shanghai


def day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("published", "precision", "expected"),
    [
        pytest.param(None, None, NOW, id="no date"),
        pytest.param(day(21), "day", NOW, id="today"),
        pytest.param(day(20), "day", day(20), id="yesterday"),
        pytest.param(NOW.replace(hour=3), "minute", NOW.replace(hour=3), id="with its time"),
        pytest.param(NOW.replace(hour=18), "minute", NOW, id="ahead of our clock"),
    ],
)
def test_date_of_story(published: datetime | None, precision: str | None, expected: datetime) -> None:
    assert date_of_story(RawArticle("u", published=published, precision=precision), NOW) == expected


@pytest.mark.parametrize(
    ("origin", "published", "shown"),
    [
        ("news", None, True),
        ("news", datetime(2019, 1, 1, tzinfo=UTC), True),
        ("first_visit", day(14), True),
        ("first_visit", day(13), False),
        ("backfill", day(14), True),
        ("backfill", day(13), False),
        ("first_visit", None, False),
    ],
)
def test_is_news(origin: str, published: datetime | None, shown: bool) -> None:
    raw = RawArticle("u", published=published, precision="day", origin=origin)
    assert is_news(raw, NOW, first_visit_days=7) is shown
