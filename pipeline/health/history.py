"""What health looks at, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.health.silence import Silence

Kind = Literal[
    "unreachable",  # no answer: name, connection, time, or a TLS that is no certificate's fault
    "certificate",
    "failing",  # answers with an error
    "blocked",  # answers that it wants no program
    "robots",
    "empty",  # answers with a page on which no list is found
    "gone",
    "redesigned",  # its rule finds nothing any more, a more general one reads it
    "silent",
    "drifting",  # articles lack what they used to have, or their texts have another length
    "lying",  # a 304 was wrong
    "moved",
]
NOTES: frozenset[Kind] = frozenset({"lying", "moved"})  # the program has coped: shown, and nobody is alarmed

Outcome = Literal["ok", "not_modified", "put_off", "failed"]
Figures = Mapping[str, str | int | float]


@dataclass(frozen=True)
class Look:
    """A visit, as far as it matters here."""

    at: datetime
    outcome: Outcome
    fault: str | None = None  # the word for why it failed (storage.records.Fault)
    status: int | None = None
    rule: str | None = None  # None: nothing was read, as the page was the same

    @property
    def good(self) -> bool:
        return self.outcome in ("ok", "not_modified")


@dataclass(frozen=True)
class Sample:
    """An article that was to be read: which fields it had, and how long its text was."""

    at: datetime  # when its address was first seen
    fields: frozenset[str]
    length: int  # characters; 0: it could not be read


@dataclass(frozen=True)
class History:
    looks: tuple[Look, ...]  # the last visits, newest first
    read: tuple[Look, ...] = ()  # those of them, or earlier ones, that read a page; none where the last one did not
    silence: Silence | None = None
    samples: tuple[Sample, ...] = ()  # the last articles, newest first; none where nothing new was read
    gone_at: datetime | None = None
    distrusted_at: datetime | None = None
    moved_to: str | None = None  # where it has been leading for so long that it is asked there
    good_since: datetime | None = None  # where all of `looks` are good: the first good visit after the last bad one


@dataclass(frozen=True)
class Incident:
    """One that is open; `again`: how many like it, each soon after the one before."""

    kind: Kind
    since: datetime
    figures: Figures = field(default_factory=dict)
    again: int = 0


@dataclass(frozen=True)
class Finding:
    """What is wrong, since when, and the figures that show it."""

    kind: Kind
    since: datetime
    figures: Figures
