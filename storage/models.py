"""The tables, in the order in which news passes them. The schema is documentation: columns that surprise say why."""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.records import (
    Archived,
    DeliveryState,
    DocumentRecord,
    Fault,
    Ground,
    IncidentEnd,
    LinkState,
    OutboxKind,
    Relation,
    VisitOutcome,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, aware UTC out. PostgreSQL: timestamptz; SQLite: text in UTC that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime for the database: {value}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class ArchivedText(TypeDecorator[Archived]):
    """A place in the archive as one text: file:offset:length."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Archived | None, _: Dialect) -> str | None:
        return f"{value.file}:{value.offset}:{value.length}" if value else None

    def process_result_value(self, value: str | None, _: Dialect) -> Archived | None:
        if value is None:
            return None
        file, offset, length = value.rsplit(":", 2)
        return Archived(file, int(offset), int(length))


class JsonTuple(TypeDecorator[tuple[Any, ...]]):
    """A tuple of strings, or of tuples of strings, as a JSON array."""

    impl = JSON
    cache_ok = True

    def process_result_value(self, value: list[Any] | None, _: Dialect) -> tuple[Any, ...] | None:
        if value is None:
            return None
        return tuple(tuple(item) if isinstance(item, list) else item for item in value)


class JsonDocuments(TypeDecorator[tuple[DocumentRecord, ...]]):
    """Official documents as a JSON array of objects, without what is not known."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[DocumentRecord, ...] | None, _: Dialect) -> list[dict[str, Any]]:
        return [
            {
                name: of.isoformat() if isinstance(of, date) else of
                for name, of in vars(document).items()
                if of is not None
            }
            for document in value or ()
        ]

    def process_result_value(self, value: list[dict[str, Any]] | None, _: Dialect) -> tuple[DocumentRecord, ...]:
        return tuple(
            DocumentRecord(**_NOT_KNOWN | {name: _read(name, of) for name, of in row.items()}) for row in value or ()
        )


_NOT_KNOWN: dict[str, Any] = {"number": None, "issuer": None, "kind": None}
_DATES = frozenset({"written", "effective", "deadline", "expires"})


def _read(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DATES else value


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        Archived: ArchivedText,
        datetime: UtcDateTime,
        tuple[str, ...]: JsonTuple,
        tuple[tuple[str, str], ...]: JsonTuple,
        tuple[DocumentRecord, ...]: JsonDocuments,
        # Words, not database enums: a new word needs no migration.
        DeliveryState: String,
        Fault: String,
        IncidentEnd: String,
        dict[str, Any]: JSON,
        LinkState: String,
        OutboxKind: String,
        Relation: String,
        VisitOutcome: String,
    }


class Site(Base):
    __tablename__ = "sites"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    home: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str]
    adcode: Mapped[str | None]
    region: Mapped[str | None]
    publishing: Mapped[str]
    enabled: Mapped[bool]  # a site that left the catalogue is disabled, never deleted: its articles stay
    disabled_reason: Mapped[str | None]


class Channel(Base):
    __tablename__ = "channels"

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"), index=True)
    name: Mapped[str]
    url: Mapped[str]
    kind: Mapped[str]
    enabled: Mapped[bool]
    disabled_reason: Mapped[str | None]
    floor_seconds: Mapped[int]
    ceiling_seconds: Mapped[int]
    vocational: Mapped[bool]
    etag: Mapped[str | None]  # of the last list page that was read, echoed at the next visit
    last_modified: Mapped[str | None]  # as the server wrote it: it is compared there, never here
    next_due: Mapped[datetime | None] = mapped_column(index=True)  # NULL: never visited, due at once
    first_visited_at: Mapped[datetime | None]  # NULL: the next good visit is the first, which publishes little
    failures: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str | None]  # of the last list page that was read: the same bytes are not read twice
    unchanged: Mapped[int] = mapped_column(default=0)  # answers 304 in a row; now and then one is checked
    distrusted_at: Mapped[datetime | None]  # a 304 was wrong then: the validators are no longer sent
    moved_to: Mapped[str | None]  # where 301 and 308 lead
    moved_times: Mapped[int] = mapped_column(default=0)  # visits in a row that were sent there
    gone_at: Mapped[datetime | None]  # answered 410: not visited any more unless somebody asks for it
    rhythm: Mapped[str | None]  # what it publishes when, as pipeline.freshness.rhythm counts it; NULL: nothing known
    silence: Mapped[str | None]  # how long there has been nothing new, as pipeline.health.silence counts it


