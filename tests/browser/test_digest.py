"""Digests in a browser: nothing to complain of for the console, axe or a narrow screen."""

from pathlib import Path

import pytest

from publish.digest.render import as_html
from publish.digest.values import Form, Link
from tests.browser.conftest import SIZES, Look
from tests.browser.test_pages import AXE, keep, violations
from tests.publish.digest.samples import DIGEST, NEWS, NOW, PAPER

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("form", ["brief", "topics"])
def test_a_digest(look: Look, tmp_path: Path, form: Form) -> None:
    told = DIGEST.with_links({PAPER.url: Link("dead", "HTTP 404"), NEWS.url: Link("alive")}, NOW)
    file = tmp_path / "周报.html"
    file.write_text(as_html(told, form), encoding="utf-8")
    page = look(file.as_uri())
    page.evaluate(AXE)
    for size, (width, height) in SIZES.items():
        page.emulate_media(color_scheme="dark" if size == "dark" else "light")
        page.set_viewport_size({"width": width, "height": height})
        assert (size, violations(page)) == (size, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        keep(page, f"digest-{form}-{size}")
