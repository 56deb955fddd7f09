"""What becomes of an article: new, known, revised, reposted, rejected; released or kept back; under a lost lease."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from pipeline.article import (
    Attachment,
    Image,
    Joined,
    Outcome,
    RawArticle,
    Region,
    Rejected,
    Revised,
    SiteFacts,
    Stored,
    Unchanged,
)
from pipeline.intake import take_in
from pipeline.judging import SAME_TEXT
from pipeline.settings import Settings
from pipeline.stages.fingerprint import content_key, text_key
from pipeline.stages.normalise import SHANGHAI
from storage import articles, hosts, kinships, links, outbox, sites, stories, visits
from storage.database import Database
from storage.errors import LeaseLost
from storage.records import ArticleRecord, ChannelRecord, FoundLink, SiteRecord, StoryRecord, VisitRecord

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)  # 16:00 in Shanghai
LATER = NOW + timedelta(hours=1)
DAY = datetime(2026, 11, 20, tzinfo=SHANGHAI)
LONG_AGO = datetime(2026, 3, 1, tzinfo=SHANGHAI)
SITE = SiteFacts("lj", "临江教育网", region=Region("青川省临江市", "990100"))
OTHER = SiteFacts("rb", "临江日报")
PARAGRAPHS = (
    "临江市教育局11月20日公布2026年高职单招计划。",
    "青川职业技术学院等6所院校共招生4200人,较上年增加1.5%,报名时间为12月1日至5日,考试在各校进行。",
)
ARTICLE = RawArticle(
    url="http://jy.linjiang.example/2026/1.html",
    title="临江市公布2026年高职单招计划",
    published=DAY,
    precision="day",
    source="临江日报",
    paragraphs=PARAGRAPHS,
    images=(Image("http://jy.linjiang.example/1.jpg", "现场"),),
    attachments=(Attachment("http://jy.linjiang.example/1.pdf", "计划表"),),
    rule="generic",
    site=SITE,
    channel_id="lj/news",
)
REPOST = replace(
    ARTICLE,
    url="http://rb.linjiang.example/7.html",
    title="我市高职单招计划2026年出炉",
    paragraphs=("\u3000\u3000" + "".join(PARAGRAPHS).replace(",", "\uff0c"),),
    site=OTHER,
    channel_id=None,
)
ELSEWHERE = replace(
    ARTICLE,
    url="http://jy.linjiang.example/2026/2.html",
    title="全市防汛会议召开",
    paragraphs=("会议要求加强巡查。" * 10,),
)


@dataclass
class Desk:
    """Takes articles in, and says afterwards what the database holds."""

    database: Database
    settings: Settings = field(default_factory=lambda: Settings(feed_domain="feeds.example", feed_since=2026))

    def take(self, raw: RawArticle, now: datetime = NOW) -> Outcome:
        return take_in(self.database, raw, now=now, settings=self.settings)

    def story(self, story_id: int) -> StoryRecord:
        with self.database.read() as db:
            story = stories.get(db, story_id)
            assert story
            return story

    def article(self, article_id: int) -> ArticleRecord:
        with self.database.read() as db:
            article = articles.get(db, article_id)
            assert article
            return article

    def told(self) -> list[tuple[str, int]]:
        with self.database.read() as db:
            return [(record.kind, record.story_id) for record in outbox.pending(db)]

    def counts(self) -> tuple[int, int]:
        with self.database.read() as db:
            return articles.count(db), stories.count(db)


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    with database.begin() as db:
        sites.sync(
            db,
            [
                SiteRecord(
                    "lj", "临江教育网", "http://jy.linjiang.example/", "government", "city", None, None, "full", True
                ),
                SiteRecord("rb", "临江日报", "http://rb.linjiang.example/", "media", "city", None, None, "full", True),
            ],
            [ChannelRecord("lj/news", "lj", "要闻", "http://jy.linjiang.example/list.html", "list", True)],
        )
    yield Desk(database)


def test_a_new_article_is_stored_whole(desk: Desk) -> None:
    assert desk.take(ARTICLE) == Stored(article_id=1, story_id=1, released=True)
    assert desk.story(1) == StoryRecord(
        id=1,
        guid="tag:feeds.example,2026:story/1",
        first_article_id=1,
        published_at=DAY,
        released_at=NOW,
        updated_at=NOW,
    )
    stored = desk.article(1)
    assert stored == ArticleRecord(
        canonical="https://jy.linjiang.example/2026/1.html",
        url="http://jy.linjiang.example/2026/1.html",
        site_id="lj",
        channel_id="lj/news",
        title="临江市公布2026年高职单招计划",
        published=DAY,
        precision="day",
        updated=None,
        source="临江日报",
        author=None,
        editor=None,
        original_title=None,
        document_number=None,
        paragraphs=PARAGRAPHS,
        images=(("http://jy.linjiang.example/1.jpg", "现场"),),
        attachments=(("http://jy.linjiang.example/1.pdf", "计划表"),),
        rule="generic",
        relevant=True,
        score=stored.score,
        review=False,
        reasons=stored.reasons,
        topics=("职教高考与招生",),
        regions=(("青川省临江市", "990100"),),
        outlet="临江日报",
        outlet_kind="媒体",
        text_key=text_key(ARTICLE.title or "", ARTICLE.text),
        content_key=content_key(ARTICLE),
        fetched_at=NOW,
        id=1,
        story_id=1,
        first_seen_at=NOW,
    )
    assert desk.told() == [("released", 1)]


def test_what_does_not_belong_is_kept_with_its_verdict(desk: Desk) -> None:
    assert desk.take(ELSEWHERE) == Rejected(1, "没有提到职业教育。")
    stored = desk.article(1)
    assert (stored.relevant, stored.story_id, stored.paragraphs) == (False, None, ELSEWHERE.paragraphs)
    assert (desk.counts(), desk.told()) == ((1, 0), [])


def test_an_article_without_a_site_is_a_mistake(desk: Desk) -> None:
    with pytest.raises(ValueError, match=r"2026/1\.html"):
        desk.take(replace(ARTICLE, site=None))
    assert desk.counts() == (0, 0)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(ARTICLE, id="as it was"),
        pytest.param(replace(ARTICLE, url="https://jy.linjiang.example:443/2026/1.html#top"), id="another spelling"),
        pytest.param(
            replace(ARTICLE, title=" 临江市公布2026年高职单招计划\u200b", rule="site:lj"), id="invisibly different"
        ),
    ],
)
def test_a_known_address_unchanged(desk: Desk, again: RawArticle) -> None:
    desk.take(ARTICLE)
    assert desk.take(again, LATER) == Unchanged(1)
    assert desk.article(1).fetched_at == NOW
    assert (desk.counts(), desk.told()) == ((1, 1), [("released", 1)])


def test_an_edit_is_a_revision_under_the_same_guid(desk: Desk) -> None:
    desk.take(ARTICLE)
    before, first = desk.story(1), desk.article(1)
    edited = replace(ARTICLE, paragraphs=(*PARAGRAPHS, "(更正:共招生4300人。)"))
    assert desk.take(edited, LATER) == Revised(1, 1)
    assert desk.story(1) == replace(before, updated_at=LATER)
    assert desk.article(1).paragraphs == edited.paragraphs
    with desk.database.read() as db:
        assert articles.revisions(db, 1) == [(LATER, first)]
    assert desk.told() == [("released", 1), ("revised", 1)]


def test_a_revision_that_no_longer_belongs_stays_in_its_story_marked(desk: Desk) -> None:
    desk.take(ARTICLE)
    assert desk.take(replace(ELSEWHERE, url=ARTICLE.url), LATER) == Revised(1, 1)
    stored = desk.article(1)
    assert (stored.relevant, stored.story_id, stored.reasons[0]) == (False, 1, "没有提到职业教育。")


def test_a_revision_that_now_belongs_gets_a_story(desk: Desk) -> None:
    desk.take(ELSEWHERE)
    assert desk.take(replace(ARTICLE, url=ELSEWHERE.url), LATER) == Stored(1, 1, released=True)
    assert desk.article(1).story_id == 1
    assert (desk.counts(), desk.told()) == ((1, 1), [("released", 1)])


def test_a_revision_that_takes_over_a_known_text_joins_its_story(desk: Desk) -> None:
    desk.take(ARTICLE)
    desk.take(replace(ELSEWHERE, url=REPOST.url), NOW)
    assert desk.take(REPOST, LATER) == Joined(2, 1)
    assert (desk.article(2).story_id, desk.counts()) == (1, (2, 1))


def test_a_revision_that_belongs_as_little_as_before(desk: Desk) -> None:
    desk.take(ELSEWHERE)
    assert desk.take(replace(ELSEWHERE, title="全市防汛会议闭幕"), LATER) == Revised(1, None)
    assert (desk.counts(), desk.told()) == ((1, 0), [])


def test_a_repost_joins_the_story(desk: Desk) -> None:
    desk.take(REPOST)
    before = desk.story(1)
    assert desk.take(ARTICLE, LATER) == Joined(2, 1)
    assert desk.story(1) == before
    assert (desk.counts(), desk.told()) == ((2, 1), [("released", 1), ("joined", 1)])


def test_a_story_is_told_by_whom_the_text_is_of_whoever_was_read_first(desk: Desk) -> None:
    desk.take(ARTICLE)
    before = desk.story(1)
    desk.take(REPOST, LATER)
    assert (ARTICLE.source, OTHER.name) == ("临江日报", "临江日报")
    assert desk.story(1) == replace(before, first_article_id=2)


def test_a_repost_belongs_whatever_its_title_says(desk: Desk) -> None:
    desk.take(ARTICLE)
    assert desk.take(replace(REPOST, title="2026年招聘公告\uff08教师笔试名单\uff09"), LATER) == Joined(2, 1)
    stored = desk.article(2)
    assert (stored.relevant, stored.reasons[:2]) == (True, (SAME_TEXT, "属于招聘信息。"))


def test_a_revised_repost_does_not_move_the_story(desk: Desk) -> None:
    desk.take(REPOST)
    desk.take(ARTICLE)
    before = desk.story(1)
    assert desk.take(replace(ARTICLE, title="我市公布单招计划"), LATER) == Revised(2, 1)
    assert desk.story(1) == before
    assert desk.told() == [("released", 1), ("joined", 1), ("revised", 1)]


def test_kinships_of_a_text_that_was_replaced_are_forgotten(desk: Desk) -> None:
    desk.take(ARTICLE)
    desk.take(REPOST)
    desk.take(replace(REPOST, paragraphs=ELSEWHERE.paragraphs), LATER)
    with desk.database.read() as db:
        assert kinships.of_article(db, 2) == []


def test_the_notice_of_another_year_is_another_story(desk: Desk) -> None:
    desk.take(ARTICLE)
    last_year = replace(ARTICLE, url="http://jy.linjiang.example/2025/1.html", title="临江市公布2025年高职单招计划")
    assert desk.take(last_year) == Stored(2, 2, released=True)


def test_pages_that_only_point_to_an_attachment_are_never_merged(desk: Desk) -> None:
    pages = [replace(ARTICLE, url=f"http://jy.linjiang.example/f/{n}.html", paragraphs=()) for n in (1, 2)]
    assert [desk.take(page) for page in pages] == [Stored(1, 1, released=True), Stored(2, 2, released=True)]


OLD = replace(ARTICLE, origin="first_visit", published=LONG_AGO)


@pytest.mark.parametrize(
    ("raw", "released"),
    [
        pytest.param(OLD, False, id="first visit, old"),
        pytest.param(replace(OLD, published=None, precision=None), False, id="first visit, no date"),
        pytest.param(replace(OLD, published=DAY), True, id="first visit, recent"),
        pytest.param(replace(OLD, origin="backfill"), False, id="back-fill, old"),
        pytest.param(replace(OLD, origin="news"), True, id="news with an old date"),
    ],
)
def test_a_first_visit_releases_only_what_is_recent(desk: Desk, raw: RawArticle, released: bool) -> None:
    assert desk.take(raw) == Stored(1, 1, released=released)
    assert desk.story(1).released_at == (NOW if released else None)
    assert desk.told() == ([("released", 1)] if released else [])


def test_a_fresh_repost_releases_an_old_story(desk: Desk) -> None:
    desk.take(OLD)
    before = desk.story(1)
    again = replace(OLD, url="http://jy.linjiang.example/2026/7.html")
    assert desk.take(again) == Joined(2, 1)
    assert desk.story(1) == before
    assert desk.take(replace(again, url="http://jy.linjiang.example/2026/8.html", origin="news"), LATER) == Joined(3, 1)
    assert desk.story(1) == replace(before, released_at=LATER)
    assert desk.told() == [("released", 1)]


def test_a_revision_of_a_story_never_released_tells_nobody(desk: Desk) -> None:
    desk.take(OLD)
    assert desk.take(replace(OLD, source="临江晚报"), LATER) == Revised(1, 1)
    assert desk.told() == []


def test_the_link_is_fetched_in_the_same_transaction(desk: Desk) -> None:
    canonical = "https://jy.linjiang.example/2026/1.html"
    visit = VisitRecord("lj/news", NOW, NOW, "ok", next_due=LATER)
    with desk.database.begin() as db:
        visits.store(db, visit, [FoundLink(canonical, ARTICLE.url, "标题")])
    desk.take(ARTICLE)
    with desk.database.read() as db:
        link = links.get(db, canonical)
    assert link and (link.state, link.attempts) == ("fetched", 1)


def test_under_a_lost_lease_nothing_is_stored(desk: Desk) -> None:
    with desk.database.begin() as db:
        lease = hosts.take(db, "jy.linjiang.example", "first", NOW, 60)
        assert lease
    assert take_in(desk.database, ARTICLE, now=NOW, settings=desk.settings, lease=lease) == Stored(1, 1, released=True)
    with desk.database.begin() as db:
        assert hosts.take(db, "jy.linjiang.example", "second", NOW + timedelta(seconds=61), 60)
    with pytest.raises(LeaseLost):
        take_in(desk.database, ELSEWHERE, now=NOW + timedelta(seconds=62), settings=desk.settings, lease=lease)
    assert desk.counts() == (1, 1)


def test_copies_taken_in_at_once_make_one_story(desk: Desk) -> None:
    copies = [replace(ARTICLE, url=f"http://jy.linjiang.example/c/{n}.html") for n in range(8)]
    start = Barrier(len(copies))

    def take(copy: RawArticle) -> Outcome:
        start.wait()
        return desk.take(copy)

    with ThreadPoolExecutor(len(copies)) as threads:
        outcomes = list(threads.map(take, copies))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Joined"] * 7 + ["Stored"]
    assert (desk.counts(), sorted(desk.told())) == ((8, 1), [("joined", 1)] * 7 + [("released", 1)])
