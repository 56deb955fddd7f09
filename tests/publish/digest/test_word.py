"""Digests as Word documents, read again."""

from datetime import UTC
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from publish.digest.values import Digest, Form, Link
from publish.digest.word import as_docx
from tests.publish.digest.samples import DIGEST, EMPTY, NEWS, NOW, PAPER


def read(digest: Digest, form: Form) -> Document:
    return docx.Document(BytesIO(as_docx(digest, form)))


def links(document: Document) -> dict[str, str]:
    """Address by shown text."""
    found = document.element.body.iter(qn("w:hyperlink"))
    return {
        "".join(text.text for text in link.iter(qn("w:t"))): document.part.rels[link.get(qn("r:id"))].target_ref
        for link in found
    }


def test_brief_is_a_table_with_linked_lines() -> None:
    document = read(DIGEST, "brief")
    papers, news = document.tables
    assert [cell.text for cell in papers.rows[0].cells] == ["#", "文件", "文号", "发文机关", "日期", "截止", "转载"]
    assert [cell.text for cell in papers.rows[1].cells] == [
        "1",
        PAPER.line,
        "临教〔2026〕5号",
        "临江市教育局",
        "11.16",
        "2026-12-01",
        "",
    ]
    assert [cell.text for cell in news.rows[1].cells] == ["2", NEWS.line, "11.18", NEWS.origin, "", "2"]
    assert links(document)[PAPER.line] == PAPER.url


def test_topics_have_headings_summaries_and_links() -> None:
    document = read(DIGEST, "topics")
    told = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs if paragraph.style]
    assert [text for style, text in told if style == "Title"] == ["职教动态周报·主题"]
    assert [text for style, text in told if style == "Heading 1"][:2] == ["政策文件", "产教融合"]
    assert [text for style, text in told if style == "Heading 2"] == [f"1. {PAPER.title}", f"2. {NEWS.title}"]
    assert ("Normal", NEWS.summary) in told
    assert links(document) == {
        PAPER.title: PAPER.url,
        NEWS.title: NEWS.url,
        NEWS.line: DIGEST.undated[0].url,
        "澜州_晚报": "https://lanzhou.example/2.html",
        "云浦网": "https://yunpu.example/2.html",
    }


@pytest.mark.parametrize("form", ["brief", "topics"])
def test_chinese_has_a_chinese_type_and_every_part_is_well_formed(form: Form) -> None:
    data = as_docx(DIGEST, form)
    with ZipFile(BytesIO(data)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))
    styles = docx.Document(BytesIO(data)).styles
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        fonts = styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "微软雅黑"
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_properties() -> None:
    properties = read(DIGEST, "brief").core_properties
    assert properties.title == "职教动态周报·速览 2026年11月16日至22日"
    assert (properties.author, properties.language, properties.keywords) == ("职教动态", "zh-CN", "主题 产教融合")
    assert properties.created is not None
    assert properties.created.replace(tzinfo=UTC) == NOW


def test_dead_links_are_marked() -> None:
    told = DIGEST.with_links({PAPER.url: Link("dead", "HTTP 404")}, NOW)
    assert read(told, "brief").tables[0].rows[1].cells[1].text == f"{PAPER.line} [链接已失效：HTTP 404]"


def test_nothing_found_is_said() -> None:
    document = read(EMPTY, "topics")
    assert "这段时间没有符合条件的报道。" in [paragraph.text for paragraph in document.paragraphs]
    assert document.tables == []
