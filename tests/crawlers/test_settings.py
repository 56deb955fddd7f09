"""The settings that are in force when the crawl runs, not only those that our file names."""

import importlib
import os
import re
from pathlib import Path
from typing import Any

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.spiders import Spider
from scrapy.utils.conf import build_component_list

import crawlers.settings

POLITE = {
    "CONCURRENT_REQUESTS": 64,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "COOKIES_ENABLED": False,
    "DOWNLOAD_DELAY": 2.5,
    "DOWNLOAD_DELAY_JITTER": 0.2,
    "DOWNLOAD_MAXSIZE": 10_000_000,
    "DOWNLOAD_TIMEOUT": 30.0,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_WARNSIZE": 2_000_000,
    "HTTPPROXY_ENABLED": False,
    "JOBDIR": None,
    "LOG_LEVEL": "WARNING",
    "METAREFRESH_ENABLED": False,
    "REDIRECT_MAX_TIMES": 5,
    "REFERRER_POLICY": "no-referrer",
    "REMOTE_CONTROL_ENABLED": False,
    "RETRY_TIMES": 1,
    "ALLOW_PRIVATE": "",
    "PROXIES": {},
    "TWISTED_DNS_RESOLVER": "crawlers.middlewares.guard.GuardedResolver",
    "TELNETCONSOLE_ENABLED": False,
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
}
FAST = {"CONCURRENT_ITEMS": 4}


@pytest.fixture
def effective(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """With the options as shipped, whatever this machine's are."""
    for name in [name for name in os.environ if name.startswith("ZHIJIAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ZHIJIAO_HOME", str(tmp_path))
    return in_force()


def in_force() -> Settings:
    settings = Settings()
    settings.setmodule(importlib.reload(crawlers.settings), priority="project")
    return Crawler(Spider, settings).settings


def test_the_crawler_is_polite_and_fast_by_default(effective: Settings) -> None:
    assert {name: effective[name] for name in POLITE | FAST} == POLITE | FAST


def test_only_the_web_is_asked(effective: Settings) -> None:
    handlers: dict[str, Any] = effective.get_component_priority_dict_with_base("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


def test_who_pleads_for_patience_is_not_asked_again_at_once(effective: Settings) -> None:
    assert not {429, 503} & set(effective.getlist("RETRY_HTTP_CODES"))


def test_the_consoles_are_off(effective: Settings) -> None:
    on = build_component_list(effective.get_component_priority_dict_with_base("EXTENSIONS"))
    assert not [name for name in on if "telnet" in str(name) or "remote" in str(name)]


def test_every_request_passes_the_guard_first_and_its_answer_our_own_hands(effective: Settings) -> None:
    order = build_component_list(effective.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES"))
    names = [str(name).rsplit(".", 1)[-1] for name in order]
    assert names[:4] == ["Access", "Guard", "HostLease", "RobotsTxt"]
    assert names[-3:] == ["RetryAfter", "Account", "Turn"]


def test_an_operator_decides_how_politely(effective: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch(r"zhijiao/[0-9.]+", effective["USER_AGENT"])
    options = {"DELAY_SECONDS": "4", "ALLOW_PRIVATE": "10.1.0.0/16", "MAX_BYTES": "5000", "TIMEOUT_SECONDS": "9"}
    for name, value in ({"CONTACT": "mail@zhijiao.example"} | options).items():
        monkeypatch.setenv(f"ZHIJIAO_{name}", value)
    chosen = in_force()
    names = ("DOWNLOAD_DELAY", "ALLOW_PRIVATE", "DOWNLOAD_MAXSIZE", "DOWNLOAD_TIMEOUT")
    assert [chosen[name] for name in names] == [5.0, "10.1.0.0/16", 5000, 9.0]
    assert re.fullmatch(r"zhijiao/[0-9.]+ \(\+mail@zhijiao\.example\)", chosen["USER_AGENT"])
