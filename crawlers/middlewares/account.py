"""Writes every request into its host's ledger, and slows down where the host is slow."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest, NotConfigured
from scrapy.http import Response

from crawlers.leases import Held
from storage.errors import LeaseLost


class Account:
    """Next to the downloader: it sees bodies as they were sent, and every answer that others turn into something."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if getattr(crawler.spider, "desk", None) is None:
            raise NotConfigured
        return cls(crawler.settings.getfloat("DOWNLOAD_TIMEOUT"))

    def process_response(self, request: Request, response: Response) -> Response:
        held: Held = request.meta["held"]
        held.count(len(response.body), not_modified=response.status == 304, error=response.status >= 400)
        held.pace.answered(request.meta.get("download_latency", 0.0), well=response.status == 200)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, (IgnoreRequest, LeaseLost)):
            return  # never asked
        held: Held = request.meta["held"]
        held.count(0, error=True)
        if isinstance(exception, DownloadTimeoutError):
            held.pace.answered(self._timeout, well=False)
