"""Search gives what a look at every text would give, and the same on both databases."""

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import articles, cards, search, selections, sites, stories
from storage.database import Database
from storage.records import ArticleRecord, Selection
from tests.storage.samples import ARTICLE, HOUR, NEWS, NOW, SITE, article


def telling(number: int, text: str, title: str = "无题") -> ArticleRecord:
    """An article that says this and nothing else."""
    return article(number, title=title, paragraphs=(text,), original_title=None, source=None, author=None)


def keep(database: Database, *kept: ArticleRecord) -> list[int]:
    """One story for each article, the first one the oldest; their ids."""
    ids = []
    with database.begin() as db:
        for number, record in enumerate(kept):
            dated = NOW + number * HOUR
            story, _ = stories.create(db, first=record, published_at=dated, released_at=NOW, now=NOW, tag="t,2026")
            ids.append(story.id)
    return ids


def found(database: Database, query: str = "", limit: int = 100, **wanted: object) -> list[int]:
    """Ids of the stories found, newest first."""
    with database.read() as db:
        return [cards.story_at(place) for place in selections.places(db, Selection(query=query, **wanted), limit)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("职业教育", ["职业", "业教", "教育", "育"]),
        ("技", ["技"]),
        ("2025年ai赋能", ["2025", "年", "ai", "赋能", "能"]),
        ("教职成(2025)3号", ["教职", "职成", "成", "2025", "3", "号"]),
        ("职业,教育", ["职业", "业", "教育", "育"]),
        ("!?", []),
        ("", []),
    ],
)
def test_bigrams(text: str, tokens: list[str]) -> None:
    assert search.bigrams(text) == tokens


def test_folding_makes_spellings_one() -> None:
    assert search.fold("ＡＩ〔２０２５〕“双高”") == search.fold('ai[2025]"双高"') == 'ai(2025)"双高"'


TEXTS = (
    "全省职业教育大会召开，2025年招生计划公布。",
    "教职成〔2025〕3号：关于公布技工院校名单的通知",
    "AI赋能课堂，AIGC进校园；ＶＲ实训室启用。",
    "普通教育与职业技术学校的衔接",
    "职业。教育两个词不相连，2025 年也分开写",
    "他说“技”字难写",
)


def test_queries(stocked: Database) -> None:
    expected = {
        "技": [5, 3, 1],  # one character, wherever it stands in its word
        "职业": [4, 3, 0],
        "职业教育": [0],
        "技工院校名单": [1],
        "2025年": [0],
        "2025": [4, 1, 0],
        "教职成〔2025〕3号": [1],
        "教职成[2025]3号": [1],
        "ai": [2],
        "AI赋能": [2],
        "vr": [2],
        "aig": [2],
        "职业 教育": [4, 3, 0],  # both, anywhere
        "教育 职业 招生": [0],
        "技能": [],
        "“技”": [5],
    }
    ids = keep(stocked, *(telling(n, text) for n, text in enumerate(TEXTS, 101)))
    assert {query: [ids.index(story) for story in found(stocked, query)] for query in expected} == expected


def test_a_query_is_never_a_command(stocked: Database) -> None:
    """What has no letters asks nothing; what has some is looked for as it stands."""
    ids = keep(stocked, ARTICLE)
    for query in ("", " ", '"', "*", "' OR 1=1 --", ":", "NEAR(", "{", "\\", "%", "\0", '职业" OR "x'):
        assert (query, found(stocked, query)) == (query, [] if search.words_of(query) else ids)


