"""The answers of the filters `judge` and `match`, whole, and the errors of bad rows."""

from typing import Any

import pytest

from pipeline.answers import judge_row, match_pair
from pipeline.article import Region, SiteFacts
from pipeline.matching import Matcher
from pipeline.stages.relevance import judge

TEXT = (
    "青川职业技术学院等6所院校今年共招生4200人,报名时间为12月1日至5日,考试在各校进行,"
    "录取结果于月底前公布,逾期不再补录,请考生留意。"
)


ENROLMENT = "主题职教高考与招生：标题含『单招』。"


def test_judge_row() -> None:
    site = SiteFacts("lj", "临江教育网", region=Region("青川省临江市", "990100"))
    verdict = judge("临江高职单招", TEXT, site)
    assert judge_row({"id": "1", "title": "临江高职单招", "text": TEXT, "unknown": 7}, site) == {
        "id": "1",
        "relevant": True,
        "score": verdict.score,
        "review": False,
        "reasons": [*verdict.reasons, ENROLMENT],
        "topics": ["职教高考与招生"],
        "regions": [{"name": "青川省临江市", "adcode": "990100"}],
        "outlet": None,
        "documents": [],
    }


@pytest.mark.parametrize(
    "row", [{"id": "1", "title": "临江高职单招"}, {"id": "1", "title": "临江高职单招", "text": None}]
)
def test_judge_row_by_title_alone(row: dict[str, Any]) -> None:
    assert judge_row(row)["reasons"] == ["标题含『高职』『单招』。", ENROLMENT]


def test_matcher_names_the_first_row_of_the_story() -> None:
    rows = [
        {"id": "a", "title": "2026年单招开始", "text": TEXT},
        {"id": "b", "title": "食堂开放日", "text": "欢迎家长走进食堂。" * 10},
        {"id": 3, "title": "单招开始了", "text": TEXT.replace(",", " \uff0c\n"), "published": "2026-11-20", "url": "u"},
        {"id": "d", "title": "2025年单招开始", "text": TEXT},
    ]
    with Matcher() as match:
        assert [match(row) for row in rows] == [
            {"id": "a", "story": "a", "relation": "different", "score": 0.0},
            {"id": "b", "story": "b", "relation": "different", "score": 0.0},
            {"id": 3, "story": "a", "relation": "same", "score": 1.0},
            {"id": "d", "story": "d", "relation": "template", "score": 0.499},
        ]


HALVES = (
    (
        "临江市教育局11月20日召开全市职业学校实训安全会议,各区县教育局分管负责人和三十二所中职学校校长到会。"
        "会议通报了秋季学期实训车间检查情况,要求十二月底以前完成整改。"
    ),
    (
        "青川职业技术学院汽修专业的教师演示了新装的断电保护装置,学生分组练习了应急处置流程。"
        "与会代表还参观了刚刚投入使用的虚拟仿真中心,听取了企业导师的意见。"
    ),
)


def test_a_later_row_joins_two_stories() -> None:
    title = "临江市职业学校实训安全会议召开"
    with Matcher() as match:
        first, second, both, again = (
            match({"id": number, "title": title, "text": text})
            for number, text in enumerate((*HALVES, "\n".join(HALVES), HALVES[1]))
        )
    assert (first["story"], second["story"]) == (0, 1)
    assert both == {"id": 2, "story": 0, "relation": "extended", "score": both["score"], "joins": [0, 1]}
    assert again == {"id": 3, "story": 0, "relation": "same", "score": 1.0}


@pytest.mark.parametrize(
    ("published", "url", "same"),
    [
        pytest.param(("2026-11-20", "2026-11-20T08:30+08:00"), ("x", "y"), True, id="same day"),
        pytest.param(("2026-11-20", "2026-11-19T20:00Z"), ("x", "y"), True, id="same day in China"),
        pytest.param(("2026-11-20", "2026-11-21"), ("x", "y"), False, id="another day"),
        pytest.param(("", None), ("x", "y"), False, id="no day"),
    ],
)
def test_short_texts(published: tuple[str, str | None], url: tuple[str, str], same: bool) -> None:
    with Matcher() as match:
        answers = [
            match({"id": str(n), "title": "通知", "text": "详见附件", "published": published[n], "url": url[n]})
            for n in (0, 1)
        ]
    assert (answers[0]["story"] == answers[1]["story"]) is same


def test_empty_texts_are_never_the_same() -> None:
    with Matcher() as match:
        assert [match({"id": n, "title": "通知", "text": ""})["story"] for n in (1, 2)] == [1, 2]
    side = {"title": "通知", "text": " "}
    assert match_pair({"id": 1, "a": side, "b": side})["same"] is False


def test_match_pair() -> None:
    one, other = {"title": "单招", "text": TEXT}, {"title": "单招", "text": TEXT.replace("4200", "4300")}
    assert match_pair({"id": "1", "a": one, "b": {"title": "转载", "text": " " + TEXT}}) == {
        "id": "1",
        "same": True,
        "relation": "same",
        "score": 1.0,
    }
    told_apart = match_pair({"id": "2", "a": one, "b": other})
    assert (told_apart["same"], told_apart["relation"]) == (False, "template")
    assert 0 < told_apart["score"] < 0.5


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"title": "题", "text": "文"}, "id: a string is needed, not NoneType"),
        ({"id": ["1"], "title": "题", "text": "文"}, "id: a string is needed, not list"),
        ({"id": "1", "text": "文"}, "title: a string is needed, not NoneType"),
        ({"id": "1", "title": "题", "text": 7}, "text: a string is needed, not int"),
        ({"id": "1", "title": "题", "text": "文", "published": "昨天"}, "published: '昨天' is no ISO date"),
    ],
)
def test_bad_rows_do_not_stop_the_matcher(row: dict[str, Any], message: str) -> None:
    with Matcher() as match:
        with pytest.raises(ValueError, match="^" + message):
            match(row)
        assert match({"id": "2", "title": "题", "text": TEXT})["story"] == "2"


def test_bad_pairs_and_rows() -> None:
    with pytest.raises(ValueError, match=r"^b: an object with title and text is needed"):
        match_pair({"id": "1", "a": {"title": "", "text": ""}, "b": None})
    with pytest.raises(ValueError, match=r"^title: a string is needed, not NoneType"):
        judge_row({"id": "1"})
