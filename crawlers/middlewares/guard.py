"""Only the public web is asked. The address is looked at where it counts: on the way from the resolver to the socket.

So a name that leads to a private address, now or at the second look (DNS rebinding), is refused at every hop of a
redirect alike; of a name with many addresses only the public ones are tried. A proxy is where the operator says it is,
be that a private address. Behind it the proxy resolves names, and what it reaches is its own affair: only addresses
that are spelt out are refused here.
"""

from collections.abc import Iterable
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingHostnameResolver

from crawlers.addresses import Network, NoSuchWeb, networks, require_public, require_public_name, require_web
from storage.language import say


class Guard:
    """Scheme, port and spelling before anything else; a refusal by the resolver is told as what it is."""

    def __init__(self, allowed: Iterable[Network], proxies: Iterable[str]) -> None:
        self._allowed = tuple(allowed)
        self._proxies = frozenset(proxies)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(networks(crawler.settings["ALLOW_PRIVATE"]), hosts_of(crawler.settings["PROXIES"].values()))

    def process_request(self, request: Request) -> None:
        require_web(request.url)
        host = urlsplit(request.url).hostname or ""
        if request.meta.get("proxy"):
            require_public_name(host, self._allowed)
        elif host in self._proxies:  # which the resolver lets pass
            raise NoSuchWeb(say("代理的地址不是网站", "the proxy is no website"))

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, CannotResolveHostError):
            refused = GuardedResolver.refused.pop(urlsplit(request.url).hostname or "", None)
            if refused:
                raise refused


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's resolver. What it returns is what Twisted connects to, literal addresses included."""

    refused: dict[str, NoSuchWeb] = {}  # noqa: RUF012 - shared on purpose: one resolver a process
    allowed: tuple[Network, ...] = ()
    proxies: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed = networks(crawler.settings["ALLOW_PRIVATE"])
        resolver.proxies = hosts_of(crawler.settings["PROXIES"].values())
        return resolver

    def resolveHostName(  # type: ignore[override]  # noqa: N802 - Twisted gives the first two by place
        self, receiver: Any, name: str, *rest: Any, **named: Any
    ) -> Any:
        guarded: Any = receiver if name in self.proxies else PublicOnly(receiver, name, self)
        return super().resolveHostName(guarded, name, *rest, **named)


class PublicOnly:
    """Twisted's receiver of addresses, which gets the public ones alone; why it got none is left with the resolver."""

    def __init__(self, receiver: Any, name: str, resolver: GuardedResolver) -> None:
        self._receiver = receiver
        self._name = name
        self._resolver = resolver

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 - as all names here, Twisted's
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        try:
            require_public(address.host, self._resolver.allowed)
        except NoSuchWeb as why:
            self._resolver.refused[self._name] = why
        else:
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


def hosts_of(urls: Iterable[str]) -> frozenset[str]:
    return frozenset(urlsplit(url).hostname or "" for url in urls)