def test_search_is_a_look_at_every_text(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each of its ways: along the newest texts, by the index, further along the texts, by all of the index."""
    dice = random.Random(6)
    texts = ["".join(dice.choices("职业教育技术a1，年", k=dice.randrange(2, 40))) for _ in range(60)]
    ids = keep(stocked, *(telling(n, text) for n, text in enumerate(texts, 101)))
    for first, taken, read in ((100, 45, 9), (3, 500, 9), (3, 15, 100), (3, 15, 10)):
        for name, number in (("READ_FIRST", first), ("TAKEN_OUT", taken), ("READ", read), ("CANDIDATES", 4)):
            monkeypatch.setattr(selections, name, number)
        for length in (1, 2, 3, 4):
            for _ in range(12):
                query = "".join(dice.choices("职业教育技术年", k=length))
                expected = [story for story, text in zip(ids, texts, strict=True) if query in text][::-1]
                assert (query, found(stocked, query)) == (query, expected)
                assert found(stocked, query, 3, site=SITE.id) == expected[:3]


def test_pages_in_both_directions(stocked: Database) -> None:
    ids = keep(stocked, *(article(n) for n in range(101, 108)))
    for asked in (
        Selection(),
        Selection(query="职业教育"),
        Selection(site="linjiang"),
        Selection("会议", query="大会"),
    ):
        with stocked.read() as db:
            first = selections.places(db, asked, 3)
            second = selections.places(db, asked, 3, before=first[-1])
            third = selections.places(db, asked, 3, before=second[-1])
            back = selections.places(db, asked, 3, after=third[0])
        assert [cards.story_at(place) for place in first + second + third] == ids[::-1]
        assert back == second


def test_selections(stocked: Database) -> None:
    college = replace(SITE, id="qingchuan", name="青川职业技术学院", kind="college")
    with stocked.begin() as db:
        sites.sync(db, [SITE, college], [NEWS])
    city, other = ("青川省临江市", "990100"), ("青川省岚川市临山县", "990221")
    ids = keep(
        stocked,
        article(101, topics=("产教融合",), regions=(city,)),
        article(102, topics=("产教融合", "招生"), regions=(other,), site_id="qingchuan"),
        article(103, topics=("招生",), regions=(), document_number="教职成〔2026〕1号"),
    )
    with stocked.begin() as db:
        stories.join(db, ids[0], article(104, site_id="qingchuan", regions=(other,), topics=()))
    three, two, one = ids[::-1]
    assert found(stocked) == [three, two, one]
    assert found(stocked, topic="产教融合") == [two, one]
    assert found(stocked, topic="产教融合", region="990000") == [two, one]
    assert found(stocked, topic="招生", region="990200") == [two]
    assert found(stocked, region="990221") == [two, one]  # one through its reprint
    assert found(stocked, site="qingchuan") == found(stocked, kind="college") == [two, one]
    assert found(stocked, kind="college", site="linjiang") == [one]
    assert found(stocked, documents=True) == [three]
    assert found(stocked, "大会", topic="产教融合", kind="college", region="990100") == [one]
    assert found(stocked, topic="没有") == []


def test_days_are_days_in_china(stocked: Database) -> None:
    """NOW is 16:00 in China: eight hours later the next day begins there."""
    ids = keep(stocked, *(article(n) for n in range(101, 111)))
    assert found(stocked, since=date(2026, 11, 22)) == ids[:7:-1]
    assert found(stocked, until=date(2026, 11, 21)) == ids[7::-1]
    assert found(stocked, since=date(2026, 11, 21), until=date(2026, 11, 21)) == ids[7::-1]
    assert found(stocked, "大会", until=date(2026, 11, 20)) == []


def test_the_index_follows_revisions_and_reprints(stocked: Database) -> None:
    (story_id,) = keep(stocked, telling(101, "甲乙丙", "旧的标题"))
    with stocked.begin() as db:
        stories.join(db, story_id, telling(102, "甲乙丙", "另一个题目"))
    assert found(stocked, "题目") == found(stocked, "旧的 丙") == [story_id]
    with stocked.begin() as db:
        articles.revise(db, 1, telling(101, "丁戊己", "新的标题"), NOW)
    assert found(stocked, "旧的") == found(stocked, "甲乙") == []
    assert found(stocked, "新的 题目 丁戊己") == [story_id]


def test_a_deleted_story_leaves_with_its_card(stocked: Database) -> None:
    (story_id,) = keep(stocked, ARTICLE)
    with stocked.begin() as db:
        db.connection().exec_driver_sql("UPDATE articles SET story_id = NULL")
        db.connection().exec_driver_sql("DELETE FROM stories")
        db.expire_all()
        cards.refresh(db, story_id)
    assert found(stocked) == found(stocked, "大会") == found(stocked, topic="会议") == []


@given(st.text(max_size=30))
def test_folding_is_done_character_by_character(text: str) -> None:
    """So that a hit can be shown in the text as printed."""
    assert search.fold(text) == "".join(search.fold(character) for character in text)


def test_headings_are_known_by_their_kind(stocked: Database) -> None:
    keep(
        stocked,
        article(101, topics=("招生", "产教融合")),
        article(102, topics=("技能大赛", "招生"), regions=(("岚省", "980000"), ("青川省岚川市", "990200"))),
    )
    with stocked.read() as db:
        assert cards.values(db, "topic") == sorted(["产教融合", "技能大赛", "招生"])
        assert cards.provinces(db) == ["980000", "990000"]
        assert cards.values(db, "site") == ["linjiang"]
        assert cards.values(db, "nothing") == []


def test_stories_of_each_week(stocked: Database) -> None:
    """NOW is a Saturday afternoon in China: the thirty-third hour from it is a Monday's."""
    ids = keep(stocked, *(article(n, topics=("招生",) if n % 2 else ()) for n in range(101, 141)))
    with stocked.read() as db:
        weeks = cards.weekly(db, ["topic:招生", "site:linjiang"], date(2026, 11, 18), date(2026, 11, 23))
        nothing = cards.weekly(db, ["topic:招生"], date(2026, 11, 2), date(2026, 11, 15))
    assert len(ids) == 40
    assert weeks == {
        ("topic:招生", date(2026, 11, 16)): 16,
        ("topic:招生", date(2026, 11, 23)): 4,
        ("site:linjiang", date(2026, 11, 16)): 32,
        ("site:linjiang", date(2026, 11, 23)): 8,
    }
    assert nothing == {}


def test_a_story_that_was_taken_back_is_not_found(stocked: Database) -> None:
    (story_id,) = keep(stocked, ARTICLE)
    with stocked.begin() as db:
        stories.withdraw(db, story_id, NOW)
    assert found(stocked) == found(stocked, "大会") == found(stocked, topic="会议") == []
    with stocked.begin() as db:
        stories.restore(db, story_id)
    assert found(stocked) == found(stocked, "大会") == [story_id]
