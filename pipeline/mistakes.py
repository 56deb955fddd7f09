"""What pydantic finds wrong, in words: it knows English only, and our settings are written by people who may not."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from storage.language import say

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def why(found: "ErrorDetails") -> str:
    """Why a value is wrong, such as: 'soon' is no whole number."""
    given, limits = repr(found["input"]), found.get("ctx", {})
    match found["type"]:
        case "missing":
            return say("没有写", "it is missing")
        case "int_type" | "int_parsing" | "int_from_float":
            return say(f"{given} 不是整数", f"{given} is no whole number")
        case "float_type" | "float_parsing":
            return say(f"{given} 不是数字", f"{given} is no number")
        case "bool_type" | "bool_parsing":
            return say(f"{given} 应为 true 或 false", f"{given} is neither true nor false")
        case "string_type":
            return say(f"{given} 不是文字,请加引号", f"{given} is no text: put it in quotes")
        case "path_type":
            return say(f"{given} 不是路径,请加引号", f"{given} is no path: put it in quotes")
        case "greater_than_equal":
            return say(f"{given} 太小,至少是 {limits['ge']}", f"{given} is too small: at least {limits['ge']}")
        case "greater_than":
            return say(f"{given} 太小,要大于 {limits['gt']}", f"{given} is too small: more than {limits['gt']}")
        case "less_than_equal":
            return say(f"{given} 太大,至多是 {limits['le']}", f"{given} is too large: at most {limits['le']}")
        case "literal_error":
            choices = re.findall(r"'([^']*)'", limits["expected"])
            known = ", ".join(choices)
            return say(f"{given} 不在 {known} 之中", f"{given} is none of {known}") + meant(
                str(found["input"]), choices
            )
        case "value_error":
            return str(limits["error"])
    return found["msg"]


def meant(word: str, known: Iterable[str]) -> str:
    """The nearest of the known words in a question, or nothing."""
    near = get_close_matches(word, known, n=1)
    return say(f"(是否想写 `{near[0]}`?)", f" (did you mean `{near[0]}`?)") if near else ""
