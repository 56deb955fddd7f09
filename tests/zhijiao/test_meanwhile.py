"""What a crawl brings is published while it goes on."""

from pathlib import Path
from threading import Event as Signal

import pytest

from storage.errors import PublishError
from zhijiao.crawl import Event
from zhijiao.meanwhile import meanwhile

FEED = Path("all.xml")
SOON, LONG = 0.001, 10  # seconds


def article(outcome: str) -> Event:
    return {"event": "article", "outcome": outcome}


class Publisher:
    """Counts its runs; each waits until it may end."""

    def __init__(self, *, may_end: bool = True) -> None:
        self.runs, self.began, self.may_end = 0, Signal(), Signal()
        if may_end:
            self.may_end.set()

    def __call__(self) -> list[Path]:
        self.runs += 1
        self.began.set()
        assert self.may_end.wait(LONG)
        return [FEED]


def test_an_article_is_published_though_no_further_event_comes() -> None:
    seen: list[Event] = []
    publish = Publisher()
    with meanwhile(publish, seen.append, every=SOON) as publishing:
        publishing(article("stored"))
        assert publish.began.wait(LONG)
    assert (publishing.written, seen) == ([FEED], [article("stored")])


@pytest.mark.parametrize("event", [article("rejected"), article("failed"), {"event": "channel_finished"}])
def test_where_nothing_is_new_nothing_is_published(event: Event) -> None:
    publish = Publisher()
    with meanwhile(publish, lambda _: None, every=SOON) as publishing:
        publishing(event)
        assert not publish.began.wait(0.02)
    assert publishing.written == []


def test_within_the_pause_nothing_is_published() -> None:
    with meanwhile(Publisher(), lambda _: None, every=60) as publishing:
        publishing(article("stored"))
    assert publishing.written == []


def test_a_slow_run_holds_nobody_up_and_has_no_second_beside_it() -> None:
    publish = Publisher(may_end=False)
    with meanwhile(publish, lambda _: None, every=SOON) as publishing:
        publishing(article("stored"))
        assert publish.began.wait(LONG)
        publishing(article("joined"))
        assert publish.runs == 1
        publish.may_end.set()
    assert publishing.written == [FEED] * publish.runs


def test_a_refused_feed_does_not_end_the_crawl(caplog: pytest.LogCaptureFixture) -> None:
    refused = Signal()

    def refuse() -> list[Path]:
        refused.set()
        raise PublishError("topic/招生: broken")

    with meanwhile(refuse, lambda _: None, every=SOON) as publishing:
        publishing(article("revised"))
        assert refused.wait(LONG)
    assert "publishing during the crawl failed" in caplog.text
