"""Links: addresses met on channels, unique by canonical address, and what became of each."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, case, cast, func, select, update
from sqlalchemy.orm import Session

from storage.models import Appearance, Article, Link
from storage.records import LinkRecord, ReadSketch
from storage.rows import batches, record


def known(db: Session, canonicals: Iterable[str]) -> set[str]:
    """Those of the addresses that some channel has shown before."""
    found: set[str] = set()
    for batch in batches(list(canonicals)):
        found.update(db.scalars(select(Link.canonical).where(Link.canonical.in_(batch))))
    return found


def get(db: Session, canonical: str) -> LinkRecord | None:
    """The link with the title and date of its first appearance."""
    first = select(Link, Appearance).join(Appearance).where(Link.canonical == canonical)
    row = db.execute(first.order_by(Appearance.first_seen_at, Appearance.visit_id).limit(1)).one_or_none()
    return row and listed(*row)


def of_channel(db: Session, channel_id: str, canonicals: Sequence[str]) -> list[LinkRecord]:
    """The links among the addresses that this channel has shown, in the order asked."""
    found: dict[str, LinkRecord] = {}
    for batch in batches(canonicals):
        shown = select(Link, Appearance).join(Appearance)
        for link, appearance in db.execute(shown.where(Appearance.channel_id == channel_id, Link.canonical.in_(batch))):
            found[link.canonical] = listed(link, appearance)
    return [found[canonical] for canonical in dict.fromkeys(canonicals) if canonical in found]


def shown_before(db: Session, channel_id: str, canonicals: Sequence[str], moment: datetime) -> set[str]:
    """Those of the addresses that the channel has shown before the moment."""
    found: set[str] = set()
    for batch in batches(canonicals):
        shown = select(Link.canonical).join(Appearance).where(Appearance.channel_id == channel_id)
        found.update(db.scalars(shown.where(Appearance.first_seen_at < moment, Link.canonical.in_(batch))))
    return found


def lately(db: Session, channel_id: str, limit: int) -> list[LinkRecord]:
    """What the channel has shown, as its last pages printed it, the last first."""
    shown = select(Link, Appearance).join(Appearance).where(Appearance.channel_id == channel_id)
    rows = db.execute(shown.order_by(Appearance.visit_id.desc(), Appearance.position).limit(limit))
    return [listed(*row) for row in rows]


def namesakes(db: Session, channel_id: str, titles: Sequence[str]) -> list[LinkRecord]:
    """The links that the channel has shown under one of the titles."""
    found: list[LinkRecord] = []
    for batch in batches(titles):
        shown = select(Link, Appearance).join(Appearance).where(Appearance.channel_id == channel_id)
        found += [listed(*row) for row in db.execute(shown.where(Appearance.title.in_(batch)).order_by(Link.id))]
    return found


def readings(db: Session, channel_id: str, limit: int) -> list[ReadSketch]:
    """What became of the channel's last links that were to be read, newest first; what lacks is what matters."""
    text = func.length(cast(Article.paragraphs, String))
    rows = (
        select(Appearance.first_seen_at, Link.state, Article.published, Article.source, Article.author, Article.editor)
        .add_columns(text)
        .join(Link, Link.id == Appearance.link_id)
        .join(Article, Article.canonical == Link.canonical, isouter=True)
        .where(Appearance.channel_id == channel_id, Link.state.in_(("fetched", "failed")))
        .order_by(Appearance.link_id.desc())
        .limit(limit)
    )
    return [
        ReadSketch(seen, bool(size), bool(published), bool(source), bool(author), bool(editor), size or 0)
        for seen, state, published, source, author, editor, size in db.execute(rows)
        if size or state == "failed"
    ]


def counts(db: Session, channel_id: str) -> dict[str, int]:
    """How many links of the channel are in each state; those given up count apart from those still tried."""
    state = case((and_(Link.state == "failed", Link.next_try.is_(None)), "given_up"), else_=Link.state)
    rows = db.execute(
        select(state, func.count()).join(Appearance).where(Appearance.channel_id == channel_id).group_by(state)
    )
    return dict(list(rows))


def listed(link: Link, appearance: Appearance) -> LinkRecord:
    return record(LinkRecord, link, title=appearance.title, date=appearance.date)


def fetched(db: Session, canonical: str, now: datetime) -> None:
    """Read. As with the other ends, an address that no channel has shown has no link, and nothing to remember."""
    _end(db, canonical, state="fetched", attempts=Link.attempts + 1, reason=None, next_try=None, fetched_at=now)


def failed(db: Session, canonical: str, reason: str, next_try: datetime | None) -> None:
    """Not read; tried again at the first visit after `next_try`, None: given up."""
    _end(db, canonical, state="failed", attempts=Link.attempts + 1, reason=reason, next_try=next_try)


def try_now(db: Session, canonical: str, now: datetime) -> None:
    """A link that has failed is tried again at the next visit, also one that was given up."""
    db.execute(update(Link).where(Link.canonical == canonical, Link.state == "failed").values(next_try=now))


def refused(db: Session, canonical: str, reason: str) -> None:
    """Left unread for its title or address."""
    _end(db, canonical, state="refused", reason=reason, next_try=None)


def _end(db: Session, canonical: str, **columns: Any) -> None:
    ended = update(Link).where(Link.canonical == canonical).values(**columns)
    db.execute(ended, execution_options={"synchronize_session": False})  # no one holds the row, and looking costs more
