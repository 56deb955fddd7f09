"""Today's readers find another text in a kept page: where its article then stands, and what subscribers see of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from pipeline.article import RawArticle
from pipeline.intake import take_in
from pipeline.rejudging import decide
from pipeline.reprocessing import STAGES, Batch, Scope, apply, differences
from pipeline.rereading import Kept, NotRead
from storage import articles, kinships, outbox, stories
from storage.database import Database
from storage.records import Archived
from tests.pipeline.test_rejudging import ABOUT_IT, ELSEWHERE, LATER, NOW, SETTINGS, article, seen, story, told
from tests.pipeline.test_rejudging import stored as stored  # the fixture: article 1 belongs, article 2 does not

FIRST, SECOND = "tag:feeds.example,2026:story/1", "tag:feeds.example,2026:story/2"
FRAME = (
    (
        "职业教育频道版权所有,未经书面授权不得转载,本频道由临江市教育局主办,临江教育网承办,高职单招报名咨询请拨打热线电话,"
        "投稿请寄编辑部邮箱,本站所载文章只代表作者本人的观点,与本频道的立场没有关系。"
    ),
)
NEWS = replace(
    ABOUT_IT,
    title="青川职业技术学院与三家企业共建产教融合实训基地",
    paragraphs=("11月19日,青川职业技术学院与三家装备制造企业签约,共建一个面积8000平方米的产教融合实训基地。",),
)


def at(number: int, raw: RawArticle) -> RawArticle:
    return replace(raw, url=f"http://jy.linjiang.example/{number}.html", archived=Archived("x.warc.gz", number, 1))


def take(database: Database, *raws: RawArticle) -> None:
    for raw in raws:
        take_in(database, raw, now=NOW, settings=SETTINGS)
    with database.begin() as db:
        outbox.delivered(db, [row.id for row in outbox.pending(db)], NOW)


def batches(database: Database, pages: Mapping[int, RawArticle]) -> list[Batch]:
    """What readers that find this in the pages, by their place in the archive, find otherwise."""

    def reread(kept: Sequence[Kept]) -> list[RawArticle | NotRead]:
        found = [pages.get(one.archived.offset) if one.archived else None for one in kept]
        return [(raw and replace(raw, site=None)) or NotRead("gone") for raw in found]

    return list(differences(database, SETTINGS, Scope(STAGES), reread))


def reread(database: Database, pages: Mapping[int, RawArticle], now: object = LATER) -> None:
    for batch in batches(database, pages):
        apply(database, batch.found, scope=Scope(STAGES), settings=SETTINGS, now=now)


def revisions(database: Database, number: int) -> int:
    with database.read() as db:
        return len(articles.revisions(db, number))


def test_the_same_readers_find_the_same(stored: Database) -> None:
    take(stored, at(3, NEWS), at(4, ELSEWHERE))
    (batch,) = batches(stored, {3: NEWS, 4: ELSEWHERE})
    assert (batch.looked_at, batch.found, [(one.id, why) for one, why in batch.unread]) == (
        4,
        [],
        [(1, "gone"), (2, "gone")],
    )


def test_another_field_changes_the_entry_and_is_no_news(stored: Database) -> None:
    take(stored, at(3, NEWS))
    before = story(stored, 2)
    reread(stored, {3: replace(NEWS, author="李一", source="临江日报")})
    mended = article(stored, 3)
    assert (mended.author, mended.source, mended.outlet) == ("李一", "临江日报", "临江日报")
    assert (story(stored, 2), revisions(stored, 3), told(stored)) == (before, 0, [("revised", 2)])
    assert [batch.found for batch in batches(stored, {3: replace(NEWS, author="李一", source="临江日报")})] == [[]]


def test_what_a_revision_kept_of_former_pages_stays(stored: Database) -> None:
    """Its last page, which is in the archive, does not say it; where there was no revision, the page is right."""
    take(stored, at(3, replace(NEWS, source="临江日报", author="李一")), at(4, replace(ELSEWHERE, author="王二")))
    longer = replace(NEWS, paragraphs=(*NEWS.paragraphs, "报名时间推迟到12月5日。"))
    take(stored, at(3, replace(longer, source="临江日报", author="李一")))
    (batch,) = batches(stored, {3: longer, 4: ELSEWHERE})
    assert [(one.article.id, one.found["author"]) for one in batch.found] == [(4, None)]


def test_another_text_updates_the_entry_and_is_known_from_then_on(stored: Database) -> None:
    take(stored, at(3, replace(NEWS, paragraphs=FRAME)))
    reread(stored, {3: NEWS})
    assert (story(stored, 2).guid, story(stored, 2).updated_at) == (SECOND, LATER)
    assert (revisions(stored, 3), told(stored)) == (0, [("revised", 2)])
    take(stored, at(5, replace(NEWS, title="产教融合实训基地签约", paragraphs=(*NEWS.paragraphs, "记者 李一"))))
    take(stored, at(6, replace(ELSEWHERE, paragraphs=FRAME)))
    assert (article(stored, 4).story_id, article(stored, 5).story_id) == (2, 3)


def test_texts_that_prove_to_differ_part_and_subscribers_keep_what_they_have(stored: Database) -> None:
    """An old reader took the page's frame for the text of all pages: they were one story."""
    pages = {
        3: NEWS,
        4: replace(
            ABOUT_IT,
            title="技师学院举办技能大赛",
            paragraphs=("另一所技师学院12月在高新区举办技能大赛,三百名学生报名。",),
        ),
    }
    take(stored, *(at(number, replace(raw, paragraphs=FRAME)) for number, raw in pages.items()))
    take(stored, at(5, replace(ABOUT_IT, title="高职单招计划公布", paragraphs=FRAME)))
    assert [article(stored, number).story_id for number in (3, 4, 5)] == [2, 2, 2]
    reread(stored, pages)
    stands = {number: article(stored, number).story_id for number in (3, 4, 5)}
    assert (stands[3], len(set(stands.values()))) == (2, 3)
    assert story(stored, 2).guid == SECOND
    assert SECOND in seen(stored)
    assert story(stored, 2).first_article_id == 3
    with stored.read() as db:
        carried = {number: [one.id for one in articles.of_story(db, stands[number])] for number in stands}
        assert kinships.of_article(db, 4) == []
    assert carried == {3: [3], 4: [4], 5: [5]}


