import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from starlette.testclient import TestClient

from pipeline.settings import Settings
from publish.site.app import SECURITY, create_app
from publish.site.listing import PAGE
from storage import sites, stories
from storage.database import Database
from storage.records import StoryView

View = Callable[..., StoryView]
Release = Callable[..., int]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def texts(page: str, selector: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in html.fromstring(page).cssselect(selector)]


def links(page: str, selector: str) -> list[str]:
    return [str(found.get("href")) for found in html.fromstring(page).cssselect(selector)]


@pytest.fixture
def reprinted(database: Database, view: View, release: Release) -> int:
    """A story of one site that another site carries too; its id."""
    story_id = release(view())
    paper = view(id="qc", name="青川日报").site
    reprint = view(site_id="qc", channel_id=None, canonical="3", url="https://qc.example/3").article
    with database.begin() as db:
        sites.sync(db, [*sites.listing(db), paper], [])
        stories.join(db, story_id, replace(reprint, id=0, published=NOON + timedelta(hours=1)))
    return story_id


def test_a_row_of_the_front_page(client: TestClient, reprinted: int) -> None:
    page = client.get("/").text
    assert texts(page, ".row h2") == ["全市职业教育大会召开"]
    assert links(page, ".row h2 a") == ["https://edu.linjiang.example/2026/11/1.html"]
    assert texts(page, ".row .meta > *") == [
        "2026-11-20 12:00",
        "临江日报 · 临江市教育局",
        "青川省临江市",
        "转载 1 家",
        "详情",
    ]
    assert links(page, ".row .meta a") == [f"/story/{reprinted}"]
    assert texts(page, ".row .summary") == [
        "11月20日，全市职业教育大会在青川职业技术学院召开。会议提出，三年内建成两个产教联合体。"
    ]


def test_a_story_page(client: TestClient, reprinted: int) -> None:
    page = client.get(f"/story/{reprinted}").text
    assert texts(page, "title, h1") == ["全市职业教育大会召开 · 职教动态", "全市职业教育大会召开"]
    assert texts(page, ".meta > *") == [
        "2026-11-20 12:00",
        "临江日报 · 临江市教育局",
        "林知远",
        "产教融合",
        "青川省临江市",
    ]
    assert texts(page, ".text p") == [
        "11月20日，全市职业教育大会在青川职业技术学院召开。",
        "会议提出，三年内建成两个产教联合体。",
    ]
    assert texts(page, "section") == [
        "附件 建设方案.pdf",
        "谁发了这篇文章 2026-11-20 12:00 临江日报 · 临江市教育局 2026-11-20 13:00 临江日报 · 青川日报",
    ]
    assert links(page, "article a") == [
        "/sources/linjiang-edu",
        "/?topic=%E4%BA%A7%E6%95%99%E8%9E%8D%E5%90%88",
        "/?region=990100",
        "https://edu.linjiang.example/2026/11/1.html",
        "https://edu.linjiang.example/files/plan.pdf",
        "https://edu.linjiang.example/2026/11/1.html",
        "https://qc.example/3",
    ]


@pytest.mark.parametrize(
    ("publishing", "shown", "note"),
    [
        (
            "excerpt",
            ["11月20日，全市职业教育大会在青川职业技术学院召开。会议提出，三年内建成两个产教联合体。"],
            "以上是摘要。",
        ),
        ("link", [], "本站不转载这家网站的正文。"),
    ],
)
def test_a_story_page_shows_what_the_site_permits(
    client: TestClient, view: View, release: Release, publishing: str, shown: list[str], note: str
) -> None:
    page = client.get(f"/story/{release(view(publishing=publishing))}").text
    assert (texts(page, ".text p"), texts(page, ".original span")) == (shown, [note])


def test_only_the_day_is_shown_where_only_the_day_is_known(client: TestClient, view: View, release: Release) -> None:
    release(view(precision="day"))
    assert texts(client.get("/").text, "time") == ["2026-11-20"]


def test_markup_in_a_title_is_text(client: TestClient, view: View, release: Release) -> None:
    story_id = release(
        view(title='<script>alert("x")</script>', author="<b>林</b>", paragraphs=("<script>y</script>",))
    )
    for path in ("/", f"/story/{story_id}"):
        page = client.get(path).text
        assert texts(page, "script:not([src]), b, [onclick]") == []
        assert "&lt;script&gt;" in page


def test_an_empty_database_says_what_to_do(client: TestClient) -> None:
    page = client.get("/").text
    assert texts(page, ".message h2, .message code") == ["还没有文章", "zhijiao tick"]


