import pytest

from crawlers.pages.charset import decode, detect

TEXT = "临江市职业教育产教融合，焜㐂䶮龘同学获奖。" * 20
TRADITIONAL = "青川的職業教育與產教融合是我們這個時代的大事" * 20


def page(label: str | None, text: str = TEXT) -> str:
    return f"<html><head>{f'<meta charset={label}>' if label else ''}</head><body>{text}</body></html>"


@pytest.mark.parametrize(
    ("body", "declared", "encoding"),
    [
        pytest.param(page("gbk").encode("gb18030"), "ISO-8859-1", "gb18030", id="header latin-1, meta gbk"),
        pytest.param(page(None).encode("gb18030"), "utf-8", "gb18030", id="header utf-8, body gbk"),
        pytest.param(page("utf-8").encode("gb18030"), None, "gb18030", id="meta utf-8, body gbk"),
        pytest.param(page("gb2312").encode("gb18030"), None, "gb18030", id="gb2312 with characters beyond it"),
        pytest.param(page(None).encode("gb18030"), None, "gb18030", id="gbk undeclared"),
        pytest.param(page(None).encode(), "gbk", "utf-8", id="header gbk, body utf-8"),
        pytest.param(page("gb2312").encode(), None, "utf-8", id="meta gb2312, body utf-8"),
        pytest.param(b"\xef\xbb\xbf" + page("gbk").encode(), None, "utf-8", id="mark of utf-8"),
        pytest.param(page(None).encode("utf-16"), None, "utf-16-le", id="mark of utf-16"),
        pytest.param(page(None).encode()[:-17], None, "utf-8", id="utf-8 cut off"),
        pytest.param("<body>通知公告</body>".encode("gbk"), None, "gb18030", id="four characters of gbk"),
        pytest.param(page("big5", TRADITIONAL).encode("big5"), None, "big5hkscs", id="big5 declared"),
        pytest.param(page(None, TRADITIONAL).encode("big5"), None, "big5hkscs", id="big5 undeclared"),
        pytest.param(page("x-foo").encode(), "x-bar", "utf-8", id="unknown names"),
        pytest.param(page("hex").encode("gb18030"), None, "gb18030", id="a codec that makes no text"),
        pytest.param(b"", None, "gb18030", id="nothing"),
    ],
)
def test_detect(body: bytes, declared: str | None, encoding: str) -> None:
    assert detect(body, declared) == encoding


def test_a_charset_inside_a_script_is_no_declaration() -> None:
    body = f'<script src="x.js" charset="utf-8"></script>{page("gbk")}'.encode("gb18030")
    assert TEXT in decode(body)


def test_control_characters_and_surrogates_are_taken_out() -> None:
    assert decode(b"a\x00b\x0bc\x1fd") == "abcd"
    assert decode("\ufeff职教".encode()) == "职教"
