"""Topics from titles and texts, with reasons."""

import pytest

from pipeline.stages.topics import Topic, topics


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("临江市职业教育大会召开", ["政策法规"]),
        ("青川省出台产教融合促进条例", ["政策法规", "产教融合"]),
        ("青川职业技术学院与临江重工公司签约共建订单班", ["校企合作"]),
        ("2026年高职单招报名启动", ["职教高考与招生"]),
        ("中考后读普通高中还是中专", ["普职分流"]),
        ("专升本成绩公布", ["升学"]),
        ("青川省职业院校技能大赛开幕", ["技能大赛"]),
        ("双高建设中期评估", ["双高计划"]),
        ("新设三所职业本科学校", ["职业本科"]),
        ("技师学院扩建", ["技工教育"]),
        ("新型学徒结业", ["现代学徒制"]),
        ("双师型教师认定", ["师资"]),
        ("养老护理员职业技能培训班开班", ["技能培训与评价"]),
        ("毕业生就业率创新高", ["就业"]),
        ("鲁班工坊揭牌", ["职教出海"]),
        ("职校食堂吃出异物", ["学生与校园安全"]),
        ("职业教育活动周开幕", ["活动与宣传"]),
        ("职业教育的春天", ["综合"]),
    ],
)
def test_titles(title: str, named: list[str]) -> None:
    assert [topic.name for topic in topics(title)] == named


def test_a_text_adds_what_it_speaks_of_often() -> None:
    text = "学校深化产教融合。产教融合有了平台，产教融合有了项目，学生就业更好。"
    assert topics("一所学校的十年", text) == (Topic("产教融合", "主题产教融合：正文 3 处提到『产教融合』。"),)
    assert [topic.name for topic in topics("一所学校的十年", text + "新楼落成。" * 400)] == ["综合"]


def test_the_reason_quotes_the_title() -> None:
    assert topics("技能大赛") == (Topic("技能大赛", "主题技能大赛：标题含『技能大赛』。"),)