def test_a_repost_that_proves_to_be_another_text_leaves(stored: Database) -> None:
    """The shown article, whose page is gone, keeps the story."""
    take(
        stored, at(3, replace(NEWS, paragraphs=FRAME)), at(4, replace(ABOUT_IT, title="高职单招热线", paragraphs=FRAME))
    )
    with stored.begin() as db:
        articles.rejudge(db, 3, {"archived": None})
    reread(stored, {4: ABOUT_IT})
    assert (article(stored, 3).story_id, article(stored, 4).story_id) == (2, 1)
    assert told(stored) == [("joined", 1), ("revised", 2)]


def test_texts_that_prove_to_be_one_become_one_story(stored: Database) -> None:
    take(stored, at(3, replace(NEWS, paragraphs=FRAME)))
    reread(stored, {3: replace(ABOUT_IT, title="临江市高职单招计划公布")})
    assert (article(stored, 3).story_id, seen(stored)) == (1, [FIRST])
    assert ("merged", 2) in told(stored)


def test_stories_that_a_person_took_apart_stay_apart(stored: Database) -> None:
    take(stored, at(3, replace(NEWS, paragraphs=FRAME)))
    with stored.begin() as db:
        stories.set_apart(db, 1, 2)
    reread(stored, {3: ABOUT_IT})
    assert (article(stored, 1).story_id, article(stored, 3).story_id) == (1, 2)


def test_what_belongs_only_now_comes_in_and_long_after_without_news(stored: Database) -> None:
    bare = replace(ELSEWHERE, title="详情", paragraphs=("请点击查看附件一和附件二所列的全部内容,并按照要求填写。",))
    take(stored, at(3, bare), at(4, replace(bare, title="通知", paragraphs=("各有关单位请于本周五之前领取材料。",))))
    assert [article(stored, number).story_id for number in (3, 4)] == [None, None]
    reread(stored, {3: NEWS})
    reread(
        stored,
        {3: NEWS, 4: replace(NEWS, title="职业学校招生", paragraphs=("全市中等职业学校今年计划招生九千人。",))},
        NOW + timedelta(days=99),
    )
    assert (story(stored, 2).released_at, story(stored, 3).released_at) == (LATER, None)


def test_what_no_longer_belongs_goes_and_what_a_person_decided_stays(stored: Database) -> None:
    take(stored, at(3, NEWS), at(4, replace(ABOUT_IT, title="技工学校开学", paragraphs=FRAME)))
    decide(stored, 3, relevant=True, now=NOW, settings=SETTINGS)
    assert SECOND in seen(stored)
    reread(
        stored,
        {
            3: replace(ELSEWHERE, url=""),
            4: replace(
                ELSEWHERE,
                title="全市防汛工作部署",
                paragraphs=("防汛办要求沿江各街道备足沙袋,并在雨前检查泵站和涵闸,值班电话全天有人接听。",),
            ),
        },
    )
    assert [(article(stored, n).relevant, article(stored, n).ground) for n in (3, 4)] == [
        (True, "person"),
        (False, "score"),
    ]
    assert SECOND in seen(stored)
    assert story(stored, 3).withdrawn_at == LATER


def test_what_a_crawl_read_meanwhile_is_left_alone(stored: Database) -> None:
    take(stored, at(3, replace(NEWS, paragraphs=FRAME)))
    (batch,) = batches(stored, {3: NEWS})
    take_in(stored, at(3, replace(NEWS, author="王二")), now=LATER, settings=SETTINGS)
    fresh = article(stored, 3)
    apply(stored, batch.found, scope=Scope(STAGES), settings=SETTINGS, now=LATER)
    assert article(stored, 3) == fresh
