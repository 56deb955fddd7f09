"""Edited reposts end in the story of their text, in whatever order, also when several processes bring them at once."""

import itertools
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from multiprocessing.synchronize import Barrier

import pytest

from pipeline.article import Joined, Outcome, RawArticle, Rejected, SiteFacts, Stored
from pipeline.intake import take_in
from pipeline.judging import SAME_TEXT
from pipeline.settings import Settings
from pipeline.stages.fingerprint import grams
from storage import articles, fingerprints, kinships, outbox, sites, stories
from storage.database import Database, open_database
from storage.records import KinshipRecord, SiteRecord

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SETTINGS = Settings(feed_domain="feeds.example", feed_since=2026)
SITE = SiteFacts("lj", "临江教育网")
TITLE = "临江市召开职业教育产教融合推进会"
PARTS = (
    (
        "11月18日,临江市职业教育产教融合推进会在青川职业技术学院召开,全市32所职业院校和86家企业的代表参加,"
        "会议由市教育局和市工业和信息化局共同主办,各区县分管职业教育的负责人到会。"
    ),
    (
        "会议通报了两年来的进展:共建实训车间41个,开设订单班128个,6300余名学生参加岗位实习,实习补贴按月足额发放。"
        "与会代表观摩了数控加工和新能源汽车检修的教学现场,企业导师演示了新装的断电保护装置。"
    ),
    (
        "教育局负责人介绍,下一阶段将安排经费2400万元,把企业参与办学的情况列入年度考核,支持学校与企业共同编写教材46种。"
        "7家企业的负责人在会上作了发言,建议延长岗位实习前的安全培训时间,并为带教师傅计算工作量。"
    ),
)
CHANGED = {
    "18日": "21日",
    "32": "29",
    "86": "71",
    "41": "22",
    "128": "75",
    "6300": "4100",
    "2400": "1900",
    "46": "33",
    "7家": "5家",
}
WHOLE = RawArticle("http://a.example/1", TITLE, source="临江日报", paragraphs=PARTS, site=SITE)
EDITED = replace(
    WHOLE,
    url="http://b.example/2",
    title="【转载】" + TITLE,
    paragraphs=("来源:临江日报 时间:2026-11-19", *PARTS, "责任编辑:李一"),
)
HEAD = replace(WHOLE, url="http://c.example/3", paragraphs=PARTS[:1])
TAIL = replace(WHOLE, url="http://d.example/4", paragraphs=PARTS[2:])
LAST_YEAR = replace(
    WHOLE,
    url="http://e.example/5",
    paragraphs=tuple(reduce(lambda part, old: part.replace(old, CHANGED[old]), CHANGED, part) for part in PARTS),
)
ELSEWHERE = (
    "临江市职业学校技能节本周开幕,汽修、护理、烹饪等十二个项目的学生将在三天里分组比赛。"
    "评委由行业协会推荐,成绩计入学生的学业档案,优胜者代表全市参加省里的选拔。"
)


@pytest.fixture
def desk(database: Database) -> Iterator[Database]:
    with database.begin() as db:
        record = SiteRecord("lj", "临江教育网", "http://a.example/", "government", "city", None, None, "full", True)
        sites.sync(db, [record], [])
    yield database


def take(desk: Database, raw: RawArticle, now: datetime = NOW) -> Outcome:
    return take_in(desk, raw, now=now, settings=SETTINGS)


def together(desk: Database) -> set[frozenset[str]]:
    """The addresses that stand together."""
    with desk.read() as db:
        found = articles.listing(db, limit=99)
    return {frozenset(one.url for one in found if one.story_id == story) for story in {one.story_id for one in found}}


def test_an_edited_repost_joins_and_says_what_it_is(desk: Database) -> None:
    assert take(desk, WHOLE) == Stored(1, 1, released=True)
    assert take(desk, EDITED, LATER) == Joined(2, 1)
    assert take(desk, HEAD, LATER) == Joined(3, 1)
    with desk.read() as db:
        assert [(kin.other_id, kin.relation) for kin in kinships.of_article(db, 2)] == [(1, "same")]
        assert {(kin.other_id, kin.relation) for kin in kinships.of_article(db, 3)} == {(1, "excerpt"), (2, "excerpt")}


def test_a_form_is_remembered_and_not_joined(desk: Database) -> None:
    take(desk, WHOLE)
    assert take(desk, LAST_YEAR) == Stored(2, 2, released=True)
    with desk.read() as db:
        kin = kinships.of_article(db, 2)
        assert kin == [KinshipRecord(2, 1, "template", kin[0].score)]


