"""Sites that want to be asked in a way of their own: with old TLS, through a proxy, coming from their home page."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socket import SHUT_RDWR, create_connection, socket
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.crawlers.crawling import Home, Told, jobs
from tests.crawlers.website import Website, article, listing, serve

TITLE = "临江市职业教育新闻:校企合作有新进展"
PROXY = "127.0.0.2"  # which `allow_private` does not name; the sites are on 127.0.0.1, which it does
NAMED = "linjiang.example"  # which only the proxy resolves
SECRET = "bWU6c2VjcmV0"  # me:secret
OLD = ssl.TLSVersion.TLSv1


@dataclass
class Proxy:
    """Asks one website, whatever name it is told, and keeps what it was told."""

    plain: Website
    secure: Website
    asked: list[tuple[str, str]] = field(default_factory=list)  # method, target
    secrets: set[str | None] = field(default_factory=set)


@dataclass
class Crawled:
    told: Told
    proxy: Proxy
    sites: dict[str, Website]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("access")
    valid, expired = Certificate(folder, "valid"), Certificate(folder, "expired", days=-1)
    with ExitStack() as stack:

        def site(context: ssl.SSLContext | None = None) -> Website:
            website = stack.enter_context(serve(tls=context))
            website.set(
                "/list/", listing([("/1.html", TITLE, "2026-11-20"), ("http://10.0.0.1/", TITLE, "2026-11-20")])
            )
            website.set("/1.html", article(TITLE))
            return website

        sites = {"today": site(valid.context()), "plain": site(), "secure": site(valid.context())}
        sites |= {name: site(valid.context(OLD)) for name in ("old", "old_legacy")}
        sites |= {name: site(expired.context()) for name in ("expired", "expired_legacy", "expired_unverified")}
        proxy = Proxy(sites["plain"], sites["secure"])
        proxies = f'{{"cn": "http://me:secret@{PROXY}:{stack.enter_context(serving(proxy))}"}}'
        trusted = folder / "trusted.pem"
        trusted.write_bytes(valid.path.read_bytes() + expired.path.read_bytes())
        own = {"SSL_CERT_FILE": str(trusted), "ZHIJIAO_ALLOW_PRIVATE": "127.0.0.1/32", "ZHIJIAO_PROXIES": proxies}
        home = Home(folder / "home", own)
        policies = {"old_legacy": "legacy", "expired_legacy": "legacy", "expired_unverified": "unverified"}
        asked = {
            **{name: (sites[name].base, "") for name in ("today", "old", "expired")},
            **{name: (sites[name].base, f'tls = "{policy}"') for name, policy in policies.items()},
            "proxied": (f"http://{NAMED}", 'proxy = "cn"\nreferer = true'),
            "tunnelled": (f"https://{NAMED}", 'proxy = "cn"'),
            "unset": (sites["plain"].base, 'proxy = "us"'),
            "proxy": (proxies.partition("@")[2].join(("http://", ""))[:-2], ""),
        }
        for name, (base, keys) in asked.items():
            home.site(name, base, keys=keys, news="/list/")
        yield Crawled(home.crawl(*jobs(*(f"{name}/news" for name in asked), dry_run=True)), proxy, sites)
        home.database.close()


def test_old_servers_are_asked_where_their_files_say_that_they_are_old(crawled: Crawled) -> None:
    told = {name: crawled.told.finished(f"{name}/news") for name in ("today", "old", "old_legacy")}
    assert told["today"] == told["old_legacy"]
    assert told["today"]["kept"] == 1
    assert told["old"] == {
        "failed": {
            "no TLS in common (tlsv1 alert protocol version); a very old server needs "
            '`tls = "legacy"` in the site\'s TOML': 1
        }
    }


def test_a_certificate_must_be_valid_unless_the_file_says_otherwise(crawled: Crawled) -> None:
    told = {name: crawled.told.finished(f"expired{name}/news") for name in ("", "_legacy", "_unverified")}
    invalid = {"failed": {"the site's certificate is not valid": 1}}
    assert told == {"": invalid, "_legacy": invalid, "_unverified": crawled.told.finished("today/news")}


def test_a_proxy_is_asked_wherever_it_is_and_nothing_private_through_it(crawled: Crawled) -> None:
    assert crawled.told.finished("proxied/news") == crawled.told.finished("tunnelled/news")
    assert crawled.told.finished("proxied/news") == crawled.told.finished("today/news")
    assert [target for method, target in crawled.proxy.asked if method == "GET"] == [
        f"http://{NAMED}{path}" for path in ("/robots.txt", "/list/", "/1.html")
    ]
    assert {target for method, target in crawled.proxy.asked if method == "CONNECT"} == {f"{NAMED}:443"}
    assert crawled.proxy.secrets == {f"Basic {SECRET}"}
    assert not any("proxy-authorization" in one.headers for site in crawled.sites.values() for one in site.asked)
    assert crawled.told.finished("proxied/news")["failed"] == {"10.0.0.1 is a private address": 1}


def test_the_proxy_itself_is_no_website(crawled: Crawled) -> None:
    assert crawled.told.finished("proxy/news") == {"failed": {"the proxy is no website": 1}}


def test_nothing_is_asked_past_a_proxy_that_is_not_set(crawled: Crawled) -> None:
    assert crawled.told.finished("unset/news") == {"failed": {"no proxy us is set (`proxies`, zhijiao.toml)": 1}}


def test_a_referer_is_sent_where_the_file_asks_for_it(crawled: Crawled) -> None:
    assert {asked.headers.get("referer") for asked in crawled.sites["plain"].asked} == {f"http://{NAMED}/"}
    assert not any("referer" in asked.headers for asked in crawled.sites["secure"].asked)


class Certificate:
    """Signed by itself, for the loopback address and the name; `path` holds it and its key."""

    def __init__(self, folder: Path, name: str, days: int = 1) -> None:
        self.path = folder / f"{name}.pem"
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName(NAMED)])
        signed = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(names, critical=False)
            .sign(key, hashes.SHA256())
        )
        plain = serialization.NoEncryption()
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        self.path.write_bytes(key.private_bytes(pem, pkcs8, plain) + signed.public_bytes(pem))

    def context(self, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        if newest:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with pytest.deprecated_call():  # as it should be
                context.minimum_version = context.maximum_version = newest
        return context


@contextmanager
def serving(proxy: Proxy) -> Iterator[int]:
    """On its own loopback address; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._note()
            path = self.path.removeprefix(f"http://{NAMED}")
            head = "".join(f"{n}: {v}\r\n" for n, v in self.headers.items() if not n.lower().startswith("proxy-"))
            self._pass_on(proxy.plain, f"GET {path} HTTP/1.0\r\n{head}\r\n".encode())

        def do_CONNECT(self) -> None:
            self._note()
            self.wfile.write(b"HTTP/1.1 200 go on\r\n\r\n")
            self._pass_on(proxy.secure, b"")

        def _note(self) -> None:
            proxy.asked.append((self.command, self.path))
            proxy.secrets.add(self.headers.get("Proxy-Authorization"))

        def _pass_on(self, site: Website, begin: bytes) -> None:
            self.close_connection = True
            with create_connection(("127.0.0.1", int(site.base.rpartition(":")[2]))) as there:
                there.sendall(begin)
                up = Thread(target=pump, args=(self.connection, there))
                up.start()
                pump(there, self.connection)
                up.join()

        def log_message(self, *_: object) -> None:
            """Standard error is for the tests."""

    with ThreadingHTTPServer((PROXY, 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def pump(source: socket, sink: socket) -> None:
    """All that comes, until one end is gone; then the other end is told."""
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(SHUT_RDWR)
