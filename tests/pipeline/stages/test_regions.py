"""Where it happens: names told from words, the right bearer of a name, the place of the event among those mentioned."""

import pytest

from pipeline.article import Region
from pipeline.stages.regions import place_of, regions

LINJIANG = Region("青川省临江市", "990100")
NANJING = Region("江苏省南京市", "320100")


def names(title: str, text: str = "", home: Region | None = None, *, local: bool = True) -> list[str]:
    return [region.name for region in regions(title, text, home, local=local)]


@pytest.mark.parametrize(
    ("title", "where"),
    [
        ("深圳市福田区职业技能周开幕", ["广东省深圳市福田区"]),
        ("福州市鼓楼区技工学校招生", ["福建省福州市鼓楼区"]),
        ("鼓楼区技工学校招生", []),
        ("浙江海盐县职教中心招生", ["浙江省嘉兴市海盐县"]),
        ("海盐职教中心招生", ["浙江省嘉兴市海盐县"]),
        ("靖江中专学子夺冠", ["江苏省泰州市靖江市"]),
        ("甘肃合作市职业学校揭牌", ["甘肃省甘南藏族自治州合作市"]),
        ("校企合作市场前景广阔", []),
        ("北京日报刊文谈技校", []),
        ("长沙街头的技能摊位", ["湖南省长沙市"]),
        ("校长治校有方", []),
        ("学校在长治召开现场会", ["山西省长治市"]),
        ("来自云南的学生在绍兴技师学院就读", ["浙江省绍兴市"]),
        ("校长率队赴武汉访企拓岗", ["湖北省武汉市"]),
        ("苏锡常共建职教样板", ["江苏省苏州市", "江苏省无锡市", "江苏省常州市"]),
        ("江苏、浙江两省互认技能等级", ["江苏省", "浙江省"]),
        ("海南州职校开学", ["青海省海南藏族自治州"]),
        ("廣東深圳職業技術大學開學", ["广东省深圳市"]),
        ("原重庆市渝北区职教中心校庆", ["重庆市渝北区"]),
    ],
)
def test_titles(title: str, where: list[str]) -> None:
    assert names(title) == where


def test_the_adcode() -> None:
    assert regions("宜兴技师学院招生") == (Region("江苏省无锡市宜兴市", "320282"),)


def test_we_are_the_city_of_the_outlet() -> None:
    assert names("我市职教大会召开", home=NANJING) == ["江苏省南京市"]
    assert names("全省职教大会召开", home=NANJING) == ["江苏省"]
    assert names("鼓楼区技能周开幕", home=NANJING) == ["江苏省南京市鼓楼区"]
    assert names("我市职教大会召开", home=LINJIANG) == ["青川省临江市"]


def test_a_site_means_itself_by_its_name() -> None:
    assert names("临江市技能大赛开幕", home=LINJIANG) == ["青川省临江市"]
    assert names("临江市技能大赛开幕") == ["吉林省白山市临江市"]


def test_where_nothing_is_named_a_local_outlet_speaks_of_its_place() -> None:
    assert names("技能大赛开幕", home=NANJING) == ["江苏省南京市"]
    assert names("技能大赛开幕", home=NANJING, local=False) == []
    assert names("教育部部署技能大赛", home=NANJING) == []


def test_the_text_says_where_if_the_title_does_not() -> None:
    text = "本报讯 近日，绍兴一所中职学校开课。绍兴市教育局说，柯桥区也将开课。学校去年曾到上海参观。"
    assert names("一堂黄酒课", text) == ["浙江省绍兴市"]
    assert names("各地开课", "河北、河南、湖北、湖南、四川、云南各有一所学校开课。") == []


def test_the_text_tells_where_an_unnamed_school_is() -> None:
    text = "近日，赣州市一所技工学校学生获救。赣州市教育局表示，将表彰该生。"
    assert names("江西一技校学生救人", text) == ["江西省赣州市"]
    assert names("江西省教育厅发布通知", text) == ["江西省"]


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("长治日报", "山西省长治市"),
        ("长兴新闻网", "浙江省湖州市长兴县"),
        ("南京市江宁区人民政府", "江苏省南京市江宁区"),
        ("江西省教育厅", "江西省"),
        ("光明日报", None),
        ("中国教育报", None),
    ],
)
def test_the_place_in_the_name_of_an_institution(name: str, region: str | None) -> None:
    found = place_of(name)
    assert (found and found.name) == region
