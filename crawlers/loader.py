"""Every site of the catalogue is a spider: `scrapy list`, `scrapy crawl moe`, `scrapy parse --spider=moe URL`."""

import builtins
from typing import Self

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from crawlers.catalogue import Catalogue
from crawlers.catalogue import load as load_catalogue
from crawlers.hosts import host_of
from crawlers.spiders.site import SiteSpider
from pipeline.settings import load


class SiteLoader:
    def __init__(self, catalogue: Catalogue) -> None:
        self._sites = catalogue.sites

    @classmethod
    def from_settings(cls, _settings: BaseSettings) -> Self:
        options = load()
        return cls(load_catalogue(options.own_sources, options.bundled_sources))

    def load(self, spider_name: str) -> type[Spider]:
        if spider_name not in self._sites:
            raise KeyError(f"Spider not found: {spider_name}")
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
