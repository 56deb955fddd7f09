"""Plain frozen values that go into the database and come out of it. Datetimes are aware (UTC in the database)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

LinkState = Literal["new", "fetched", "refused", "failed"]
VisitOutcome = Literal["ok", "not_modified", "put_off", "failed"]  # put off: the host asked for patience
# Why a visit failed, for programs: its reason is in words, in whatever language was spoken.
Fault = Literal[
    "dns",
    "refused",  # the connection
    "timeout",
    "cut",  # the answer ended too early
    "too_large",
    "download",  # whatever else went wrong on the way
    "certificate",
    "tls",
    "http",  # a status that is none of a page
    "robots",
    "robots_unread",
    "patience",  # the host asked for it
    "redirects",  # too many, or to the home page
    "address",  # it may not be asked: not of the public web
    "proxy",
    "challenge",
    "login",
    "not_found",  # a page that says so
    "shell",  # scripts would load what it shows
    "empty",  # no list was found
    "unreadable",  # reading took too much
    "browser",
]
# merged: away, into another story; alarm and recovery: of incidents, not of a story
OutboxKind = Literal["released", "revised", "joined", "merged", "alarm", "recovery"]
IncidentEnd = Literal["well", "turned", "dropped"]  # turned: into one of another kind; dropped: no longer visited
# dropped: no longer to be sent; failed: given up; unknown: its sender died between sending it and saying so
DeliveryState = Literal["waiting", "sending", "sent", "dropped", "failed", "unknown"]
Ground = Literal["score", "text", "person"]  # text: it carries that of an article which belongs
Relation = Literal["same", "excerpt", "extended", "script", "template", "amendment", "different"]


Figures = Mapping[str, str | int | float]


@dataclass(frozen=True)
class SiteRecord:
    id: str
    name: str
    home: str
    kind: str
    level: str
    adcode: str | None
    region: str | None  # full path such as 江苏省无锡市
    publishing: str  # full | excerpt | link
    enabled: bool
    disabled_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What the answers of a channel's address have taught; forgotten when the catalogue names another address."""

    digest: str | None = None  # of the last list page that was read
    unchanged: int = 0  # answers 304 in a row
    distrusted_at: datetime | None = None  # when a 304 was wrong: validators are not sent any more
    moved_to: str | None = None  # where 301 and 308 lead
    moved_times: int = 0  # visits in a row that were sent there
    gone_at: datetime | None = None  # when it answered 410: not due any more
    rhythm: str | None = None  # what it publishes when, as pipeline.freshness counts it
    silence: str | None = None  # how long there has been nothing new, and usually is, as pipeline.health counts it


@dataclass(frozen=True)
class ChannelRecord(Habits):
    """A channel as the catalogue says it, plus what its visits left behind (validators, due time, habits)."""

    id: str  # "<site id>/<channel key>"
    site_id: str
    name: str
    url: str
    kind: str  # list | feed | sitemap | json
    enabled: bool
    disabled_reason: str | None = None
    floor_seconds: int = 300
    ceiling_seconds: int = 86_400
    vocational: bool = False
    etag: str | None = None
    last_modified: str | None = None
    next_due: datetime | None = None  # None: never visited, due at once
    first_visited_at: datetime | None = None
    failures: int = 0  # visits that failed in a row


@dataclass(frozen=True)
class Archived:
    """Where a raw page is kept."""

    file: str  # within the archive
    offset: int
    length: int


@dataclass(frozen=True)
class Answer:
    """What tells whether a page has changed since it was read. All None: nothing does."""

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None  # of its bytes


ABSENT = "absent"  # a doubt: the article was not there; any other is the key of what was read instead


@dataclass(frozen=True)
class RecheckRecord:
    """When an article is looked at again, and what is known of its page."""

    article_id: int
    site_id: str
    due: datetime
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    failures: int = 0  # looks in a row that had no answer
    doubt: str | None = None  # what the last look found, to be believed if another finds it too
    doubted_at: datetime | None = None  # when it was first found


@dataclass(frozen=True)
class Lease:
    """The right to ask a host: valid until lease_until for whoever shows the token."""

    host: str  # host, or host:port where the port is unusual
    holder: str
    token: int
    lease_until: datetime
    next_allowed_at: datetime | None  # no request before this moment


@dataclass(frozen=True)
class HostRecord:
    """A host's ledger: what it asks of us, and what we have asked of it."""

    host: str
    next_allowed_at: datetime | None = None  # no request before this moment
    refusals: int = 0  # answers 429 and 503 in a row
    delay: float | None = None  # seconds between two requests, where it asks for more than the usual pause
    robots: str | None = None  # its robots.txt; None: there is none, or none that is one
    robots_read_at: datetime | None = None  # None: never had an answer about it
    robots_until: datetime | None = None  # asked for again after that
    requests: int = 0
    bytes: int = 0  # of bodies, as sent
    not_modified: int = 0  # answers 304
    errors: int = 0  # no answer, or a status from 400 on
    last_asked_at: datetime | None = None


