from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
import pytest
from lxml import etree

from publish.entries import Entry, entry_of
from publish.feeds.check import check
from publish.feeds.formats import ATOM, FORMATS, OPML, RSS, Feed, Format
from publish.feeds.render import compose, make
from storage.records import StoryView

View = Callable[..., StoryView]
NOW = datetime(2026, 11, 21, tzinfo=UTC)
FEED = Feed(
    name="all",
    guid="tag:feeds.example,2026:feed/all",
    title="职教动态",
    description="职教动态：职业教育新闻",
    home="https://feeds.example",
    begun=datetime(2026, 1, 1, tzinfo=UTC),
)
SPACES = {"atom": "http://www.w3.org/2005/Atom", "dc": "http://purl.org/dc/elements/1.1/"}

XML = (ATOM, RSS)


def render(form: Format, feed: Feed, entries: list[Entry]) -> bytes:
    return compose(form, feed, make(feed, entries)[form])


def parse(form: Format, data: bytes) -> Any:
    parsed = feedparser.parse(BytesIO(data), response_headers={"content-type": form.content_type})
    assert not parsed.bozo, parsed.bozo_exception
    return parsed


def seen(form: Format, entries: list[Entry]) -> list[dict[str, Any]]:
    """What a reader program makes of the entries."""
    return [
        {
            "id": entry.id,
            "permalink": entry.get("guidislink", False) and form is RSS,
            "title": entry.title,
            "link": entry.link,
            "published": entry.published_parsed,
            "updated": entry.updated_parsed,
            "author": entry.get("author"),
            "summary": entry.get("summary"),
            "content": [part.value for part in entry.get("content", ())],
            "tags": [tag.term for tag in entry.get("tags", ())],
            "source": (entry.source.title, entry.source.get("href") or entry.source.link),
            "enclosures": [(file.href, file.type) for file in entry.enclosures[:1]],
        }
        for entry in parse(form, render(form, FEED, entries)).entries
    ]


def test_both_formats_say_the_same(view: View) -> None:
    revised = NOW - timedelta(hours=1)
    carriers = [("青川日报", "", "https://qc.example/1")]
    entries = [
        entry_of(view(2, updated_at=revised, carriers=carriers), NOW),
        entry_of(view(1, publishing="excerpt", author=None, source=None), NOW),
    ]
    common = {
        "permalink": False,
        "title": "全市职业教育大会召开",
        "link": "https://edu.linjiang.example/2026/11/1.html",
        "published": datetime(2026, 11, 20, 4, tzinfo=UTC).utctimetuple(),
        "tags": ["产教融合", "青川省临江市"],
        "summary": "11月20日，全市职业教育大会在青川职业技术学院召开。会议提出，三年内建成两个产教联合体。",
        "enclosures": [("https://edu.linjiang.example/files/plan.pdf", "application/pdf")],
    }
    attached = '<p>附件：</p><ul><li><a href="https://edu.linjiang.example/files/plan.pdf">建设方案.pdf</a></li></ul>'
    expected = [
        common
        | {
            "id": "tag:feeds.example,2026:story/2",
            "updated": revised.utctimetuple(),
            "author": "林知远",
            "source": ("临江日报 · 临江市教育局", "https://edu.linjiang.example/"),
            "content": [
                (
                    '<figure><img alt="大会现场" src="https://edu.linjiang.example/img/1.jpg" />'
                    "<figcaption>大会现场</figcaption></figure>"
                    "<p>11月20日，全市职业教育大会在青川职业技术学院召开。</p><p>会议提出，三年内建成两个产教联合体。</p>"
                    f'{attached}<p>转载 1 家：<a href="https://qc.example/1">青川日报</a></p>'
                )
            ],
        },
        common
        | {
            "id": "tag:feeds.example,2026:story/1",
            "updated": datetime(2026, 11, 20, 4, tzinfo=UTC).utctimetuple(),
            "author": None,
            "source": ("临江市教育局", "https://edu.linjiang.example/"),
            "content": [
                (
                    f"<p>{common['summary']}</p>"
                    f'<p><a href="https://edu.linjiang.example/2026/11/1.html">阅读原文</a></p>{attached}'
                )
            ],
        },
    ]
    assert seen(RSS, entries) == expected
    assert seen(ATOM, entries) == expected