def test_the_same_words_a_year_later_are_another_story(desk: Database) -> None:
    take(desk, replace(WHOLE, published=NOW - timedelta(days=365), precision="day"))
    assert take(desk, replace(EDITED, published=NOW, precision="day")) == Stored(2, 2, released=True)
    again = replace(WHOLE, url="http://h.example/8", published=NOW, precision="day")
    assert take(desk, again) == Joined(3, 2)


@pytest.mark.parametrize("order", list(itertools.permutations((WHOLE, EDITED, HEAD, TAIL, LAST_YEAR)))[::7])
def test_the_order_does_not_matter(desk: Database, order: tuple[RawArticle, ...]) -> None:
    for raw in order:
        take(desk, raw)
    assert together(desk) == {
        frozenset(raw.url for raw in (WHOLE, EDITED, HEAD, TAIL)),
        frozenset({LAST_YEAR.url}),
    }


def test_a_bridge_merges_two_stories_into_the_one_seen_first(desk: Database) -> None:
    take(desk, HEAD)
    take(desk, TAIL, LATER)
    assert take(desk, WHOLE, LATER + timedelta(hours=1)) == Joined(3, 1)
    with desk.read() as db:
        assert [(row.kind, row.story_id) for row in outbox.pending(db)] == [
            ("released", 1),
            ("released", 2),
            ("merged", 2),
            ("joined", 1),
        ]
        merged = stories.get(db, 2)
        assert merged and (merged.merged_into, merged.guid) == (1, "tag:feeds.example,2026:story/2")


def test_what_was_split_by_hand_is_not_merged_again(desk: Database) -> None:
    take(desk, HEAD)
    take(desk, WHOLE)
    with desk.begin() as db:
        stories.split(db, [2], LATER, SETTINGS.tag)
    outcome = take(desk, EDITED, LATER)
    assert isinstance(outcome, Joined)
    with desk.read() as db:
        assert stories.count(db) == 2


def test_what_did_not_belong_belongs_when_its_text_does(desk: Database) -> None:
    odd = replace(WHOLE, url="http://f.example/6", title="周末天气", paragraphs=PARTS[2:])
    assert isinstance(take(desk, odd), Rejected)
    assert take(desk, replace(TAIL, title="临江市职业教育推进会:周末天气")) == Stored(2, 1, released=True)
    with desk.read() as db:
        admitted = articles.get(db, 1)
        assert admitted and (admitted.story_id, admitted.relevant, admitted.reasons[0]) == (1, True, SAME_TEXT)


def test_a_revision_stays_and_is_found_by_its_new_text(desk: Database) -> None:
    take(desk, WHOLE)
    take(desk, replace(WHOLE, url="http://g.example/7"))  # a twin, without samples of its own
    other = replace(LAST_YEAR, url=WHOLE.url, paragraphs=(ELSEWHERE,))
    take(desk, other, LATER)
    with desk.read() as db:
        assert fingerprints.look_up(db, grams(other.text), 9).articles.keys() == {1}
        assert fingerprints.look_up(db, grams(WHOLE.text), 9).articles.keys() == {2}
    assert take(desk, EDITED, LATER) == Joined(3, 1)


def bring(database_url: str, number: int, start: Barrier) -> None:
    """In a process of its own: six texts, each in two forms, under addresses that nobody else brings."""
    database = open_database(database_url)
    start.wait()
    for text in range(6):
        # Letters that no two texts share: every text is a story of its own.
        parts = tuple("".join(chr(ord(c) + 40 * text + 1) if "一" <= c < "退" else c for c in p) for p in PARTS)
        edited = replace(EDITED, paragraphs=("来源:日报", *parts, "编辑:李一"))
        for kind, raw in enumerate((replace(WHOLE, paragraphs=parts), edited)):
            take(database, replace(raw, url=f"http://w{number}.example/{text}/{kind}"))


def test_processes_that_bring_the_same_at_once_make_one_story_of_each(desk: Database, database_url: str) -> None:
    forked = multiprocessing.get_context("fork")  # a program that starts anew takes ten times as long
    start = forked.Barrier(2)
    workers = [forked.Process(target=bring, args=(database_url, number, start)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    with desk.read() as db:
        assert (stories.count(db), articles.count(db)) == (6, 24)