class Host(Base):
    """Who may ask a host now. The token grows with every take, so that a holder who slept too long is recognised."""

    __tablename__ = "hosts"

    host: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]  # the last one, if lease_until has passed
    token: Mapped[int]
    lease_until: Mapped[datetime]  # 1970 after a release
    next_allowed_at: Mapped[datetime | None]  # outlives the lease: politeness holds between holders
    refusals: Mapped[int] = mapped_column(default=0)  # answers 429 and 503 in a row
    delay: Mapped[float | None]  # seconds between two requests, as its slowness or its robots.txt asks
    robots: Mapped[str | None]  # its robots.txt; NULL: there is none, or none that is one
    robots_read_at: Mapped[datetime | None]  # NULL: never had an answer about it
    robots_until: Mapped[datetime | None]  # asked for again after that; the earlier answer stands until then
    requests: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # of bodies, as sent
    not_modified: Mapped[int] = mapped_column(BigInteger, default=0)
    errors: Mapped[int] = mapped_column(BigInteger, default=0)  # no answer, or a status from 400 on
    last_asked_at: Mapped[datetime | None]


class Worker(Base):
    """A program on some machine that visits channels; told by itself every few seconds. On one machine alone: none."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)  # machine and process
    networks: Mapped[tuple[str, ...]]  # whose channels it visits
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # its last sign of life; it removes its row when it ends in order
    doing: Mapped[int]  # visits at this moment
    visits: Mapped[int] = mapped_column(BigInteger)  # since it started
    replaced: Mapped[int]  # crawl processes that had died, hung or grown too large
    memory: Mapped[int] = mapped_column(BigInteger)  # bytes, with its crawl processes


class Visit(Base):
    __tablename__ = "visits"
    __table_args__ = (Index(None, "channel_id", "finished_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    outcome: Mapped[VisitOutcome]
    next_due: Mapped[datetime]
    status: Mapped[int | None]
    reason: Mapped[str | None]
    rule: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    seen: Mapped[int]
    new: Mapped[int]
    archived: Mapped[Archived | None]  # the first list page as it came; NULL: nothing new came, or nothing is kept
    fault: Mapped[Fault | None]  # why it failed, as a word for programs


class Gap(Base):
    """Where the reading of a channel's list pages has to go on: behind a burst, or in a back-fill."""

    __tablename__ = "gaps"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"), index=True)
    origin: Mapped[str]  # of the links found there: news | backfill
    opened_at: Mapped[datetime]  # what the channel showed before then lies on the far side
    back_to: Mapped[str | None]  # day, ISO: what is listed before it is not looked for
    next_url: Mapped[str]  # the first page that has not been read
    reached: Mapped[str | None]  # date of the last item that has been read
    pages: Mapped[int]  # read so far
    failures: Mapped[int]  # in a row
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # why it was given up; NULL when closed: everything was read


class Link(Base):
    __tablename__ = "links"
    __table_args__ = (Index(None, "state", "next_try"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    canonical: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))  # of the channel that showed it first
    state: Mapped[LinkState]
    attempts: Mapped[int]
    next_try: Mapped[datetime | None]  # NULL in state failed: given up
    reason: Mapped[str | None]
    origin: Mapped[
        str
    ]  # of the first appearance: what a back-fill found stays unpublished when a channel lists it later
    first_seen_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]


class Appearance(Base):
    """A link on a channel, as the channel's last page that showed it printed it."""

    __tablename__ = "appearances"

    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), primary_key=True, index=True)
    visit_id: Mapped[int]  # the last visit that saw it; no foreign key: visits are forgotten after a year, links never
    position: Mapped[int]  # on that visit's pages, from 0
    title: Mapped[str]
    date: Mapped[str | None]  # ISO where known, else as shown
    first_seen_at: Mapped[datetime]


