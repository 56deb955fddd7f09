"""A website on loopback to test the crawler against: its answers are set page by page, what was asked is kept."""

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Thread

HTML = "text/html; charset=utf-8"
WHO = ("临江市职业教育中心", "青川职业技术学院", "澜州技师学院", "东平中等职业学校", "云浦高级技工学校", "江州职教集团")
WHAT = (
    "与企业签订校企合作协议",
    "公布今年的招生计划",
    "举行技能竞赛选拔",
    "新建产教融合实训基地",
    "试行现代学徒制",
    "召开毕业生供需见面会",
)
WHERE = ("在智能制造实训楼", "在滨江校区礼堂", "在高新区产业园", "在县城老校区", "在线上直播间", "在合作企业的车间")
WHY = (
    "把专业建在产业链上",
    "让学生毕业即可上岗",
    "缓解一线技工短缺",
    "服务乡村振兴",
    "补上康养人才的缺口",
    "带动周边院校一起发展",
)


@dataclass(frozen=True)
class Answer:
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", HTML),)
    seconds: float = 0.0  # that it lets the asker wait


@dataclass(frozen=True)
class Asked:
    at: float  # time.monotonic()
    path: str
    headers: dict[str, str]


@dataclass
class Website:
    base: str
    pages: dict[str, Answer] = field(default_factory=dict)  # by path with query; 404 where none is set
    asked: list[Asked] = field(default_factory=list)
    refuses: bool = False  # closes connections without an answer
    waiting: Event = field(default_factory=Event)  # set when a slow page has been asked for
    closing: Event = field(default_factory=Event)

    @property
    def host(self) -> str:
        return self.base.partition("://")[2]

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def set(self, path: str, text: str | bytes, status: int = 200, encoding: str = "utf-8", **headers: str) -> None:
        body = text if isinstance(text, bytes) else text.encode(encoding)
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        kind = headers.pop("Content_Type", HTML)
        self.pages[path] = Answer(body, status, (("Content-Type", kind), *named))

    def json(self, path: str, value: object) -> None:
        self.set(path, json.dumps(value, ensure_ascii=False), Content_Type="application/json")


@contextmanager
def serve(address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Website]:
    server = _Server((address, 0), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.site.base = server.site.base.replace("http:", "https:")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.site
    finally:
        server.site.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's looks its own name up, which can take seconds
        self.server_name, self.server_port = self.socket.getsockname()
        self.site = Website(f"http://{self.server_name}:{self.server_port}")

    def handle_error(self, *_: object) -> None:
        """Askers who turn away, such as from a certificate."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        site = self.server.site
        site.asked.append(
            Asked(time.monotonic(), self.path, {name.lower(): value for name, value in self.headers.items()})
        )
        if site.refuses and self.path != "/robots.txt":
            self.close_connection = True
            return
        answer = site.pages.get(self.path, Answer(b"not here", 404))
        if answer.seconds:
            site.waiting.set()
            site.closing.wait(answer.seconds)
        headers = dict(answer.headers)
        if "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]:
            answer = Answer(b"", 304)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Standard error is for the tests."""


def article(title: str, *, day: str = "2026-11-20", charset: str = "utf-8", text: tuple[str, ...] = ()) -> str:
    """An article page whose text is its own, as its title is."""
    own = f"这是关于“{title}”的报道,由本报记者从现场发回。"
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in (own, *(text or wording(title))))
    return (
        f'<html><head><meta charset="{charset}"><title>{title}</title></head><body><h1>{title}</h1>'
        f"<div>发布时间:{day} 来源:临江日报</div><div class='content'>{paragraphs}</div></body></html>"
    )


def wording(title: str) -> tuple[str, ...]:
    """Three paragraphs about vocational education that no other title has."""
    numbers = sha256(title.encode()).digest() + sha256(title.encode()[::-1]).digest()
    sentences = [
        f"{WHO[a % 6]}{WHERE[b % 6]}{WHAT[c % 6]},{a * 7 + b}名师生和{c + d}家企业参加,为的是{WHY[d % 6]}。"
        for a, b, c, d in zip(*[iter(numbers[:48])] * 4, strict=True)
    ]
    return tuple("".join(sentences[start : start + 4]) for start in (0, 4, 8))


def listing(rows: list[tuple[str, str, str]], *, following: str = "", charset: str = "utf-8") -> str:
    """A list page of (address, title, date)."""
    items = "".join(
        f'<li><a href="{url}" title="{title}">{title}</a><span>{day}</span></li>' for url, title, day in rows
    )
    pager = f'<a href="{following}">下一页</a>' if following else ""
    head = f'<meta charset="{charset}"><title>教育要闻</title>'
    return f'<html><head>{head}</head><body><ul class="list">{items}</ul><div class="page">{pager}</div></body></html>'
