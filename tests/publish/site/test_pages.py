"""The pages beside the first one and the story: what they say, and which forms are taken."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from starlette.testclient import TestClient

from publish.feeds.write import publish_pending
from storage import articles, feeds, kinships, stories, visits
from storage.database import Database
from storage.records import FoundLink, KinshipRecord, StoryView, VisitRecord

View = Callable[..., StoryView]
Release = Callable[..., int]
HERE = {"Origin": "http://127.0.0.1"}


def texts(page: str, selector: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in html.fromstring(page).cssselect(selector)]


@pytest.fixture
def two(view: View, release: Release) -> None:
    release(view(title="技校招生", paragraphs=("青川技校开始招生。",), topics=("招生",), canonical="1", text_key="1"))
    release(
        view(title="产教联合体", topics=("产教融合",), document_number="教职成〔2026〕1号", canonical="2", text_key="2")
    )


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("/?topic=招生", ["技校招生"]),
        ("/?q=技校", ["技校招生"]),
        ("/?q=2026〕1号", ["产教联合体"]),
        ("/?documents=1", ["产教联合体"]),
        ("/?region=990000", ["产教联合体", "技校招生"]),
        ("/?kind=media", []),
        ("/?since=2026-11-20&until=2026-11-20&q=技校", ["技校招生"]),
        ("/?until=2026-11-19", []),
        ("/?q=%22%3B--", ["产教联合体", "技校招生"]),  # punctuation asks nothing
        ("/?q=技校&site=linjiang-edu", ["技校招生"]),
    ],
)
def test_lists(client: TestClient, two: None, address: str, titles: list[str]) -> None:
    assert texts(client.get(address).text, ".row h2") == titles


def test_hits_are_shown(client: TestClient, two: None) -> None:
    page = client.get("/?q=技校").text
    assert texts(page, ".row mark") == ["技校", "技校"]
    assert texts(page, "h1, .said li") == ["“技校”", "“技校” ×"]


def test_no_more_is_shown_of_a_text_than_its_site_permits(client: TestClient, view: View, release: Release) -> None:
    release(view(publishing="link", paragraphs=("青川技校开始招生。",)))
    page = client.get("/?q=技校").text
    assert (texts(page, ".row h2"), texts(page, ".summary, mark")) == (["全市职业教育大会召开"], [])


def test_a_withdrawn_story_is_gone(client: TestClient, view: View, release: Release, database: Database) -> None:
    story_id = release(view())
    with database.begin() as db:
        stories.withdraw(db, story_id, datetime(2026, 11, 21, tzinfo=UTC))
    assert client.get(f"/story/{story_id}").status_code == 404
    assert texts(client.get("/").text, ".row") == []


@pytest.mark.parametrize(("publishing", "shown"), [("full", ["旧", "新"]), ("excerpt", [])])
def test_revisions(
    client: TestClient, view: View, release: Release, database: Database, publishing: str, shown: list[str]
) -> None:
    told = view(title="旧标题", publishing=publishing)
    story_id = release(told)
    with database.begin() as db:
        articles.revise(db, 1, replace(told.article, title="新标题"), datetime(2026, 11, 21, tzinfo=UTC))
    page = client.get(f"/story/{story_id}").text
    assert texts(page, ".revision summary") == ["发现于 2026-11-21 08:00"]
    assert texts(page, ".revision del, .revision ins") == shown


def test_reprints_that_are_cut_and_stories_of_one_form(
    client: TestClient, view: View, release: Release, database: Database
) -> None:
    told = view(title="2026年招生计划公布", carriers=())
    story_id = release(told)
    last_year = view(
        title="2025年招生计划公布",
        canonical="2",
        text_key="2",
        published_at=told.story.published_at - timedelta(days=365),
    )
    hidden, old = release(replace(last_year, article=replace(last_year.article, canonical="3"))), release(last_year)
    with database.begin() as db:
        cut = stories.join(db, story_id, replace(told.article, id=0, story_id=None, canonical="4"))
        kin = {cut: ("excerpt", 0.9), 2: ("template", 0.3), 3: ("template", 0.2)}
        kinships.add(db, [KinshipRecord(other, 1, relation, score) for other, (relation, score) in kin.items()])
        stories.withdraw(db, hidden, datetime(2026, 11, 21, tzinfo=UTC))
    page = client.get(f"/story/{story_id}").text
    assert texts(page, ".carried small") == ["节选", "往期同类文章"]
    assert texts(page, "ul.carried a") == ["2025年招生计划公布"]
    assert texts(client.get(f"/story/{old}").text, "ul.carried li") == ["2026-11-20 2026年招生计划公布 此后的同类文章"]


def test_trends_have_a_table_and_links(client: TestClient, view: View, release: Release) -> None:
    now = datetime.now(UTC)
    for number in range(3):
        release(view(published_at=now - timedelta(minutes=1), canonical=str(number), text_key=str(number)))
    page = client.get("/trends").text
    assert texts(page, ".totals li") == ["产教融合 3", "青川省 3"]
    days, numbers = texts(page, ".plot tbody th"), texts(page, ".plot tbody td")
    monday = (now + timedelta(hours=8)).date()
    assert (days[25], numbers[25]) == (f"{monday - timedelta(days=monday.weekday())}", "3")
    assert [found.get("role") for found in html.fromstring(page).cssselect(".canvas")] == ["img", "img"]


def test_nothing_to_count_yet(client: TestClient) -> None:
    assert texts(client.get("/trends").text, ".hint")[1:] == ["还没有可以统计的文章。"] * 2


def test_sources_and_their_visits(client: TestClient, view: View, release: Release, database: Database) -> None:
    release(view())
    now = datetime.now(UTC)
    channel, due = "linjiang-edu/news", now + timedelta(hours=1)
    with database.begin() as db:
        found = [FoundLink("a", "https://edu.linjiang.example/a", "甲")]
        visits.store(db, VisitRecord(channel, now - timedelta(minutes=2), now, "ok", due, 200, seen=1), found)
        visits.store(db, VisitRecord(channel, now, now, "failed", due, 503, "HTTP 503"), [])
    assert texts(client.get("/sources").text, "tbody tr") == ["临江市教育局 官方 青川省临江市 1 1 个栏目打不开"]
    page = client.get("/sources/linjiang-edu").text
    assert texts(page, ".list tbody td:nth-child(4)") == ["失败：HTTP 503"]
    assert [number for number in texts(page, ".plot tbody td") if number != "0"] == ["1", "2", "1"]


def test_doubtful_articles(client: TestClient, view: View, database: Database, release: Release) -> None:
    assert texts(client.get("/review").text, ".row") == []
    release(view())
    doubted = replace(view().article, id=0, canonical="d", review=True, relevant=False, score=0.48)
    doubted = replace(doubted, reasons=("标题含『职校』。",))
    with database.begin() as db:
        articles.add(db, doubted, None)
    page = client.get("/review").text
    assert texts(page, ".row .meta > *") == ["编号 2", "临江市教育局", "得分 0.48", "未收录"]
    assert texts(page, ".reasons li") == ["标题含『职校』。"]


def test_all_feeds_are_listed(client: TestClient, two: None, database: Database, settings) -> None:
    publish_pending(database, settings, datetime(2026, 11, 21, tzinfo=UTC))
    page = client.get("/feeds").text
    assert "https://feeds.example/feeds/all.opml" in [a.get("href") for a in html.fromstring(page).cssselect("a")]
    assert texts(page, ".group summary")[:2] == ["全部 1", "政策文件 1"]
    listed = client.get("/?topic=招生").text
    assert texts(listed, ".about .hint") == ["订阅这个列表：Atom · RSS · JSON Feed"]
    assert html.fromstring(listed).cssselect("link[rel=alternate]")[0].get("title") == "职教动态 · 招生 (Atom)"


def test_a_feed_is_built_once_however_often_it_is_asked_for(client: TestClient, two: None, database: Database) -> None:
    asked = {"topic": "招生", "region": "", "q": "技校", "since": "2026-01-01"}
    answers = [client.post("/feeds", data=asked, headers=HERE, follow_redirects=False) for _ in range(2)]
    with database.read() as db:
        (saved,) = feeds.saved(db)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer.headers["location"] for answer in answers} == {f"/feeds?feed=q%2F{saved.id}"}
    page = client.get(answers[0].headers["location"]).text
    assert texts(page, ".built h2") == ["职教动态 · 招生 · “技校”"]
    assert texts(page, ".built .address")[1] == f"https://feeds.example/feeds/q/{saved.id}.xml"
    assert client.get(f"/feeds/q/{saved.id}.xml").status_code == 503  # there with the next tick


@pytest.mark.parametrize(
    ("headers", "data", "status"),
    [
        ({}, {"q": "技校"}, 403),
        ({"Origin": "https://elsewhere.example"}, {"q": "技校"}, 403),
        ({"Origin": "null"}, {"q": "技校"}, 403),
        ({"Sec-Fetch-Site": "cross-site", **HERE}, {"q": "技校"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, {"q": "技校"}, 303),
        (HERE, {"q": "x" * 20_000}, 413),
        (HERE, {}, 404),  # asks nothing
        (HERE, {"kind": "x"}, 404),
    ],
)
def test_only_our_own_form_is_taken(
    client: TestClient, database: Database, headers: dict[str, str], data: dict[str, str], status: int
) -> None:
    answer = client.post("/feeds", data=data, headers=headers, follow_redirects=False)
    with database.read() as db:
        assert (answer.status_code, len(feeds.saved(db))) == (status, int(status == 303))


def test_too_many_saved_feeds(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publish.feeds.saved.MOST", 1)
    statuses = [client.post("/feeds", data={"q": word}, headers=HERE).status_code for word in ("技校", "招生")]
    assert statuses == [200, 409]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/?since=9999-12-31", 200),
        ("/?until=9999-12-31", 200),
        ("/?since=0001-01-01&until=0001-01-01", 200),
        ("/story/99999999999999999999999", 404),
        (f"/feeds/{'a' * 5000}.xml", 404),
        (f"/feeds/{'a/' * 2500}b.xml", 404),
    ],
)
def test_no_address_is_too_much(client: TestClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_a_merged_story_is_found_where_it_is_now(client: TestClient, two: None, database: Database) -> None:
    with database.begin() as db:
        kept, _ = stories.merge(db, [1, 2])
    gone = ({1, 2} - {kept.id}).pop()
    answer = client.get(f"/story/{gone}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/story/{kept.id}")
