"""Downloads by http and https: Scrapy's handler, with what it leaves open.

A head without end is cut off: Scrapy bounds bodies alone. And sites whose TLS is of another time get connections of
their own, as `tls` of a site's file says, which `middlewares/access.py` puts into request.meta:

| tls | protocols | certificate |
|---|---|---|
| (missing) | those that OpenSSL thinks safe, TLS 1.2 or later | must be valid |
| "legacy" | from TLS 1.0 on, weak ciphers and keys, servers that renegotiate in the old way | must be valid |
| "unverified" | as "legacy" | any: whoever answers is believed |

Scrapy 2.19 has no public place for either; pyproject.toml holds it below 2.20.
"""

from typing import Any

from OpenSSL.SSL import Context
from scrapy import Request
from scrapy.core.downloader.contextfactory import _get_creator_context, _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.ssl import TLSVersion
from twisted.web._newclient import BODY, DONE

LONGEST_HEAD = 256 * 1024  # bytes; what comes along of the body counts, at most one reading of the socket
EVERY_CIPHER = b"ALL:@SECLEVEL=0"
OP_LEGACY_SERVER_CONNECT = 0x4  # of OpenSSL; pyOpenSSL has no name for it
POLICIES = ("legacy", "unverified")


class Handler(HTTP11DownloadHandler):
    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Connections
        self._others = {policy: _OldHandler(crawler, policy) for policy in POLICIES}

    async def download_request(self, request: Request) -> Response:
        handler = self._others.get(request.meta.get("tls") or "")
        return await (handler.download_request(request) if handler else super().download_request(request))

    async def close(self) -> None:
        for handler in self._others.values():
            await handler.close()
        await super().close()


class _OldHandler(HTTP11DownloadHandler):
    """Its pool is its own: a connection made in the old way serves nobody else."""

    def __init__(self, crawler: Crawler, policy: str) -> None:
        super().__init__(crawler)
        verify = policy != "unverified"
        self._pool._factory = _Connections
        self._contextFactory: Any = _OldContexts(None, verify_certificates=verify, tls_min_version=TLSVersion.TLSv1_0)


class _OldContexts(_ScrapyClientContextFactory):
    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - the parent's name
        creator = super().creatorForNetloc(hostname, port)
        context: Context = _get_creator_context(creator)
        context.set_cipher_list(EVERY_CIPHER)
        context.set_options(OP_LEGACY_SERVER_CONNECT)
        return creator


class _Connection(_LenientHTTP11ClientProtocol):
    _head = 0  # bytes of the answer's head so far

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - the parent's name
        self._head = self._head + len(data) if self._parser and self._parser.state not in (BODY, DONE) else 0
        if self._head > LONGEST_HEAD and self.transport:
            self.transport.abortConnection()
        else:
            super().dataReceived(data)  # type: ignore[no-untyped-call]


class _Connections(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Connection:  # noqa: ARG002, N802 - the parent's signature
        return _Connection(self._quiescentCallback)  # type: ignore[no-untyped-call]
