"""The health page, the verdicts beside a site's channels, and the figures for monitoring."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from storage import deliveries, incidents, sites, visits
from storage.database import Database
from storage.records import IncidentRecord
from tests.publish.conftest import store, story_view
from tests.storage.samples import NEWS, NOTICES, SITE, visit

NOW = datetime.now(UTC)
SINCE = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
FIGURES = {"visits": 4, "fault": "http", "status": 412}


@pytest.fixture
def troubled(database: Database) -> None:
    """One channel is blocked and has moved, the other was silent until now."""
    blocked = IncidentRecord(NEWS.id, "blocked", "h", SINCE, NOW, FIGURES)
    silent = {"days": 12.0, "usual": 1.0, "former": 40, "a_year": 0.001}
    with database.begin() as db:
        sites.sync(db, [SITE], [NEWS, NOTICES])
        for channel in (NEWS, NOTICES):
            visits.store(db, visit(NOW, channel_id=channel.id), [])
        moved = IncidentRecord(NEWS.id, "moved", "h", SINCE, NOW, {"to": "https://b.example/<"})
        incidents.begin(db, [blocked, moved], silent=("moved",), now=NOW)
        incidents.begin(db, [IncidentRecord(NOTICES.id, "silent", "h", SINCE, NOW, silent)], silent=(), now=NOW)
        over = incidents.open_of(db, [NOTICES.id])[NOTICES.id]
        incidents.finish(db, [(one, "well") for one in over], NOW)


def texts(page: str, selector: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in html.fromstring(page).cssselect(selector)]


def test_the_page_tells_what_is_wrong_and_what_was(client: TestClient, troubled: None) -> None:
    page = client.get("/health").text
    assert texts(page, "h2") == ["被拦截 1", "已搬家 1", "最近结束的"]
    assert texts(page, "tbody tr")[0] == "临江市教育局 · 教育要闻 2026-11-20 21:00 连续 4 次失败，最近：HTTP 412"
    assert texts(page, "tbody tr")[2].startswith("临江市教育局 · 通知公告 长久没有新文章 2026-11-20 21:00")
    assert texts(page, ".wide > .hint")[0].startswith("正在查看 2 个栏目，1 个问题还没有结束。")


def test_nothing_is_wrong(client: TestClient) -> None:
    assert texts(client.get("/health").text, ".wide .hint") == ["正在查看 0 个栏目，没有发现问题。"]


def test_a_sites_page_gives_its_channels_verdicts(client: TestClient, troubled: None) -> None:
    page = client.get("/sources/linjiang").text
    blocked = "被拦截 2026-11-20 21:00 起：连续 4 次失败，最近：HTTP 412已搬家"
    first, second = texts(page, ".list td:nth-child(2)")
    assert (first[: len(blocked)], second) == (blocked, "正常")
    assert texts(page, ".reasons li")[0].startswith("长久没有新文章 · linjiang/notices · 2026-11-20 21:00 –")


def test_the_figures_are_what_prometheus_reads(client: TestClient, troubled: None, database: Database) -> None:
    store(database, story_view(1))
    with database.begin() as db:
        sites.sync(db, [SITE], [NEWS, NOTICES])
        deliveries.declare(db, ["operator"], NOW)
        deliveries.add(db, "operator", "alarm:1", None, NOW)
        deliveries.failed(db, "operator", NOW - timedelta(hours=1), NOW, "no")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    told = {
        (sample.name.removeprefix("zhijiao_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    expected = {
        ("articles_total",): 1,
        ("stories_total",): 1,
        ("visits_total",): 2,
        ("visits_last_hour", "ok"): 2,
        ("visits_last_hour", "failed"): 0,
        ("channels",): 2,
        ("incidents_open", "blocked"): 1,
        ("incidents_open", "silent"): 0,
        ("outbox_pending", "feeds"): 1,
        ("outbox_pending", "targets"): 4,
        ("deliveries", "waiting", "operator"): 1,
        ("feed_written_timestamp_seconds",): 0,
    }
    assert {key: told[key] for key in expected} == expected
    assert told["last_visit_timestamp_seconds",] == pytest.approx(NOW.timestamp())
    assert told["target_failing_seconds", "operator"] == pytest.approx(3600, abs=600)


def test_an_empty_installation_has_figures(client: TestClient) -> None:
    assert "zhijiao_last_visit_timestamp_seconds 0.0" in client.get("/metrics").text
