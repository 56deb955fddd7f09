"""The values that travel: what a page says (RawArticle), what we make of it (Article), how that ends (Outcome)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from storage.records import Answer, Archived, Ground

Precision = Literal["day", "minute"]
PageKind = Literal["article", "login", "not_found", "challenge", "shell", "list", "unparsable"]
Publishing = Literal["full", "excerpt", "link"]
Origin = Literal["news", "first_visit", "backfill"]  # how a link was found; only "news" is published whatever its age


@dataclass(frozen=True)
class Image:
    url: str
    caption: str = ""


@dataclass(frozen=True)
class Attachment:
    url: str
    name: str = ""


@dataclass(frozen=True)
class Region:
    """An administrative division: full path such as 江苏省无锡市, and its six-digit adcode."""

    name: str
    adcode: str


OutletKind = Literal["官方", "媒体", "院校", "平台"]
Validity = Literal["废止", "修订"]


@dataclass(frozen=True)
class Outlet:
    """The institution that a printed 来源 resolves to. Without a region it is national, or its place is not known."""

    name: str
    kind: OutletKind
    region: Region | None = None


@dataclass(frozen=True)
class Document:
    """An official document that an article is, or that it names with its number."""

    number: str | None  # 文号 in its one spelling: 教职成〔2023〕5号
    issuer: str | None  # 发文机关
    kind: str | None  # 文种: 通知, 意见, 办法 …
    own: bool  # the article is this document; else it cites it
    written: date | None = None  # 成文日期
    effective: date | None = None  # 施行日期
    deadline: date | None = None  # 截止日期, until when something is to be handed in
    expires: date | None = None  # the last day of its validity
    validity: Validity | None = None  # what the article says became of it


@dataclass(frozen=True)
class SiteFacts:
    """What the catalogue knows of the site that an article was read on."""

    id: str
    name: str
    kind: str = "portal"
    region: Region | None = None
    vocational: bool = False  # the site (or the column read) is about vocational education and nothing else
    publishing: Publishing = "excerpt"


@dataclass(frozen=True)
class Listed:
    """What the list page said about a link: full title, date as shown or ISO."""

    title: str | None = None
    date: str | None = None


@dataclass(frozen=True)
class RawArticle:
    """One page as read. Absent values are None or empty tuples; datetimes are aware, in Asia/Shanghai.

    `published` with precision "day" stands at 00:00 of that day. `rule` names what read the page, such as
    "site:moe", "family:trs" or "generic". A page that is no article says so in `kind`, with `reason` in words.
    """

    url: str
    title: str | None = None
    published: datetime | None = None
    precision: Precision | None = None
    updated: datetime | None = None
    source: str | None = None  # 来源 as printed
    author: str | None = None  # several names joined by one space
    editor: str | None = None
    subtitle: str | None = None  # 副题, without its dash
    original_title: str | None = None  # 原标题
    paragraphs: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    document_number: str | None = None  # 文号
    issuer: str | None = None  # 发文机关 as printed
    next_part: str | None = None  # the address of the next page of a text that is paged
    missing: str | None = None  # which part of the text could not be read, and why
    rule: str = "generic"
    kind: PageKind = "article"
    reason: str | None = None
    site: SiteFacts | None = None  # the spider adds it
    channel_id: str | None = None
    listed: Listed = field(default_factory=Listed)
    origin: Origin = "news"
    archived: Archived | None = None  # where the page is kept as it came
    answer: Answer | None = None  # of its site, from which it was read now; None: it was not asked

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass(frozen=True)
class Verdict:
    """Whether a text is about vocational education: score 0-1, reasons as sentences, review in the middle band."""

    relevant: bool
    score: float
    review: bool
    reasons: tuple[str, ...]
    ground: Ground = "score"  # what it rests on


@dataclass(frozen=True)
class Article:
    """A RawArticle after all stages: cleaned, judged, located, fingerprinted."""

    raw: RawArticle  # with normalised values
    canonical_url: str
    verdict: Verdict
    topics: tuple[str, ...]
    regions: tuple[Region, ...]
    text_key: str  # equal for texts that differ only in what normalisation removes
    content_key: str  # changes whenever anything a reader sees changes: a new one on a known address is a revision
    outlet: Outlet | None = None
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Stored:
    article_id: int
    story_id: int
    released: bool  # False: older than a first visit or back-fill publishes


@dataclass(frozen=True)
class Joined:
    article_id: int
    story_id: int


@dataclass(frozen=True)
class Revised:
    article_id: int
    story_id: int | None


@dataclass(frozen=True)
class Unchanged:
    article_id: int


@dataclass(frozen=True)
class Rejected:
    """Read and kept with its text and verdict, but not about vocational education."""

    article_id: int
    reason: str


Outcome = Stored | Joined | Revised | Unchanged | Rejected