def test_rss_as_it_is_written(view: View) -> None:
    root = etree.fromstring(render(RSS, FEED, [entry_of(view(), NOW)]))
    channel = {child.tag: child.text for child in root[0] if child.tag not in ("item", f"{{{SPACES['atom']}}}link")}
    assert channel == {
        "title": "职教动态",
        "link": "https://feeds.example/",
        "description": "职教动态：职业教育新闻",
        "generator": "Zhijiao",
        "language": "zh-CN",
        "lastBuildDate": "Fri, 20 Nov 2026 12:00:00 +0800",
    }
    assert root.xpath("channel/item/guid/@isPermaLink") == ["false"]
    assert root.xpath("channel/item/pubDate/text()") == ["Fri, 20 Nov 2026 12:00:00 +0800"]
    assert root.xpath("channel/item/dc:creator/text()", namespaces=SPACES) == ["林知远"]
    assert root.xpath("channel/item/author") == []


def test_atom_as_it_is_written(view: View) -> None:
    attachments = (("/a.pdf", "一"), ("/b.doc", "二"))
    root = etree.fromstring(render(ATOM, FEED, [entry_of(view(attachments=attachments), NOW)]))
    links = [dict(link.attrib) for link in root.findall("atom:entry/atom:link", SPACES)]
    assert links == [
        {"rel": "alternate", "href": "https://edu.linjiang.example/2026/11/1.html"},
        {"rel": "enclosure", "href": "https://edu.linjiang.example/a.pdf", "type": "application/pdf", "title": "一"},
        {"rel": "enclosure", "href": "https://edu.linjiang.example/b.doc", "type": "application/msword", "title": "二"},
    ]
    source = {etree.QName(child).localname: child.text for child in root.find("atom:entry/atom:source", SPACES)}
    assert source == {
        "title": "临江日报 · 临江市教育局",
        "link": None,
        "id": "https://edu.linjiang.example/",
        "updated": "2026-11-20T12:00:00.000001+08:00",
    }
    assert root.xpath("atom:entry/atom:content/@type", namespaces=SPACES) == ["html"]
    assert root.findtext("atom:entry/atom:published", None, SPACES) == "2026-11-20T12:00:00+08:00"
    assert root.findtext("atom:updated", None, SPACES) == "2026-11-20T12:00:00.000001+08:00"
    assert root.findtext("atom:id", None, SPACES) == "tag:feeds.example,2026:feed/all"


def test_rss_shows_the_first_of_several_attachments(view: View) -> None:
    root = etree.fromstring(render(RSS, FEED, [entry_of(view(attachments=(("/a.pdf", ""), ("/b.doc", ""))), NOW)]))
    assert [dict(enclosure.attrib) for enclosure in root.findall("channel/item/enclosure")] == [
        {"url": "https://edu.linjiang.example/a.pdf", "length": "0", "type": "application/pdf"}
    ]


@pytest.mark.parametrize("form", XML, ids=lambda form: form.name)
def test_links_of_a_feed_with_a_hub(form: Format) -> None:
    feed = parse(form, render(form, replace(FEED, hub="https://hub.example/"), [])).feed
    assert feed.link == "https://feeds.example/"
    assert {(link.rel, link.href) for link in feed.links} == {
        ("alternate", "https://feeds.example/"),
        ("self", f"https://feeds.example/feeds/all{form.suffix}"),
        ("hub", "https://hub.example/"),
    }


