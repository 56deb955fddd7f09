"""Links asked for real, of a website on loopback."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Thread

import pytest

from pipeline.settings import Settings
from publish.digest.values import Link
from storage import hosts
from storage.database import Database
from tests.crawlers import website
from tests.crawlers.website import Website, serve
from zhijiao import liveness
from zhijiao import request as requests
from zhijiao.liveness import ask

ALIVE = Link("alive")
Ask = Callable[..., dict[str, Link]]


@pytest.fixture
def site() -> Iterator[Website]:
    with serve() as served:
        yield served


@pytest.fixture
def backend() -> str:
    """That hosts are held alike on both databases is shown by the tests of storage."""
    return "sqlite"


@pytest.fixture
def asked(site: Website, database: Database, settings: Settings) -> Ask:
    """What paths of the site answer, by path."""
    local = settings.model_copy(update={"allow_private": "127.0.0.0/8"})

    def ask_paths(*paths: str, **changes: object) -> dict[str, Link]:
        links = ask([site.base + path for path in paths], database, local.model_copy(update=changes))
        return {address.removeprefix(site.base): link for address, link in links.items()}

    return ask_paths


def test_answers_and_what_they_mean(site: Website, asked: Ask) -> None:
    site.set("/fine", "text")
    site.set("/blocked", "no", 403)
    site.set("/broken", "no", 500)
    site.set("/gone", "no", 410)
    site.set("/moved", "", 302, Location="/fine")
    site.set("/twice", "", 301, Location="/moved")
    site.set("/circle", "", 302, Location="/circle")
    site.set("/removed", "", 302, Location="/404.html")
    site.set("/home", "", 302, Location="/")
    site.set("/nowhere", "", 302)
    assert asked(
        "/fine",
        "/blocked",
        "/broken",
        "/gone",
        "/missing",
        "/moved",
        "/twice",
        "/circle",
        "/removed",
        "/home",
        "/nowhere",
    ) == {
        "/fine": ALIVE,
        "/blocked": Link("unclear", "HTTP 403"),
        "/broken": Link("unclear", "HTTP 500"),
        "/gone": Link("dead", "HTTP 410"),
        "/missing": Link("dead", "HTTP 404"),
        "/moved": ALIVE,
        "/twice": ALIVE,
        "/circle": Link("unclear", "一再跳转"),
        "/removed": Link("dead", "跳转到错误页"),
        "/home": Link("unclear", "跳转到网站首页"),
        "/nowhere": Link("unclear", "HTTP 302"),
    }


def test_by_head_and_only_where_that_says_nothing_good_by_get(
    site: Website, asked: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.set("/fine", "text")
    methods = []
    honest = liveness.request
    monkeypatch.setattr(liveness, "request", lambda method, *more: methods.append(method) or honest(method, *more))
    assert asked("/fine", "/missing") == {"/fine": ALIVE, "/missing": Link("dead", "HTTP 404")}
    assert methods == ["HEAD", "GET", "HEAD", "GET"]  # the test's website knows no HEAD
    assert {one.headers["user-agent"].partition("/")[0] for one in site.asked} == {"zhijiao"}


def test_head_is_enough_where_it_answers(site: Website, asked: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(website._Handler, "do_HEAD", website._Handler.do_GET, raising=False)
    site.set("/fine", "text")
    assert asked("/fine") == {"/fine": ALIVE}
    assert site.paths() == ["/fine"]


def test_a_redirect_may_lead_to_another_host(site: Website, asked: Ask) -> None:
    with serve() as other:
        other.set("/new", "text")
        site.set("/old", "", 301, Location=f"{other.base}/new")
        assert asked("/old") == {"/old": ALIVE}
        assert other.paths() == ["/new"]


def test_a_pause_between_requests_to_one_host(site: Website, asked: Ask) -> None:
    for path in ("/1", "/2", "/3"):
        site.set(path, "text")
    assert asked("/1", "/2", "/3", delay_seconds=0.05) == dict.fromkeys(("/1", "/2", "/3"), ALIVE)
    moments = [one.at for one in site.asked]
    assert min(after - before for before, after in pairwise(moments)) >= 0.05


def test_private_machines_are_not_asked(site: Website, asked: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    site.set("/fine", "text")
    refused = Link("unclear", "内网地址 127.0.0.1,不访问")
    assert asked("/fine", allow_private="") == {"/fine": refused}
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: real("127.0.0.1", *more, **named))
    named = f"http://edu.linjiang.example:{site.host.partition(':')[2]}/fine"  # a name that leads inside
    site.set("/inside", "", 302, Location=named)
    assert asked("/inside", allow_private="10.0.0.0/8") == {"/inside": refused}
    assert site.asked == []


@pytest.mark.parametrize("address", ["ftp://edu.linjiang.example/1", "http://user@edu.linjiang.example/1"])
def test_what_is_no_web_address_is_not_asked(address: str, database: Database, settings: Settings) -> None:
    assert ask([address], database, settings) == {address: Link("unclear", "不是网页地址")}


def test_no_connection_and_answers_that_are_none(site: Website, asked: Ask) -> None:
    site.refuses = True
    assert asked("/fine") == {"/fine": Link("unclear", "连接不上或回答有误")}


def test_an_answer_that_takes_too_long(site: Website, asked: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "SECONDS", 0.1)
    monkeypatch.setattr(website._Handler, "do_HEAD", website._Handler.do_GET, raising=False)
    site.pages["/slow"] = website.Answer(b"late", seconds=5)
    assert asked("/slow") == {"/slow": Link("unclear", "没有及时回答")}


def test_an_answer_that_comes_byte_by_byte_is_ended(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "SECONDS", 0.15)
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=drip, args=(server,), daemon=True).start()
        begun = time.monotonic()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/1"
        local = settings.model_copy(update={"allow_private": "127.0.0.0/8"})
        assert ask([address], database, local)[address].state == "unclear"
        assert time.monotonic() - begun < 2


def drip(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection, suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)


def test_names_that_do_not_exist(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, *_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME if "gone" in host else socket.EAI_AGAIN, host)

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    gone, away = "https://gone.example/1", "https://away.example/1"
    assert ask([gone, away], database, settings) == {
        gone: Link("dead", "域名不存在"),
        away: Link("unclear", "域名查不到"),
    }
    other = "https://gone-too.example/1"  # that none exists is more probably our own fault
    offline = Link("unclear", "一个域名也查不到,本机可能断网")
    assert ask([gone, other], database, settings) == {gone: offline, other: offline}


def test_a_host_that_asks_for_patience_is_left_alone(
    site: Website, asked: Ask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(website._Handler, "do_HEAD", website._Handler.do_GET, raising=False)
    site.set("/1", "", 429, Retry_After="600")
    site.set("/2", "text")
    patient = Link("unclear", "网站要求稍后再来")
    asks = datetime.now(UTC)
    assert asked("/1", "/2") == {"/1": patient, "/2": patient}
    assert site.paths() == ["/1"]
    with database.read() as db:
        ledger = hosts.ledger(db, site.host)
    assert ledger is not None and ledger.next_allowed_at is not None
    assert ledger.next_allowed_at > asks + timedelta(seconds=500)
    assert asked("/2") == {"/2": Link("unclear", "网站正在抓取,或要求稍后再来")}  # by the next command either
    assert site.paths() == ["/1"]


def test_a_host_that_a_crawl_holds_is_waited_for_and_then_left(
    site: Website, asked: Ask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.set("/fine", "text")
    with database.begin() as db:
        assert hosts.take(db, site.host, "a crawl", datetime.now(UTC), 60)
    monkeypatch.setattr(liveness, "PATIENCE", timedelta(seconds=0.1))
    assert asked("/fine") == {"/fine": Link("unclear", "网站正在抓取,或要求稍后再来")}
    assert site.asked == []


def test_the_ledger_counts_and_the_host_is_given_back(site: Website, asked: Ask, database: Database) -> None:
    site.set("/fine", "text")
    asked("/fine", "/missing")
    with database.read() as db:
        ledger, lease = hosts.ledger(db, site.host), hosts.get(db, site.host)
    assert ledger is not None and lease is not None
    assert (ledger.requests, ledger.errors) == (4, 3)  # HEAD and GET each; the test's website knows no HEAD
    assert lease.lease_until < datetime.now(UTC)


def test_every_link_is_told_once(site: Website, asked: Ask, database: Database, settings: Settings) -> None:
    site.set("/fine", "text")
    site.set("/moved", "", 302, Location="/fine")
    told = []
    addresses = [f"{site.base}{path}" for path in ("/fine", "/moved")]
    local = settings.model_copy(update={"allow_private": "127.0.0.0/8"})
    ask(addresses, database, local, lambda address, link: told.append((address, link)))
    assert sorted(told) == [(address, ALIVE) for address in sorted(addresses)]


def test_nothing_to_ask(database: Database, settings: Settings) -> None:
    assert ask([], database, settings) == {}


def test_an_interruption_ends_the_waiting(
    site: Website, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(website._Handler, "do_HEAD", website._Handler.do_GET, raising=False)
    local = settings.model_copy(update={"allow_private": "127.0.0.0/8", "delay_seconds": 30.0})

    def interrupted(address: str, _: Link) -> None:
        if address.startswith(site.base):
            raise KeyboardInterrupt

    site.set("/fine", "text")
    begun = time.monotonic()
    with serve() as other, pytest.raises(KeyboardInterrupt):
        other.set("/1", "text")
        other.set("/2", "text")  # would be asked after the pause
        ask([f"{site.base}/fine", f"{other.base}/1", f"{other.base}/2"], database, local, interrupted)
    assert time.monotonic() - begun < 10
    assert "/2" not in other.paths()
