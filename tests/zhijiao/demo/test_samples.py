import html
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import enumerate as threads
from urllib.parse import urlsplit

import pytest

from crawlers import catalogue
from crawlers.pages.article import read_article
from crawlers.pages.feed import read_feed
from crawlers.pages.listing import ListPage, read_list
from crawlers.pages.page import Page
from pipeline.article import Attachment, Listed, RawArticle
from pipeline.stages.fingerprint import text_key
from pipeline.stages.normalise import normalise
from zhijiao.demo.printing import Document, documents
from zhijiao.demo.server import Running, serve
from zhijiao.demo.sites import SampleArticle, SampleChannel, SampleSite, load

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:4000"
SAMPLES = load(NOW).publish(load(NOW).fresh.id)
PRINTED = {site.id: documents(site, BASE) for site in SAMPLES.sites.values()}
READABLE = [article for article in SAMPLES.articles.values() if not article.gone]
CHANNELS = [(site, channel) for site in SAMPLES.sites.values() for channel in site.channels if channel.status == 200]

site_of = pytest.mark.parametrize("site", SAMPLES.sites.values(), ids=lambda site: site.id)
article_of = pytest.mark.parametrize("article", READABLE, ids=lambda article: article.id)
channel_of = pytest.mark.parametrize(("site", "channel"), CHANNELS, ids=[f"{s.id}/{c.key}" for s, c in CHANNELS])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(url: str, **headers: str) -> Answer:
    """One request, as it is: no redirect followed, no status an error."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request("GET", url.removeprefix(f"http://{parts.netloc}"), headers=headers)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(load(NOW)) as running:
        yield running


def text_of(document: Document, site: SampleSite) -> str:
    return html.unescape(document.body.decode(site.encoding))


def list_paths(site: SampleSite, channel: SampleChannel) -> list[str]:
    pages = -(-len(site.shown(channel.key)) // channel.rows)
    return [channel.page_path(page, pages) for page in range(1, pages + 1)]


# What the samples are


def test_there_is_enough_to_watch() -> None:
    articles = SAMPLES.articles.values()
    reposts = {article.same_as for article in articles} - {None}
    assert len(SAMPLES.sites) == 12
    assert len(articles) == 62
    assert sum(article.relevant for article in articles) == 40
    assert len(reposts) == 6
    assert len({article.path for article in articles}) == len(articles)


def test_only_reposts_carry_the_same_text() -> None:
    stories: dict[str, set[str]] = defaultdict(set)
    for article in READABLE:
        stories[text_key(article.title, "\n".join(article.printed))].add(article.story)
    assert {len(found) for found in stories.values()} == {1}
    assert len(stories) == len({article.story for article in READABLE})


def test_reposts_are_printed_otherwise() -> None:
    for article in READABLE:
        if article.same_as:
            assert article.printed != SAMPLES.articles[article.same_as].printed, article.id


def test_dates_follow_now() -> None:
    later = load(NOW + timedelta(days=40)).articles
    for article in load(NOW).articles.values():
        assert article.published <= NOW
        assert later[article.id].published - article.published == timedelta(days=40)


def test_last_years_notice_names_another_year() -> None:
    for day in range(0, 371, 7):
        articles = load(NOW + timedelta(days=day)).articles
        assert articles["djedu-dangao"].title != articles["djedu-dangao-last"].title


# What the sites print


@article_of
def test_a_page_shows_its_text(article: SampleArticle) -> None:
    site = SAMPLES.sites[article.site_id]
    shown = text_of(PRINTED[site.id][article.path], site)
    assert [paragraph for paragraph in article.printed if paragraph not in shown] == []
    assert article.title in shown


@channel_of
def test_list_pages_show_every_article_in_its_order(site: SampleSite, channel: SampleChannel) -> None:
    shown = "".join(text_of(PRINTED[site.id][path], site) for path in list_paths(site, channel))
    places = [shown.find(article.title) for article in site.shown(channel.key)]
    assert -1 not in places
    assert places == sorted(places)


@site_of
def test_pages_declare_a_charset_that_reads_them(site: SampleSite) -> None:
    for document in PRINTED[site.id].values():
        if document.content_type.startswith("text/html") and document.body:
            declared = re.search(rb"charset=[\"']?([\w-]+)", document.body)
            assert declared
            label = declared[1].decode().lower()
            assert document.body.decode("gb18030" if label.startswith("gb") else label)
            assert site.encoding.startswith(label[:2])


@site_of
def test_files_named_on_pages_exist(site: SampleSite) -> None:
    for article in site.articles:
        for file in () if article.gone else (*article.images, *article.attachments):
            assert PRINTED[site.id][file.path].body


# What the server does


def test_every_address_is_answered_as_printed(running: Running) -> None:
    for site in running.samples.sites.values():
        base = running.base(site.id)
        for path, document in documents(site, base).items():
            answer = ask(base + path)
            assert (answer.status, answer.headers["Content-Type"]) == (document.status, document.content_type)
            assert answer.body == document.body
    assert ask(running.base("djedu") + "/nowhere.html").status == 404
    assert ask(running.base("djedu") + "/").headers["Location"] == "/xwzx/gzdt/index.html"


def test_validators_are_honoured(running: Running) -> None:
    for site in running.samples.sites.values():
        for path in (site.channels[0].path, site.articles[-1].path):
            url = running.base(site.id) + path
            first = ask(url)
            if first.status == 200:
                assert [name for name in ("ETag", "Last-Modified") if name in first.headers] == list(site.validators)
                assert {ask(url, **echo).status for echo in echoes(first)} <= {304}


def echoes(answer: Answer) -> list[dict[str, str]]:
    pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
    return [{asked: answer.headers[given]} for asked, given in pairs if given in answer.headers]


def test_a_published_article_appears_and_changes_the_list(running: Running) -> None:
    fresh = running.samples.fresh
    channel = running.base(fresh.site_id) + running.samples.sites[fresh.site_id].channels[0].path
    before = ask(channel)
    assert ask(running.url(fresh.id)).status == 404
    assert running.publish() == running.url(fresh.id)
    after = [ask(channel, **echo) for echo in echoes(before)]
    assert [answer.status for answer in after] == [200, 200]
    assert fresh.title in after[0].body.decode()
    assert fresh.printed[0] in ask(running.url(fresh.id)).body.decode()


def test_an_edit_changes_one_page(running: Running) -> None:
    article = running.samples.editable
    assert article.edit
    list_url = running.base(article.site_id) + running.samples.sites[article.site_id].channels[0].path
    before = ask(list_url)
    url = running.edit()
    assert article.edit[1] in ask(url).body.decode()
    assert running.samples.articles[article.id].printed[article.edit[0]] == article.edit[1]
    assert {ask(list_url, **echo).status for echo in echoes(before)} == {304}


def test_requests_are_recorded(running: Running) -> None:
    ask(running.base("closed") + "/robots.txt")
    ask(running.base("broken") + "/html/jyj/tzgg/index.html")
    ask(running.url("broken-open"))
    article = running.samples.articles["broken-open"]
    seen = [(request.site_id, request.path, request.status) for request in running.requests]
    assert seen == [
        ("closed", "/robots.txt", 200),
        ("broken", "/html/jyj/tzgg/index.html", 500),
        ("broken", article.path, 404),
    ]
    times = [request.at for request in running.requests]
    assert times == sorted(times)


def test_nothing_is_left_running() -> None:
    before = set(threads())
    with serve(load(NOW)) as running:
        bases = [running.base(site_id) for site_id in running.samples.sites]
        assert len(set(bases)) == 12
        ask(bases[0] + "/robots.txt")
    for base in bases:
        with pytest.raises(ConnectionRefusedError):
            ask(base + "/robots.txt")
    assert {thread for thread in threads() if thread.name.startswith("sample-")} <= before


def test_the_catalogue_describes_the_sites(running: Running, tmp_path: Path) -> None:
    written = running.catalogue(tmp_path / "sources")
    assert [path.stem for path in written] == sorted(running.samples.sites)
    known = catalogue.load(tmp_path / "sources", bundled=False)
    assert {channel.id: channel.url for site in known.sites.values() for channel in site.channels} == {
        f"{site.id}/{channel.key}": running.base(site.id) + channel.path
        for site in running.samples.sites.values()
        for channel in site.channels
    }


# What the readers make of it


@article_of
def test_an_article_is_read_as_it_was_written(article: SampleArticle) -> None:
    listed = Listed(article.title, article.published.date().isoformat())
    raw = normalise(read_article(page_at(article.site_id, article.path), listed=listed, now=NOW), NOW)
    assert facts_read(raw) == facts_written(article)


def facts_written(article: SampleArticle) -> dict[str, object]:
    names = ("title", "published", "precision", "source", "author", "editor", "original_title", "paragraphs")
    return {name: getattr(article, name) for name in names} | {
        "images": [BASE + image.path for image in article.images],
        "attachments": [Attachment(BASE + file.path, file.name) for file in article.attachments],
        "kind": "article",
    }


def facts_read(raw: RawArticle) -> dict[str, object]:
    names = ("title", "published", "precision", "source", "author", "editor", "original_title", "paragraphs", "kind")
    return {name: getattr(raw, name) for name in names} | {
        "images": [image.url for image in raw.images],
        "attachments": list(raw.attachments),
    }


@channel_of
def test_a_channel_is_read_as_it_was_written(site: SampleSite, channel: SampleChannel) -> None:
    paths = list_paths(site, channel)
    read = [list_read(channel, page_at(site.id, path)) for path in paths]
    found = [(item.url, item.title, (item.date_iso or "")[:10]) for page in read for item in page.items]
    written = [(BASE + a.path, a.title, a.published.date().isoformat()) for a in site.shown(channel.key)]
    assert found == written
    assert [page.next_url for page in read] == [*(BASE + path for path in paths[1:]), None]


def list_read(channel: SampleChannel, page: Page) -> ListPage:
    return read_feed(page) if channel.kind == "feed" else read_list(page, now=NOW)


def page_at(site_id: str, path: str) -> Page:
    document = PRINTED[site_id][path]
    return Page(BASE + path, document.body, document.content_type.partition("charset=")[2] or None)
