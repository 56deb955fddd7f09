"""Serves the sample sites on loopback, one port a site: `with serve(samples) as running:`."""

import hashlib
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from socketserver import TCPServer
from threading import Thread

from zhijiao.demo import catalogue
from zhijiao.demo.printing import Document, documents
from zhijiao.demo.sites import Samples, SampleSite

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """A request that a sample site has answered."""

    at: float  # time.monotonic()
    site_id: str
    path: str
    status: int


@dataclass(frozen=True)
class Held:
    """A document and when it last changed, to the second, as HTTP counts."""

    document: Document
    modified: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.document.body).hexdigest()[:16]}"'


class SiteServer(ThreadingHTTPServer):
    """One sample site on a free port."""

    def __init__(self, site: SampleSite, now: datetime, log: list[Request]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.log = log
        self.shelf: dict[str, Held] = {}
        self._clock = now.astimezone(UTC).replace(microsecond=0)
        self.print(site)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's looks its name up, which takes seconds where no name service answers
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """A client that has gone away (a crawl that was stopped) is no news; anything else is told as usual."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def print(self, site: SampleSite) -> None:
        """Take over what the site prints now; only pages whose bytes differ count as modified."""
        self._clock += timedelta(seconds=1)  # a change is always later than the one before, however fast they follow
        self.site = site
        self.shelf = {path: self._held(path, document) for path, document in documents(site, self.base).items()}

    def _held(self, path: str, document: Document) -> Held:
        old = self.shelf.get(path)
        return old if old and old.document == document else Held(document, self._clock)


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer

    def do_GET(self) -> None:
        held = self.server.shelf.get(self.path)
        if held is None:
            page = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": "text/html"}, page.encode())
        elif self._known(held):
            self._send(HTTPStatus.NOT_MODIFIED, self._validators(held))
        else:
            document = held.document
            headers = {"Content-Type": document.content_type, **self._validators(held)}
            if document.location:
                headers["Location"] = document.location
            self._send(document.status, headers, document.body)

    def _known(self, held: Held) -> bool:
        """Whether the asker has this version: If-None-Match decides where it is sent, else If-Modified-Since."""
        validators = self._validators(held)
        if "ETag" in validators and "If-None-Match" in self.headers:
            return self.headers["If-None-Match"] == validators["ETag"]
        return "Last-Modified" in validators and self.headers["If-Modified-Since"] == validators["Last-Modified"]

    def _validators(self, held: Held) -> dict[str, str]:
        if held.document.status != HTTPStatus.OK:
            return {}
        modified = format_datetime(held.modified, usegmt=True)
        known = {"ETag": held.etag, "Last-Modified": modified}
        return {name: known[name] for name in self.server.site.validators}

    def _send(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.server.log.append(Request(time.monotonic(), self.server.site.id, self.path, int(status)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's parameter
        logger.debug("sample site %s: " + format, self.server.site.id, *args)


class Running:
    """The sample sites while they are served."""

    def __init__(self, samples: Samples, servers: dict[str, SiteServer], requests: list[Request]) -> None:
        self.samples = samples
        self.requests = requests
        self._servers = servers

    def base(self, site_id: str) -> str:
        """The site's address, without a slash at the end."""
        return self._servers[site_id].base

    def url(self, article_id: str) -> str:
        article = self.samples.articles[article_id]
        return self.base(article.site_id) + article.path

    def catalogue(self, folder: Path) -> list[Path]:
        """Write a TOML for every site into the folder, as `zhijiao` reads its catalogue."""
        folder.mkdir(parents=True, exist_ok=True)
        return [catalogue.write(folder, site, self.base(site.id)) for site in self.samples.sites.values()]

    def publish(self, article_id: str | None = None) -> str:
        """From now on the held-back article stands on its site's list, feed and page; returns its address."""
        article = self.samples.articles[article_id] if article_id else self.samples.fresh
        self._change(article.site_id, self.samples.publish(article.id))
        return self.url(article.id)

    def edit(self, article_id: str | None = None) -> str:
        """Make the prepared change in an article; returns its address."""
        article = self.samples.articles[article_id] if article_id else self.samples.editable
        self._change(article.site_id, self.samples.revise(article.id))
        return self.url(article.id)

    def _change(self, site_id: str, samples: Samples) -> None:
        self.samples = samples
        self._servers[site_id].print(samples.sites[site_id])


@contextmanager
def serve(samples: Samples) -> Iterator[Running]:
    """Start every site on a free loopback port; stop them all at the end."""
    requests: list[Request] = []
    with ExitStack() as stack:
        servers = {
            site_id: stack.enter_context(_served(site, samples.now, requests))
            for site_id, site in samples.sites.items()
        }
        yield Running(samples, servers, requests)


@contextmanager
def _served(site: SampleSite, now: datetime, requests: list[Request]) -> Iterator[SiteServer]:
    with SiteServer(site, now, requests) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name=f"sample-{site.id}")
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
