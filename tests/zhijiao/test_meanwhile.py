"""What a crawl brings is published while it goes on."""

from pathlib import Path
from threading import Event as Signal

import pytest

from storage.errors import PublishError
from zhijiao.crawl import Event
from zhijiao.meanwhile import meanwhile

FEED = Path("all.xml")


def article(outcome: str) -> Event:
    return {"event": "article", "outcome": outcome}


def test_an_article_is_published_before_the_crawl_ends_and_events_go_on() -> None:
    seen: list[Event] = []
    with meanwhile(lambda: [FEED], seen.append, every=0) as publishing:
        publishing(article("stored"))
    assert (publishing.written, seen) == ([FEED], [article("stored")])


@pytest.mark.parametrize("event", [article("rejected"), article("failed"), {"event": "channel_finished"}])
def test_where_nothing_is_new_nothing_is_published(event: Event) -> None:
    with meanwhile(lambda: [FEED], lambda _: None, every=0) as publishing:
        publishing(event)
    assert publishing.written == []


def test_within_the_pause_nothing_is_published() -> None:
    with meanwhile(lambda: [FEED], lambda _: None, every=60) as publishing:
        publishing(article("stored"))
    assert publishing.written == []


def test_a_slow_run_holds_nobody_up_and_has_no_second_beside_it() -> None:
    may_end, runs = Signal(), []

    def slow() -> list[Path]:
        runs.append(1)
        assert may_end.wait(10)
        return [FEED]

    with meanwhile(slow, lambda _: None, every=0) as publishing:
        publishing(article("stored"))
        publishing(article("joined"))
        may_end.set()
    assert (len(runs), publishing.written) == (1, [FEED])


def test_a_refused_feed_does_not_end_the_crawl(caplog: pytest.LogCaptureFixture) -> None:
    def refuse() -> list[Path]:
        raise PublishError("topic/招生: broken")

    with meanwhile(refuse, lambda _: None, every=0) as publishing:
        publishing(article("revised"))
    assert "publishing during the crawl failed" in caplog.text
