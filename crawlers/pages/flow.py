"""A page as its reader sees it: lines of text in order, and for each block element the lines that it spans."""

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate

from lxml import etree

BLOCK_TAGS = (
    "address article aside blockquote body br center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol option p pre section summary table tbody td tfoot th "
    "thead tr ul ucaptitle ucapcontent founder-content"
)
BLOCKS = frozenset(BLOCK_TAGS.split())
UNSEEN_TAGS = (
    "applet audio button canvas embed head iframe input map noframes noscript object script select style svg template "
    "textarea title video"
)
UNSEEN = frozenset(UNSEEN_TAGS.split())
PUNCTUATION = re.compile("[，。！？；、“”,!?;]")
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
SPACELESS = re.compile("[\u200b-\u200d\u2060\ufeff\xad\ue000-\uf8ff]")  # the last: letters of icon fonts
# Names that page builders give to what stands around an article; whole words of a class or id.
BESIDE_WORDS = re.compile(
    r"(?:^|[\s_-])(?:nav|navi|menu|footer|foot|copyright|sidebar|breadcrumb|crumbs?|comments?|pinglun|gentie|related|"
    r"relate|relevant|recommend|recommends|tuijian|xgxw|xgyd|xglj|xgwd|hotnews|hot|rank|ranking|paihang|share|bdsharebuttonbox|"
    r"fenxiang|login|advert|ads?|guanggao|banner|toolbar|friendlink|qrcode|erweima|ewm|pager|pagination|"
    r"statement|disclaimer|shengming|rightbar|sidenav|topnav|topbar|backtop|gotop)(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
BESIDE_TAGS = frozenset({"nav", "footer", "aside"})


@dataclass(slots=True)
class Line:
    text: str
    block: etree._Element  # the innermost block that holds it
    linked: int  # how many of its characters stand inside links
    hidden: bool
    sentence: bool  # reads as running text: some length, some punctuation, no mere link
    beside: bool = False  # in a navigation, a footer, a comment box, or the like


@dataclass(slots=True, frozen=True)
class Span:
    """The lines start..end-1 are the text of this element."""

    element: etree._Element
    start: int
    end: int


@dataclass
class Flow:
    lines: list[Line] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)  # inner ones before outer ones
    images: list[tuple[int, etree._Element]] = field(default_factory=list)  # with the number of the line that follows
    links: list[Span] = field(default_factory=list)  # <a> elements, in document order
    marks: list[tuple[int, str]] = field(default_factory=list)  # comments that delimit fields, as 大汉 prints them

    @cached_property
    def span_of(self) -> dict[etree._Element, Span]:
        return {span.element: span for span in self.spans}


def squeeze(text: str) -> str:
    """The text in one line: white space of any kind to single spaces, none at the ends."""
    return " ".join(SPACELESS.sub("", text).split())


@lru_cache(maxsize=4096)
def stands_beside(name: str) -> bool:
    return bool(BESIDE_WORDS.search(name))


def flow_of(root: etree._Element | None) -> Flow:
    walker = _Walker()
    if root is not None:
        walker.walk(root)
        if all(line.hidden for line in walker.flow.lines):  # shown by script once the page has loaded
            for line in walker.flow.lines:
                line.hidden = False
        _mark_beside(walker.flow, walker.asides)
    return walker.flow


def _mark_beside(flow: Flow, asides: list[Span]) -> None:
    """Lines inside asides stand beside the article, unless the aside holds much of the page's text."""
    lengths = [0, *accumulate(len(line.text) if line.sentence and not line.hidden else 0 for line in flow.lines)]
    for aside in asides:
        if 3 * (lengths[aside.end] - lengths[aside.start]) <= lengths[-1]:
            for line in flow.lines[aside.start : aside.end]:
                line.beside = True


class _Walker:
    """One pass over the tree, in document order."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.blocks: list[tuple[etree._Element, int, bool]] = []  # open blocks with their first line; whether hidden
        self.parts: list[str] = []  # of the line being read
        self.asides: list[Span] = []
        self.open_links: list[tuple[int, int]] = []  # their places in flow.links, with their first lines
        self.hidden = self.linked = 0  # open elements of each sort; linked characters

    def walk(self, root: etree._Element) -> None:
        steps = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in steps:
            if event == "start":
                if element.tag in UNSEEN:
                    steps.skip_subtree()
                else:
                    self._enter(element)
            elif event == "end":
                if element.tag not in UNSEEN:
                    self._leave(element)
                self._add(element.tail)
            else:
                if event == "comment" and (element.text or "").startswith("<$["):
                    self._end_line()
                    self.flow.marks.append((len(self.flow.lines), element.text or ""))
                self._add(element.tail)
        self._end_line()

    def _enter(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self._end_line()
            hidden = _is_hidden(element)
            self.blocks.append((element, len(self.flow.lines), hidden))
            self.hidden += hidden
        elif tag == "a":
            self.open_links.append((len(self.flow.links), len(self.flow.lines)))
            self.flow.links.append(Span(element, len(self.flow.lines), len(self.flow.lines) + 1))
        elif tag in {"img", "amp-img"}:
            self.flow.images.append((len(self.flow.lines), element))
        self._add(element.text)

    def _leave(self, element: etree._Element) -> None:
        if element.tag in BLOCKS:
            self._end_line()
            _, start, hidden = self.blocks.pop()
            self.hidden -= hidden
            if len(self.flow.lines) > start:
                span = Span(element, start, len(self.flow.lines))
                self.flow.spans.append(span)
                if _is_beside(element):
                    self.asides.append(span)
        elif element.tag == "a" and self.open_links:
            number, start = self.open_links.pop()
            end = max(start, len(self.flow.lines) - (not self.parts)) + 1
            self.flow.links[number] = Span(element, start, end)

    def _add(self, text: str | None) -> None:
        if text:
            self.parts.append(text)
            if self.open_links:
                self.linked += len(text.strip())

    def _end_line(self) -> None:
        if not self.parts:
            return
        text = squeeze("".join(self.parts))
        if text and self.blocks:
            linked = min(self.linked, len(text))
            sentence = len(text) >= 16 and 2 * linked <= len(text) and bool(PUNCTUATION.search(text))
            self.flow.lines.append(Line(text, self.blocks[-1][0], linked, self.hidden > 0, sentence))
        self.parts.clear()
        self.linked = 0


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and HIDDEN.search(style))


def _is_beside(element: etree._Element) -> bool:
    if element.tag in BESIDE_TAGS:
        return True
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return name != " " and stands_beside(name)
