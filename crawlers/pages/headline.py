"""The title of an article: the line that <title> and the meta tags speak of."""

import re
import unicodedata

from crawlers.pages.credits import labels_in
from crawlers.pages.dates import FULL
from crawlers.pages.flow import Flow, Line, Span
from crawlers.pages.found import Found
from crawlers.pages.meta import Meta

HEADINGS = {"h1": 5, "h2": 4, "h3": 3, "h4": 1, "ucaptitle": 6}
RANK = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
DASHED = re.compile(r"^(?:[—–─]{1,3}|--+)\s?(?=[^\s—–─-])")  # begins a 副题
NAMED = re.compile(r"tit|headline|biaoti|bt\b|topic|subject", re.IGNORECASE)
SEPARATOR = re.compile(r"\s*[_|｜–—]+\s*|\s+-+\s*|-+\s+|-+(?=[^-_|｜]*$)|\s*>>?\s*|\s*»\s*")
SITE_WORDS = re.compile(
    r"网|频道|新闻|门户|中心|学院|大学|学校|报$|社$|站|政府|在线|首页|资讯|[厅局委部办处]$|专题|公告|动态|要闻|正文|[a-z]\.(?:com|cn|net)|"
    r"^[A-Za-z0-9 .]+$|公众号|头条|澎湃|博客|论坛|平台$|系统$",
    re.IGNORECASE,
)
CUT = re.compile(r"(?:\.{2,}|…+)$")
SITE_NAME = re.compile(r"^.{2,12}(?:网|报|频道|门户|政府|[局厅]|大学|学院|学校)$")
WORDS = re.compile(r"[\u3400-\u9fff]{4}|[A-Za-z]{3}.*\s.*[A-Za-z]{3}")
NO_TITLE = re.compile(r"[>›»]|首页|https?://|[:：]$|^[上下]一[篇条]")
TITLED = re.compile(r"^(?:(?:发文|文件|信息|公文)?(?:标\s{0,4}题|名\s{0,4}称))\s?[:：]\s?")
LONGEST = 300  # of a <title>, in characters; what is longer is no title
META_TITLES = ("articletitle", "og:title", "twitter:title", "weibo: article:title", "headline")


