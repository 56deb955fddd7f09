"""Form and facts of a text: what is masked, and the values behind the masks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.skeleton import NUMBER, PLACE, skeleton


def facts(text: str) -> list[str]:
    return list(skeleton(text).values.values())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("共2,000人", ["2000"]),
        ("共２０００人", ["2000"]),
        ("共二千人", ["2000"]),
        ("共1.2万人", ["12000"]),
        ("共12000人", ["12000"]),
        ("投入3千万元", ["30000000"]),
        ("五百零三万", ["5030000"]),
        ("二〇二六年", ["2026"]),
        ("增长百分之5.2", ["5.2%"]),
        ("增长5.2%", ["5.2%"]),
        ("第十四届", ["14"]),
        ("版本1.2.3", ["1.2.3"]),
        ("十二月五日", ["12", "5"]),
        ("1.2万亿元", ["1200000000000"]),
        ("一" * 5000, ["一" * 5000]),
        ("9" * 5000 + "亿", ["9" * 5000 + "亿"]),
    ],
)
def test_numbers_have_one_spelling(text: str, values: list[str]) -> None:
    assert facts(text) == values


@pytest.mark.parametrize(
    ("text", "form", "values"),
    [
        ("在江苏省无锡市召开", f"在{PLACE}{PLACE}召开", ["江苏", "无锡"]),
        ("在江苏无锡召开", f"在{PLACE}{PLACE}召开", ["江苏", "无锡"]),
        ("内蒙古自治区和广西壮族自治区", f"{PLACE}和{PLACE}", ["内蒙古", "广西"]),
        ("延边朝鲜族自治州的3所学校", f"{PLACE}的{NUMBER}所学校", ["延边", "3"]),
        ("三亚有二所", f"{PLACE}有{NUMBER}所", ["三亚", "2"]),
        ("北京", PLACE, ["北京"]),
        ("", "", []),
    ],
)
def test_places_are_masked_by_any_of_their_names(text: str, form: str, values: list[str]) -> None:
    found = skeleton(text)
    assert (found.text, list(found.values.values())) == (form, values)


def test_what_programs_and_editions_vary_is_no_part_of_the_form() -> None:
    plain = skeleton("全市职业教育大会，在实训中心召开。")
    assert skeleton("全市職業教育大會，在實訓中心召開。").text == plain.text
    assert skeleton("全市 职(zhí)业(yè)教育大会,\n&nbsp;在「实训中心」召开!").text == plain.text
    assert skeleton("全市職業教育大會，在實訓中心召開。").traditional
    assert not plain.traditional


def test_clauses_are_counted() -> None:
    assert skeleton("第一条 为了…\n第二条 凡是…\n第二十三条 本办法…").clauses == 3


@given(st.text())
def test_any_text_has_a_skeleton(text: str) -> None:
    found = skeleton(text)
    assert set(found.values) == {at for at, letter in enumerate(found.text) if letter in (NUMBER, PLACE)}
