"""The language in which the product speaks to people: Chinese, or English with `--lang en` (`ZHIJIAO_LANG`)."""

from contextvars import ContextVar
from typing import Literal

Language = Literal["zh", "en"]
_spoken: ContextVar[Language] = ContextVar("language", default="zh")


def speak(language: Language) -> None:
    _spoken.set(language)


def spoken() -> Language:
    return _spoken.get()


def say(zh: str, en: str) -> str:
    """The one of two texts that is in the language spoken now; both stand side by side where they are used."""
    return en if _spoken.get() == "en" else zh