def test_what_was_too_old_for_the_feeds_is_found_on_the_page(client: TestClient, view: View, release: Release) -> None:
    story_id = release(view(), at=None)
    assert texts(client.get("/").text, ".row h2") == ["全市职业教育大会召开"]
    assert client.get(f"/story/{story_id}").status_code == 200


def test_pages_newest_first(client: TestClient, view: View, release: Release) -> None:
    for number in range(1, PAGE + 3):
        published = NOON - timedelta(hours=number)
        release(view(title=f"第{number}篇", published_at=published, canonical=str(number), text_key=str(number)))
    first = client.get("/").text
    (older,) = links(first, ".pager a")
    second = client.get(older).text
    (newer,) = [link for link in links(second, ".pager a") if "after" in link]
    assert texts(first, ".row h2") == [f"第{number}篇" for number in range(1, PAGE + 1)]
    assert texts(second, ".row h2") == [f"第{number}篇" for number in range(PAGE + 1, PAGE + 3)]
    assert texts(client.get(newer).text, ".row h2") == texts(first, ".row h2")


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/story/99",
        "/story/x",
        "/sources/nobody",
        "/feeds?feed=nothing",
        "/?before=x",
        f"/?before={'9' * 99}",
        "/review?before=x",
        "/?region=x",
        "/?kind=x",
        "/?since=yesterday",
        "/?site=../x",
    ],
)
def test_what_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, texts(answer.text, "h1")) == (404, ["没有这个页面"])


def test_a_database_that_fails_is_explained(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError("disk")

    monkeypatch.setattr(database, "read", fail)
    client = TestClient(create_app(settings, database), raise_server_exceptions=False)
    answer = client.get("/")
    assert (answer.status_code, texts(answer.text, "h1")) == (500, ["页面暂时打不开"])


def test_how_to_subscribe(client: TestClient) -> None:
    page = client.get("/feeds").text
    assert texts(page, ".address") == [f"https://feeds.example/feeds/all.{end}" for end in ("atom", "xml", "json")]


def test_readers_find_the_feeds_atom_first(client: TestClient) -> None:
    found = html.fromstring(client.get("/").text).cssselect("link[rel=alternate]")
    assert [(link.get("type"), link.get("href")) for link in found] == [
        ("application/atom+xml", "https://feeds.example/feeds/all.atom"),
        ("application/rss+xml", "https://feeds.example/feeds/all.xml"),
        ("application/feed+json", "https://feeds.example/feeds/all.json"),
    ]


def test_english_labels(settings: Settings, database: Database, view: View, release: Release) -> None:
    release(view())
    client = TestClient(create_app(settings.model_copy(update={"lang": "en"}), database))
    page = client.get("/").text
    assert html.fromstring(page).get("lang") == "en"
    assert texts(page, ".row .meta a, nav") == ["Trends Sources Subscribe", "Details"]


def test_pages_below_a_folder_of_a_proxy(settings: Settings, database: Database) -> None:
    below = settings.model_copy(update={"base_url": "https://feeds.example/zhijiao/"})
    page = TestClient(create_app(below, database)).get("/feeds").text
    assert texts(page, ".address")[0] == "https://feeds.example/zhijiao/feeds/all.atom"
    assert links(page, "header a") == [f"/zhijiao/{page}" for page in ("", "trends", "sources", "feeds")]


@pytest.mark.parametrize("path", ["/", "/feeds", "/nowhere", "/favicon.ico", "/static/style.css"])
def test_every_answer_is_guarded(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in SECURITY} == SECURITY
    assert "script-src 'self';" in SECURITY["Content-Security-Policy"]


def test_style_and_icon(client: TestClient) -> None:
    (style,) = re.findall(r'href="(/static/style\.css\?v=[0-9a-f]{8})"', client.get("/").text)
    assert client.get(style).headers["content-type"] == "text/css; charset=utf-8"
    icon = client.get("/favicon.ico")
    assert (icon.status_code, icon.content[:4]) == (200, b"\0\0\1\0")


@pytest.mark.parametrize("path", ["/", "/feeds", "/story/1"])
def test_head(client: TestClient, view: View, release: Release, path: str) -> None:
    release(view())
    assert client.head(path).status_code == 200


@pytest.mark.parametrize("address", ["/", "/feeds", "/static/style.css", "/static/vendor/htmx-4.0.1.min.js"])
def test_pages_and_assets_travel_packed(client: TestClient, address: str) -> None:
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert (packed.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < 0.6 * len(plain.content)
