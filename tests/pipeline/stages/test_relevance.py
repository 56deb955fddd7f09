"""Guarded terms, contrary titles, the weight of text and site, and the reasons given."""

import pytest

from pipeline.article import SiteFacts
from pipeline.stages.lexicon import lexicon
from pipeline.stages.relevance import features, hopeless, judge

COLLEGE = SiteFacts("qczy", "青川职业技术学院", vocational=True)
PORTAL = SiteFacts("lj", "临江网")


@pytest.mark.parametrize(
    "title",
    [
        "临江市公布2026年高职单招计划",
        "青川职院与三家企业共建产业学院",
        "新职业教育法施行一周年",
        "中职学校专业目录调整",
        "职专毕业生走上讲台",
        "全市职教师资培训班开班",
        "临江技师学院承办职业技能竞赛",
        "初中毕业读职高还是普高",
        "青川省推行现代学徒制",
        "职业本科学位证书怎么认",
        "全省职业院校教师专场招聘会举行",
        "关于职业学校教师公开招聘的指导意见",
    ],
)
def test_titles_that_belong(title: str) -> None:
    assert judge(title).relevant


@pytest.mark.parametrize(
    "title",
    [
        "致敬科技工作者",
        "全职教师待遇提高",
        "兼职教师管理办法出台",
        "登高职位的艺术",
        "正高职称评审结果公布",
        "全职高手大结局",
        "发展过程中职工权益保障",
        "离职校友返校",
        "国家教育数字化战略行动",
        "高中专业课怎么选",
        "大专家谈养生",
        "临江市举行双高产业园签约",
        "全市防汛抗旱工作会议召开",
        "法律职业资格考试开始报名",
    ],
)
def test_titles_that_only_look_like_it(title: str) -> None:
    assert not judge(title).relevant


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("青川职业技术学院食堂改造项目招标公告", "属于采购或招标信息。"),
        ("青川职业技术学院2026年公开招聘教师公告", "属于招聘信息。"),
        ("专转本辅导课程咨询", "属于辅导或成人教育广告。"),
        ("网游新职业技能树", "属于别的领域。"),
        ("全市防汛抗旱工作会议召开", "没有提到职业教育。"),
        ("工匠的一天", "职业教育不是主要内容。"),
    ],
)
def test_a_refusal_names_its_kind_first(title: str, kind: str) -> None:
    assert judge(title).reasons[0] == kind


def test_the_reasons_of_a_verdict() -> None:
    text = "临江市教育局11月20日公布高职单招计划。" + "青川职业技术学院等6所院校参加今年的单招。" * 3
    assert judge("临江市公布高职单招计划", text, PORTAL).reasons == (
        "标题含『高职』『单招』。",
        "正文 8 处提到『职业技术学院』『高职』『单招』\uff0c每千字 95.2 处。",
    )


def test_ideas_together_say_what_no_term_says() -> None:
    verdict = judge("学校把学生送进工厂流水线")
    assert verdict.relevant
    assert verdict.reasons[0].startswith("标题说的是『")
    assert not judge("工厂添置新流水线").relevant


def test_nothing_at_all() -> None:
    assert judge("", "") == judge("", None)
    assert (judge("").relevant, judge("").reasons) == (False, ("没有提到职业教育。",))


def test_a_passing_mention_in_a_long_text_is_not_enough() -> None:
    text = "全市经济工作会议今天召开。" * 60 + "会议提到了职业教育。"
    assert not judge("全市经济工作会议召开", text).relevant


def test_a_text_can_belong_without_its_title() -> None:
    text = "调研组来到青川职业技术学院,了解产教融合和学徒制进展,并与中职学校校长座谈。"
    assert not judge("市领导调研").relevant
    assert judge("市领导调研", text).relevant


def test_a_college_speaks_of_itself_without_saying_so() -> None:
    assert judge("我校召开期中教学检查会议", None, COLLEGE).relevant
    assert judge("我校召开期中教学检查会议", "会议由教务处主持。" * 80, COLLEGE).relevant
    assert not judge("我校召开期中教学检查会议", None, PORTAL).relevant


@pytest.mark.parametrize("title", ["食堂改造项目招标公告", "2026年公开招聘教师公告"])
def test_a_college_buys_and_hires_like_anyone(title: str) -> None:
    text = "青川职业技术学院现就有关事项公告如下。" * 20
    assert not judge(title, text, COLLEGE).relevant


def test_threshold_and_band_are_parameters() -> None:
    score = judge("校园开放日").score
    settings = ((score, 0.1), (score + 0.05, 0.1), (score + 0.05, 0.01))
    verdicts = [judge("校园开放日", threshold=at, review_band=band) for at, band in settings]
    assert [(v.relevant, v.review) for v in verdicts] == [(True, True), (False, True), (False, False)]


def test_a_hopeless_title_need_not_be_fetched() -> None:
    assert hopeless("台风登陆前夕渔船回港")
    assert not hopeless("台风登陆前夕渔船回港", COLLEGE)
    assert not hopeless("市领导调研职业院校")


def test_width_and_case_make_no_difference() -> None:
    assert judge("１＋Ｘ证书试点启动").score == judge("1+x证书试点启动").score >= 0.5


def test_the_same_reasons_in_every_process() -> None:
    """Of pieces that say as much, those that stand first are quoted, whatever the order of a set."""
    pieces = [name for name in features("双元制", lexicon()) if len(name) < 3][:7]
    assert pieces == ["^", "双", "元", "制", "$", "^双", "双元"]
