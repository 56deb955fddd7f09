from datetime import UTC, datetime, timedelta

from crawlers.robots import AGAIN, ENOUGH, Robots, answered, unanswered

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = "https://edu.linjiang.example/news/1.html"
SECRET = "https://edu.linjiang.example/secret/1.html"


def allowed(robots: Robots) -> tuple[bool, bool]:
    return robots.allows(PAGE), robots.allows(SECRET)


def test_its_rules_are_obeyed_for_a_day() -> None:
    robots = answered(200, b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /secret/\r\nCrawl-delay: 5\r\n", NOW)
    assert (allowed(robots), robots.pause, robots.until) == ((True, False), 5.0, NOW + DAY)


def test_rules_for_us_alone_come_before_those_for_all() -> None:
    robots = answered(
        200, b"User-agent: *\nDisallow: /\nUser-agent: Zhijiao\nRequest-rate: 1/10s\nDisallow: /secret/", NOW
    )
    assert (allowed(robots), robots.pause) == ((True, False), 10.0)


def test_a_web_page_is_no_robots_txt() -> None:
    page = "\ufeff\n <!DOCTYPE html><p>Disallow: /</p>".encode()
    assert answered(200, page, NOW) == Robots(None, NOW, NOW + DAY)
    assert allowed(answered(200, page, NOW)) == (True, True)


def test_where_there_is_none_everything_may_be_asked() -> None:
    assert allowed(answered(404, b"User-agent: *\nDisallow: /", NOW)) == (True, True)
    assert allowed(answered(403, b"", NOW)) == (True, True)


def test_of_a_long_one_the_beginning_counts_and_nonsense_is_harmless() -> None:
    long = b"User-agent: *\nDisallow: /secret/\n" + b"# \0\xff\n" * ENOUGH + b"Disallow: /\n"
    assert allowed(answered(200, long, NOW)) == (True, False)


def test_without_an_answer_nothing_is_asked_unless_it_was_read_this_week() -> None:
    closed = unanswered(None, NOW, "HTTP 500")
    assert (allowed(closed), closed) == ((False, False), Robots(None, None, NOW + AGAIN, "HTTP 500"))
    assert unanswered(closed, NOW + AGAIN, "timed out") == Robots(None, None, NOW + 2 * AGAIN, "timed out")
    former = answered(200, b"User-agent: *\nDisallow: /secret/", NOW)
    assert unanswered(former, NOW + 2 * DAY, "HTTP 500") == Robots(former.text, NOW, NOW + 2 * DAY + AGAIN)
    assert allowed(unanswered(former, NOW + 6 * DAY, "HTTP 500")) == (True, False)
    assert allowed(unanswered(former, NOW + 7 * DAY, "HTTP 500")) == (False, False)
