"""Everything that is published over a database of nasty stories, held against the rules of the formats."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import listparser
import pytest
from lxml import etree, html

from pipeline.settings import Settings
from publish.feeds.write import publish_pending
from storage import outbox, sites, stories
from storage.database import Database, open_database
from tests.publish.conftest import store, story_view
from tests.publish.feeds.w3c import complaints

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GRAMMAR = etree.RelaxNG(file=str(Path(__file__).with_name("atom.rng")))
ATOM = "{http://www.w3.org/2005/Atom}"

NASTY: tuple[dict[str, Any], ...] = (
    {"title": "职业\x0b\x00\x1b\ufffe\U0001ffff教育", "paragraphs": ("\x00\x7f\x85\x9f职业",)},
    {"title": "🎓𠮷\ue000👩‍🎓", "paragraphs": ("👩‍🎓 \u200b\ufeff", "\u2028\u2029")},
    {"title": "]]>", "paragraphs": ("]]>", "<![CDATA[", "</entry></item></channel>")},
    {"title": "<b>x</b> & &amp; &nbsp;<script>x()</script>", "source": "<i>报</i>", "author": "<a href=x>林</a>"},
    {
        "title": "&lt;职业教育法&gt; <!-- 注 --> 解读 1<a 甲&2026 \ufffd",
        "paragraphs": ("<script>x()</script>", "<iframe src=x>"),
    },
    {"paragraphs": ('<p style="position:fixed" onclick=x()>', "<object><embed>", "a < b && c > d")},
    {"images": (("javascript:x()", ""), ("data:image/png;base64,AA", ""), ("img/图 1.jpg", '">图'))},
    {"attachments": (("data:text/html,x", "x"), ("../二 三.pdf", ""), ("/a.doc", "甲"), ("/b[1].zip", "<u>乙</u>"))},
    {"title": "长" * 34_000, "author": "名" * 5000},
    {"title": "", "paragraphs": (), "images": (), "attachments": (), "topics": ("a/b\\c", "..", "\x00")},
    {"title": " \u3000\n", "paragraphs": ("文" * 120_000,)},
    {"published_at": NOW + timedelta(days=900), "precision": "day"},
    {"published_at": datetime(1899, 12, 31, tzinfo=UTC)},
    {"source": None, "author": None, "regions": (), "topics": (), "document_number": "教职成〔2026〕1号"},
    {"url": "https://职教.example/新闻 一.html?标题=[二]&a=b%"},
    {"url": "javascript:alert(1)"},
    {
        "publishing": "link",
        "id": "links",
        "site_id": "links",
        "name": "<b>链接</b>站",
        "home": "https://l.example/ 首页",
    },
    {"publishing": "excerpt", "id": "parts", "site_id": "parts", "name": "摘要站"},
    {"paragraphs": (), "title": "只有图片和附件"},
)


@pytest.fixture(scope="module")
def folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """All that is published: feeds, parts of an archive, saved feeds, the list of feeds."""
    home = tmp_path_factory.mktemp("nasty")
    shutil.copy(sqlite_template, home / "zhijiao.db")
    (home / "feeds.toml").write_text("[x]\ntitle='<b>自选</b> & ]]>'\nkinds='media'\narchive=true\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch, closing(open_database(f"sqlite:///{home / 'zhijiao.db'}")) as database:
        patch.setenv("ZHIJIAO_HOME", str(home))
        patch.setattr("storage.parts.PART", 7)
        settings = Settings(home=home, feed_domain="feeds.example", base_url="https://feeds.example")
        fill(database)
        publish_pending(database, settings, NOW)
        yield settings.public / "feeds"


def fill(database: Database) -> None:
    for number, fields in enumerate(NASTY, start=1):
        seen = NOW - timedelta(minutes=90 - number)
        changes = {"canonical": str(number), "text_key": str(number), "published_at": seen, "updated_at": NOW} | fields
        store(database, story_view(number, **changes), at=seen)
    with database.begin() as db:
        other = story_view(1, id="papers", name="]]>报", kind="media").site
        sites.sync(db, [*sites.listing(db), other], [])
        carrier = story_view(1, canonical="r", url="https://p.example/转 载", site_id="papers", channel_id=None).article
        stories.join(db, 1, replace(carrier, id=0, story_id=None))
        outbox.add(db, "joined", 1, NOW)


def test_a_folder_of_all_kinds_of_feeds(folder: Path) -> None:
    names = {path.relative_to(folder).parts[0] for path in folder.rglob("*.atom")}
    assert names == {"all.atom", "documents.atom", "archive", "city", "kind", "province", "q", "site", "topic"}
    assert {path.with_suffix("").name for path in folder.rglob("archive/**/*.atom")} == {
        "2026-11",
        "2026-11-2",
        "2026-11-3",
    }


def test_atom(folder: Path) -> None:
    for path in folder.rglob("*.atom"):
        feed = etree.parse(path)
        GRAMMAR.assertValid(feed)
        for element in (feed.getroot(), *feed.iter(f"{ATOM}entry")):
            rels = [link.get("rel") for link in element.findall(f"{ATOM}link")]
            assert rels.count("alternate") == 1 and rels.count("self") == (element is feed.getroot())
        moments = [entry.findtext(f"{ATOM}updated") for entry in feed.iter(f"{ATOM}entry")]
        assert len(set(moments)) == len(moments)  # else the W3C validator warns
        assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}:[!-~]+", feed.findtext(f"{ATOM}id"))
        archive = feed.find("{http://purl.org/syndication/history/1.0}archive") is not None
        rels = {link.get("rel") for link in feed.getroot().findall(f"{ATOM}link")}
        assert archive == ("current" in rels) == ("archive" in path.parts)
        assert not archive or rels & {"prev-archive", "next-archive"}  # else the W3C validator warns


@pytest.mark.parametrize("suffix", ["atom", "xml"])
def test_the_w3c_validator_would_not_complain(folder: Path, suffix: str) -> None:
    for path in folder.rglob(f"*.{suffix}"):
        address = f"https://feeds.example/feeds/{quote(path.relative_to(folder).as_posix())}"
        assert (path.name, complaints(path.read_bytes(), address, NOW)) == (path.name, [])


@pytest.mark.parametrize(
    ("suffix", "old", "new", "told"),
    [
        ("xml", "zh-CN</language>", "</language>", "MissingElement"),
        ("xml", 'isPermaLink="false"', 'isPermaLink="true"', "InvalidPermalink"),
        ("xml", "<description>.*?</description>", "", "NeedDescription"),
        ("xml", "<pubDate>Sat", "<pubDate>Sun", "IncorrectDOW"),
        ("xml", "<pubDate>[^<]*", "<pubDate>2026-11-20", "InvalidRFC2822Date"),
        ("xml", "all.xml", "other.xml", "SelfDoesntMatchLocation"),
        ("xml", ' length="0"', "", "MissingAttribute"),
        ("xml", "</title>", "&amp;nbsp;</title>", "ContainsHTML"),
        ("xml", "&lt;p&gt;", '&lt;p style="position:fixed"&gt;', "SecurityRisk"),
        ("xml", 'src="https://edu.linjiang.example', 'src="', "InvalidFullLink"),
        ("xml", "<dc:creator>", "<author>a@b.c</author><dc:creator>", "UndefinedElement"),
        ("atom", "<updated>[^<]*", "<updated>2026-11-20T00:00:00Z", "DuplicateUpdated"),
        ("atom", "<updated>2026", "<updated>2027", "ImplausibleDate"),
        ("atom", 'rel="enclosure"', 'rel="attached"', "UnregisteredAtomLinkRel"),
        ("atom", "<id>tag:[^<]*story/1<", "<id>1<", "InvalidTAG"),
        ("atom", 'type="html"', 'type="CDATA"', "InvalidTypeAttr"),
    ],
)
def test_what_it_would_complain_of(folder: Path, suffix: str, old: str, new: str, told: str) -> None:
    broken = re.sub(old, new, (folder / f"all.{suffix}").read_text("utf-8"), flags=re.DOTALL)
    found = complaints(broken.encode(), f"https://feeds.example/feeds/all.{suffix}", NOW)
    assert any(told in one for one in found)


def test_json(folder: Path) -> None:
    for path in folder.rglob("*.json"):
        assert list(wrong_json(json.loads(path.read_bytes()))) == []


def test_opml(folder: Path) -> None:
    listed = listparser.parse((folder / "all.opml").read_text("utf-8"))
    assert (listed.bozo, listed.meta.title) == (False, "职教动态")
    feeds = {path.relative_to(folder).as_posix() for path in folder.rglob("*.xml") if "archive" not in path.parts}
    assert {feed.url.removeprefix("https://feeds.example/feeds/") for feed in listed.feeds} == set(map(quote, feeds))
    outlines = etree.parse(folder / "all.opml").xpath("//outline[@type]")
    assert all(outline.get("title") == outline.get("text") for outline in outlines)
    groups = etree.parse(folder / "all.opml").xpath("body/outline[not(@type)]")
    assert [dict(group.attrib) for group in groups] == [
        {"text": text} for text in ("官方、媒体、院校", "主题", "省份", "城市", "网站", "自选")
    ]


@pytest.mark.parametrize("suffix", ["atom", "xml"])
def test_readers_find_nothing_to_complain_of(folder: Path, suffix: str) -> None:
    for path in folder.rglob(f"*.{suffix}"):
        parsed = feedparser.parse(path.read_bytes())
        assert not parsed.bozo, (path, parsed.bozo_exception)
        assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)


def test_rss(folder: Path) -> None:
    for path in folder.rglob("*.xml"):
        channel = etree.parse(path).find("channel")
        assert [channel.findtext(name) is not None for name in ("title", "link", "description")] == [True] * 3
        for item in channel.findall("item"):
            assert len(item.findall("enclosure")) <= 1
            assert parsedate_to_datetime(item.findtext("pubDate")) <= NOW
            assert item.find("guid").get("isPermaLink") == "false"


def test_all_formats_hold_the_same_entries(folder: Path) -> None:
    for path in folder.rglob("*.json"):
        told = [(item["id"], item["title"], item["url"]) for item in json.loads(path.read_bytes())["items"]]
        for suffix in (".atom", ".xml"):
            entries = feedparser.parse(path.with_suffix(suffix).read_bytes(), sanitize_html=False).entries
            assert [(entry.id, entry.title, entry.link) for entry in entries] == told


def test_texts_and_markup(folder: Path) -> None:
    for text in texts(folder):
        assert not re.search(r"<[A-Za-z/!]|&\w+;", text), text
    for fragment in (html.fragment_fromstring(body, "div") for body in bodies(folder)):
        for element in fragment.iterdescendants():
            assert element.tag in {"a", "figcaption", "figure", "img", "li", "p", "ul"}
            assert set(element.attrib) <= {"alt", "href", "src"}
            for address in (element.get("href"), element.get("src")):
                assert address is None or re.fullmatch(r"https?://[!-~]+", address)


def texts(folder: Path) -> Iterator[str]:
    """What readers show as it is: titles, names, categories."""
    for path in folder.rglob("*.atom"):
        for element in etree.parse(path).iter(f"{ATOM}title", f"{ATOM}name", f"{ATOM}category", f"{ATOM}subtitle"):
            yield element.get("term") or element.text or ""


def bodies(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.atom"):
        yield from (element.text for element in etree.parse(path).iter(f"{ATOM}content") if element.text)


def wrong_json(feed: dict[str, Any]) -> Iterator[str]:
    """What JSON Feed 1.1 would not allow; nothing but what we use is known here."""
    known = {"version", "title", "description", "home_page_url", "feed_url", "next_url", "language", "authors", "items"}
    yield from (f"unknown {name}" for name in feed.keys() - known)
    if feed["version"] != "https://jsonfeed.org/version/1.1" or not feed["title"]:
        yield "version or title"
    for item in feed["items"]:
        yield from _wrong_item(item)


def _wrong_item(item: dict[str, Any]) -> Iterator[str]:
    lists = dict.fromkeys(("authors", "tags", "attachments"), list)
    kinds = dict.fromkeys(item, str) | lists | {"_source": dict}
    yield from (f"{name}: {value!r}" for name, value in item.items() if not isinstance(value, kinds[name]))
    if not item["id"] or not ("content_html" in item or "content_text" in item):
        yield f"incomplete: {item}"
    for name in ("date_published", "date_modified"):
        moment = datetime.fromisoformat(item[name])
        if moment.tzinfo is None or moment > NOW:
            yield f"{name}: {item[name]}"
    for attachment in item.get("attachments", []):
        if not attachment["url"].startswith("https://") or "/" not in attachment["mime_type"]:
            yield f"attachment: {attachment}"
