"""Sites and channels switched on and off in the text of their TOML, with every other line and comment kept."""

import json
import re
import tomllib
from itertools import pairwise
from typing import Any

from storage.errors import CatalogueError
from storage.language import say

SWITCH = re.compile(r"(enabled|disabled_reason)\s*=")
ADDRESS = re.compile(r"url\s*=")


def switched_on(text: str, key: str | None = None, url: str | None = None) -> str:
    """The text with the site, or the channel of that key, enabled; `url` fills in or replaces a channel's address."""
    return _switched(text, key, {"url": url} if url else {})


def switched_off(text: str, key: str | None, reason: str) -> str:
    return _switched(text, key, {"enabled": False, "disabled_reason": reason})


def _switched(text: str, key: str | None, values: dict[str, Any]) -> str:
    lines = text.splitlines()
    start, end = _table(lines, key)
    kept = [line for line in lines[start:end] if not (SWITCH.match(line) or ("url" in values and ADDRESS.match(line)))]
    while kept and not kept[-1].strip():
        kept.pop()
    kept += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    gap = [""] if end < len(lines) else []
    changed = "\n".join([*lines[:start], *kept, *gap, *lines[end:]]) + "\n"
    if _parsed(changed) != _wanted(text, key, values):
        raise CatalogueError(
            say(
                "这个文件写得特别,没法自动改:请手工改 enabled 和 disabled_reason",
                "this file cannot be edited safely: change enabled and disabled_reason by hand",
            )
        )
    return changed


def _table(lines: list[str], key: str | None) -> tuple[int, int]:
    """The lines of the site's own keys, or of the channel's."""
    heads = [number for number, line in enumerate(lines) if line.startswith("[")] + [len(lines)]
    if key is None:
        return 0, heads[0]
    named = re.compile(rf"^key\s*=\s*[\"']{re.escape(key)}[\"']", re.MULTILINE)
    for start, end in pairwise(heads):
        if lines[start].strip() == "[[channels]]" and named.search("\n".join(lines[start:end])):
            return start, end
    raise CatalogueError(say(f"没有找到栏目 {key}", f"there is no channel {key}"))


def _wanted(text: str, key: str | None, values: dict[str, Any]) -> dict[str, Any] | None:
    data = _parsed(text)
    for table in [data] if key is None else [one for one in data["channels"] if one["key"] == key]:
        for name in ("enabled", "disabled_reason"):
            table.pop(name, None)
        table |= values
    return data


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
