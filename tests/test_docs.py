"""What the documents promise exists: settings, commands, files."""

import json
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
    named += re.findall(r"\bdocs/[\w-]+\.md", page.read_text(encoding="utf-8"))
    links = [link for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [link for link in links if not (page.parent / link).exists()]
    assert missing == []


COMMANDS = """
import json, typer
from storage.language import speak
speak({lang!r})
from zhijiao.cli.app import COMMANDS, assembled

def told(command, name):
    yield name, command.help
    for word, below in getattr(command, "commands", {{}}).items():
        yield from told(below, f"{{name}} {{word}}")

print(json.dumps(dict(told(typer.main.get_command(assembled([command.name for command in COMMANDS])), "zhijiao"))))
"""


def told(lang: str) -> dict[str, str | None]:
    """Every command and its help; in a process of its own, since help is put into words on import."""
    words = [sys.executable, "-c", COMMANDS.format(lang=lang)]
    return dict(json.loads(subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True).stdout))


def test_every_command_has_help_in_both_languages() -> None:
    chinese, english = told("zh"), told("en")
    assert {"zhijiao tick", "zhijiao articles export", "zhijiao db upgrade"} <= set(chinese)
    assert [name for name, text in chinese.items() if not re.search("[一-鿿]", text or "")] == []
    assert [name for name, text in english.items() if not text or re.search("[一-鿿]", text)] == []
