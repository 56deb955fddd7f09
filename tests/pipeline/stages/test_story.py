"""What one text is to another: the same, a part of it, of its form only, another version, or something else."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stages.story import Match, compare, text_of

TITLE = "无锡市召开职业教育产教融合推进会"
LEAD = "11月18日,无锡市职业教育产教融合推进会在青川职业技术学院召开,全市32所职业院校和86家企业的代表参加。"
MIDDLE = (
    "会议通报了两年来的进展:共建实训车间41个,开设订单班128个,6300余名学生参加岗位实习,实习补贴按月足额发放。"
    "与会代表观摩了数控加工和新能源汽车检修的教学现场,企业导师演示了新装的断电保护装置。"
)
END = (
    "教育局负责人介绍,下一阶段将把企业参与办学的情况列入年度考核,支持学校与企业共同编写教材、共同开发课程。"
    "三家企业的负责人在会上作了发言,建议延长岗位实习前的安全培训时间,并为带教师傅计算工作量。"
)
TEXT = "\n".join((LEAD, MIDDLE, END))
FRAME = ("当前位置:首页 > 教育动态 > 正文\n字号:大 中 小\n", "\n责任编辑:李一\n分享到:微信 微博\n上一篇:期末工作安排")
CLAUSES = (
    "第一条 为了规范实训车间的安全管理,保障学生和教师的人身安全,根据有关法律法规,制定本办法。\n"
    "第二条 本市行政区域内职业学校的实训车间适用本办法,企业提供的实训场所参照执行。\n"
    "第三条 学校应当每学期对实训设备进行不少于2次检查,检查记录保存不少于3年,发现隐患立即停用。\n"
    "第四条 违反本办法规定的,由教育行政部门责令限期改正,逾期不改的给予通报。\n"
)


def relation(a: tuple[str, str], b: tuple[str, str]) -> str:
    return compare(text_of(*a), text_of(*b)).relation


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param(TITLE, TEXT, "same", id="itself"),
        pytest.param("【转载】" + TITLE, TEXT.replace("\n", ""), "same", id="paragraphs joined"),
        pytest.param(TITLE + "_临江日报", FRAME[0] + TEXT + FRAME[1], "same", id="page around it"),
        pytest.param(
            TITLE, TEXT.replace("6300", "6,300").replace("两年", "二年"), "same", id="other spelling of numbers"
        ),
        pytest.param(
            TITLE, TEXT.replace("介绍", "表示").replace("支持", "鼓励").replace("进展", "成效"), "same", id="words"
        ),
        pytest.param(TITLE, "\n".join((LEAD, END, MIDDLE)), "same", id="passages moved"),
        pytest.param(TITLE, MIDDLE + END, "excerpt", id="lead cut"),
        pytest.param(TITLE, LEAD + "……[详细]", "excerpt", id="truncated"),
        pytest.param(TITLE, LEAD + MIDDLE, "excerpt", id="end cut"),
        pytest.param(TITLE.replace("无锡", "苏州"), TEXT.replace("无锡", "苏州"), "template", id="another city"),
        pytest.param(
            TITLE, TEXT.replace("32", "35").replace("86", "91").replace("41", "52"), "template", id="other numbers"
        ),
        pytest.param("2025年" + TITLE, TEXT, "same", id="a year added to the title"),
        pytest.param("临江市举行教师篮球赛", "周末的决赛吸引了上千名观众。" * 20, "different", id="something else"),
        pytest.param(
            "无锡市部署期末工作",
            "期末考试定于一月举行,各校要严格考务管理,确保平稳有序。" * 6,
            "different",
            id="same place",
        ),
    ],
)
def test_relations(title: str, text: str, expected: str) -> None:
    assert relation((TITLE, TEXT), (title, text)) == expected


def test_what_excerpts_are_seen_from_the_other_side() -> None:
    assert relation((TITLE, LEAD + MIDDLE), (TITLE, TEXT)) == "extended"


def test_script() -> None:
    traditional = (
        "會議通報了兩年來的進展:共建實訓車間41個,開設訂單班128個,6300餘名學生參加崗位實習,實習補貼按月足額發放。"
        "與會代表觀摩了數控加工和新能源汽車檢修的教學現場,企業導師演示了新裝的斷電保護裝置。"
    )
    assert relation((TITLE, MIDDLE), ("無錫市召開職業教育產教融合推進會", traditional)) == "script"


@pytest.mark.parametrize("titles", [("2025年招生简章", "2026年招生简章"), ("无锡市招生简章", "苏州市招生简章")])
def test_titles_that_disagree_outweigh_one_text(titles: tuple[str, str]) -> None:
    assert relation((titles[0], TEXT), (titles[1], TEXT)) == "template"


def test_another_version_of_a_rule() -> None:
    title = "临江市职业学校实训车间安全管理办法"
    amended = CLAUSES.replace("2次", "4次").replace("给予通报", "给予通报并约谈负责人")
    assert relation((title, CLAUSES), (title, amended)) == "amendment"
    assert compare(text_of(title, CLAUSES), text_of(title, FRAME[0] + CLAUSES + FRAME[1])).same


def test_a_digest_is_no_repost_of_what_it_carries() -> None:
    others = "\n".join(
        f"{n}.{word}\n" + f"{word}的消息另有报道。" * 12 for n, word in enumerate(("篮球赛", "防汛", "考务", "书展"))
    )
    assert relation((TITLE, LEAD), ("一周要闻", f"{others}\n5.{TITLE}\n{LEAD}")) == "different"


def test_short_texts_need_their_titles_and_days() -> None:
    see = "请各职业学校认真组织报名,具体要求和联系人见附件。"
    day = date(2026, 11, 20)
    first = text_of("关于技能大赛报名的通知", see, day)
    assert compare(first, text_of("关于技能大赛报名的通知", see, day)) == Match("same", 1.0)
    assert not compare(first, text_of("关于技能大赛报名的通知", see, date(2026, 3, 1))).same
    assert not compare(first, text_of("关于教师培训选派的通知", see, day)).same


def test_the_same_words_a_year_later_are_another_notice() -> None:
    first = text_of(TITLE, TEXT, date(2025, 11, 20))
    assert compare(first, text_of(TITLE, TEXT, date(2025, 12, 24))).same
    assert compare(first, text_of(TITLE, TEXT, date(2026, 11, 19))).relation == "template"


def test_empty_texts_are_nothing() -> None:
    assert compare(text_of(TITLE, ""), text_of(TITLE, " ")) == Match("different", 0.0)


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_verdict_does_not_depend_on_the_order(one: str, other: str) -> None:
    a, b = text_of("题", one), text_of("题", other)
    assert compare(a, b).same == compare(b, a).same


@settings(max_examples=8, deadline=None)
@given(*[st.lists(st.sampled_from(["一" * 5000, "〇9" * 2000, "9" * 5000, "千", "亿", "%", "."]), max_size=4)] * 2)
def test_numbers_of_any_length_are_compared(one: list[str], other: list[str]) -> None:
    a, b = "".join(one), "".join(other)
    assert 0 <= compare(text_of(a, a), text_of(b, b)).score <= 1
