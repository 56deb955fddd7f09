"""One request to the public web without a crawl: what an address answers, not what stands there."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from urllib.parse import urljoin, urlsplit

from crawlers.addresses import Network, NoSuchWeb, require_public, require_web
from crawlers.settings import USER_AGENT
from publish.addresses import web_address
from storage.language import say

SECONDS = 10.0  # for each step of an answer; twice that for all of it


class NoAnswer(Exception):  # noqa: N818 - an expected end
    """Nothing came, `str()` says why; `gone` where the host itself no longer exists."""

    def __init__(self, why: str, *, gone: bool = False) -> None:
        super().__init__(why)
        self.gone = gone


@dataclass(frozen=True)
class Answer:
    status: int
    location: str | None = None  # absolute
    retry_after: str | None = None


def request(method: str, url: str, allowed: tuple[Network, ...] = ()) -> Answer:
    """The head of the answer; NoAnswer where none comes. `allowed`: private networks that may be asked."""
    try:
        require_web(url)
        return _answer(method, url, allowed)
    except NoSuchWeb as why:
        raise NoAnswer(str(why)) from None
    except socket.gaierror as error:
        gone = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        raise NoAnswer(say("域名查不到", "the name does not resolve"), gone=gone) from None
    except TimeoutError:
        raise NoAnswer(say("没有及时回答", "no answer in time")) from None
    except ssl.SSLError:
        raise NoAnswer(say("证书或加密方式有问题", "certificate or encryption refused")) from None
    except (OSError, HTTPException, ValueError):  # ValueError: what is no header, and a socket that the deadline closed
        raise NoAnswer(say("连接不上或回答有误", "no connection, or no proper answer")) from None


class _Plain(HTTPConnection):
    """Connects to nothing but the public web."""

    allowed: tuple[Network, ...] = ()

    def connect(self) -> None:
        self.sock = _connected(self.host, self.port, self.allowed)


class _Secure(HTTPSConnection):
    allowed: tuple[Network, ...] = ()

    def connect(self) -> None:
        plain = _connected(self.host, self.port, self.allowed)
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()  # apart, so that the deadline finds the socket


def _answer(method: str, url: str, allowed: tuple[Network, ...]) -> Answer:
    parts = urlsplit(url)
    kind = _Secure if parts.scheme == "https" else _Plain
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    connection.allowed = allowed
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(connection), _deadline(connection):
        connection.request(method, path, headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"})
        response = connection.getresponse()
        location = response.getheader("Location") if 300 <= response.status < 400 else None
        return Answer(response.status, _absolute(url, location), response.getheader("Retry-After"))


def _absolute(url: str, location: str | None) -> str | None:
    """http.client reads headers as Latin-1; sites write addresses in UTF-8."""
    return web_address(urljoin(url, location.encode("latin-1").decode("utf-8", "replace"))) if location else None


def _connected(host: str, port: int, allowed: tuple[Network, ...]) -> socket.socket:
    """To the first address of the name that answers; NoSuchWeb where it leads to a private machine."""
    problem = OSError()
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        require_public(str(address[0]), allowed)
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(SECONDS)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            problem = error
        else:
            return connection
    raise problem


@contextmanager
def _deadline(connection: HTTPConnection) -> Iterator[None]:
    """Ends a connection whose answer comes byte by byte: a socket's own limit begins anew with each of them."""
    late = Event()

    def end() -> None:
        late.set()
        if connection.sock:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(2 * SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():  # what came until then may look like a whole answer
            raise TimeoutError
