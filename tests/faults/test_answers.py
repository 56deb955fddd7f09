"""FAULTS S3, S6, S8, S12-S14, 1-10, 13, 15, 22: whatever a server answers, the crawl says so and goes on."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from socket import socket
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import brotli
import pytest
from backports import zstd

from storage import articles
from tests.crawlers.crawling import Home, Told, jobs
from tests.crawlers.website import Website, article, listing, serve

TODAY = datetime.now(UTC).date().isoformat()
GOOD = "临江市职业教育新闻:校企合作有新进展"
LIMIT, ZEROS = 200_000, bytes(5_000_000)
CLOSING = Event()


def answer(*headers: str, body: bytes = b"", status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def packed(encoding: str, body: bytes) -> bytes:
    return answer(f"Content-Encoding: {encoding}", f"Content-Length: {len(body)}", body=body)


def endless(connection: socket) -> None:
    connection.sendall(answer("Connection: close"))
    while not CLOSING.is_set():
        connection.sendall(bytes(65_536))


def headless(connection: socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not CLOSING.is_set():
        connection.sendall(b"X-More: of the same\r\n" * 3000)


def dripping(begin: bytes) -> Callable[[socket], None]:
    def drip(connection: socket) -> None:
        connection.sendall(begin)
        while not CLOSING.wait(0.2):
            connection.sendall(b"x")

    return drip


def moved(location: str) -> bytes:
    return answer(f"Location: {location}", "Content-Length: 0", status="302 Found")


REFRESH = b"<html><meta http-equiv=refresh content='0;url=http://127.0.0.2/'><title>x</title><body></body></html>"
TOO_LARGE, CUT, LATE = "page too large", "page cut short", "timed out"
FAULTS: dict[str, tuple[bytes | Callable[[socket], None], str]] = {
    "gzip": (packed("gzip", gzip.compress(ZEROS, 1)), TOO_LARGE),
    "gzip in gzip": (packed("gzip, gzip", gzip.compress(gzip.compress(ZEROS, 1))), TOO_LARGE),
    "deflate": (packed("deflate", zlib.compress(ZEROS, 1)), TOO_LARGE),
    "brotli": (packed("br", brotli.compress(ZEROS, quality=1)), TOO_LARGE),
    "zstd": (packed("zstd", zstd.compress(ZEROS, 1)), TOO_LARGE),
    "endless body": (endless, TOO_LARGE),
    "promises a terabyte": (answer("Content-Length: 1000000000000", body=b"x" * 1000), TOO_LARGE),
    "slow body": (dripping(answer("Content-Length: 100000")), LATE),
    "slow header": (dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "), LATE),
    "endless header": (headless, "download failed"),
    "shorter than said": (answer("Content-Length: 1000", "Connection: close", body=b"<html>0123"), CUT),
    "broken chunks": (answer("Transfer-Encoding: chunked", body=b"5\r\nhello\r\nZZ\r\n"), CUT),
    "no answer": (b"", "download failed"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "download failed"),
    "to a file": (moved("file:///etc/hostname"), "HTTP 302"),
    "to data": (moved("data:text/html,<p>hello"), "HTTP 302"),
    "refresh": (answer(f"Content-Length: {len(REFRESH)}", body=REFRESH), "页面是空的或无法解析"),
}


@dataclass
class Server:
    base: str
    answers: dict[str, bytes | Callable[[socket], None]]
    asked: list[str] = field(default_factory=list)  # whole requests


@contextmanager
def answering(answers: dict[str, bytes | Callable[[socket], None]]) -> Iterator[Server]:
    """Closes each connection after its answer, whatever that is; 404 where there is none."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            lines = []
            while (line := self.rfile.readline(65_536)).strip():
                lines.append(line.decode())
            text = "".join(lines)
            length = int(text.lower().partition("content-length:")[2].split("\r")[0] or 0)
            server.asked.append(text + self.rfile.read(length).decode())
            found = answers.get(lines[0].split()[1] if lines else "", answer("Content-Length: 0", status="404 No"))
            with suppress(OSError):  # it has turned away
                found(self.connection) if callable(found) else self.connection.sendall(found)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        server = Server(f"http://127.0.0.1:{listening.server_address[1]}", answers)
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        CLOSING.set()
        listening.shutdown()
        thread.join()


