import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from pipeline.settings import Settings
from publish.feeds.write import publish_pending
from publish.site.downloads import accepts_gzip
from storage.database import Database

PLAIN = {"Accept-Encoding": "identity"}
PACKED = {"Accept-Encoding": "gzip, deflate"}


@pytest.fixture(autouse=True)
def published(database: Database, settings: Settings) -> None:
    publish_pending(database, settings, datetime(2026, 11, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "media_type"), [("all.atom", "application/atom+xml"), ("all.xml", "application/rss+xml")]
)
def test_the_bytes_as_published(client: TestClient, settings: Settings, name: str, media_type: str) -> None:
    data = (settings.public / "feeds" / name).read_bytes()
    answer = client.get(f"/feeds/{name}", headers=PLAIN)
    assert (answer.status_code, answer.content) == (200, data)
    assert {key: answer.headers.get(key) for key in ("content-type", "etag", "cache-control", "vary")} == {
        "content-type": f"{media_type}; charset=utf-8",
        "etag": f'"{sha256(data).hexdigest()[:32]}"',
        "cache-control": "public, max-age=900",
        "vary": "Accept-Encoding",
    }
    assert "content-encoding" not in answer.headers


def test_gzip_has_its_own_etag_and_the_same_content(client: TestClient, settings: Settings) -> None:
    plain, packed = (client.get("/feeds/all.xml", headers=headers) for headers in (PLAIN, PACKED))
    copy = (settings.public / "feeds" / "all.xml.gz").read_bytes()
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(copy))
    assert packed.headers["etag"] == f'"{sha256(copy).hexdigest()[:32]}"' != plain.headers["etag"]
    assert packed.content == plain.content == gzip.decompress(copy)


def test_without_a_copy_the_file_itself_is_sent(client: TestClient, settings: Settings) -> None:
    (settings.public / "feeds" / "all.xml.gz").unlink()
    answer = client.get("/feeds/all.xml", headers=PACKED)
    assert (answer.status_code, "content-encoding" in answer.headers) == (200, False)


@pytest.mark.parametrize("encoding", [PLAIN, PACKED], ids=["identity", "gzip"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_known_etag_is_answered_with_304(client: TestClient, encoding: dict[str, str], form: str) -> None:
    first = client.get("/feeds/all.atom", headers=encoding)
    again = client.get("/feeds/all.atom", headers=encoding | {"If-None-Match": form.format(first.headers["etag"])})
    validators = ("etag", "last-modified", "cache-control", "vary")
    assert (again.status_code, again.content) == (304, b"")
    assert [again.headers[name] for name in validators] == [first.headers[name] for name in validators]


@pytest.mark.parametrize(("days", "status"), [(-1, 200), (0, 304), (1, 304)])
def test_if_modified_since(client: TestClient, days: int, status: int) -> None:
    modified = parsedate_to_datetime(client.get("/feeds/all.xml").headers["last-modified"])
    since = format_datetime(modified + timedelta(days=days), usegmt=True)
    assert client.get("/feeds/all.xml", headers={"If-Modified-Since": since}).status_code == status


@pytest.mark.parametrize("since", ["yesterday", "", "Sat, 21 Nov 2099 00:00:00", "Sat, 99 Nov 2099 00:00:00 GMT"])
def test_a_broken_date_is_no_validator(client: TestClient, since: str) -> None:
    assert client.get("/feeds/all.xml", headers={"If-Modified-Since": since}).status_code == 200


def test_the_etag_outweighs_the_date(client: TestClient) -> None:
    modified = client.get("/feeds/all.xml").headers["last-modified"]
    headers = {"If-None-Match": '"other"', "If-Modified-Since": modified}
    assert client.get("/feeds/all.xml", headers=headers).status_code == 200


def test_head(client: TestClient) -> None:
    get, head = client.get("/feeds/all.xml", headers=PLAIN), client.head("/feeds/all.xml", headers=PLAIN)
    assert (head.status_code, dict(head.headers)) == (200, dict(get.headers))


@pytest.mark.parametrize("name", ["other.xml", "all.xml.gz", "all", "..%2f..%2fzhijiao.db", "ALL.XML"])
def test_only_feeds_are_served(client: TestClient, name: str) -> None:
    answer = client.get(f"/feeds/{name}")
    assert (answer.status_code, "没有这个页面" in answer.text) == (404, True)


def test_a_feed_that_is_not_there_yet(client: TestClient, settings: Settings) -> None:
    for file in (settings.public / "feeds").iterdir():
        file.unlink()
    answer = client.get("/feeds/all.xml")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    assert "订阅源还没有生成" in answer.text


@pytest.mark.parametrize(
    ("offer", "accepted"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("*", True),
        ("gzip; q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, br", False),
        ("br", False),
        ("", False),
    ],
)
def test_accepts_gzip(offer: str, accepted: bool) -> None:
    assert accepts_gzip(Headers({"Accept-Encoding": offer})) is accepted
