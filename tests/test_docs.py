"""What the documents promise exists: settings, commands, files."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_every_setting_is_described() -> None:
    text = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    described = set(re.findall(r"`(\w+)`", text.partition("## Settings")[2].partition("## ")[0]))
    assert set(Settings.model_fields) <= described


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_in_the_documents_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:zhijiao|crawlers|pipeline|storage|publish|tests|bench|docs|deploy)/[\w./-]+)`",
        page.read_text(encoding="utf-8"),
    )
    links = [link for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [link for link in links if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_has_help(lang: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "zhijiao", "--lang", lang, "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    for command in (
        "init",
        "tick",
        "up",
        "crawl",
        "publish",
        "doctor",
        "demo",
        "extract",
        "links",
        "judge",
        "match",
        "articles",
        "sources",
        "db",
    ):
        assert command in run.stdout