class Reading:
    """What one reading of an address gave. An article holds its latest reading, its revisions the former ones."""

    url: Mapped[str]
    title: Mapped[str]
    published: Mapped[datetime | None]
    precision: Mapped[str | None]
    updated: Mapped[datetime | None]
    source: Mapped[str | None]
    author: Mapped[str | None]
    editor: Mapped[str | None]
    subtitle: Mapped[str | None]
    original_title: Mapped[str | None]
    document_number: Mapped[str | None]
    paragraphs: Mapped[tuple[str, ...]]
    images: Mapped[tuple[tuple[str, str], ...]]
    attachments: Mapped[tuple[tuple[str, str], ...]]
    rule: Mapped[str]
    relevant: Mapped[bool]
    score: Mapped[float]
    review: Mapped[bool]
    ground: Mapped[Ground] = mapped_column(server_default="score")  # what the verdict rests on: score | text | person
    reasons: Mapped[tuple[str, ...]]
    topics: Mapped[tuple[str, ...]]
    regions: Mapped[tuple[tuple[str, str], ...]]
    outlet: Mapped[str | None]
    outlet_kind: Mapped[str | None]
    documents: Mapped[tuple[DocumentRecord, ...]]
    text_key: Mapped[str]
    content_key: Mapped[str]
    fetched_at: Mapped[datetime]
    archived: Mapped[Archived | None]  # the page as it came
    missing: Mapped[str | None]  # which part of the text could not be read, and why


class Article(Reading, Base):
    __tablename__ = "articles"
    __table_args__ = (
        Index(None, "site_id", "id"),
        Index(None, "text_key"),
        # Few of all; each database in the words in which SQLAlchemy asks it.
        Index("ix_articles_doubtful", "id", sqlite_where=text("review = 1"), postgresql_where=text("review")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    canonical: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("channels.id"))
    story_id: Mapped[int | None] = mapped_column(ForeignKey("stories.id"), index=True)  # NULL: does not belong
    first_seen_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # its site does not show it any more since then; NULL: as far as known it does
    removed_reason: Mapped[str | None]  # what the site answered instead, in words


class Recheck(Base):
    """When an article of a story is looked at again. The row goes with the last look."""

    __tablename__ = "rechecks"
    __table_args__ = (Index(None, "site_id", "due"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, autoincrement=False)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))  # of the article: whose visits look at it
    due: Mapped[datetime]
    etag: Mapped[str | None]  # of the page as it was last read
    last_modified: Mapped[str | None]
    digest: Mapped[str | None]
    failures: Mapped[int]  # looks in a row that had no answer
    doubt: Mapped[str | None]  # what the last look found, to be believed if another finds it too
    doubted_at: Mapped[datetime | None]  # when it was first found


class Label(Base):
    """What a person decided about an article: in force for it, and an example to train from."""

    __tablename__ = "labels"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    relevant: Mapped[bool]
    decided_at: Mapped[datetime]


class Revision(Reading, Base):
    __tablename__ = "revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    replaced_at: Mapped[datetime]


class Story(Base):
    __tablename__ = "stories"
    # AUTOINCREMENT: SQLite would give the number of a deleted last story, and with it its guid, to the next one.
    __table_args__ = (
        Index(None, "released_at", "id"),
        Index(None, "published_at", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(unique=True, nullable=True)  # NULL only until the id that it contains is known
    first_article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", use_alter=True))
    published_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # taken back: subscribers no longer see it, and no repost brings it out
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("stories.id"), index=True)  # its articles went there too


class Apart(Base):
    """Two stories that someone took apart: whatever text turns up, they are not merged again."""

    __tablename__ = "apart"

    one_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), primary_key=True)  # the lower id
    other_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), primary_key=True, index=True)


class Fingerprint(Base):
    """A sample of an article's text; verbatim reposts of it have none of their own."""

    __tablename__ = "fingerprints"
    __table_args__ = ({"sqlite_with_rowid": False},)  # the key is the whole row

    gram: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # No foreign key: it would be checked some sixty times for each article, and articles are never deleted.
    article_id: Mapped[int] = mapped_column(primary_key=True)


class Kinship(Base):
    """What an article's text was found to be to that of an earlier one, where the two are not simply different."""

    __tablename__ = "kinships"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, index=True)
    relation: Mapped[Relation]
    score: Mapped[float]


class Feed(Base):
    """A feed that has had an entry, or that was asked for."""

    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # of its files, such as site/moe
    title: Mapped[str]
    facts: Mapped[str | None]  # digest of what its files were made with besides its entries; NULL: no files yet


