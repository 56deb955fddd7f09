from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.article import Attachment, Image
from publish.body import feed_html
from publish.entries import SHANGHAI, Carrier, Entry, entry_of, excerpt, readable
from storage.records import Credit, StoryView

View = Callable[..., StoryView]
NOW = datetime(2026, 11, 21, tzinfo=UTC)
FULL = Entry(
    story_id=1,
    guid="tag:feeds.example,2026:story/1",
    title="全市职业教育大会召开",
    link="https://edu.linjiang.example/2026/11/1.html",
    published=datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI),
    has_time=True,
    updated=datetime(2026, 11, 20, 12, 0, 0, 1, tzinfo=SHANGHAI),
    author="林知远",
    source="临江日报",
    site="临江市教育局",
    home="https://edu.linjiang.example/",
    categories=("产教融合", "青川省临江市"),
    regions=("青川省临江市",),
    summary="11月20日，全市职业教育大会在青川职业技术学院召开。会议提出，三年内建成两个产教联合体。",
    paragraphs=("11月20日，全市职业教育大会在青川职业技术学院召开。", "会议提出，三年内建成两个产教联合体。"),
    complete=True,
    images=(Image("https://edu.linjiang.example/img/1.jpg", "大会现场"),),
    attachments=(Attachment("https://edu.linjiang.example/files/plan.pdf", "建设方案.pdf"),),
    carriers=(),
)


def test_a_site_that_permits_all(view: View) -> None:
    assert entry_of(view(), NOW) == FULL


def test_a_site_that_permits_an_excerpt(view: View) -> None:
    assert entry_of(view(publishing="excerpt"), NOW) == replace(
        FULL, paragraphs=(FULL.summary,), complete=False, images=()
    )


@pytest.mark.parametrize("publishing", ["link", "unheard-of"])
def test_a_site_that_permits_a_link(view: View, publishing: str) -> None:
    entry = entry_of(view(publishing=publishing), NOW)
    assert (entry.paragraphs, entry.images, entry.complete, entry.title) == ((), (), False, FULL.title)


def test_a_link_carries_no_summary_and_no_attachments(view: View) -> None:
    entry = entry_of(view(publishing="link"), NOW)
    assert (entry.summary, entry.attachments) == ("", ())


@pytest.mark.parametrize(
    ("article", "shown"),
    [
        pytest.param({"title": " \x00全市\n大会\ud800 "}, {"title": "全市 大会"}, id="characters"),
        pytest.param({"title": "\x00"}, {"title": FULL.paragraphs[0]}, id="no title"),
        pytest.param({"title": "长" * 100_000}, {"title": "长" * 300 + "…"}, id="100 kB title"),
        pytest.param({"source": "临江市教育局"}, {"source": "临江市教育局", "credit": "临江市教育局"}, id="own source"),
        pytest.param({"source": None}, {"source": None, "credit": "临江市教育局"}, id="no source"),
        pytest.param({}, {"credit": "临江日报 · 临江市教育局"}, id="another source"),
        pytest.param({"author": " "}, {"author": None}, id="blank author"),
        pytest.param({"precision": "day"}, {"has_time": False}, id="day only"),
        pytest.param(
            {"images": (("javascript:x()", ""), ("data:image/png;base64,AA", ""), ("img/2 .jpg", " 图\n二 "))},
            {"images": (Image("https://edu.linjiang.example/2026/11/img/2%20.jpg", "图 二"),)},
            id="images",
        ),
        pytest.param(
            {"attachments": (("/f/a.doc", ""), ("javascript:x()", "坏"))},
            {"attachments": (Attachment("https://edu.linjiang.example/f/a.doc", "a.doc"),)},
            id="attachments",
        ),
        pytest.param({"regions": (("青川省", "1"), ("青川省", "2"))}, {"regions": ("青川省",)}, id="regions once"),
    ],
)
def test_what_is_shown(view: View, article: dict[str, object], shown: dict[str, object]) -> None:
    entry = entry_of(view(**article), NOW)
    assert {name: getattr(entry, name) for name in shown} == shown


