"""Scrapy's settings: polite by default, consoles off. What an operator may choose comes from `pipeline/settings.py`."""

import tomllib
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from pipeline.settings import CHECKOUT, load


def _version() -> str:
    try:
        return version("zhijiao")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


_options = load()

BOT_NAME = "zhijiao"
SPIDER_LOADER_CLASS = "crawlers.loader.SiteLoader"

# Who asks, and where to complain.
USER_AGENT = f"zhijiao/{_version()}" + (f" (+{_options.contact})" if _options.contact else "")
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

# How often. The pause between two requests to a host is delay_seconds to 1.5 times that, never less. Scrapy keeps it
# between departures; `Turn` from answer to departure, and longer where the host is slow or its robots.txt asks for it.
# Not AutoThrottle: that forgets a host after a minute, knows no robots.txt, and its slots nothing of other crawls.
CONCURRENT_REQUESTS = 64  # channels visited at the same time, each on a host of its own
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = _options.delay_seconds * 1.25
DOWNLOAD_DELAY_JITTER = 0.2

# How long and how much.
DOWNLOAD_TIMEOUT = _options.timeout_seconds
DOWNLOAD_MAXSIZE = _options.max_bytes
DOWNLOAD_WARNSIZE = 2_000_000
RETRY_TIMES = 1  # the next visit is the retry
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # not 429 and 503: they ask for patience
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the visit's own line says it
REDIRECT_MAX_TIMES = 5

# Whom.
ALLOW_PRIVATE = _options.allow_private
PROXIES = _options.proxies
TWISTED_DNS_RESOLVER = "crawlers.middlewares.guard.GuardedResolver"

# What is not needed, or is dangerous with strangers' pages.
DOWNLOAD_HANDLERS = {
    **dict.fromkeys(("http", "https"), "crawlers.downloads.Handler"),
    **dict.fromkeys(("data", "file", "ftp", "s3")),  # None: off
}
DOWNLOAD_VERIFY_CERTIFICATES = True  # but where a site's file says `tls = "unverified"`
METAREFRESH_ENABLED = False
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False  # that of the environment; a site's own is a matter of `access`
REFERRER_POLICY = "no-referrer"
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
EXTENSIONS_BASE: dict[str, int] = {}  # among Scrapy's own is a loopback server that runs code; none is of use here

# Of Scrapy's own only those named here: not cookies, credentials, proxies of the environment, redirects by pages, its
# robots.txt (which forgets with the process, and 5xx at once) and its borders (articles may stand on another host).
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    # An answer passes the same in reverse: the last three see it before retries, redirects and unpacking.
    "crawlers.middlewares.access.Access": 70,
    "crawlers.middlewares.guard.Guard": 80,
    "crawlers.middlewares.lease.HostLease": 90,  # before robots.txt: without the host nothing is asked of it
    "crawlers.middlewares.robots.RobotsTxt": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "crawlers.middlewares.conditional.Conditional": 400,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 410,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "crawlers.middlewares.retry_after.RetryAfter": 970,
    "crawlers.middlewares.account.Account": 980,
    "crawlers.middlewares.turn.Turn": 990,
}
ITEM_PIPELINES = {"crawlers.handover.Handover": 500}

# How it runs.
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if find_spec("uvloop") else None
CONCURRENT_ITEMS = 4  # Scrapy starts so many tasks for each response; 100 cost a third of the CPU
LOG_LEVEL = _options.log_level
LOG_VERSIONS: list[str] = []
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # the ledger counts
