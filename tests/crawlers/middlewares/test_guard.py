"""FAULTS 16: what counts is the address that the resolver hands to the socket."""

from collections.abc import Iterator

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import dnscache
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawlers.addresses import NoSuchWeb, networks
from crawlers.middlewares.guard import Guard, GuardedResolver

NAME = "news.linjiang.example"


@pytest.fixture
def resolver() -> Iterator[GuardedResolver]:
    resolver = GuardedResolver(None, cache_size=9, timeout=1)
    resolver.allowed = networks("10.1.0.0/16")
    yield resolver
    dnscache.clear()
    GuardedResolver.refused.clear()


def resolved(resolver: GuardedResolver, address: str) -> str:
    """What a connection is opened to when the name service says this address."""
    dnscache[NAME] = address
    got: list[str] = []
    waiting: Deferred[None] = resolver.getHostByName(NAME).addCallback(got.append)
    waiting.addErrback(lambda failure: failure.raiseException() if not failure.check(DNSLookupError) else None)
    return got[0] if got else "nothing"


def test_a_name_is_looked_at_each_time_it_is_resolved(resolver: GuardedResolver) -> None:
    answers = ["8.8.8.8", "127.0.0.1", "8.8.8.8", "169.254.169.254", "10.1.0.7", "10.2.0.7"]
    assert [resolved(resolver, address) for address in answers] == [
        *("8.8.8.8", "nothing", "8.8.8.8", "nothing", "10.1.0.7", "nothing")
    ]


def test_a_refusal_is_told_as_one_and_only_once(resolver: GuardedResolver) -> None:
    request, failure = Request(f"http://{NAME}/"), CannotResolveHostError()
    resolved(resolver, "192.168.1.1")
    with pytest.raises(NoSuchWeb, match=r"内网地址 192\.168\.1\.1"):
        Guard().process_exception(request, failure)
    Guard().process_exception(request, failure)  # now the name was not found


def test_what_is_no_address_of_the_web_is_not_even_resolved() -> None:
    with pytest.raises(NoSuchWeb):
        Guard().process_request(Request("http://linjiang.example:22/"))
