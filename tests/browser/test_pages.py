"""Every page, in light, dark and on a phone: nothing to complain of for the console, axe or a narrow screen.

With ZHIJIAO_SCREENSHOTS=DIR each is kept as a picture there, to be looked at.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SIZES, Look
from tests.browser.news import CORRECTED

pytestmark = pytest.mark.slow

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1.min.js").read_text(encoding="utf-8")
PAGES = {
    "front": "/",
    "search": "/?q=产教融合 2026年",
    "filters": "/?topic=产教融合&region=990000",
    "nothing": "/?q=没有这样的词",
    "story": "",  # of the corrected conference
    "trends": "/trends",
    "sources": "/sources",
    "source": "/sources/linjiang",
    "review": "/review",
    "health": "/health",
    "feeds": "/feeds",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page(look: Look, site: str, name: str) -> None:
    page = look(site + PAGES[name])
    if name == "story":
        page.get_by_label(f"详情：{CORRECTED}").click()
        page.get_by_role("heading", name="修订").wait_for()
    page.evaluate(AXE)
    for size, (width, height) in SIZES.items():
        page.emulate_media(color_scheme="dark" if size == "dark" else "light")
        page.set_viewport_size({"width": width, "height": height})
        if name in ("trends", "source"):
            page.locator(".plot canvas").first.wait_for()
        assert (size, violations(page)) == (size, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        keep(page, f"{name}-{size}")


def violations(page: Page) -> list[tuple[str, list[str]]]:
    found = page.evaluate("axe.run()")
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]


def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("ZHIJIAO_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
