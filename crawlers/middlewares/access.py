"""How a site wants to be asked, as its file says: through a proxy, with TLS of its time, coming from its home page."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Self
from urllib.parse import unquote, urlsplit, urlunsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawlers.catalogue import Catalogue
from crawlers.failures import Refused
from storage.language import say


class NoProxy(Refused):
    """The site names a proxy that the settings do not know: nothing is asked past it. `str()` says what to do."""

    fault = "proxy"


class Access:
    """For every request of a visit: list pages, articles, robots.txt and each hop of a redirect."""

    def __init__(self, catalogue: Catalogue, spider: str, proxies: Mapping[str, str]) -> None:
        self._catalogue = catalogue
        self._spider = spider
        self._proxies = proxies

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        desk = getattr(crawler.spider, "desk", None)
        if crawler.spider is None or desk is None:
            raise NotConfigured
        return cls(desk.catalogue, crawler.spider.name, desk.settings.proxies)

    def process_request(self, request: Request) -> None:
        visit = request.meta.get("visit")  # none with `scrapy parse`, where the spider is the site
        site = getattr(visit, "site", None) or self._catalogue.sites.get(self._spider)
        if site is None:
            return
        request.meta["tls"] = site.tls
        if site.referer and site.home:
            request.headers["Referer"] = site.home
        if site.proxy:
            self._send_through(request, site.proxy)

    def _send_through(self, request: Request, name: str) -> None:
        if name not in self._proxies:
            raise NoProxy(
                say(
                    f"没有设置代理 {name}(zhijiao.toml 的 proxies)", f"no proxy {name} is set (`proxies`, zhijiao.toml)"
                )
            )
        parts = urlsplit(self._proxies[name])
        user, at, host = parts.netloc.rpartition("@")
        request.meta["proxy"] = urlunsplit((parts.scheme, host, "", "", ""))
        if at:
            request.headers["Proxy-Authorization"] = b"Basic " + b64encode(unquote(user).encode())