@pytest.mark.parametrize("form", XML, ids=lambda form: form.name)
def test_an_empty_feed(form: Format) -> None:
    data = render(form, FEED, [])
    check(form, data, [])
    parsed = parse(form, data)
    assert (parsed.entries, parsed.feed.updated_parsed) == ([], FEED.begun.utctimetuple())


@pytest.mark.parametrize("form", XML, ids=lambda form: form.name)
def test_a_link_without_text(form: Format, view: View) -> None:
    entries = [entry_of(view(publishing="link"), NOW)]
    check(form, render(form, FEED, entries), [entry.guid for entry in entries])
    (entry,) = seen(form, entries)
    assert (entry["title"], entry["summary"] or "", entry["content"]) == ("全市职业教育大会召开", "", [])


NASTY = {
    "controls": {"title": "职业\x0b\x00\x1b\ufffe教育", "paragraphs": ("\x00\x7f\x85\x9f职业",)},
    "lone surrogates": {"title": "\ud800职业", "paragraphs": ("\udfff",), "author": "\ud800"},
    "emoji and rare characters": {"title": "🎓𠮷\ue000", "paragraphs": ("👩‍🎓 \u200b\ufeff",)},
    "end of CDATA": {"title": "]]>", "paragraphs": ("]]>", "<![CDATA[")},
    "markup": {"title": "<b>x</b> & &amp; &nbsp;", "paragraphs": ("<script>x()</script><p onclick=x()>",)},
    "script addresses": {"images": (("javascript:x()", ""),), "attachments": (("data:text/html,x", "x"),)},
    "title of 100 kB": {"title": "长" * 34_000},
    "no body": {"paragraphs": (), "images": (), "attachments": ()},
    "relative addresses": {"images": (("1.jpg", ""),), "attachments": (("../二 三.pdf", ""),)},
    "future": {"published_at": NOW + timedelta(days=900), "updated_at": NOW + timedelta(days=900)},
    "no credits": {"source": None, "author": None, "regions": (), "topics": ()},
}


@pytest.mark.parametrize("form", XML, ids=lambda form: form.name)
@pytest.mark.parametrize("fields", NASTY.values(), ids=NASTY)
def test_nasty_stories_leave_the_feed_whole(form: Format, fields: dict[str, Any], view: View) -> None:
    entries = [entry_of(view(1), NOW), entry_of(view(2, **fields), NOW), entry_of(view(3), NOW)]
    data = render(form, FEED, entries)
    check(form, data, [entry.guid for entry in entries])
    nasty = seen(form, entries)[1]
    assert nasty["title"]
    assert nasty["published"] <= NOW.utctimetuple() and nasty["updated"] <= NOW.utctimetuple()
    shown = "".join(nasty["content"])
    assert "javascript:" not in shown and "data:" not in shown and "<script" not in shown
    assert all(entry["title"] == "全市职业教育大会召开" for entry in seen(form, entries)[::2])


@pytest.mark.parametrize("form", XML, ids=lambda form: form.name)
def test_bytes_depend_on_nothing_but_the_entries(form: Format, view: View) -> None:
    first = render(form, FEED, [entry_of(view(n), NOW) for n in range(5)])
    assert render(form, FEED, [entry_of(view(n), NOW + timedelta(days=1)) for n in range(5)]) == first


def test_what_feedgen_refuses_is_left_out(view: View, caplog: pytest.LogCaptureFixture) -> None:
    entry = entry_of(view(), NOW)
    made = make(FEED, [replace(entry, guid="bad", title="\x0b"), entry])
    assert {form: list(parts) for form, parts in made.items()} == {form: [entry.guid] for form in FORMATS}
    assert "entry_left_out guid=bad" in caplog.text


def test_media_types_carry_their_charset() -> None:
    assert [form.content_type for form in (*FORMATS, OPML)] == [
        "application/atom+xml; charset=utf-8",
        "application/rss+xml; charset=utf-8",
        "application/feed+json; charset=utf-8",
        "text/x-opml; charset=utf-8",
    ]
