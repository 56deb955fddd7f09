"""Articles that carry stories, as storage hands them out, and a small digest."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from publish.digest.values import Digest, Item, Paper, Repost
from publish.digest.window import Window
from storage.records import CarriedRecord

MONDAY = date(2026, 11, 16)
WEEK = Window(MONDAY, date(2026, 11, 22))
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

CARRIED = CarriedRecord(
    id=1,
    story_id=1,
    url="https://edu.linjiang.example/1.html",
    title="全市职业教育大会召开",
    site="临江市教育局",
    kind="government",
    level="city",
    publishing="full",
    source="临江日报",
    outlet="临江日报",
    published=datetime(2026, 11, 18, 4, 0, tzinfo=UTC),
    precision="minute",
    found=datetime(2026, 11, 18, 5, 0, tzinfo=UTC),
    topics=("产教融合",),
    regions=(("青川省临江市", "990100"),),
    documents=(),
)


def carried(number: int = 1, **changes: Any) -> CarriedRecord:
    address = f"https://edu.linjiang.example/{number}.html"
    return replace(CARRIED, **{"id": number, "story_id": number, "url": address} | changes)


PAPER = Item(
    story_id=1,
    line="关于印发《实习|管理》的通知",
    title="关于印发《实习|管理》的通知 <b>",
    url="https://edu.linjiang.example/(1).html",
    day=date(2026, 11, 16),
    origin="临江市教育局",
    first_hand=True,
    theme="政策法规",
    regions=("青川省临江市", "青川省澜州市", "青川省云浦县"),
    reposts=(),
    summary="学生实习不得超过六个月。",
    paper=Paper("临教〔2026〕5号", "临江市教育局", date(2026, 12, 1)),
)
NEWS = Item(
    story_id=2,
    line="全市职业教育大会召开",
    title="【聚焦】全市职业教育大会召开",
    url="https://news.linjiang.example/2.html?a=1&b=2",
    day=date(2026, 11, 18),
    origin="临江日报 / 青川高职网",
    first_hand=False,
    theme="产教融合",
    regions=(),
    reposts=(Repost("澜州_晚报", "https://lanzhou.example/2.html"), Repost("云浦网", "https://yunpu.example/2.html")),
    summary="会议提出*三年内*建成两个产教联合体。",
)
DIGEST = Digest(
    title="职教动态",
    window=WEEK,
    made_at=NOW,
    asked=("主题 产教融合",),
    found=2,
    articles=4,
    sites=3,
    topics=(("产教融合", 1), ("政策法规", 1)),
    provinces=(("青川省", 2),),
    papers=(PAPER,),
    items=(NEWS,),
    undated=(replace(NEWS, story_id=3, day=None, url="https://news.linjiang.example/3.html", reposts=()),),
)
EMPTY = replace(
    DIGEST, found=0, articles=0, sites=0, topics=(), provinces=(), papers=(), items=(), undated=(), asked=()
)
