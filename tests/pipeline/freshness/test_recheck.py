"""When an article is looked at again, and when what was found is believed."""

from datetime import UTC, date, datetime, timedelta

from pipeline.freshness.recheck import after_failure, confirmed, next_recheck

READ = datetime(2026, 11, 2, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def looks(**facts: object) -> list[timedelta]:
    """All looks at an article that is looked at in time, as times after it was read."""
    found, now = [], READ
    while due := next_recheck(READ, now, **facts):  # type: ignore[arg-type]
        found.append(due - READ)
        now = due
    return found


def test_news_three_times_documents_longer_and_around_their_deadline() -> None:
    assert looks() == [HOUR, DAY, 7 * DAY]
    assert looks(is_document=True) == [HOUR, DAY, 7 * DAY, 30 * DAY, 91 * DAY]
    assert looks(deadlines=[date(2026, 11, 16)]) == [HOUR, DAY, 7 * DAY, 13 * DAY, 15 * DAY]
    assert looks(deadlines=[date(2026, 11, 1)]) == [HOUR, DAY, 7 * DAY]
    assert looks(removed_at=READ + DAY) == [2 * DAY, 8 * DAY, 31 * DAY]


def test_looks_that_were_missed_are_one() -> None:
    assert next_recheck(READ, READ + 2 * DAY) == READ + 7 * DAY
    assert next_recheck(READ, READ + 8 * DAY) is None


def test_what_takes_something_away_is_believed_when_found_again_later() -> None:
    assert not confirmed("absent", None, None, READ)
    assert not confirmed("absent", "absent", READ, READ + 5 * HOUR)
    assert confirmed("absent", "absent", READ, READ + 6 * HOUR)
    assert not confirmed("a text", "absent", READ, READ + DAY)


def test_without_an_answer_a_few_more_times_never_later_than_usual() -> None:
    regular = READ + DAY
    waits = [after_failure(failures, READ, regular) for failures in (1, 2, 3)]
    assert waits == [READ + 6 * HOUR, READ + 12 * HOUR, regular]
    assert after_failure(1, READ, READ + HOUR) == READ + HOUR
    assert (after_failure(1, READ, None), after_failure(3, READ, None)) == (READ + 6 * HOUR, None)
