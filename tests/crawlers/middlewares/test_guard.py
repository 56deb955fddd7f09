"""FAULTS 16: what counts is the address that the resolver hands to the socket."""

from collections.abc import Iterator

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address, IPv6Address

from crawlers.addresses import NoSuchWeb, networks
from crawlers.middlewares.guard import Guard, GuardedResolver

NAME = "news.linjiang.example"


class Nameless:
    nameResolver = None  # noqa: N815 - Twisted's name, as those below; what is not in the cache is not found here


class Resolution:
    """What a connection would be tried to."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.complete = False

    def resolutionBegan(self, _resolution: object) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:  # noqa: N802
        self.found.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


@pytest.fixture
def resolver() -> Iterator[GuardedResolver]:
    resolver = GuardedResolver(Nameless(), cache_size=9)
    resolver.allowed = networks("10.1.0.0/16 fd12::/16")
    resolver.proxies = frozenset({"127.0.0.9"})
    yield resolver
    dnscache.clear()
    GuardedResolver.refused.clear()


def resolved(resolver: GuardedResolver, *addresses: str, name: str = NAME) -> list[str]:
    """What is connected to when the name service says these addresses."""
    dnscache[name] = [(IPv6Address if ":" in one else IPv4Address)("TCP", one, 0) for one in addresses]
    resolution = Resolution()
    resolver.resolveHostName(resolution, name, 80)
    assert resolution.complete
    return resolution.found


def test_a_name_is_looked_at_each_time_it_is_resolved(resolver: GuardedResolver) -> None:
    answers = ["8.8.8.8", "127.0.0.1", "8.8.8.8", "169.254.169.254", "10.1.0.7", "10.2.0.7"]
    assert [resolved(resolver, address) for address in answers] == [["8.8.8.8"], [], ["8.8.8.8"], [], ["10.1.0.7"], []]


def test_every_address_of_a_name_counts_of_either_kind(resolver: GuardedResolver) -> None:
    mixed = ["::1", "2400:da00::1", "10.0.0.1", "8.8.8.8", "fe80::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "fd12::7"]
    assert resolved(resolver, *mixed) == ["2400:da00::1", "8.8.8.8", "fd12::7"]


def test_a_proxy_may_be_anywhere(resolver: GuardedResolver) -> None:
    assert resolved(resolver, "127.0.0.9", name="127.0.0.9") == ["127.0.0.9"]


def test_a_refusal_is_told_as_one_and_only_once(resolver: GuardedResolver) -> None:
    request, failure, guard = Request(f"http://{NAME}/"), CannotResolveHostError(), Guard((), ())
    resolved(resolver, "192.168.1.1")
    with pytest.raises(NoSuchWeb, match=r"内网地址 192\.168\.1\.1"):
        guard.process_exception(request, failure)
    guard.process_exception(request, failure)  # now the name was not found


def test_what_is_no_address_of_the_web_is_not_even_resolved() -> None:
    with pytest.raises(NoSuchWeb):
        Guard((), ()).process_request(Request("http://linjiang.example:22/"))