@dataclass
class Crawled:
    told: Told
    stored: list[str]
    form: Server
    other: Website
    cookies: Website


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    CLOSING.clear()
    options = {"ZHIJIAO_MAX_BYTES": str(LIMIT), "ZHIJIAO_TIMEOUT_SECONDS": "2"}
    home = Home(tmp_path_factory.mktemp("answers") / "home", options | {"ZHIJIAO_ALLOW_PRIVATE": "127.0.0.1/32"})
    with ExitStack() as stack:
        for number, (name, (bad, _)) in enumerate(FAULTS.items()):
            page = listing([("/bad.html", f"{GOOD}({name})", TODAY), ("/good.html", f"{GOOD}(第{number}则)", TODAY)])
            answers = {"/list/": whole(page), "/bad.html": bad, "/good.html": whole(article(f"{GOOD}(第{number}则)"))}
            home.site(f"bad{number}", stack.enter_context(answering(answers)).base, news="/list/")
        other, cookies = stack.enter_context(serve()), stack.enter_context(serve())
        form = stack.enter_context(answering({"/api": moved(f"{other.base}/stolen").replace(b"302", b"301")}))
        home.site("form", form.base, news="/api")
        path = home.path / "sources" / "form.toml"
        data = '[channels.data]\ntitle = "t"\nurl = "u"\nform = { secret = "word" }\n'
        path.write_text(path.read_text().replace('kind = "list"', 'kind = "json"') + "\n" + data)
        wicked = {"Set_Cookie": "who=me; Domain=edu.cn", "Referrer_Policy": "os.abort", "Refresh": "0;url=/x"}
        cookies.set(
            "/list/", listing([(f"/{number}.html", f"{GOOD}(又{number}则)", TODAY) for number in (1, 2)]), **wicked
        )
        for number in (1, 2):
            cookies.set(f"/{number}.html", article(f"{GOOD}(又{number}则)"), **wicked)
        home.site("cookies", cookies.base, news="/list/")
        names = [f"bad{number}/news" for number in range(len(FAULTS))]
        told = home.crawl(*jobs(*names, "form/news", "cookies/news"))
        with home.database.read() as db:
            stored = sorted(one.title for one in articles.listing(db, limit=99))
        yield Crawled(told, stored, form, other, cookies)
    home.database.close()


def whole(page: str) -> bytes:
    body = page.encode()
    return answer(f"Content-Length: {len(body)}", body=body)


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[*FAULTS])
def test_a_bad_page_is_told_and_its_neighbour_is_read(crawled: Crawled, number: int) -> None:
    (_, expected) = list(FAULTS.values())[number]
    told = crawled.told.finished(f"bad{number}/news")
    (reason,) = told.pop("failed")
    assert told == {"seen": 2, "new": 2, "kept": 1}
    assert reason.startswith(expected)


def test_nothing_of_a_bad_page_is_stored(crawled: Crawled) -> None:
    assert crawled.stored == sorted(
        [f"{GOOD}(第{number}则)" for number in range(len(FAULTS))] + [f"{GOOD}(又{number}则)" for number in (1, 2)]
    )


def test_what_a_form_says_stays_with_its_host(crawled: Crawled) -> None:
    assert [asked.splitlines()[-1] for asked in crawled.form.asked if asked.startswith("POST")] == ["secret=word"]
    assert all(int(asked.headers.get("content-length", 0)) == 0 for asked in crawled.other.asked)


def test_headers_give_no_orders(crawled: Crawled) -> None:
    assert crawled.told.finished("cookies/news") == {"seen": 2, "new": 2, "kept": 2}
    assert crawled.cookies.paths() == ["/robots.txt", "/list/", "/1.html", "/2.html"]
    assert not any({"cookie", "referer"} & asked.headers.keys() for asked in crawled.cookies.asked)
