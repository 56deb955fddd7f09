import pytest

from publish.site.highlight import excerpt, marked
from storage.search import words_of


@pytest.mark.parametrize(
    ("text", "query", "html"),
    [
        ("职业教育大会", "教育", "职业<mark>教育</mark>大会"),
        ("教育教育", "教育", "<mark>教育教育</mark>"),  # neighbours are one mark
        ("职业教育", "职业 业教", "<mark>职业教</mark>育"),  # and so are overlapping ones
        ("ＡＩ赋能", "ai", "<mark>ＡＩ</mark>赋能"),  # as printed
        ("教职成〔2025〕3号", "[2025]3", "教职成<mark>〔2025〕3</mark>号"),
        ("㈠通知", "一", "<mark>㈠</mark>通知"),  # one character that folds to three
        ("<b>教育</b>", "教育", "&lt;b&gt;<mark>教育</mark>&lt;/b&gt;"),
        ("没有", "教育", "没有"),
        ("教育", "", "教育"),
    ],
)
def test_hits_are_marked_in_the_text_as_printed(text: str, query: str, html: str) -> None:
    assert marked(text, words_of(query)) == html


def test_an_excerpt_surrounds_the_first_hit() -> None:
    long = "前" * 100 + "教育" + "后" * 200
    assert excerpt(["无关", long, "教育"], ["教育"]) == f"…{'前' * 60}<mark>教育</mark>{'后' * 120}…"
    assert excerpt(["教育"], ["教育"]) == "<mark>教育</mark>"
    assert excerpt(["无关"], ["教育"]) is None
