"""Saved feeds: topics, regions, sites, kinds, documents and words combined, in `feeds.toml` or on the page."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from publish.tables import mistakes, tables
from storage import feeds
from storage.database import Database
from storage.errors import PublishError, SettingsError
from storage.language import say
from storage.records import Marks, SavedFeedRecord, Selection
from storage.search import words_of

MOST = 500  # feeds that readers may put together on the page: anybody may, and each costs time at every article


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1, max_length=100)]
Kind = Literal["government", "media", "college", "association", "tutoring", "portal"]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_several), Field(max_length=20)]
Adcode = Annotated[str, Field(pattern=r"^\d{6}$")]
Adcodes = Annotated[tuple[Adcode, ...], BeforeValidator(_several), Field(max_length=20)]


class Conditions(BaseModel):
    """What a story must have: one of each kind that is named, and all words of the search."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topics: Texts = Field((), description="topics, such as 产教融合")
    regions: Adcodes = Field((), description="adcodes of provinces or cities, such as 320000")
    sites: Texts = Field((), description="ids of sites that carried it, such as moe")
    kinds: Annotated[tuple[Kind, ...], BeforeValidator(_several)] = Field((), description="kinds of such sites")
    documents: bool = Field(False, description="only policy documents")
    search: str = Field("", max_length=100, description="words that all stand in title or text")

    @property
    def headings(self) -> list[frozenset[str]]:
        """A story must stand under one heading of each set."""
        named = {"topic": self.topics, "region": self.regions, "site": self.sites, "kind": self.kinds}
        sets = [frozenset(f"{kind}:{value}" for value in values) for kind, values in named.items() if values]
        return [*sets, frozenset({"documents"})] if self.documents else sets

    def fits(self, marks: Marks) -> bool:
        under = set(marks.headings)
        return all(under & wanted for wanted in self.headings) and all(
            word in marks.text for word in words_of(self.search)
        )


class Query(Conditions):
    """Conditions of which there is at least one."""

    @model_validator(mode="after")
    def _asks_something(self) -> "Query":
        if not self.headings and not words_of(self.search):
            raise ValueError(
                say("至少要有一个条件（topics、regions、sites、kinds、documents、search）", "at least one condition")
            )
        return self

    def selections(self) -> list[Selection]:
        """Selections that together hold every fitting story, and others: one for each value of the rarest condition."""
        whole = Selection(documents=self.documents, query=self.search)
        if self.sites:
            return [replace(whole, site=site) for site in self.sites]
        if self.regions:
            return [replace(whole, region=region) for region in self.regions]
        if self.topics:
            return [replace(whole, topic=topic) for topic in self.topics]
        return [replace(whole, kind=kind) for kind in self.kinds or (None,)]

    def written(self) -> str:
        """As it is stored; equal queries are written alike."""
        said = self.model_dump(exclude_defaults=True)
        said |= {name: sorted(set(value)) for name, value in said.items() if isinstance(value, tuple)}
        if words := words_of(self.search):
            said["search"] = " ".join(sorted(words))
        return json.dumps(said, ensure_ascii=False, sort_keys=True)


class Saved(BaseModel):
    """A saved feed; it stands at /feeds/q/<id>.xml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    title: Text
    query: Query
    archive: bool = False


class _Declared(Query):
    """A table of `feeds.toml`."""

    title: Text = Field(description="the title that readers see")
    archive: bool = Field(False, description="keep all entries in monthly archives")

    def saved(self, id_: str) -> Saved:
        query = Query(**{name: getattr(self, name) for name in Query.model_fields})
        return Saved(id=id_, title=self.title, query=query, archive=self.archive)


def load(home: Path, kept: Sequence[SavedFeedRecord]) -> list[Saved]:
    """The feeds of `feeds.toml` and those from the page. SettingsError names file, feed, key and a suggestion."""
    declared = list(_declared(home / "feeds.toml"))
    known = {saved.id for saved in declared}
    from_page = (Saved(id=one.id, title=one.title, query=Query(**json.loads(one.query))) for one in kept)
    return [*declared, *(saved for saved in from_page if saved.id not in known)]


def from_page(query: Query, title: str) -> Saved:
    """A feed that somebody put together: equal queries are one feed, whoever asks."""
    return Saved(id=sha256(query.written().encode()).hexdigest()[:12], title=title, query=query)


def keep(database: Database, saved: Saved, now: datetime) -> None:
    """Keep a feed from the page; it is published with the next tick. PublishError where there are too many."""
    with database.begin() as db:
        kept = {one.id for one in feeds.saved(db)}
        if saved.id not in kept and len(kept) >= MOST:
            raise PublishError(say(f"自选订阅源已有 {MOST} 个，不能再添加", f"there are {MOST} saved feeds already"))
        feeds.save(db, SavedFeedRecord(saved.id, saved.title, saved.query.written(), now))


def _declared(path: Path) -> Iterator[Saved]:
    for id_, table in tables(path, _Declared).items():
        try:
            yield table.saved(id_)
        except ValidationError as error:
            raise SettingsError("\n".join(mistakes(error, Saved, f"{path} [{id_}]"))) from None
