"""Files of tables that the operator writes (feeds.toml, notify.toml): every mistake is named, with what was meant."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.mistakes import meant, why
from storage.errors import SettingsError
from storage.language import say

M = TypeVar("M", bound=BaseModel)


def tables(path: Path, model: type[M]) -> dict[str, M]:
    """Its tables by name; nothing where there is no file. SettingsError names file, table, key and a suggestion."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(say(f"{path} 不是合法的 TOML：{error}", f"{path} is not valid TOML: {error}")) from None
    return {name: _read(model, table, f"{path} [{name}]") for name, table in found.items()}


def _read(model: type[M], table: object, place: str) -> M:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise SettingsError("\n".join(mistakes(error, model, place))) from None


def mistakes(error: ValidationError, model: type[BaseModel], place: str) -> Iterator[str]:
    """A sentence for each mistake, with the key that was probably meant."""
    for found in error.errors():
        key = ".".join(map(str, found["loc"]))
        if found["type"] == "extra_forbidden":
            near = meant(key, model.model_fields)
            yield say(f"{place} 中有未知的键 `{key}`{near}", f"unknown key `{key}` in {place}{near}")
        elif found["type"] == "missing":
            yield say(f"{place} 中缺少键 `{key}`", f"missing key `{key}` in {place}")
        else:
            yield say(f"{place} 有误：{key} {why(found)}", f"wrong in {place}: {key} {why(found)}")
