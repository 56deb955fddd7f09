from dataclasses import replace

import pytest

from crawlers.pages.article import read_article
from crawlers.pages.page import Page
from crawlers.pages.parts import joined_parts, next_part
from pipeline.article import Image, RawArticle

TEXT = "近日，临江市职业教育活动周启动仪式在青川职业技术学院举行，二十所学校的师生参加了活动。"


def page(url: str | None, href: str, text: str = "下一页") -> Page:
    body = f'<meta charset=utf-8><title>活动周启动</title><h1>活动周启动</h1><p>{TEXT}</p><a href="{href}">{text}</a>'
    return Page(url, body.encode())


@pytest.mark.parametrize(
    ("url", "href", "found"),
    [
        ("https://a.example/n/123.html", "123_2.html", "https://a.example/n/123_2.html"),
        ("https://a.example/n/123_2.html", "123_3.html", "https://a.example/n/123_3.html"),
        ("https://a.example/n/content_8.html", "content_8_2.html", "https://a.example/n/content_8_2.html"),
        ("https://a.example/n/content_8_2.html", "content_8_3.html", "https://a.example/n/content_8_3.html"),
        ("https://a.example/a?id=7", "?id=7&page=2", "https://a.example/a?id=7&page=2"),
        ("https://a.example/a?id=7&page=2", "?id=7&page=3", "https://a.example/a?id=7&page=3"),
        ("https://a.example/n/123.html", "124.html", None),
        ("https://a.example/n/123.html", "123_1.html", "https://a.example/n/123_1.html"),
        ("https://a.example/n/123_2.html", "123.html", None),
        ("https://a.example/a?id=7", "?id=8&page=2", None),
        ("https://a.example/n/123.html", "/list_2.html", None),
        ("https://a.example/n/123.html", "javascript:next()", None),
        (None, "123_2.html", None),
    ],
)
def test_next_part(url: str | None, href: str, found: str | None) -> None:
    assert next_part(page(url, href)) == found


@pytest.mark.parametrize(
    ("url", "script", "found"),
    [
        ("t20260506_7.html", 'createPageHTML(3, 0, "t20260506_7", "html");', "t20260506_7_1.html"),
        ("t20260506_7_1.html", 'createPageHTML(3, 1, "t20260506_7", "html");', "t20260506_7_2.html"),
        ("t20260506_7_2.html", 'createPageHTML(3, 2, "t20260506_7", "html");', None),
        ("t20260506_7.html", 'createPageHTML(1, 0, "t20260506_7", "html");', None),
        ("t20260506_7.html", 'createPageHTML(9, 0, "index", "html");', None),
    ],
)
def test_a_script_may_make_the_pager(url: str, script: str, found: str | None) -> None:
    body = f"<meta charset=utf-8><title>活动周启动</title><p>{TEXT}</p><script>{script}</script>"
    assert next_part(Page(f"https://a.example/n/{url}", body.encode())) == (found and f"https://a.example/n/{found}")


def test_the_next_article_is_no_part() -> None:
    assert read_article(page("https://a.example/n/123.html", "123_2.html", "下一篇")).next_part is None


def test_joined_parts() -> None:
    first = RawArticle(
        url="https://a.example/1.html",
        title="活动周启动",
        source="临江日报",
        paragraphs=(TEXT, "第二段。"),
        images=(Image("https://a.example/1.png"),),
        next_part="https://a.example/1_2.html",
    )
    second = replace(
        first,
        url="https://a.example/1_2.html",
        source=None,
        editor="张弛",
        paragraphs=(TEXT, "第三段。"),
        images=(Image("https://a.example/1.png"), Image("https://a.example/2.png")),
        next_part=None,
    )
    assert joined_parts([first, second]) == replace(
        first,
        editor="张弛",
        paragraphs=(TEXT, "第二段。", "第三段。"),
        images=(Image("https://a.example/1.png"), Image("https://a.example/2.png")),
        next_part=None,
    )
    assert joined_parts([first]) == first
