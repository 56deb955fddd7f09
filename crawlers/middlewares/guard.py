"""Only the public web is asked. The address is looked at where it counts: on the way from the resolver to the socket.

So a name that leads to a private address, now or at the second look (DNS rebinding), is refused at every hop of a
redirect alike. Behind a proxy it is the proxy that resolves names, and the proxy's own guard that counts.
"""

from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawlers.addresses import Network, NoSuchWeb, networks, require_public, require_web


class Guard:
    """Scheme, port and spelling before anything else; a refusal by the resolver is told as what it is."""

    def process_request(self, request: Request) -> None:
        require_web(request.url)

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, CannotResolveHostError):
            refused = GuardedResolver.refused.pop(urlsplit(request.url).hostname or "", None)
            if refused:
                raise refused


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, IPv4 only. What it returns is what Twisted connects to, literal addresses included."""

    refused: dict[str, NoSuchWeb] = {}  # noqa: RUF012 - shared on purpose: one resolver a process
    allowed: tuple[Network, ...] = ()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed = networks(crawler.settings["ALLOW_PRIVATE"])
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: N802 - the parent's name
        return super().getHostByName(name, timeout).addCallback(self._public, name)

    def _public(self, address: str, name: str) -> str:
        try:
            require_public(address, self.allowed)
        except NoSuchWeb as why:
            self.refused[name] = why
            raise DNSLookupError(str(why)) from why  # the one failure that Twisted expects here
        return address
