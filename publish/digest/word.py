"""A digest as a Word document: real headings, tables and hyperlinks, and types in which Chinese looks as it should."""

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from publish.characters import clean
from publish.digest.values import Digest, Form, Item
from publish.digest.wording import Wording

WESTERN, CHINESE = "Calibri", "微软雅黑"
BLUE, RED, GREY = RGBColor(0x05, 0x63, 0xC1), RGBColor(0xB3, 0x26, 0x1E), RGBColor(0x59, 0x63, 0x6E)
BLACK, WHITE = RGBColor(0x1F, 0x23, 0x28), RGBColor(0xFF, 0xFF, 0xFF)
SIZES = {"Normal": 11, "Title": 22, "Heading 1": 15, "Heading 2": 12, "List Bullet": 10.5}
SMALL = Pt(9)
HEADER, ZEBRA = "B3261E", "F6F8FA"


def as_docx(digest: Digest, form: Form = "brief") -> bytes:
    """The bytes of a .docx file."""
    paper = _Paper(digest, form)
    paper.write()
    file = BytesIO()
    paper.document.save(file)
    return file.getvalue()


class _Paper:
    def __init__(self, digest: Digest, form: Form) -> None:
        self.digest = digest
        self.form = form
        self.words = Wording(digest, form)
        self.document = _styled(docx.Document())
        self.number = 0

    def write(self) -> None:
        digest, words = self.digest, self.words
        self._name()
        self.document.add_heading(clean(words.title), 0)
        for label, sentence in words.head:
            line = self.document.add_paragraph(style="List Bullet")
            line.add_run(clean(label + words.say("：", ": "))).bold = True
            line.add_run(clean(sentence))
        if not digest.found:
            self.document.add_paragraph(words.nothing)
        if digest.papers:
            self.document.add_heading(words.papers, 1)
            self._listed(digest.papers, words.columns_of_papers, (0.9, 6.0, 3.2, 3.0, 1.4, 2.1, 1.2))
        if self.form == "brief" and digest.items:
            self.document.add_heading(words.news, 1)
            self._listed(digest.items, words.columns, (0.9, 8.2, 1.4, 3.6, 2.5, 1.2))
        elif self.form == "topics":
            for chapter in digest.chapters:
                self.document.add_heading(clean(chapter.name), 1)
                self._listed(chapter.items, (), ())
        self._end()

    def _name(self) -> None:
        properties = self.document.core_properties
        properties.title = clean(f"{self.words.title} {self.digest.window.days}")
        properties.author = properties.last_modified_by = clean(self.digest.title)
        properties.subject, properties.keywords = clean(self.digest.window.days), "、".join(self.digest.asked)
        properties.language = self.words.say("zh-CN", "en")
        properties.comments = ""
        properties.created = properties.modified = self.digest.made_at.astimezone(UTC)

    def _listed(self, items: Sequence[Item], columns: Sequence[str], widths: Sequence[float]) -> None:
        if self.form == "topics":
            for item in items:
                self._entry(item)
            return
        table = _table(self.document, ("#", *columns), widths, len(items))
        for item, line in zip(items, list(table.rows)[1:], strict=True):
            self.number += 1
            cells = line.cells
            _fill(cells[0], str(self.number))
            self._link(cells[1].paragraphs[0], item.line, item)
            for cell, text in zip(cells[2:], self._row(item), strict=True):
                _fill(cell, text)
        _paint(table)

    def _row(self, item: Item) -> tuple[str, ...]:
        words, carried = self.words, str(len(item.reposts) or "")
        if item.paper:
            issuer = item.paper.issuer or item.origin
            return item.paper.number or "", issuer, words.day(item), words.date(item.paper.deadline), carried
        return words.day(item), item.origin, item.where, carried

    def _entry(self, item: Item) -> None:
        words, document = self.words, self.document
        self.number += 1
        heading = document.add_heading(f"{self.number}. ", 2)
        self._link(heading, item.title, item, size=None)
        credit = document.add_paragraph()
        credit.paragraph_format.space_after = Pt(2)
        told = words.credit(item) + (f" · {words.reposts(item)}{words.say('：', ': ')}" if item.reposts else "")
        _small(credit, told)
        for place, repost in enumerate(words.named(item)):
            _small(credit, words.say("、", ", ") if place else "")
            _hyperlink(credit, repost.name, repost.url, SMALL)
        _small(credit, words.more(item))
        if words.paper(item):
            document.add_paragraph().add_run(clean(words.paper(item))).bold = True
        if item.summary:
            document.add_paragraph(clean(item.summary))

    def _end(self) -> None:
        if self.digest.undated:
            self.document.add_heading(self.words.undated, 1)
            for item in self.digest.undated:
                line = self.document.add_paragraph(style="List Bullet")
                self._link(line, item.line, item, size=None)
                line.add_run(clean(f" · {item.origin}"))
        self.document.add_paragraph()
        for note in self.words.notes:
            _small(self.document.add_paragraph(), note)

    def _link(self, paragraph: Paragraph, text: str, item: Item, size: Pt | None = SMALL) -> None:
        _hyperlink(paragraph, text, item.url, size)
        if state := self.words.state(item):
            run = paragraph.add_run(clean(f" [{state}]"))
            run.font.color.rgb, run.font.size = RED, SMALL


