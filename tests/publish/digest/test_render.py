"""Digests as Markdown and HTML: read again by programs that know the formats."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from lxml import html
from markdown_it import MarkdownIt

from publish.digest.render import as_html, as_markdown, escaped
from publish.digest.values import Form, Link
from storage.language import speak
from tests.publish.digest.samples import DIGEST, EMPTY, NEWS, NOW, PAPER

BRIEF = """\
# 职教动态周报·速览

- **范围**：2026年11月16日至22日，按文章自己的发布日期（北京时间），超出的一律不收
- **条件**：主题 产教融合
- **数量**：2 条报道（同一报道的转载合为一条，共 4 篇），来自 3 个网站；\
1 条链接到首发单位自己的网站，1 条经转载或未注明出处
- **主题**：产教融合 1、政策法规 1
- **省份**：青川省 2
- **转载最多**：全市职业教育大会召开（另有 2 家转载）
- **链接**：没有检查

## 政策文件

| # | 文件 | 文号 | 发文机关 | 日期 | 截止 | 转载 |
| ---: | --- | --- | --- | --- | --- | ---: |
| 1 | [关于印发《实习\\|管理》的通知](https://edu.linjiang.example/%281%29.html) \
| 临教〔2026〕5号 | 临江市教育局 | 11.16 | 2026-12-01 |  |

## 新闻

| # | 一句话 | 日期 | 来源 | 地区 | 转载 |
| ---: | --- | --- | --- | --- | ---: |
| 2 | [全市职业教育大会召开](https://news.linjiang.example/2.html?a=1&b=2) | 11.18 | 临江日报 / 青川高职网 |  | 2 |

## 网页没有注明日期的（这段时间发现，未计入以上数量）

- [全市职业教育大会召开](https://news.linjiang.example/3.html) · 临江日报 / 青川高职网

---

先列转载家数多、发布单位层级高的；链接指向首发单位或最权威的一家，日期是最早一篇的。

一句话和摘要摘自标题与原文，未经改写；以原文为准。

2026-11-23 09:00 由职教（zhijiao）生成。
"""
ENTRY = """\
## 产教融合（1）

### 2. [【聚焦】全市职业教育大会召开](https://news.linjiang.example/2.html?a=1&b=2)

2026-11-18 · 临江日报 / 青川高职网 · 另有 2 家转载：[澜州\\_晚报](https://lanzhou.example/2.html)、[云浦网](https://yunpu.example/2.html)

会议提出\\*三年内\\*建成两个产教联合体。
"""


def test_brief() -> None:
    assert as_markdown(DIGEST, "brief") == BRIEF


def test_topics() -> None:
    text = as_markdown(DIGEST, "topics")
    assert text.startswith("# 职教动态周报·主题\n")
    assert ENTRY in text
    assert "**文号 临教〔2026〕5号 · 发文机关 临江市教育局 · 截止日期 2026-12-01**" in text
    assert "2026-11-16 · 临江市教育局 · 青川省临江市、青川省澜州市等\n" in text


@pytest.mark.parametrize("form", ["brief", "topics"])
def test_markdown_means_what_the_articles_say(form: Form) -> None:
    page = html.fromstring(MarkdownIt("commonmark").enable("table").render(as_markdown(DIGEST, form)))
    links = {link.get("href"): link.text_content() for link in page.iter("a")}
    told = (PAPER.line, NEWS.line) if form == "brief" else (PAPER.title, NEWS.title)
    assert links["https://edu.linjiang.example/%281%29.html"] == told[0]
    assert links[NEWS.url] == told[1]
    assert [cell.text_content() for cell in page.iter("td")][:1] == (["1"] if form == "brief" else [])
    if form == "topics":
        assert NEWS.summary in page.text_content()


def test_text_that_looks_like_markdown() -> None:
    assert escaped("1. a_b*c [d](e) | <f> `g` #h") == r"1\. a\_b\*c \[d\](e) \| \<f\> \`g\` \#h"
    assert escaped("- 甲") == r"\- 甲"


@pytest.mark.parametrize("form", ["brief", "topics"])
def test_html_needs_no_other_file_and_is_well_formed(form: Form) -> None:
    page = as_html(DIGEST, form)
    Balanced().feed(page)
    tree = html.document_fromstring(page)
    assert tree.xpath("//script | //link | //img | //*[@src] | //*[starts-with(name(@*), 'on')]") == []
    links = tree.xpath("//a")
    assert {PAPER.url, NEWS.url} <= {link.get("href") for link in links}
    assert {(link.get("target"), link.get("rel")) for link in links} == {("_blank", "noopener noreferrer")}
    assert "&lt;b&gt;" in page if form == "topics" else "实习|管理" in page
    assert "<b>" not in page


class Balanced(HTMLParser):
    """Fails where an element is not closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_dead_links_are_marked_not_dropped() -> None:
    links = {PAPER.url: Link("dead", "HTTP 404"), NEWS.url: Link("unclear", "没有及时回答")}
    told = DIGEST.with_links(links, NOW)
    text = as_markdown(told)
    assert "- **链接**：于 2026-11-23 09:00 检查：0 个可用，1 个失效，1 个当时无法确认\n" in text
    assert "html) **\\[链接已失效：HTTP 404\\]** |" in text
    assert "[链接未能确认：没有及时回答]" in as_html(told)


def test_nothing_found_is_said() -> None:
    assert "这段时间没有符合条件的报道。" in as_markdown(EMPTY)
    assert "这段时间没有符合条件的报道。" in as_html(EMPTY, "topics")
    assert "链接" not in as_markdown(EMPTY).split("---")[0]


def test_more_found_than_listed_is_said() -> None:
    text = as_markdown(replace(DIGEST, found=20))
    assert "；以下是转载最多、发布单位层级最高的 2 条；" in text


def test_frame_in_english() -> None:
    speak("en")
    text = as_markdown(DIGEST)
    assert text.startswith("# 职教动态 weekly at a glance\n\n- **Period**: 2026-11-16 to 2026-11-22, by the articles'")
    assert "| # | Story | Date | Source | Region | Reposts |" in text
    assert '<html lang="en">' in as_html(DIGEST)


def test_the_same_digest_gives_the_same_bytes() -> None:
    assert as_html(DIGEST) == as_html(DIGEST)