class Entry(Base):
    """A released story in a feed. The key is the order in which feeds show their entries."""

    __tablename__ = "entries"
    __table_args__ = ({"sqlite_with_rowid": False},)

    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)
    released_at: Mapped[datetime] = mapped_column(primary_key=True)  # of the story, where it never changes
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True, index=True)


class StaleFeed(Base):
    """A feed, or one part of its archive, whose files no longer say what the database says."""

    __tablename__ = "stale_feeds"

    name: Mapped[str] = mapped_column(primary_key=True)
    whole: Mapped[bool]  # all its entries are to be made anew, not only those of stale stories


class StaleStory(Base):
    """A story whose entries in files no longer say what the database says."""

    __tablename__ = "stale_stories"

    story_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class SavedFeed(Base):
    """A feed that a reader put together on the page."""

    __tablename__ = "saved_feeds"

    id: Mapped[str] = mapped_column(primary_key=True)  # follows from the query: asked for twice it is one feed
    title: Mapped[str]
    query: Mapped[str]  # JSON
    created_at: Mapped[datetime]


class Card(Base):
    """What a story is found by; beside it stands card_words, which is FTS5 on SQLite and a tsvector on PostgreSQL."""

    __tablename__ = "cards"

    # Minutes since a Monday in 2000, times 2**32, plus the story's id: the order of pages, newest last.
    place: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    story_id: Mapped[int] = mapped_column(unique=True)  # no foreign key: the card of a deleted story goes after it
    headings: Mapped[tuple[str, ...]]
    text: Mapped[str]  # of all titles and the first article, folded for comparison


class Heading(Base):
    """A card under a heading such as topic:产教融合, region:320000, site:moe, kind:media."""

    __tablename__ = "headings"
    __table_args__ = ({"sqlite_with_rowid": False},)  # the key is the whole row

    # Compared byte by byte on both databases, since headings of one kind are found as a range.
    heading: Mapped[str] = mapped_column(String(collation="C").with_variant(String(), "sqlite"), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True)


_UNDELIVERED = text("delivered_at IS NULL")
_UNANNOUNCED = text("announced_at IS NULL")


class Outbox(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_pending", "id", sqlite_where=_UNDELIVERED, postgresql_where=_UNDELIVERED),
        Index("ix_outbox_unannounced", "id", sqlite_where=_UNANNOUNCED, postgresql_where=_UNANNOUNCED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OutboxKind]
    story_id: Mapped[int | None] = mapped_column(ForeignKey("stories.id"))  # NULL: an alarm or its end
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]  # when the feeds had it
    announced_at: Mapped[datetime | None]  # when the notification targets had their deliveries of it


_OPEN = text("ended_at IS NULL")


class Incident(Base):
    """Something wrong with a channel; open while `ended_at` is NULL, at most one of a kind."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_open", "channel_id", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "channel_id", "noticed_at"),
        Index(None, "alarm_id"),
        Index(None, "recovery_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"))
    kind: Mapped[str]
    host: Mapped[str]  # of the channel's address
    since: Mapped[datetime]
    noticed_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]  # the evidence
    again: Mapped[int]  # how many like it, each soon after the one before: it has to be well for longer
    ended_at: Mapped[datetime | None]
    end: Mapped[IncidentEnd | None]
    alarm_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))  # what tells of it, and of others with it
    recovery_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))


class Target(Base):
    """A notification target that the operator has named, and how it has been doing."""

    __tablename__ = "targets"

    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]  # first seen in notify.toml: it is told nothing of what was before
    holder: Mapped[str | None]  # who is sending to it now; NULL: nobody
    lease_until: Mapped[datetime | None]  # a holder that has died keeps it no longer than that
    failures: Mapped[int]  # in a row
    next_try: Mapped[datetime | None]  # left alone until then; NULL: its last message was taken
    failing_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]  # when it last took a message
    reason: Mapped[str | None]  # why it did not


class Delivery(Base):
    """One thing that one target is told. The unique key is what keeps it from being told twice."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("target", "key"), Index(None, "target", "state", "tries", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(ForeignKey("targets.name"))
    key: Mapped[str]  # what it is about: story:12, digest:2026-11-16..2026-11-22
    story_id: Mapped[int | None] = mapped_column(ForeignKey("stories.id"))  # NULL: not about one story
    state: Mapped[DeliveryState]
    tries: Mapped[int]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # why it failed, was dropped, or is not known to have arrived