@dataclass(frozen=True)
class Requests:
    """Requests to a host that its ledger does not know yet."""

    requests: int = 0
    bytes: int = 0
    not_modified: int = 0
    errors: int = 0


@dataclass(frozen=True)
class WorkerRecord:
    """A program that visits channels, as it last told of itself."""

    name: str  # machine and process
    networks: tuple[str, ...]  # whose channels it visits
    started_at: datetime
    seen_at: datetime
    doing: int = 0  # visits at this moment
    visits: int = 0  # since it started
    replaced: int = 0  # crawl processes that had died, hung or grown too large
    memory: int = 0  # bytes, with its crawl processes


@dataclass(frozen=True)
class GapRecord:
    """Where the reading of a channel's list pages has to go on. `id` 0: not stored yet."""

    channel_id: str
    origin: str  # of the links found there: news | backfill
    opened_at: datetime  # what the channel showed before then lies on the far side
    next_url: str  # the first page that has not been read
    back_to: str | None = None  # day, ISO: what is listed before it is not looked for
    reached: str | None = None  # date of the last item that has been read
    pages: int = 0  # read so far
    failures: int = 0  # in a row
    closed_at: datetime | None = None
    reason: str | None = None  # why it was given up; None when closed: everything was read
    id: int = 0


@dataclass(frozen=True)
class FoundLink:
    """A link as one list page showed it."""

    canonical: str  # the key: unique over all channels
    url: str  # absolute, as printed
    title: str
    date: str | None = None  # ISO where known, else as shown
    origin: str = "news"  # news | first_visit | backfill


@dataclass(frozen=True)
class LinkRecord:
    id: int
    canonical: str
    url: str
    site_id: str
    state: LinkState
    attempts: int
    next_try: datetime | None
    reason: str | None
    origin: str
    title: str  # as the asking channel listed it
    date: str | None


@dataclass(frozen=True)
class VisitRecord:
    channel_id: str
    started_at: datetime
    finished_at: datetime
    outcome: VisitOutcome
    next_due: datetime
    status: int | None = None  # HTTP status, None where no answer came
    reason: str | None = None  # why it failed, in words
    rule: str | None = None  # which rule read the list page
    etag: str | None = None
    last_modified: str | None = None
    seen: int = 0
    new: int = 0  # filled by visits.store
    archived: Archived | None = None  # its first list page
    fault: Fault | None = None  # why it failed, for programs


@dataclass(frozen=True)
class DocumentRecord:
    """An official document that an article is (own), or cites by its number."""

    number: str | None
    issuer: str | None
    kind: str | None
    own: bool
    written: date | None = None
    effective: date | None = None
    deadline: date | None = None
    expires: date | None = None
    validity: str | None = None  # 废止 | 修订


@dataclass(frozen=True)
class ArticleRecord:
    """One address read. `id`, `story_id`, `first_seen_at` are filled by storage."""

    canonical: str
    url: str
    site_id: str
    channel_id: str | None
    title: str
    published: datetime | None
    precision: str | None
    updated: datetime | None
    source: str | None
    author: str | None
    editor: str | None
    original_title: str | None
    document_number: str | None
    paragraphs: tuple[str, ...]
    images: tuple[tuple[str, str], ...]  # (url, caption)
    attachments: tuple[tuple[str, str], ...]  # (url, name)
    rule: str
    relevant: bool
    score: float
    review: bool
    reasons: tuple[str, ...]
    topics: tuple[str, ...]
    regions: tuple[tuple[str, str], ...]  # (name, adcode)
    text_key: str
    content_key: str
    fetched_at: datetime
    id: int = 0
    story_id: int | None = None
    first_seen_at: datetime | None = None
    outlet: str | None = None  # the institution that the source resolves to
    outlet_kind: str | None = None  # 官方 | 媒体 | 院校 | 平台
    documents: tuple[DocumentRecord, ...] = ()
    archived: Archived | None = None  # the page as it came
    ground: Ground = "score"  # what the verdict rests on
    subtitle: str | None = None  # 副题
    missing: str | None = None  # which part of the text could not be read, and why
    removed_at: datetime | None = None  # its site does not show it any more since then
    removed_reason: str | None = None  # what the site answered instead


@dataclass(frozen=True)
class KinshipRecord:
    """What the text of an article is to that of an earlier one."""

    article_id: int
    other_id: int
    relation: Relation
    score: float  # how probable it is that both report the same


@dataclass(frozen=True)
class StoryRecord:
    id: int
    guid: str
    first_article_id: int  # the article that feeds and pages show
    published_at: datetime  # the date an entry carries; never later than when it was found
    released_at: datetime | None  # when subscribers could first see it; None: never released
    updated_at: datetime  # moves on a revision, not on a repost
    merged_into: int | None = None  # the story that its articles went to; subscribers no longer see this one
    withdrawn_at: datetime | None = None  # when it was taken back as not belonging; released_at is then None


