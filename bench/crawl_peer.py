"""Bare Scrapy, Scrapy + trafilatura and news-please: run by bench/crawl.py in a venv of their own, one JSON line each.

    python crawl_peer.py BASELINE.PY PAGES --extract none|trafilatura|trafilatura+metadata|trafilatura+fast|news-please

BASELINE.PY is that of ../shared/bench/site, which knows none and trafilatura+fast.
"""

import importlib.util
import sys
from types import ModuleType
from typing import Any


def main() -> None:
    path = sys.argv.pop(1)
    baseline = load(path)
    baseline.EXTRACT["trafilatura+fast"] = baseline.EXTRACT["trafilatura"]
    baseline.EXTRACT["trafilatura"] = trafilatura
    baseline.EXTRACT["trafilatura+metadata"] = trafilatura_with_metadata
    baseline.EXTRACT["news-please"] = news_please
    baseline.main()


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("baseline", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def trafilatura(response: Any) -> int:
    """As its manual begins: `extract` with nothing but the page."""
    from trafilatura import extract

    return len(extract(response.text) or "")


def trafilatura_with_metadata(response: Any) -> int:
    from trafilatura import bare_extraction

    found = bare_extraction(response.text, url=response.url, with_metadata=True)
    return len(found.text or "") if found else 0


def news_please(response: Any) -> int:
    from newsplease import NewsPlease

    found = NewsPlease.from_html(response.text, url=response.url)
    return len(getattr(found, "maintext", None) or "")


if __name__ == "__main__":
    main()
