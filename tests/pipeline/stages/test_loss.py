"""What a reading has lost of the text that stood there before."""

from dataclasses import replace

import pytest

from pipeline.article import Attachment, Image, RawArticle
from pipeline.stages.loss import Loss, loss
from tests.crawlers.website import wording

TITLE, TEXT = "临江市公布2026年高职单招计划", "\n".join(wording("单招"))
OTHER = "公园内花草繁盛,设施完善,市民纷纷前来散步休闲,孩子们在草地上放风筝,老人在湖边垂钓。"


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        (TITLE, TEXT, None),
        (TITLE, TEXT.replace("在县城老校区", "在县城新校区") + "\n更正:报名推迟。", None),
        ("临江市推迟高职单招报名", TEXT, None),
        (TITLE, TEXT[: len(TEXT) // 2], "less"),
        (TITLE, "", "less"),
        ("", "", "less"),
        (TITLE, OTHER, "less"),
        ("市民公园今日开放", OTHER, "other"),
    ],
)
def test_loss(title: str, text: str, found: Loss | None) -> None:
    old = RawArticle("https://a.example/1", TITLE, paragraphs=(TEXT,))
    assert loss(old, RawArticle(old.url, title, paragraphs=(text,))) == found


PICTURES = RawArticle("https://a.example/1", TITLE, images=(Image("https://a.example/p/1.png"),))
FRAME = (Image("https://a.example/logo.png"),)


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (replace(PICTURES, title="一图读懂单招", images=(Image("https://cdn.example/1.png?v=2"), *FRAME)), None),
        (replace(PICTURES, paragraphs=(OTHER,)), None),
        (replace(PICTURES, images=()), "less"),
        (replace(PICTURES, title=None, images=FRAME), "less"),
        (replace(PICTURES, title="网站升级改版公告", paragraphs=(OTHER,), images=()), "other"),
        (replace(PICTURES, title="网站升级改版公告", images=FRAME), "other"),
    ],
)
def test_an_article_without_text_is_known_by_its_pictures(new: RawArticle, found: Loss | None) -> None:
    assert loss(PICTURES, new) == found


def test_where_all_pictures_or_attachments_vanish_something_is_lost() -> None:
    """One of several may be an edit."""
    file = Attachment("https://a.example/1.pdf", "报名表")
    old = replace(PICTURES, paragraphs=(TEXT,), attachments=(file, replace(file, url="https://a.example/2.pdf")))
    assert loss(old, replace(old, attachments=(file,), images=FRAME)) is None
    assert loss(old, replace(old, attachments=())) == "less"
    assert loss(old, replace(old, images=())) == "less"


def test_what_had_nothing_but_a_title_is_another_one_under_another() -> None:
    bare = RawArticle("https://a.example/1", TITLE)
    assert (loss(bare, bare), loss(bare, replace(bare, title="市民公园今日开放"))) == (None, "other")
