"""The dates of official documents."""

from datetime import date

import pytest

from pipeline.stages.document_dates import deadline, effective, expiry, written


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("正文。\n2023年7月7日", date(2023, 7, 7)),
        ("正文。\n二〇二三年十二月二十一日", date(2023, 12, 21)),
        ("成文日期：2023-07-07".replace("：", ":"), date(2023, 7, 7)),
        ("2023年7月7日召开会议。", None),
        ("正文。\n2023年13月7日", None),
    ],
)
def test_written(text: str, day: date | None) -> None:
    assert written(text) == day


def test_effective() -> None:
    assert effective("本办法自2024年1月1日起施行。", None) == date(2024, 1, 1)
    assert effective("自发布之日起实施。", date(2023, 7, 7)) == date(2023, 7, 7)
    assert effective("会议决定实施。", date(2023, 7, 7)) is None


def test_expiry() -> None:
    assert expiry("有效期至2028年12月31日。", None) == date(2028, 12, 31)
    assert expiry("有效期为三年。", date(2024, 1, 1)) == date(2027, 1, 1)
    assert expiry("有效期三年。", None) is None


def test_deadline() -> None:
    assert deadline("报名截止时间:2024年3月5日。", 2023) == date(2024, 3, 5)
    assert deadline("请于9月30日前将材料报送我厅。", 2024) == date(2024, 9, 30)
    assert deadline("9月30日前后开学。", 2024) is None
