"""What subscribers see when a person says something else about stored articles."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.article import RawArticle, SiteFacts
from pipeline.intake import take_in
from pipeline.judging import KEPT, REFUSED
from pipeline.rejudging import decide
from pipeline.settings import Settings
from pipeline.stages.normalise import SHANGHAI
from storage import articles, labels, outbox, sites, stories
from storage.database import Database
from storage.records import ArticleRecord, ChannelRecord, SiteRecord, StoryRecord

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SETTINGS = Settings(feed_domain="feeds.example", feed_since=2026)
ABOUT_IT = RawArticle(
    url="http://jy.linjiang.example/1.html",
    title="临江市公布2026年高职单招计划",
    published=datetime(2026, 11, 20, tzinfo=SHANGHAI),
    precision="day",
    paragraphs=(
        "临江市教育局11月20日公布2026年高职单招计划,青川职业技术学院等6所院校共招生4200人,报名从12月1日开始。",
    ),
    site=SiteFacts("lj", "临江教育网", "government"),
    channel_id="lj/news",
)
ELSEWHERE = replace(
    ABOUT_IT,
    url="http://jy.linjiang.example/2.html",
    title="全市防汛会议召开",
    paragraphs=("会议要求各区县在汛期到来之前完成河道清理,并对所有水库的闸门作一次检查,值班人员不得离岗。",),
)


@pytest.fixture
def stored(database: Database) -> Iterator[Database]:
    site = SiteRecord("lj", "临江教育网", "http://jy.linjiang.example/", "government", "city", None, None, "full", True)
    with database.begin() as db:
        sites.sync(db, [site], [ChannelRecord("lj/news", "lj", "要闻", "http://jy.linjiang.example/", "list", True)])
    for raw in (ABOUT_IT, ELSEWHERE):
        take_in(database, raw, now=NOW, settings=SETTINGS)
    with database.begin() as db:
        outbox.delivered(db, [row.id for row in outbox.pending(db)], NOW)
    yield database


def seen(database: Database) -> list[str]:
    """What the feeds show: guids of the released stories."""
    with database.read() as db:
        return [view.story.guid for view in stories.recent(db, at_least=10, since=NOW)]


def told(database: Database) -> list[tuple[str, int]]:
    with database.read() as db:
        return [(row.kind, row.story_id) for row in outbox.pending(db)]


def article(database: Database, number: int) -> ArticleRecord:
    with database.read() as db:
        found = articles.get(db, number)
    assert found
    return found


def story(database: Database, number: int) -> StoryRecord:
    with database.read() as db:
        found = stories.get(db, number)
    assert found
    return found


def test_a_refused_article_leaves_the_feed(stored: Database) -> None:
    decide(stored, 1, relevant=False, now=LATER, settings=SETTINGS)
    refused = article(stored, 1)
    assert (refused.relevant, refused.review, refused.reasons[0], refused.story_id) == (False, False, REFUSED, 1)
    assert (seen(stored), told(stored)) == ([], [("revised", 1)])
    assert story(stored, 1).withdrawn_at == LATER


def test_no_repost_brings_a_refused_text_back(stored: Database) -> None:
    decide(stored, 1, relevant=False, now=LATER, settings=SETTINGS)
    take_in(stored, replace(ABOUT_IT, url="http://jy.linjiang.example/9.html"), now=LATER, settings=SETTINGS)
    assert (seen(stored), article(stored, 3).story_id) == ([], 1)


def test_who_changes_his_mind_gets_the_same_entry_back(stored: Database) -> None:
    decide(stored, 1, relevant=False, now=LATER, settings=SETTINGS)
    decide(stored, 1, relevant=True, now=LATER, settings=SETTINGS)
    assert seen(stored) == ["tag:feeds.example,2026:story/1"]
    assert article(stored, 1).reasons[0] == KEPT
    assert told(stored) == [("revised", 1), ("revised", 1)]


def test_an_old_entry_comes_back_where_it_stood(stored: Database) -> None:
    before = story(stored, 1).released_at
    decide(stored, 1, relevant=False, now=LATER, settings=SETTINGS)
    decide(stored, 1, relevant=True, now=LATER + timedelta(days=100), settings=SETTINGS)
    assert (before, seen(stored)) == (story(stored, 1).released_at, ["tag:feeds.example,2026:story/1"])


def test_an_accepted_article_becomes_a_story(stored: Database) -> None:
    decide(stored, 2, relevant=True, now=LATER, settings=SETTINGS)
    assert seen(stored) == ["tag:feeds.example,2026:story/2", "tag:feeds.example,2026:story/1"]
    assert told(stored) == [("released", 2)]
    with stored.read() as db:
        assert labels.of(db, 2) is True


def test_an_accepted_article_has_its_topics(stored: Database) -> None:
    text = ("各部门要抓好落实,天气转冷注意防寒保暖," * 8 + "产教融合。",)
    raw = replace(ELSEWHERE, url="http://jy.linjiang.example/3.html", title="市里召开工作会议部署任务", paragraphs=text)
    take_in(stored, raw, now=NOW, settings=SETTINGS)
    assert not article(stored, 3).relevant
    decide(stored, 3, relevant=True, now=LATER, settings=SETTINGS)
    with stored.read() as db:
        view = stories.view(db, article(stored, 3).story_id or 0)
    assert view
    assert view.article.topics == ("综合",)


@pytest.mark.parametrize("relevant", [True, False])
def test_a_decision_outlives_a_revision(stored: Database, relevant: bool) -> None:
    decide(stored, 2, relevant=relevant, now=LATER, settings=SETTINGS)
    revised = replace(ELSEWHERE, paragraphs=(*ELSEWHERE.paragraphs, "会议还通报了去年的情况。"))
    take_in(stored, revised, now=LATER, settings=SETTINGS)
    assert article(stored, 2).relevant is relevant
    assert len(article(stored, 2).paragraphs) == 2


def test_there_must_be_such_an_article(stored: Database) -> None:
    with pytest.raises(ValueError, match="99"):
        decide(stored, 99, relevant=True, now=LATER, settings=SETTINGS)
