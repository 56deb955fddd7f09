import pytest

from crawlers.pages.article import read_article
from crawlers.pages.datelines import is_of_else
from crawlers.pages.page import Page


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("考试时间：2026年4月18日", True),
        ("报名截止时间：2026年6月1日17:00", True),
        ("有效期至2026-04-10", True),
        ("时间：2026-04-02 来源：省教育考试院", False),
        ("发布时间：2026-04-02", False),
        ("公开日期：2026-04-02", False),
        ("2026-04-02 10:20", False),
        ("上一篇：2026年4月2日的通知", False),
    ],
)
def test_what_a_date_belongs_to(line: str, found: bool) -> None:
    assert is_of_else(line) == found


def test_an_invitation_keeps_its_lines() -> None:
    lines = (
        "各位老师、同学：",
        "现将讲座安排通知如下，欢迎大家参加。",
        "时间：2026年6月1日",
        "地点：图书馆报告厅",
        "主讲人：石磊",
        "请各二级学院组织好本院的学生，按时到场，自觉维护会场秩序，讲座结束后有序离开。",
        "请有意参加的老师在本周五以前报名，名额有限，报满为止，联系人是教务处的何老师。",
    )
    shown = "".join(f"<p>{line}</p>" for line in lines)
    page = f"<meta charset=utf-8><title>讲座通知</title><h1>讲座通知</h1><p>发布时间：2026-05-20</p><div>{shown}</div>"
    raw = read_article(Page(None, page.encode()))
    assert raw.paragraphs == lines
    assert raw.published
    assert raw.published.date().isoformat() == "2026-05-20"
