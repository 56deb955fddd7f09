"""An invented site and what is found on it: the values that the tests of this folder start from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from storage import sites
from storage.records import ArticleRecord, ChannelRecord, FoundLink, SiteRecord, VisitRecord

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

SITE = SiteRecord(
    id="linjiang",
    name="临江市教育局",
    home="https://edu.linjiang.example/",
    kind="government",
    level="city",
    adcode="990100",
    region="青川省临江市",
    publishing="excerpt",
    enabled=True,
)
NEWS = ChannelRecord(
    id="linjiang/news",
    site_id="linjiang",
    name="教育要闻",
    url="https://edu.linjiang.example/news/",
    kind="list",
    enabled=True,
)
NOTICES = replace(NEWS, id="linjiang/notices", name="通知公告", url="https://edu.linjiang.example/notices/")

ARTICLE = ArticleRecord(
    canonical="https://edu.linjiang.example/news/1.html",
    url="http://edu.linjiang.example/news/1.html",
    site_id="linjiang",
    channel_id="linjiang/news",
    title="临江市召开职业教育大会",
    published=datetime(2026, 11, 19, 16, 0, tzinfo=UTC),
    precision="day",
    updated=None,
    source="临江日报",
    author="李一 王二",
    editor="赵三",
    original_title="全市职业教育大会召开",
    document_number=None,
    paragraphs=("十一月二十日，全市职业教育大会召开。", "会议表彰了青川职业技术学院的三个专业群。"),
    images=(("https://edu.linjiang.example/news/1.jpg", "大会现场"),),
    attachments=(("https://edu.linjiang.example/news/1.pdf", "名单.pdf"),),
    rule="family:trs",
    relevant=True,
    score=0.92,
    review=False,
    reasons=("标题含“职业教育”",),
    topics=("会议",),
    regions=(("青川省临江市", "990100"),),
    text_key="text-1",
    content_key="content-1",
    fetched_at=NOW,
)


def stock(db: Session) -> None:
    """The catalogue: one site with two channels."""
    sites.sync(db, [SITE], [NEWS, NOTICES])


def link(number: int, **changes: Any) -> FoundLink:
    address = f"https://edu.linjiang.example/news/{number}.html"
    return replace(FoundLink(canonical=address, url=address, title=f"第{number}条", date="2026-11-20"), **changes)


def visit(at: datetime = NOW, **changes: Any) -> VisitRecord:
    plain = VisitRecord(
        channel_id=NEWS.id,
        started_at=at,
        finished_at=at,
        outcome="ok",
        next_due=at + HOUR,
        status=200,
        rule="family:trs",
    )
    return replace(plain, **changes)


def article(number: int, **changes: Any) -> ArticleRecord:
    """Another article than number 1, with another text."""
    address = f"https://edu.linjiang.example/news/{number}.html"
    other = replace(ARTICLE, canonical=address, url=address, text_key=f"text-{number}", content_key=f"content-{number}")
    return replace(other, **changes)
