import json
from datetime import datetime

from crawlers.pages.article import read_article
from crawlers.pages.dates import CHINA
from crawlers.pages.page import Page
from pipeline.article import RawArticle

FIRST = "近日，临江市职业教育活动周启动仪式在青川职业技术学院举行，二十所学校的师生参加了活动。"
SECOND = "活动周期间，各校将开放实训基地，邀请中小学生和家长走进校园，感受职业教育的魅力。"
HEAD = '<meta charset="utf-8"><title>临江网</title>'
SHELL = HEAD + '{}</head><body><div id="app"></div>{}</body></html>'
EXPECTED = RawArticle(
    url="https://a.example/1",
    title="职业教育活动周启动",
    published=datetime(2026, 5, 10, 9, 30, tzinfo=CHINA),
    precision="minute",
    source="临江日报",
    author="李青",
    paragraphs=(FIRST, SECOND),
    rule="script",
)


def read(head: str = "", body: str = "") -> RawArticle:
    return read_article(Page("https://a.example/1", SHELL.format(head, body).encode()))


def test_json_ld() -> None:
    data = {
        "@graph": [
            {"@type": "WebSite", "name": "临江网"},
            {
                "@type": "NewsArticle",
                "headline": "职业教育活动周启动",
                "datePublished": "2026-05-10T01:30:00Z",
                "publisher": {"@type": "Organization", "name": "临江日报"},
                "author": [{"name": "李青"}],
                "articleBody": f"{FIRST}\n{SECOND}",
            },
        ]
    }
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert read(head=script).paragraphs == (FIRST, SECOND)
    assert read(head=script).title == "职业教育活动周启动"


def test_a_variable_of_the_window() -> None:
    data = {
        "menu": [{"title": "首页"}, {"title": "新闻"}],
        "detail": {
            "title": "职业教育活动周启动",
            "content": f"<p>{FIRST}</p><p>{SECOND}</p>",
            "publishTime": 1_778_376_600_000,
            "source": "临江日报",
            "author": "李青",
        },
    }
    script = f"<script>window.__DATA__ = {json.dumps(data, ensure_ascii=False)};</script>"
    assert read(body=script) == EXPECTED


def test_a_script_without_an_article_is_a_shell() -> None:
    assert read(body='<script>window.__DATA__ = {"menu": [{"title": "首页"}]};</script>').kind == "shell"
    assert read(body="<script>window.__DATA__ = " + '{"a":' * 100_000 + "</script>").kind == "shell"


def test_what_the_page_shows_comes_before_its_scripts() -> None:
    data = json.dumps({"title": "另一篇", "content": SECOND * 3}, ensure_ascii=False)
    page = f"{HEAD}<h1>活动周启动</h1><div><p>{FIRST}</p><p>{SECOND}</p></div><script>var a={data}</script>"
    assert read_article(Page(None, page.encode())).paragraphs == (FIRST, SECOND)
