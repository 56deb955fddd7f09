"""Traditional characters are read as simplified ones."""

from pipeline.stages.script import is_traditional, simplified


def test_simplified() -> None:
    assert simplified("職業教育與產教融合，總檯發佈ABC") == "职业教育与产教融合，总台发布ABC"


def test_is_traditional() -> None:
    assert is_traditional("臨江市公佈職業教育實施辦法")
    assert not is_traditional("临江市公布职业教育实施办法")
    assert not is_traditional("")
