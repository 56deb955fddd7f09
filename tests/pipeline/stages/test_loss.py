"""What a reading has lost of the text that stood there before."""

import pytest

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
    assert loss(TITLE, TEXT, title, text) == found


def test_where_no_text_was_nothing_can_be_lost() -> None:
    assert loss(TITLE, "", "图集", "") is None
