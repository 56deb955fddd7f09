"""Names of places in a text, told from words that only look like them."""

import pytest

from pipeline.stages.gazetteer import gazetteer
from pipeline.stages.places import AT, AWAY, WEAK, places


def found(text: str) -> list[tuple[str, float]]:
    return [(text[place.start : place.end], place.weight) for place in places(text)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("江苏省南京市鼓楼区", [("江苏省", AT), ("南京市", AT), ("鼓楼区", AT)]),
        ("校企合作", []),
        ("确保山区学校开学", []),
        ("南京路小学", []),
        ("李长春老师", []),
        ("长春节日", [("长春", AT)]),
        ("部长春节慰问", []),
        ("来自云南", [("云南", AWAY)]),
        ("赴贵阳", [("贵阳", WEAK)]),
        ("苏州大学", [("苏州", WEAK)]),
        ("北京大学教授说", []),
        ("省和县两级", []),
        ("马鞍山市和县", [("马鞍山市", AT), ("和县", AT)]),
        ("城区改造", []),
        ("晋城市城区", [("晋城市", AT), ("城区", AT)]),
        ("江苏海门市", [("江苏", AT), ("海门市", AT)]),
        ("", []),
    ],
)
def test_names(text: str, named: list[tuple[str, float]]) -> None:
    assert found(text) == named


def test_a_neighbour_tells_which() -> None:
    province, county = places("长春朝阳区")
    assert [d.path for d in county.divisions] == ["吉林省长春市朝阳区"]
    assert [d.path for d in province.divisions] == ["吉林省长春市"]
    (alone,) = places("朝阳区")
    assert len(alone.divisions) > 1


def test_a_familiar_name_needs_no_suffix() -> None:
    deqing = gazetteer().divisions["330521"]
    assert places("德清新气象") == []
    (place,) = places("德清新气象", {"德清": deqing})
    assert place.divisions == (deqing,)


def test_a_group_means_all() -> None:
    (place,) = places("京津冀")
    assert (place.several, [d.name for d in place.divisions]) == (True, ["北京市", "天津市", "河北省"])
