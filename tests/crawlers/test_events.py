import json
from datetime import UTC, date, datetime

import pytest

from crawlers.events import ArticleRead, ChannelFinished, Job, VisitFinished, VisitStarted, line_of
from storage.language import speak


def test_a_job_is_read_from_its_line() -> None:
    line = '{"channel": "moe/tongzhi", "again": true, "backfill": 3, "since": "2026-11-01", "dry_run": true}'
    assert Job.of(line) == Job("moe/tongzhi", again=True, backfill=3, since=date(2026, 11, 1), dry_run=True)
    assert Job.of(b'{"channel": "moe/tongzhi", "since": null}') == Job("moe/tongzhi")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "moe/tongzhi",
        "[]",
        "5",
        '{"again": true}',
        '{"channel": "a/b", "depth": 1}',
        '{"channel": "a/b", "since": "soon"}',
    ],
)
def test_what_is_no_job_is_refused(line: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        Job.of(line)


def test_an_event_is_one_line_that_names_it() -> None:
    due = datetime(2026, 11, 21, 8, tzinfo=UTC)
    events = [
        VisitStarted("a/b"),
        VisitFinished("a/b", "通知", 200, "family:trs", 20, 2, 2, None, due),
        ArticleRead("a/b", "https://a.example/1", "题\n目", "stored", None, 7),
        ChannelFinished("a/b", 20, 2, 1, rejected={"无关": 1}),
    ]
    lines = [line_of(event) for event in events]
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    assert json.loads(lines[1]) == {
        "event": "visit_finished",
        "channel": "a/b",
        "name": "通知",
        "status": 200,
        "rule": "family:trs",
        "seen": 20,
        "new": 2,
        "pending": 2,
        "error": None,
        "next_due": "2026-11-21T08:00:00+00:00",
    }
    assert [json.loads(line)["event"] for line in lines] == [
        "visit_started",
        "visit_finished",
        "article",
        "channel_finished",
    ]


def test_the_last_word_can_be_read() -> None:
    finished = ChannelFinished("a/b", 20, 3, 1, rejected={"无关": 1}, failed={"HTTP 404": 2})
    assert finished.summary() == "a/b: 见 20, 新 3, 收 1, 同文 0, 修订 0, 不收 1 (无关 ×1), 失败 2 (HTTP 404 ×2)"
    speak("en")
    assert finished.summary().startswith("a/b: seen 20, new 3, kept 1")
