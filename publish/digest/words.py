"""The word lists of `words.toml`, as regular expressions."""

import tomllib
from functools import cache
from importlib.resources import files


def words(section: str, name: str) -> str:
    """A group that matches any word of the list."""
    return f"(?:{'|'.join(_lists()[section][name])})"


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("publish.digest").joinpath("words.toml").read_text(encoding="utf-8"))
