from crawlers.pages.explained import Explained, explain
from crawlers.pages.page import Page
from pipeline.article import Listed

TEXT = "近日，临江市职业教育活动周启动仪式在青川职业技术学院举行，二十所学校的师生参加了活动。"


def test_every_field_says_where_it_stood() -> None:
    page = (
        '<meta charset=utf-8><meta name="source" content="临江网"><title>活动周启动_临江网</title><h1>活动周启动</h1>'
        f"<div>2026-05-06 10:20 来源：临江日报</div><div><p>{TEXT}</p><p>{TEXT[:30]}。（记者 张伟）</p></div>"
        "<div>责任编辑：赵小红</div>"
    )
    found = explain(Page("https://a.example/2026/0506/1.html", page.encode()), None, Listed(), None)
    assert found == [
        Explained("title", "活动周启动", "heading", found[0].sure, ()),
        Explained("published", "2026-05-06 10:20", "beside", found[1].sure, ()),
        Explained("source", "临江日报", "label", found[2].sure, (("临江网", "tag"),)),
        Explained("author", "张伟", "signature", found[3].sure, ()),
        Explained("editor", "赵小红", "label", found[4].sure, ()),
    ]
    assert found[1].sure > 0.97  # the address says the same day


def test_a_page_that_says_nothing() -> None:
    assert explain(Page(None, b""), None, Listed(), None) == []
