"""Another lexicon, model or program finds something else in stored articles; what becomes of them, and of the feeds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.article import RawArticle
from pipeline.intake import take_in
from pipeline.rejudging import decide
from pipeline.reprocessing import JUDGING, Difference, Scope, apply, differences
from pipeline.stages.lexicon import Model, lexicon
from pipeline.stages.normalise import SHANGHAI
from storage import articles, outbox, stories
from storage.database import Database
from tests.pipeline.test_rejudging import ABOUT_IT, ELSEWHERE, LATER, NOW, SETTINGS, article, seen, story, told
from tests.pipeline.test_rejudging import stored as stored  # the fixture: article 1 belongs, article 2 does not

EVERYTHING = Scope(("relevance",), words=replace(lexicon(), model=Model(bias=9.0, text_bias=9.0)))
NOTHING = Scope(("relevance",), words=replace(lexicon(), model=Model(bias=-99.0, text_bias=-99.0)))
LONGER = replace(
    ABOUT_IT,
    url="http://jy.linjiang.example/3.html",
    paragraphs=(
        *ABOUT_IT.paragraphs,
        "考试由各校自行组织,成绩在12月20日之前公布,录取结果可在市招生考试院的网站上查询。",
    ),
)
REPOST = replace(LONGER, url="http://jy.linjiang.example/4.html", title="2026年招聘公告：教师岗位面试名单公示")


def found(database: Database, scope: Scope = EVERYTHING) -> list[Difference]:
    return [one for batch in differences(database, SETTINGS, scope) for one in batch.found]


def put(database: Database, scope: Scope, differing: Sequence[Difference] | None = None) -> None:
    apply(database, differing or found(database, scope), scope=scope, settings=SETTINGS, now=LATER)


def take(database: Database, *raws: RawArticle) -> None:
    for raw in raws:
        take_in(database, raw, now=NOW, settings=SETTINGS)
    with database.begin() as db:
        outbox.delivered(db, [row.id for row in outbox.pending(db)], NOW)


def spoil(database: Database, number: int, **columns: object) -> None:
    """Store what an older program might have found."""
    with database.begin() as db:
        articles.rejudge(db, number, columns)


def test_the_same_program_finds_the_same(stored: Database) -> None:
    decide(stored, 2, relevant=False, now=LATER, settings=SETTINGS)
    take(stored, LONGER, REPOST)
    assert [article(stored, number).ground for number in (1, 2, 3, 4)] == ["score", "person", "score", "text"]
    assert found(stored, Scope()) == []


def test_another_model_lets_in_and_takes_out(stored: Database) -> None:
    assert [(one.article.id, one.flips) for one in found(stored)] == [(2, True)]
    put(stored, EVERYTHING)
    assert seen(stored) == ["tag:feeds.example,2026:story/2", "tag:feeds.example,2026:story/1"]
    assert found(stored) == []
    put(stored, NOTHING)
    assert (seen(stored), article(stored, 1).relevant) == ([], False)
    put(stored, EVERYTHING)
    assert sorted(seen(stored)) == ["tag:feeds.example,2026:story/1", "tag:feeds.example,2026:story/2"]


def test_what_was_found_long_ago_is_no_news(stored: Database) -> None:
    long_after = NOW + timedelta(days=100)
    apply(stored, found(stored), scope=EVERYTHING, settings=SETTINGS, now=long_after)
    assert story(stored, 2).released_at is None
    assert told(stored) == []


def test_what_a_person_decided_no_model_changes(stored: Database) -> None:
    decide(stored, 2, relevant=False, now=LATER, settings=SETTINGS)
    put(stored, EVERYTHING)
    assert (article(stored, 2).relevant, article(stored, 2).ground) == (False, "person")


def test_a_model_does_not_bring_back_what_a_person_refused(stored: Database) -> None:
    take(stored, replace(ABOUT_IT, url="http://jy.linjiang.example/8.html"))
    decide(stored, 1, relevant=False, now=LATER, settings=SETTINGS)
    for scope in (NOTHING, EVERYTHING):
        put(stored, scope)
    assert seen(stored) == ["tag:feeds.example,2026:story/2"]
    assert article(stored, 3).story_id == 1


def test_a_repost_that_belongs_for_its_text_goes_with_its_story(stored: Database) -> None:
    take(stored, LONGER, REPOST)
    put(stored, NOTHING)
    assert seen(stored) == []
    assert (article(stored, 4).story_id, article(stored, 4).ground) == (1, "text")
    put(stored, EVERYTHING)
    assert "tag:feeds.example,2026:story/1" in seen(stored)


def test_a_change_seen_before_a_revision_is_looked_at_again(stored: Database) -> None:
    seen_before = found(stored)
    take(stored, replace(ELSEWHERE, title="全市防汛工作会议召开"))
    put(stored, Scope(), seen_before)
    assert seen(stored) == ["tag:feeds.example,2026:story/1"]


OLD_FINDINGS = {"topics": ("综合",), "regions": (("江苏省无锡市", "320200"),), "outlet": "某报", "outlet_kind": "媒体"}


def test_topics_regions_and_outlets_are_mended_without_news(stored: Database) -> None:
    right, before = article(stored, 1), story(stored, 1)
    spoil(stored, 1, **OLD_FINDINGS)
    mended = found(stored, Scope(JUDGING))
    assert [(one.article.id, sorted(one.found)) for one in mended] == [(1, sorted(OLD_FINDINGS))]
    put(stored, Scope(), mended)
    assert article(stored, 1) == right
    assert story(stored, 1) == before  # not updated: readers are not shown it again
    assert told(stored) == [("revised", 1)]  # but it stands in other feeds
    with stored.read() as db:
        view = stories.view(db, 1)
    assert view and view.story.guid == "tag:feeds.example,2026:story/1"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param(Scope(("topics",)), [1, 2], id="one stage"),
        pytest.param(Scope(("documents",)), [], id="another"),
        pytest.param(Scope(site_id="lj"), [1, 2], id="site"),
        pytest.param(Scope(site_id="other"), [], id="another site"),
        pytest.param(Scope(since=ABOUT_IT.published), [1, 2], id="since its day"),
        pytest.param(Scope(since=NOW.astimezone(SHANGHAI)), [], id="since later"),
    ],
)
def test_what_is_looked_at(stored: Database, scope: Scope, expected: list[int]) -> None:
    for number in (1, 2):
        spoil(stored, number, topics=("技能大赛",))
    assert [one.article.id for one in found(stored, scope)] == expected
