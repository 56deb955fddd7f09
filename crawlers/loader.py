"""Every site of the catalogue is a spider: `scrapy list`, `scrapy crawl moe`, `scrapy parse --spider=moe URL`."""

import builtins
from difflib import get_close_matches
from typing import Self

from scrapy import Request, Spider
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from crawlers.catalogue import Catalogue
from crawlers.catalogue import load as load_catalogue
from crawlers.hosts import host_of
from crawlers.spiders.site import SiteSpider
from pipeline.settings import load
from storage.language import say, speak


class NoSuchSite(UsageError, KeyError):  # noqa: N818 - a person's slip
    """What Scrapy expects of a loader, and tells a person without a traceback."""

    def __str__(self) -> str:
        return str(self.args[0])


class SiteLoader:
    def __init__(self, catalogue: Catalogue) -> None:
        self._sites = catalogue.sites

    @classmethod
    def from_settings(cls, _settings: BaseSettings) -> Self:
        options = load()
        speak(options.lang)
        return cls(load_catalogue(options.own_sources, options.bundled_sources))

    def load(self, spider_name: str) -> type[Spider]:
        if spider_name not in self._sites:
            near = get_close_matches(spider_name, self._sites, n=1)
            meant = say(f",是否想写 {near[0]}?", f" (did you mean {near[0]}?)") if near else ""
            missing = say(f"目录里没有 {spider_name}{meant}", f"no {spider_name} in the catalogue{meant}")
            raise NoSuchSite(missing, print_help=False)
        return type("SiteSpider", (SiteSpider,), {"name": spider_name})

    def list(self) -> builtins.list[str]:
        return [*self._sites]

    def find_by_request(self, request: Request) -> builtins.list[str]:
        host = host_of(request.url)
        return [
            site.id
            for site in self._sites.values()
            if any(host_of(url) == host for url in (site.home or "", *(channel.url for channel in site.channels)))
        ]