@dataclass(frozen=True)
class Credit:
    """What one article of a story says of who wrote it, and when."""

    site: str  # name of the site that carries it
    outlet: str | None
    published: datetime | None
    precision: str | None
    found: datetime
    kind: str  # of the site
    article_id: int
    removed: bool = False  # its site does not show it any more


@dataclass(frozen=True)
class StoryView:
    """A story with all that a feed entry or a page row needs."""

    story: StoryRecord
    article: ArticleRecord  # the first article
    site: SiteRecord
    carriers: tuple[tuple[str, str, str], ...] = ()  # the other articles, oldest first: (site name, source or "", url)
    credits: tuple[Credit, ...] = ()  # of all its articles
    removed: frozenset[str] = frozenset()  # addresses of those that their sites do not show any more


@dataclass(frozen=True)
class Selection:
    """Which stories are wanted, by all that is said here; what is left out asks nothing."""

    topic: str | None = None
    region: str | None = None  # adcode; a province takes in its cities
    site: str | None = None  # that carried it, first or later
    kind: str | None = None  # of such a site
    documents: bool = False  # only those with a document number (文号)
    since: date | None = None  # first and last day in China
    until: date | None = None
    query: str = ""  # words that all stand in title or text

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings under which a card must stand."""
        said = {"topic": self.topic, "region": self.region, "site": self.site, "kind": self.kind}
        return (
            *(f"{name}:{value}" for name, value in said.items() if value),
            *(("documents",) if self.documents else ()),
        )


@dataclass(frozen=True)
class DayOfVisits:
    """What a day's visits of a site brought."""

    day: date
    visits: int
    failed: int
    new: int  # links seen for the first time


@dataclass(frozen=True)
class OutboxRecord:
    id: int
    kind: OutboxKind
    story_id: int | None  # None: about incidents
    created_at: datetime


@dataclass(frozen=True)
class IncidentRecord:
    """Something that is or was wrong with a channel."""

    channel_id: str
    kind: str  # pipeline.health.history.Kind
    host: str  # what is wrong with a host is told once for all its channels
    since: datetime
    noticed_at: datetime
    figures: Figures  # the evidence
    again: int = 0  # how many like it, each soon after the one before
    ended_at: datetime | None = None
    end: IncidentEnd | None = None
    alarm_id: int | None = None  # outbox: the message that tells of it
    recovery_id: int | None = None  # and of its end
    id: int = 0


@dataclass(frozen=True)
class VisitSketch:
    """A visit as health sees it, without links and validators."""

    at: datetime
    outcome: VisitOutcome
    fault: Fault | None
    status: int | None
    rule: str | None


@dataclass(frozen=True)
class ReadSketch:
    """A link that was to be read, and what was found there."""

    first_seen_at: datetime
    read: bool
    published: bool = False
    source: bool = False
    author: bool = False
    editor: bool = False
    size: int = 0  # of the text as it is stored, JSON


@dataclass(frozen=True)
class TargetRecord:
    """How a notification target has been doing."""

    name: str
    since: datetime  # first named by the operator
    failures: int  # in a row
    next_try: datetime | None
    failing_since: datetime | None
    sent_at: datetime | None  # when it last took a message
    reason: str | None


@dataclass(frozen=True)
class DeliveryRecord:
    """One thing that one target is told."""

    id: int
    target: str
    key: str
    story_id: int | None  # None: not about one story
    state: DeliveryState
    tries: int
    created_at: datetime
    sent_at: datetime | None
    reason: str | None


@dataclass(frozen=True)
class Marks:
    """What decides which feeds a story stands in."""

    story: StoryRecord
    headings: tuple[str, ...]  # of its card
    text: str  # of its card, folded
    sites: Mapping[str, str]  # that carried it: id and name
    regions: tuple[tuple[str, str], ...]  # of all its articles: full name and adcode


@dataclass(frozen=True)
class FeedRecord:
    name: str  # of its files, such as site/moe
    title: str
    facts: str | None  # digest of what its files were made with besides its entries; None: no files yet


@dataclass(frozen=True)
class SavedFeedRecord:
    id: str
    title: str
    query: str  # JSON
    created_at: datetime


@dataclass(frozen=True)
class StoredVisit:
    id: int
    new: int
    pending: tuple[LinkRecord, ...] = field(default=())  # links of the channel still to be read, in page order


@dataclass(frozen=True)
class CarriedRecord:
    """An article of a story without its text: what tells when it came, who was first, and how official that is."""

    id: int
    story_id: int
    url: str
    title: str
    site: str  # name of the site that carries it
    kind: str  # of the site
    level: str
    publishing: str  # full | excerpt | link
    source: str | None
    outlet: str | None
    published: datetime | None
    precision: str | None
    found: datetime
    topics: tuple[str, ...]
    regions: tuple[tuple[str, str], ...]  # (name, adcode)
    documents: tuple[DocumentRecord, ...]
