"""Which addresses may be asked at all: the public web, and what the operator allows of the private one."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from crawlers.failures import Refused
from storage.language import say

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The ports of the web, and those above which anybody may serve it, without those where other things listen.
LOW_PORTS = frozenset({80, 443, *range(81, 91)})
OTHER_THINGS = frozenset(
    {1433, 1521, 2049, 2375, 2376, 3306, 3389, 4369, 5432, 5900, 6000, 6379, 6665, 6666, 6667, 6668, 6669, 9200, 9300}
    | {10250, 11211, 27017}
)
NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?", re.IGNORECASE)
EMBEDDING = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))  # NAT64: the last 32 bits are an IPv4 address

# Names that no public server bears (RFC 6761, 6762, 8375 and the habits of intranets).
PRIVATE_NAMES = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa", ".lan")


class NoSuchWeb(Refused):
    """The address is not one of the public web; `str()` says why."""


def networks(text: str) -> tuple[Network, ...]:
    """Networks as the setting `allow_private` lists them, separated by commas or spaces."""
    return tuple(ip_network(part) for part in re.split(r"[,\s]+", text) if part)


def require_web(url: str) -> None:
    """NoSuchWeb unless the address looks like one of the web: scheme, port, and a host spelt plainly."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise NoSuchWeb(say("不是网页地址", "not a web address")) from None
    plain = "\\" not in url and parts.username is None and parts.password is None
    if parts.scheme not in ("http", "https") or not plain or not _is_host(parts.hostname or ""):
        raise NoSuchWeb(say("不是网页地址", "not a web address"))
    if port not in LOW_PORTS and (port < 1024 or port in OTHER_THINGS):
        raise NoSuchWeb(say(f"端口 {port} 不是网站的", f"port {port} is not a website's"))


def require_public(address: str, allowed: Iterable[Network]) -> None:
    """NoSuchWeb where a connection would go to this or another private machine, whatever name led there."""
    for ip in _meant(ip_address(address.partition("%")[0])):
        if not is_public(ip) and not any(ip in network for network in allowed if network.version == ip.version):
            raise NoSuchWeb(say(f"内网地址 {ip},不访问", f"{ip} is a private address"))


def require_public_name(host: str, allowed: Iterable[Network]) -> None:
    """NoSuchWeb where its spelling says that a host is private: all that is known where a proxy resolves names."""
    host = host.rstrip(".").lower()
    if ("." not in host and ":" not in host) or host.endswith(PRIVATE_NAMES):
        raise NoSuchWeb(say(f"不是公开的主机名:{host}", f"no public host name: {host}"))
    if ":" in host or _is_numeric(host):
        try:
            require_public(host, allowed)
        except ValueError:  # such as 012.0.0.1, which some read as octal
            raise NoSuchWeb(say("不是网页地址", "not a web address")) from None


def is_public(ip: Address) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _meant(ip: Address) -> Iterable[Address]:
    """The address, or the IPv4 address that is written into it."""
    if isinstance(ip, IPv4Address):
        return (ip,)
    inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
    if not inside and any(ip in network for network in EMBEDDING):
        inside = IPv4Address(int(ip) & 0xFFFFFFFF)
    return (inside,) if inside else (ip,)


def _is_host(host: str) -> bool:
    """A name in ASCII, as Scrapy has encoded it, or an address in one of its two usual spellings."""
    if ":" in host:
        return True  # urlsplit has found brackets; the resolver sees whether they hold an address
    return bool(re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", host) if _is_numeric(host) else NAME.fullmatch(host))


def _is_numeric(host: str) -> bool:
    """2130706433, 0x7f.1, 127.1 mean 127.0.0.1 to some."""
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdecimal() or last.lower().startswith("0x")
