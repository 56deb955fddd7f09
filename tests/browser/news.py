"""A website full of invented news: enough for every page to have something to show."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from storage import articles, incidents, kinships, outbox, sites, stories, visits
from storage.database import Database
from storage.records import (
    ArticleRecord,
    ChannelRecord,
    FoundLink,
    IncidentRecord,
    KinshipRecord,
    SiteRecord,
    VisitRecord,
)

SITES = [
    SiteRecord(id_, name, f"https://{id_}.example/", kind, "city", adcode, region, publishing, enabled=True)
    for id_, name, kind, region, adcode, publishing in (
        ("linjiang", "临江市教育局", "government", "青川省临江市", "990100", "full"),
        ("qcedu", "青川省教育厅", "government", "青川省", "990000", "excerpt"),
        ("lanchuan", "岚川职业技术学院", "college", "岚江省岚川市", "980100", "full"),
        ("gongjiang", "工匠报", "media", None, None, "excerpt"),
        ("zhiguan", "职教观察网", "portal", None, None, "link"),
    )
]
CHANNELS = [
    ChannelRecord(f"{site.id}/{key}", site.id, name, f"{site.home}{key}/", "list", enabled=True)
    for site in SITES
    for key, name in (("news", "新闻动态"), ("notices", "通知公告"))
]
TOPICS = ["产教融合", "技能大赛", "招生考试", "师资队伍", "职业本科", "国际合作", "专业建设"]
TITLES = [
    "临江市召开职业教育产教融合推进会",
    "青川省公布2026年高职院校单独招生计划",
    "岚川职业技术学院与临江精密机床共建实训基地",
    "全省职业院校技能大赛数控项目在临江开赛",
    "关于开展“双师型”教师认定工作的通知",
    "首批职业本科专业招生章程发布",
    "AI赋能课堂：青川技师学院启用虚拟仿真实训室",
    "市教育局调研中等职业学校办学条件达标工作",
    "五年制高职转段考核方案公布",
]
TEXT = (
    "全市职业教育大会在青川职业技术学院召开。会议总结了三年来产教融合的进展，部署了下一阶段的工作。",
    "会议提出，三年内建成两个市域产教联合体，支持企业举办高质量职业教育，推动技工院校与中等职业学校资源共享。",
    "与会代表参观了数控技术和护理专业的实训基地，听取了2025年招生就业情况的介绍。",
)
CONFERENCE = "临江市召开职业教育大会，两个市域产教联合体年内启动"
CORRECTED = "临江市召开职业教育大会，三个市域产教联合体年内启动"


def fill(database: Database, now: datetime, number: int) -> None:
    """`number` stories, the last of them reprinted and revised; some doubtful articles; a month of visits."""
    dice = random.Random(6)
    with database.begin() as db:
        sites.sync(db, SITES, CHANNELS)
        for count in range(1, number):
            dated = now - timedelta(hours=2 + dice.expovariate(1 / 700))
            told = _article(count, dice.choice(SITES), dice.choice(TITLES), dated, dice)
            story, _ = stories.create(
                db, first=told, published_at=dated, released_at=dated, now=dated, tag="news.example,2026"
            )
            outbox.add(db, "released", story.id, dated)
    with database.begin() as db:
        _conference(db, now, dice)
        for count, title in enumerate(("驾校学员也要学一门手艺", "社区开办插花班", "培训机构的考证速成班")):
            doubted = _article(1000 + count, SITES[4], title, now, dice)
            reasons = ("标题没有提到职业教育", "正文两次提到“技能”")
            articles.add(db, replace(doubted, relevant=count == 0, score=0.45, review=True, reasons=reasons), None)
        for channel in CHANNELS:
            for hours in range(24 * 30, -1, -12):
                visits.store(
                    db, _visit(channel.id, now - timedelta(hours=hours), dice), _links(channel.id, hours, dice)
                )
        _troubles(db, now)


def _troubles(db, now: datetime) -> None:  # type: ignore[no-untyped-def]  # a session
    """One channel of each of some kinds, and one that is well again."""
    figures = {
        "blocked": {"visits": 9, "fault": "http", "status": 412},
        "silent": {"days": 31.4, "usual": 1.8, "former": 64, "a_year": 0.001},
        "drifting": {"field": "source", "before": 0.97, "now": 0.04, "of": 24},
        "certificate": {"visits": 3, "fault": "certificate"},
        "moved": {"to": "https://www.linjiang.example/xinwen/dongtai/index.html"},
    }
    since = now - timedelta(days=3)
    new = [
        IncidentRecord(channel.id, kind, channel.site_id, since, now, its)
        for channel, (kind, its) in zip(CHANNELS, figures.items(), strict=False)
    ]
    incidents.begin(db, new, silent=("moved",), now=now)
    incidents.finish(db, [(incidents.listing(db)[0], "well")], now)


def _conference(db, now: datetime, dice: random.Random) -> None:  # type: ignore[no-untyped-def]  # a session
    at = now - timedelta(hours=1)
    first = replace(
        _article(2001, SITES[0], CONFERENCE, at, dice),
        topics=("产教融合", "专业建设"),
        document_number="临教职〔2026〕12号",
        attachments=(
            ("https://linjiang.example/p.pdf", "建设方案.pdf"),
            ("https://linjiang.example/l.xlsx", "分工表.xlsx"),
        ),
    )
    story, article_id = stories.create(
        db, first=first, published_at=at, released_at=now, now=now, tag="news.example,2026"
    )
    outbox.add(db, "released", story.id, now)
    for number, site in ((2003, SITES[1]), (2005, SITES[2]), (2007, SITES[3])):
        dated = at + timedelta(minutes=5 * (number - 2001))
        told = replace(_article(number, site, CONFERENCE, dated, dice), text_key=first.text_key)
        repost = stories.join(db, story.id, told)
    cut, alike = KinshipRecord(repost, article_id, "excerpt", 0.9), KinshipRecord(article_id, 5, "template", 0.2)
    kinships.add(db, [cut, alike])
    corrected = (first.paragraphs[0].replace("三年", "五年"), *first.paragraphs[1:], "（更正：产教联合体为三个。）")
    revised = replace(first, title=CORRECTED, paragraphs=corrected, content_key="corrected")
    articles.revise(db, article_id, revised, now - timedelta(minutes=5))


def _article(number: int, site: SiteRecord, title: str, dated: datetime, dice: random.Random) -> ArticleRecord:
    url = f"https://{site.id}.example/{number}.html"
    regions = ((site.region, site.adcode),) if site.region and site.adcode else ()
    return ArticleRecord(
        canonical=url,
        url=url,
        site_id=site.id,
        channel_id=f"{site.id}/news",
        title=title if number % 2 else f"{title}（第{number}期）",
        published=dated,
        precision="minute" if number % 3 else "day",
        updated=None,
        source=dice.choice([None, "临江日报"]),
        author=dice.choice([None, "林知远"]),
        editor=None,
        original_title=None,
        document_number=f"青教职〔2026〕{number}号" if number % 7 == 0 else None,
        paragraphs=TEXT,
        images=(),
        attachments=(),
        rule="generic",
        relevant=True,
        score=0.9,
        review=False,
        reasons=("标题含“职业教育”",),
        topics=tuple(dice.sample(TOPICS, dice.randint(1, 2))),
        regions=regions,
        text_key=f"text {number}",
        content_key=f"content {number}",
        fetched_at=dated,
    )


def _visit(channel_id: str, at: datetime, dice: random.Random) -> VisitRecord:
    due = at + timedelta(hours=12)
    if dice.random() < 0.1:
        return VisitRecord(channel_id, at, at, "failed", due, status=503, reason="HTTP 503")
    return VisitRecord(channel_id, at, at, "ok", due, status=200, rule="generic", seen=20)


def _links(channel_id: str, hours: int, dice: random.Random) -> list[FoundLink]:
    addresses = [f"https://{channel_id}.example/{hours}-{number}" for number in range(dice.choice([0, 0, 1, 2, 5]))]
    return [FoundLink(address, address, "标题") for address in addresses]
