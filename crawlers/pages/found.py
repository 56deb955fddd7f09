"""A value that a page says of itself: where it stood, and how sure that makes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
How = Literal[
    "element",  # in the element that the rule of the site or family names
    "heading",  # the line that <title> or the tags of the head speak of
    "label",  # behind a label such as 来源：
    "beside",  # without a label, where such a value stands: beside the date, above the text
    "signature",  # in the text: （记者 张三）, the date below a notice
    "tag",  # a tag of the head: <meta>, <title>
    "script",  # in JSON or a variable of a script
    "address",  # in the page's address
    "list",  # what the list page said
]
# The share of values that were right on the pages with a truth, by where they stood (python -m bench.read --sure).
SURE: dict[How, float] = {
    "element": 0.92,
    "heading": 0.98,
    "label": 0.97,
    "beside": 0.95,
    "signature": 0.95,
    "tag": 0.8,
    "script": 0.9,
    "address": 0.8,
    "list": 0.8,
}


@dataclass(frozen=True)
class Found(Generic[T]):
    value: T
    how: How

    @property
    def sure(self) -> float:
        return SURE[self.how]


def first(found: Iterable[Found[T] | None]) -> Found[T] | None:
    return next((one for one in found if one), None)


def sureness(chosen: Found[str], found: Iterable[Found[str]]) -> float:
    """How sure a value is, given all that was found: what says the same in another place makes it surer."""
    doubt = 1 - chosen.sure
    for how in {one.how for one in found if alike(one.value, chosen.value)} - {chosen.how}:
        doubt *= 1 - SURE[how]
    return round(1 - doubt, 3)


def alike(one: str, other: str) -> bool:
    """Whether one value says no more than the other: 2026-05-06 and 2026-05-06 10:20."""
    return one.startswith(other) or other.startswith(one)
