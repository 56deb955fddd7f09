"""The table of divisions, and the names they go by."""

import pytest

from pipeline.article import Region
from pipeline.stages.gazetteer import bearers, gazetteer, stem


@pytest.mark.parametrize(
    ("adcode", "path", "level"),
    [
        ("110105", "北京市朝阳区", "county"),
        ("320106", "江苏省南京市鼓楼区", "county"),
        ("469007", "海南省东方市", "county"),
        ("441900", "广东省东莞市", "city"),
        ("710000", "台湾省", "province"),
        ("330103", "浙江省杭州市下城区", "county"),
    ],
)
def test_paths(adcode: str, path: str, level: str) -> None:
    division = gazetteer().divisions[adcode]
    assert (division.path, division.level) == (path, level)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("江苏省", "江苏"),
        ("内蒙古自治区", "内蒙古"),
        ("红河哈尼族彝族自治州", "红河"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("东乡族自治县", "东乡"),
        ("浦东新区", "浦东"),
        ("津市市", "津市"),
    ],
)
def test_stem(name: str, short: str) -> None:
    assert stem(name) == short


def test_bearers_of_the_highest_level() -> None:
    assert [division.path for division in bearers("吉林")] == ["吉林省"]
    assert [division.path for division in bearers("大理")] == ["云南省大理白族自治州"]
    assert bearers("临江青川") == ()


def test_a_region_that_the_table_does_not_know_is_made_of_its_path() -> None:
    division = gazetteer().division(Region("青川省临江市", "990100"))
    assert (division.name, division.level, [upper.name for upper in division.above]) == ("临江市", "city", ["青川省"])
    assert division.region == Region("青川省临江市", "990100")
