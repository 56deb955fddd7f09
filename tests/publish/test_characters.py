import time

import pytest

from publish.characters import clean, one_line, plain


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("职业\x00教\x0b育\x1b", "职业教育", id="controls"),
        pytest.param("\x7f职\x80业\x9f", "职业", id="DEL and C1"),
        pytest.param("职\ud800业\udfff", "职业", id="lone surrogates"),
        pytest.param("职\ufdd0业\ufffe\uffff\U0001fffe\U0010ffff", "职业", id="noncharacters"),
        pytest.param("一\r\n二\r三\x85四\n五\t六", "一\n二\n三\n四\n五\t六", id="line ends"),
        pytest.param("😀𠮷\ue000\u200b]]>", "😀𠮷\ue000\u200b]]>", id="what may stay"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>双高</b>计划<!-- 注 --><br/>", "双高计划"),
        ("&lt;职业教育法&gt; &amp; 解读&nbsp;", "<职业教育法> & 解读"),
        ("R&D 与 AT&T", "R&D 与 AT&T"),
        ("甲&2026&alpha&#x", "甲＆2026＆alpha＆#x"),
        ("1<a 与 2</b 与 3<!x 与 4 < 5", "1＜a 与 2＜/b 与 3＜!x 与 4 < 5"),
        ("未解\ufffd码", "未解码"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_one_line() -> None:
    assert one_line("  全市\n职业\u3000教育\x00 ") == "全市 职业 教育"


@pytest.mark.parametrize("opening", ["<!--", "<a", "</", "&#", "&amp;lt;!--"])
def test_no_text_is_slow(opening: str) -> None:
    started = time.process_time()
    plain(opening * 50_000)
    assert time.process_time() - started < 1