def plain(text: str) -> str:
    """For comparing: without white space, full-width forms as their plain ones, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def headline(flow: Flow, meta: Meta, body: Span | None, listed: str | None) -> tuple[Found[str] | None, int | None]:
    """The title and the number of the line that shows it, where one does."""
    spoken = [text for text in (listed, *(meta.tags.get(name) for name in META_TITLES), meta.title) if text]
    last = _first_lines(flow, body)
    plains, text = [plain(text) for text in spoken], _first_sentence(flow, body)
    scored = [(_weight(line, plains, number > text), number) for number, line in enumerate(flow.lines[:last])]
    weight, number = max(scored, key=lambda pair: (pair[0], pair[1]), default=(0.0, 0))
    if weight > 0:
        title, number = _continued(flow, number, spoken)
        return _completed(Found(title, "heading"), listed), number
    piece = _piece(flow.lines[:last], meta.title)
    if piece:
        return Found(piece[0], "heading"), piece[1]
    named = _without_site(meta.title)
    above = _above_credits(flow, body) if body and _names_no_article(named, flow) else None
    if above is None and not named:
        above = _last_heading(flow.lines[:last])
    if above is not None:
        return _completed(Found(flow.lines[above].text, "beside"), listed), above
    return _completed(Found(named, "tag") if named else None, listed), None


def _first_sentence(flow: Flow, body: Span | None) -> int:
    texts = range(body.start, body.end) if body else range(0)
    return next((number for number in texts if flow.lines[number].sentence), len(flow.lines))


def _first_lines(flow: Flow, body: Span | None) -> int:
    """Up to where a title may stand: a block that is the whole page begins with menus, so not before its first text."""
    if body is None:
        return len(flow.lines)
    texts = [number for number in range(body.start, body.end) if flow.lines[number].sentence][:3]
    return min(len(flow.lines), max(body.start + 6, *(number + 1 for number in texts), 0))


def _continued(flow: Flow, number: int, spoken: list[str]) -> tuple[str, int]:
    """A title broken over several lines, put together as long as the head speaks of it that way."""
    title = _unlabelled(flow.lines[number].text)
    while number + 1 < len(flow.lines):
        longer = title + flow.lines[number + 1].text
        if DASHED.match(flow.lines[number + 1].text) or not any(
            plain(text).startswith(plain(longer)) for text in spoken
        ):
            break
        title, number = longer, number + 1
    return title, number


def subtitle(flow: Flow, title: int | None, text: int) -> Found[str] | None:
    """The line right below the title, above the text, that begins with a dash or is a lower heading."""
    if title is None or not title + 1 < text < len(flow.lines):
        return None
    above, line = flow.lines[title], flow.lines[title + 1]
    dashed = DASHED.match(line.text)
    lower = RANK.get(str(above.block.tag), 0) < RANK.get(str(line.block.tag), 0) and _could_be_title(line)
    if line.hidden or len(line.text) > 100 or labels_in(line.text) or not (dashed or lower):
        return None
    return Found(line.text[dashed.end() :] if dashed else line.text, "heading" if lower else "beside")


def _weight(line: Line, spoken: list[str], inside: bool) -> float:
    """How well a line serves as title: it stands in what the head speaks of, and looks like a heading.

    `inside`: below the first sentence of the text, where a notice names the rules that it encloses.
    """
    text = plain(_unlabelled(line.text))
    if not 3 <= len(text) <= 150 or line.hidden:
        return 0
    best: float = 0
    for title in spoken:
        if text == title:
            best = max(best, 12)
        elif title.startswith(text):
            best = max(best, 4 + 6 * len(text) / len(title))
        elif text in title and not inside:
            best = max(best, 6 * len(text) / len(title))
        elif len(title) >= 6 and text.startswith(title.rstrip(".…")):
            best = max(best, 4 + 6 * len(title) / len(text))
    if best < 2:
        return 0
    name = f"{line.block.get('class') or ''} {line.block.get('id') or ''}"
    return (
        best
        + HEADINGS.get(str(line.block.tag), 0)
        + 2 * bool(NAMED.search(name))
        - 4 * (line.linked * 2 > len(line.text))
        - 4 * bool(SITE_NAME.match(line.text))
    )


def _piece(lines: list[Line], title: str) -> tuple[str, int] | None:
    """The longest piece of <title> that a line begins with: 公司名_公告_标题_网站 over the line 标题（下载）."""
    pieces = (piece.strip() for piece in SEPARATOR.split(title[:LONGEST]))
    for piece in sorted((piece for piece in pieces if len(piece) >= 10), key=len, reverse=True):
        for number, line in enumerate(lines):
            if not line.hidden and 2 * line.linked <= len(line.text) and plain(line.text).startswith(plain(piece)):
                return piece, number
    return None


def _unlabelled(text: str) -> str:
    """Without the label that index tables print before it: 名称：关于…的通知."""
    return TITLED.sub("", text, count=1)


def _names_no_article(title: str, flow: Flow) -> bool:
    """Whether <title> holds only the name of a site or a column: it ends as one, or the page links or lists it."""
    stem = plain(title)
    return len(stem) < 4 or bool(SITE_WORDS.search(title)) or any(stem in plain(line.text) for line in flow.lines)


def _above_credits(flow: Flow, body: Span) -> int | None:
    """The line right above the date or the credits near the text."""
    first = max(0, body.start - 12)
    for number in range(first, min(body.start + 6, len(flow.lines))):
        text = flow.lines[number].text
        if len(text) <= 100 and (FULL.search(text) or labels_in(text)):
            above = [n for n in range(first, number) if _could_be_title(flow.lines[n])]
            return above[-1] if above else None
    return None


def _last_heading(lines: list[Line]) -> int | None:
    """The heading nearest to the text, of the highest rank that the page uses."""
    for tag in ("h1", "h2", "h3"):
        headings = [n for n, line in enumerate(lines) if line.block.tag == tag and _could_be_title(line)]
        if headings:
            return headings[-1]
    return None


def _could_be_title(line: Line) -> bool:
    if not 5 <= len(line.text) <= 100 or line.beside or line.linked or line.hidden:
        return False
    return bool(WORDS.search(line.text)) and not NO_TITLE.search(line.text) and not FULL.search(line.text)


def _completed(title: Found[str] | None, listed: str | None) -> Found[str] | None:
    """A cut title continued from the list page, a missing one taken from there."""
    if not listed:
        return title
    stem = plain(CUT.sub("", title.value)) if title else ""
    cut = title and CUT.search(title.value) and not CUT.search(listed) and plain(listed).startswith(stem)
    return Found(listed, "list") if cut or not title else title


def _without_site(title: str) -> str:
    """<title> without the names of column and site behind it."""
    title = title[:LONGEST]
    while True:
        cuts = [match for match in SEPARATOR.finditer(title) if match.start() >= 4]
        if not cuts:
            return title
        tail = title[cuts[-1].end() :]
        if len(tail) > 25 or not (SITE_WORDS.search(tail) or cuts[-1].group().strip() in {"_", "|", "｜"}):
            return title
        title = title[: cuts[-1].start()]
