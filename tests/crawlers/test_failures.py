"""Every way in which a download can fail has a word for programs beside the one for people."""

import pytest
from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from crawlers.addresses import NoSuchWeb
from crawlers.failures import unread
from crawlers.ledger import now
from crawlers.middlewares.access import NoProxy
from crawlers.middlewares.robots import Forbidden, Unknown
from crawlers.robots import unanswered

EXPIRED = SSL.Error([("SSL routines", "", "certificate verify failed")])


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (CannotResolveHostError(), "dns"),
        (DownloadConnectionRefusedError(), "refused"),
        (DownloadTimeoutError(), "timeout"),
        (DownloadCancelledError(), "too_large"),
        (ResponseDataLossError(), "cut"),
        (UnsupportedURLSchemeError(), "address"),
        (IgnoreRequest("max redirections reached"), "redirects"),
        (IgnoreRequest("exceeded DOWNLOAD_MAXSIZE"), "too_large"),
        (NoSuchWeb("内网地址"), "address"),
        (NoProxy("没有设置代理"), "proxy"),
        (Forbidden("robots.txt 不允许"), "robots"),
        (Unknown(unanswered(None, now(), "超时", "timeout")), "timeout"),
        (Unknown(unanswered(None, now(), "读不到")), "robots_unread"),
        (EXPIRED, "certificate"),
        (SSL.Error([("SSL routines", "", "unsupported protocol")]), "tls"),
        (DownloadFailedError("?"), "download"),
        (ValueError("?"), "download"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_failure_has_a_word_for_programs(error: Exception, fault: str) -> None:
    assert unread(error).fault == fault


def test_a_failure_that_scrapy_has_wrapped_is_found() -> None:
    wrapped = DownloadFailedError("wrapped")
    wrapped.__cause__ = EXPIRED
    assert unread(wrapped).fault == "certificate"
