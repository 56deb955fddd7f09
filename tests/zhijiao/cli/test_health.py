"""`zhijiao health`: what is wrong, for people and for programs, and the status that cron looks at."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.settings import Settings
from storage import incidents, sites, visits
from storage.database import Database, open_database, prepare
from storage.records import IncidentRecord
from tests.storage.samples import NEWS, NOTICES, SITE, visit
from tests.zhijiao.conftest import Type

NOW = datetime.now(UTC)
SINCE = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
BLOCKED = IncidentRecord(
    NEWS.id, "blocked", "edu.linjiang.example", SINCE, NOW, {"visits": 4, "fault": "http", "status": 412}
)
MOVED = IncidentRecord(NOTICES.id, "moved", "edu.linjiang.example", SINCE, NOW, {"to": "https://b.example/"})


@pytest.fixture
def known(settings: Settings) -> Database:
    """An installation that runs: nothing is due, and a channel was visited just now."""
    settings.home.mkdir()
    prepare(settings.database_url)
    database = open_database(settings.database_url)
    with database.begin() as db:
        sites.sync(db, [SITE], [NEWS, NOTICES])
        for channel in (NEWS, NOTICES):
            visits.store(db, visit(NOW, channel_id=channel.id, next_due=NOW + timedelta(days=1)), [])
    return database


def begin(database: Database, *new: IncidentRecord) -> None:
    with database.begin() as db:
        incidents.begin(db, new, silent=("moved",), now=NOW)


def test_nothing_is_wrong(known: Database, zhijiao: Type) -> None:
    done = zhijiao("health")
    assert (done.returncode, done.stdout) == (0, "✓ 没有发现问题。\n")


def test_before_the_first_visit_nothing_is_known(settings: Settings, zhijiao: Type) -> None:
    prepare(settings.database_url)
    done = zhijiao("health")
    assert (done.returncode, done.stdout) == (0, "还没有查看过任何栏目:先运行 zhijiao tick\n")


def test_what_is_wrong_is_told_with_what_to_do(known: Database, zhijiao: Type) -> None:
    begin(known, BLOCKED, MOVED)
    done = zhijiao("health", COLUMNS="80")
    assert done.returncode == 1
    assert [line.strip() for line in done.stdout.splitlines()] == [
        "✗ 被拦截 1",
        "linjiang/news  临江市教育局 · 教育要闻",
        "11-20 21:00 起  连续 4 次失败，最近：HTTP 412",
        "→ 网站不让程序访问：在浏览器里看是否还开放；可加大 delay_seconds，或联系网站",
        "! 已搬家 1",
        "linjiang/notices  临江市教育局 · 通知公告",
        "11-20 21:00 起  转到 https://b.example/",
        "→ 已按新网址访问；可写进网站的 TOML",
    ]
    english = zhijiao("--lang", "en", "health", "linjiang/news", COLUMNS="80").stdout
    assert "since 11-20 21:00  4 failures in a row, the last: HTTP 412" in english
    assert "moved" not in english


def test_notes_are_no_trouble(known: Database, zhijiao: Type) -> None:
    begin(known, MOVED)
    assert zhijiao("health").returncode == 0


def test_what_has_ended_is_told_where_it_is_asked_for(known: Database, zhijiao: Type) -> None:
    begin(known, BLOCKED)
    with known.begin() as db:
        incidents.finish(db, [(incidents.listing(db)[0], "well")], NOW)
    assert zhijiao("health").stdout == "✓ 没有发现问题。\n"
    done = zhijiao("health", "--ended", "7")
    assert (done.returncode, "被拦截 linjiang/news" in done.stdout) == (0, True)


def test_programs_read_json(known: Database, zhijiao: Type) -> None:
    begin(known, BLOCKED)
    done = zhijiao("--lang", "en", "health", "--json")
    told = json.loads(done.stdout)
    (incident,) = told.pop("incidents")
    assert (done.returncode, told["trouble"], told["channels_due"], told["stands_still"]) == (1, True, 0, False)
    wanted = ("channel", "kind", "since", "evidence", "ended_at")
    assert tuple(incident[name] for name in wanted) == (
        "linjiang/news",
        "blocked",
        SINCE.isoformat(),
        "4 failures in a row, the last: HTTP 412",
        None,
    )


def test_a_program_that_does_not_run_is_trouble(known: Database, zhijiao: Type) -> None:
    old = NOW - timedelta(days=2)
    with known.begin() as db:
        for channel in (NEWS, NOTICES):
            visits.store(db, visit(old, channel_id=channel.id), [])
    done = zhijiao("health")
    assert (done.returncode, "没有在运行:2 个栏目到期" in done.stdout) == (1, True)


def test_an_unknown_site_is_named(known: Database, zhijiao: Type) -> None:
    done = zhijiao("health", "linjang")
    assert (done.returncode, "linjiang" in done.stderr) == (2, True)
