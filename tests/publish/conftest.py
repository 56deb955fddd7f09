"""Stories that we wrote, as storage would hand them out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings
from storage import outbox, sites, stories
from storage.database import Database
from storage.records import ArticleRecord, ChannelRecord, SiteRecord, StoryRecord, StoryView

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
SITE = SiteRecord(
    id="linjiang-edu",
    name="临江市教育局",
    home="https://edu.linjiang.example/",
    kind="government",
    level="city",
    adcode="990100",
    region="青川省临江市",
    publishing="full",
    enabled=True,
)
ARTICLE = ArticleRecord(
    canonical="https://edu.linjiang.example/2026/11/1.html",
    url="https://edu.linjiang.example/2026/11/1.html",
    site_id="linjiang-edu",
    channel_id="linjiang-edu/news",
    title="全市职业教育大会召开",
    published=NOON,
    precision="minute",
    updated=None,
    source="临江日报",
    author="林知远",
    editor=None,
    original_title=None,
    document_number=None,
    paragraphs=("11月20日，全市职业教育大会在青川职业技术学院召开。", "会议提出，三年内建成两个产教联合体。"),
    images=(("https://edu.linjiang.example/img/1.jpg", "大会现场"),),
    attachments=(("https://edu.linjiang.example/files/plan.pdf", "建设方案.pdf"),),
    rule="generic",
    relevant=True,
    score=0.9,
    review=False,
    reasons=(),
    topics=("产教融合",),
    regions=(("青川省临江市", "990100"),),
    text_key="t1",
    content_key="c1",
    fetched_at=NOON,
    id=1,
    story_id=1,
    first_seen_at=NOON,
)
STORY = StoryRecord(
    id=1,
    guid="tag:feeds.example,2026:story/1",
    first_article_id=1,
    published_at=NOON,
    released_at=NOON,
    updated_at=NOON,
)


def story_view(number: int = 1, **changes: Any) -> StoryView:
    """A story; any field of its story, article, site, its carriers or credits may be said differently."""
    parts = {"story": STORY, "article": ARTICLE, "site": SITE}
    changes = {"guid": f"tag:feeds.example,2026:story/{number}", "story_id": number} | changes
    carriers, told = changes.pop("carriers", ()), changes.pop("credits", ())
    for name, record in parts.items():
        known = {key: value for key, value in changes.items() if key in record.__dataclass_fields__}
        parts[name] = replace(record, **known)
    return StoryView(replace(parts["story"], id=number), parts["article"], parts["site"], tuple(carriers), tuple(told))


def store(database: Database, view: StoryView, at: datetime | None = NOON) -> int:
    """Store a story as `view` describes it and release it; its id."""
    channel = ChannelRecord(
        id=f"{view.site.id}/news",
        site_id=view.site.id,
        name="新闻",
        url="https://edu.linjiang.example/",
        kind="list",
        enabled=True,
    )
    first = replace(view.article, id=0, story_id=None)
    with database.begin() as db:
        sites.sync(db, [view.site], [channel])
        dates = {"published_at": view.story.published_at, "released_at": at, "now": view.story.updated_at}
        story, _ = stories.create(db, first=first, tag="feeds.example,2026", **dates)
        outbox.add(db, "released", story.id, NOON)
    return story.id


@pytest.fixture
def view() -> Callable[..., StoryView]:
    return story_view


@pytest.fixture
def backend() -> str:
    """One database is enough here: that both give the same stories is shown by the tests of storage."""
    return "sqlite"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ZHIJIAO_HOME", str(tmp_path))
    return Settings(home=tmp_path, feed_domain="feeds.example", base_url="https://feeds.example")


@pytest.fixture
def release(database: Database) -> Callable[..., int]:
    return partial(store, database)
