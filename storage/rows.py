"""Between rows and records: a column carries the value of the field that has its name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import Field, fields
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Base


class _Record(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


R = TypeVar("R", bound=_Record)
T = TypeVar("T")


def record(kind: type[R], row: object, **more: Any) -> R:
    """A record from a row; `more` gives the fields that stand elsewhere."""
    return kind(**{name: getattr(row, name) for name in _names(kind) if name not in more}, **more)


def values(of: _Record, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """A record's fields by name: not `dataclasses.asdict`, which copies every text."""
    return {name: getattr(of, name) for name in _names(type(of)) if name not in without}


def put(row: object, of: _Record, *, without: Iterable[str] = ()) -> None:
    """Write a record's fields into a row."""
    for name, value in values(of, without=without).items():
        setattr(row, name, value)


def insert(db: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """The INSERT of the database at hand, both of which know ON CONFLICT."""
    return sqlite.insert(table) if db.get_bind().dialect.name == "sqlite" else postgresql.insert(table)


@cache
def _names(kind: type[_Record]) -> tuple[str, ...]:
    """Asked for with every row."""
    return tuple(field.name for field in fields(kind))


def batches(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """For IN lists: databases bound the number of parameters in a statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
