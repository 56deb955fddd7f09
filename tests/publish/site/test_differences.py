import pytest

from publish.site.differences import LONGEST, differences


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (["甲", "乙"], ["甲", "乙"], []),
        (["建成两个联合体。"], ["建成三个联合体。"], ["建成<del>两</del><ins>三</ins>个联合体。"]),
        (["甲", "乙"], ["甲", "丙段", "乙"], ["<ins>丙段</ins>"]),
        (["甲", "<乙>"], ["甲"], ["<del>&lt;乙&gt;</del>"]),
        (["完全不同的一段"], ["另外写过"], ["<del>完全不同的一段</del><ins>另外写过</ins>"]),
        (["一二三四", "五"], ["一二三四！"], ["一二三四<ins>！</ins>", "<del>五</del>"]),
    ],
)
def test_what_changed(old: list[str], new: list[str], shown: list[str]) -> None:
    assert differences(old, new) == shown


def test_very_long_paragraphs_are_not_compared_character_by_character() -> None:
    old, new = "长" * (LONGEST + 1), "长" * LONGEST
    assert differences([old], [new]) == [f"<del>{old}</del><ins>{new}</ins>"]
