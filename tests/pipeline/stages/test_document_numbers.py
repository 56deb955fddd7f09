"""文号 in every spelling."""

import pytest

from pipeline.stages.document_numbers import number_of


@pytest.mark.parametrize(
    "printed",
    [
        "青教职成〔2023〕5号",
        "青教职成[2023] 5 号",
        "青教职成（2023）第5号",
        "青教职成【2023】05号",
        "青教职成﹝2023﹞5号",
        "青教职成〔２０２３〕５号",
        "青教职成2023-5号",
        "青教职成〔2023年〕5号",
        "青教职成〔2023)5号",
        "青教職成〔2023〕5號",
        "根据青教职成〔2023〕5号文件",
        "现将《办法》（青教职成〔2023〕5号）印发",
    ],
)
def test_one_spelling(printed: str) -> None:
    assert number_of(printed) == "青教职成〔2023〕5号"


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("国务院令第797号", "国务院令第797号"),
        ("教育部公告2023年第3号", "教育部公告2023年第3号"),
        ("临政办发2024 12号", "临政办发〔2024〕12号"),
        ("2023年5号楼", None),
        ("建设路2023号", None),
        ("第12号选手", None),
        ("", None),
    ],
)
def test_other_kinds_and_none(printed: str, number: str | None) -> None:
    assert number_of(printed) == number
