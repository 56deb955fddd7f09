"""What the documents promise exists: settings, commands, files."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from crawlers import sitefile
from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize(("page", "heading"), [("operate.md", "## Settings"), ("operate.zh-CN.md", "## 设置")])
def test_every_setting_is_described(page: str, heading: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    described = set(re.findall(r"`(\w+)`", text.partition(heading)[2].partition("## ")[0]))
    assert set(Settings.model_fields) <= described


@pytest.mark.parametrize("page", ["add-a-source.md", "add-a-source.zh-CN.md"])
def test_every_key_of_a_site_is_described(page: str) -> None:
    rows = re.findall(r"^\| (.+?) \| .* \|$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    tables = (sitefile.SiteFile, sitefile.ChannelTable, sitefile.DataTable)
    assert {name for table in tables for name in table.model_fields} <= described


def test_every_chinese_page_has_what_the_english_one_has() -> None:
    """As many sections, rows of tables and blocks of code; each links to the other at its top."""
    for chinese in ROOT.glob("**/[!.]*.zh-CN.md"):
        english = chinese.with_name(chinese.name.replace(".zh-CN", ""))
        for page, other in ((chinese, english), (english, chinese)):
            assert f"]({other.name})" in "\n".join(page.read_text("utf-8").splitlines()[:4])
        assert shape(chinese) == shape(english), chinese.name


def shape(page: Path) -> dict[str, int]:
    text = page.read_text("utf-8")
    return {part: len(re.findall(f"^{re.escape(part)}", text, re.MULTILINE)) for part in ("#", "|", "```", "* ", "**")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    named = {words.group(1) for words in re.finditer(r"\bzhijiao ([a-z]+(?: [a-z]+(?:-to)?)?)", code(page))}
    known = set(told("zh"))
    wrong = [words for words in named if f"zhijiao {words.split()[0]}" not in known]
    groups = {name.rpartition(" ")[0] for name in known if name.count(" ") == 2}
    wrong += [w for w in named if " " in w and f"zhijiao {w.split()[0]}" in groups and f"zhijiao {w}" not in known]
    assert wrong == []


def code(page: Path) -> str:
    """All that is set as code."""
    text = page.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`(zhijiao [^`]+)`", text))


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


@cache
def told(lang: str) -> dict[str, str | None]:
    """Every command and its help; in a process of its own, since help is put into words on import."""
    words = [sys.executable, "-c", COMMANDS.format(lang=lang)]
    return dict(json.loads(subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True).stdout))


def test_every_command_has_help_in_both_languages() -> None:
    chinese, english = told("zh"), told("en")
    assert {"zhijiao tick", "zhijiao articles export", "zhijiao db upgrade"} <= set(chinese)
    assert [name for name, text in chinese.items() if not re.search("[一-鿿]", text or "")] == []
    assert [name for name, text in english.items() if not text or re.search("[一-鿿]", text)] == []
