"""Downloads by http and https, with connections of their own for sites whose TLS is of another time.

`tls` of a site's file, which `middlewares/access.py` puts into request.meta:

| tls | protocols | certificate |
|---|---|---|
| (missing) | those that OpenSSL thinks safe, TLS 1.2 or later | must be valid |
| "legacy" | from TLS 1.0 on, weak ciphers and keys, servers that renegotiate in the old way | must be valid |
| "unverified" | as "legacy" | any: whoever answers is believed |
"""

from typing import Any

from OpenSSL.SSL import Context
from scrapy import Request
from scrapy.core.downloader.contextfactory import _get_creator_context, _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.ssl import TLSVersion

EVERY_CIPHER = b"ALL:@SECLEVEL=0"
OP_LEGACY_SERVER_CONNECT = 0x4  # of OpenSSL; pyOpenSSL has no name for it
POLICIES = ("legacy", "unverified")


class Handler(HTTP11DownloadHandler):
    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
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
        self._contextFactory: Any = _OldContexts(None, verify_certificates=verify, tls_min_version=TLSVersion.TLSv1_0)


class _OldContexts(_ScrapyClientContextFactory):
    """Scrapy 2.19 has no public place where a connection's TLS is chosen by request."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - the parent's name
        creator = super().creatorForNetloc(hostname, port)
        context: Context = _get_creator_context(creator)
        context.set_cipher_list(EVERY_CIPHER)
        context.set_options(OP_LEGACY_SERVER_CONNECT)
        return creator
