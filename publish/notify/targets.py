"""Notification targets: the tables of `notify.toml` say what is sent where, and when."""

import re
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import quote

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from pipeline.settings import secret
from publish.feeds.saved import Conditions
from publish.notify.schedule import Quiet
from publish.tables import tables
from storage.errors import SettingsError
from storage.language import say
from storage.records import Selection

FILE = "notify.toml"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})")
_VARIABLE = re.compile(r"\$\{(\w+)\}")


def _clock(value: object) -> time:
    """08:00, as TOML's own time or as a text."""
    if isinstance(value, time):
        return value
    try:
        hour, minute = map(int, str(value).split(":"))
        return time(hour, minute)
    except ValueError:
        raise ValueError(say("要写成 08:00 这样", "is to be written like 08:00")) from None


def _quiet(value: object) -> Quiet:
    found = _HOURS.fullmatch(str(value).strip())
    if found is None or found[1] == found[2]:
        raise ValueError(say("要写成 22:00-07:30 这样", "is to be written like 22:00-07:30"))
    return Quiet(_clock(found[1]), _clock(found[2]))


Clock = Annotated[time, BeforeValidator(_clock)]


class Terms(Conditions):
    """A table of `notify.toml`. Without conditions everything is sent."""

    url: SecretStr = Field(description="Apprise address; ${NAME} is taken from the environment")
    send: Literal["at-once", "bundled", "daily", "weekly"] = Field(
        "bundled", description="message or digest, how often"
    )
    most: int = Field(20, ge=1, le=100, description="stories in a bundled message")
    quiet: Annotated[Quiet | None, BeforeValidator(_quiet)] = Field(None, description="hours without messages")
    at: Clock = Field(time(8), description="when a digest is sent")
    day: Weekday = Field("monday", description="when a weekly digest is sent")
    alarms: bool = Field(False, description="true: told of channels in trouble, and of nothing else")

    @model_validator(mode="after")
    def _is_one_digest(self) -> "Terms":
        if self.is_digest and any(len(values) > 1 for values in (self.topics, self.regions, self.sites, self.kinds)):
            raise ValueError(
                say(
                    "摘编的 topics、regions、sites、kinds 各只能有一个值，要几份就写几个表",
                    "a digest takes one value each of topics, regions, sites, kinds: write a table for each digest",
                )
            )
        return self

    @model_validator(mode="after")
    def _is_either(self) -> "Terms":
        """An operator's target or a reader's: who wants both writes two tables."""
        others = {"url", "quiet", "alarms"}
        if self.alarms and (given := ", ".join(sorted(self.model_fields_set - others))):
            raise ValueError(
                say(
                    f"alarms = true 的目标只收报警，不能再写 {given}；想都收就写两个表",
                    f"a target with alarms = true is told of nothing else, without {given}: write two tables",
                )
            )
        return self

    @property
    def is_digest(self) -> bool:
        return self.send in ("daily", "weekly")

    @property
    def weekday(self) -> int:
        return WEEKDAYS.index(self.day)

    def selection(self) -> Selection:
        """What a digest is about."""
        topic, region, site, kind = (
            next(iter(values), None) for values in (self.topics, self.regions, self.sites, self.kinds)
        )
        return Selection(topic, region, site, kind, documents=self.documents, query=self.search)


@dataclass(frozen=True)
class Target:
    name: str
    url: str = field(repr=False)  # with its secrets
    terms: Terms


def load(home: Path) -> list[Target]:
    """The targets of `notify.toml`; none where there is no file. SettingsError names table, key and a suggestion."""
    path = home / FILE
    return [
        Target(name, _filled_in(terms.url.get_secret_value(), f"{path} [{name}]"), terms)
        for name, terms in tables(path, Terms).items()
    ]


def _filled_in(url: str, place: str) -> str:
    """The address with what stands in the environment, encoded unless it is the whole address."""
    names = _VARIABLE.findall(url)
    values = {name: secret(name) for name in names}
    if missing := ", ".join(name for name, value in values.items() if not value):
        raise SettingsError(
            say(f"{place} url：没有设置环境变量 {missing}", f"url in {place}: {missing} is not set in the environment")
        )
    if names and url == f"${{{names[0]}}}":
        return values[names[0]] or ""
    return _VARIABLE.sub(lambda found: quote(values[found[1]] or "", safe=""), url)