def test_no_title_and_no_text(view: View) -> None:
    entry = entry_of(view(title="", paragraphs=("\x00", " ")), NOW)
    assert (entry.title, entry.paragraphs, entry.summary) == ("（无标题）", (), "")


def test_a_text_of_megabytes_is_cut(view: View) -> None:
    entry = entry_of(view(paragraphs=("文" * 60_000, "文" * 60_000, "文")), NOW)
    assert [len(paragraph) for paragraph in entry.paragraphs] == [60_000, 40_001]
    assert not entry.complete


@pytest.mark.parametrize(
    ("dates", "shown"),
    [
        pytest.param({"published_at": NOW + timedelta(days=9)}, "2026-11-20T12:00:00+08:00", id="after its release"),
        pytest.param(
            {"published_at": NOW + timedelta(days=9), "released_at": NOW + timedelta(days=9)},
            "2026-11-21T08:00:00+08:00",
            id="released by a wrong clock",
        ),
        pytest.param(
            {"published_at": datetime(1900, 1, 1, tzinfo=UTC)}, "2026-11-20T12:00:00+08:00", id="before the web"
        ),
    ],
)
def test_published_is_never_later_than_now(view: View, dates: dict[str, object], shown: str) -> None:
    assert entry_of(view(**dates), NOW).published.isoformat() == shown


def test_stories_of_one_moment_are_told_apart_and_none_is_of_the_future(view: View) -> None:
    one, two = (entry_of(view(number, updated_at=NOW), NOW).updated for number in (1, 2))
    assert (NOW - one, NOW - two) == (timedelta(microseconds=999_999), timedelta(microseconds=999_998))


def test_updated_moves_with_a_revision(view: View) -> None:
    revised = entry_of(view(updated_at=datetime(2026, 11, 20, 9, tzinfo=UTC)), NOW)
    assert revised == replace(FULL, updated=datetime(2026, 11, 20, 17, 0, 0, 1, tzinfo=SHANGHAI))


def test_carriers_once_per_site_and_never_the_site_itself(view: View) -> None:
    carriers = [
        ("临江市教育局", "临江日报", "https://edu.linjiang.example/other/1.html"),
        ("青川日报", "临江日报", "https://qc.example/1"),
        ("青川日报", "", "https://qc.example/2"),
        ("临江市人民政府", "", "https://www.linjiang.example/1"),
        ("坏站", "", "javascript:x()"),
    ]
    assert entry_of(view(carriers=carriers), NOW).carriers == (
        Carrier("青川日报（临江日报）", "https://qc.example/1"),
        Carrier("临江市人民政府", "https://www.linjiang.example/1"),
    )


def test_who_published_first_and_who_carried_it(view: View) -> None:
    carriers = [("青川日报", "", "https://qc.example/1"), ("临江热线", "青川日报", "https://lj.example/1")]
    told = [
        Credit(site, "青川日报", NOW, "minute", NOW, "media", 0) for site in ("临江市教育局", "青川日报", "临江热线")
    ]
    entry = entry_of(view(carriers=carriers, credits=told, source="青川日报"), NOW)
    assert entry.publisher == "青川日报"
    assert entry.carriers == (
        Carrier("临江市教育局", FULL.link),
        Carrier("临江热线", "https://lj.example/1"),
    )
    assert "<p>原发 青川日报 · 转载 2 家：" in feed_html(entry)


def test_a_story_without_a_web_address_is_left_out_and_logged(view: View, caplog: pytest.LogCaptureFixture) -> None:
    assert list(readable([view(url="javascript:x()"), view()], NOW)) == [FULL]
    assert "story_left_out guid=tag:feeds.example,2026:story/1" in caplog.text


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("短文。", "短文。"),
        ("一" * 7 + "。" + "二" * 9, "一" * 7 + "。"),
        ("一。" + "二" * 20, "一。" + "二" * 8 + "…"),
        ("一" * 9 + "，" + "二" * 9, "一" * 9 + "…"),
    ],
)
def test_excerpt(text: str, beginning: str) -> None:
    assert excerpt(text, longest=10) == beginning