def _styled(document: Document) -> Document:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.6)
    section.top_margin = section.bottom_margin = Cm(2.0)
    for name, size in SIZES.items():
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.name, style.font.size = WESTERN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # they win over the names beside them
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script, font in (("ascii", WESTERN), ("hAnsi", WESTERN), ("eastAsia", CHINESE)):
            fonts.set(qn(f"w:{script}"), font)
        if name != "Normal" and name != "List Bullet":
            style.font.color.rgb = BLACK
    language = OxmlElement("w:lang")  # or LibreOffice sets commas in the middle, as in Taiwan
    language.set(qn("w:eastAsia"), "zh-CN")
    normal = document.styles["Normal"].element
    normal.get_or_add_rPr().append(language)
    return document


def _table(document: Document, columns: Sequence[str], widths: Sequence[float], lines: int) -> Table:
    table: Table = document.add_table(rows=1 + lines, cols=len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for cell, name in zip(table.rows[0].cells, columns, strict=True):
        _fill(cell, name)
        run = cell.paragraphs[0].runs[0]
        run.bold, run.font.color.rgb = True, WHITE
        _shade(cell, HEADER)
    repeated = OxmlElement("w:tblHeader")  # on every page
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # type: ignore[arg-type]  # as below
    return table


def _paint(table: Table) -> None:
    """Widths in every cell, as Word and LibreOffice each look elsewhere for them; every second row shaded."""
    widths = [column.width for column in table.columns]
    for number, row in enumerate(table.rows):
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
            spacing = cell.paragraphs[0].paragraph_format
            spacing.space_before = spacing.space_after = Pt(2)
            if number and number % 2 == 0:
                _shade(cell, ZEBRA)


def _fill(cell: _Cell, text: str) -> None:
    cell.paragraphs[0].add_run(clean(text)).font.size = SMALL


def _small(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(clean(text))
    run.font.size, run.font.color.rgb = SMALL, GREY


def _shade(cell: _Cell, colour: str) -> None:
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{colour}"/>')
    cell._tc.get_or_add_tcPr().append(shade)  # type: ignore[arg-type]  # python-docx and types-lxml disagree


def _hyperlink(paragraph: Paragraph, text: str, url: str, size: Pt | None) -> None:
    """A relationship of the document and an element that names it: python-docx has no method for it."""
    target = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), target)
    run = paragraph.add_run(clean(text))
    run.font.color.rgb, run.font.underline = BLUE, True
    if size:
        run.font.size = size
    link.append(run._r)
    paragraph._p.append(link)  # type: ignore[arg-type]  # as above
