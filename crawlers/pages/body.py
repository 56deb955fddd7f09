"""Where the text of an article stands: the block whose sentences outweigh most what else it holds."""

import re
from dataclasses import dataclass
from itertools import accumulate

from crawlers.pages.credits import labels_in
from crawlers.pages.datelines import is_of_else
from crawlers.pages.dates import FULL, TIMED, shows_date
from crawlers.pages.flow import PUNCTUATION, Flow, Line, Span
from crawlers.pages.headline import DASHED
from crawlers.pages.unlabelled import is_outlet

# Lines that open what follows an article: from there on nothing belongs to it.
AFTER = re.compile(
    r"^\W{0,6}(?:[相關关]{2}(?:链接|阅读|閱讀|新聞|報導|搜索|热词|新闻|报道|文章|推荐|专题|内容|资讯|稿件|附件下载)|(?:延伸|推荐|热门|更多|精彩|猜你|您可能)(?:阅读|閱讀|推荐|文章|新闻|喜欢)|"
    r"上一[篇条页]|下一[篇条]|扫一扫|打印(?:本页|此页)|分享(?:到|至)|分享文章|我要评论|网友评论|热门评论|最新评论|发表评论|责任编辑|【?打印】?$|"
    r"免责声明|特别声明|版权声明|版权所有|版权與|更多精彩|点击(?:进入专题|查看更多)|关闭窗口|【?关闭】?$|返回(?:列表|顶部|首页)|"
    r"声明[:：]|正文已结束|本文来源|本網站之|[（(]?(?:本文来自|更多(?:原创|精彩)).{0,30}(?:APP|客户端|下载|关注)|(?:责|责任)?编辑?[:：]|Copyright|©)"
)
INSIDE = re.compile(r"责任编辑|^\W{0,6}(?:责|责任)?编辑?[:：]|本文来源")
FOOT = re.compile(r"版权所有|版權所有|Copyright|ICP\s?[备備证證]|公网安备|技术支持\s?[:：]", re.IGNORECASE)  # of a page
AMONG = 6  # lines below a title, of which one may tell that those before it belong to the head
OF_TEXT = re.compile(
    r"(?:时\s{0,4}间|日\s{0,4}期)\s?[:：][^:：]*(?:[:：]\d\d[^:：]*)*$"
)  # or of an invitation: 时间：… 地点：…
DATED = re.compile("发布|发表|更新|来源")
STOP = re.compile("[，。！？；]")
FURNITURE = re.compile(
    r"^\W{0,4}(?:(?:字号|字体|字體|超大|标准|大|中|小|打印|列印|关闭|收藏|分享到|分享|微信|微博|点击(?:查看)?(?:大图|原图|放大)|放大|缩小|"
    r"\d{1,6}|A|举报|END|\+\s?关注|点(?:分享|收藏|点赞|在看|关注|亮)|用微信扫描二维码|分享至好友和朋友圈|加载中|暂无|全文|正文|图集|重点推荐|複製|复制|链接|评论|QQ空间)\W{0,4}){1,8}$|"
    r"^[\u3400-\u9fff]{2,8} 举报$|^返回.{2,6}，查看更多$|"
    r"^.{0,6}(?:微信扫一扫|扫描(?:下方)?二维码|长按识别|请繼續下滑閱讀|請繼續下滑閱讀|点击菜单栏|隱私權規範|隐私政策).{0,30}$"
)


@dataclass(frozen=True)
class Body:
    """The lines that are the text, by number, and the block that they stand in."""

    span: Span
    lines: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.lines[0] if self.lines else self.span.end

    @property
    def last(self) -> int:
        return self.lines[-1] if self.lines else self.span.end - 1


def heaviest(flow: Flow) -> Span | None:
    """The block whose lines add up to most; the innermost of equals."""
    seen: set[str] = set()
    sums = [0.0, *accumulate(_value(line, seen) for line in flow.lines)]
    best = max(flow.spans, key=lambda span: sums[span.end] - sums[span.start], default=None)
    if best is None:
        return None
    if sums[best.end] > sums[best.start]:
        return _grown(flow, best, sums)
    # A text that stands in one link, or is all short lines: whatever holds most of it.
    sums = [0.0, *accumulate(len(line.text) if _punctuated(line) and not line.hidden else 0 for line in flow.lines)]
    return max(flow.spans, key=lambda span: sums[span.end] - sums[span.start])


def _grown(flow: Flow, best: Span, sums: list[float]) -> Span:
    """A lone paragraph with its neighbours that add to it: paragraphs may stand bare among menus and boxes."""
    parent = best.element.getparent()
    around = flow.span_of.get(parent) if parent is not None else None
    if around is None or best.end - best.start > 1:
        return best
    start = min(range(around.start, best.start + 1), key=lambda number: (sums[number], -number))
    end = max(range(best.end, around.end + 1), key=lambda number: (sums[number], -number))
    return Span(best.element, start, end)


def _punctuated(line: Line) -> bool:
    return len(line.text) >= 16 and bool(PUNCTUATION.search(line.text))


def _value(line: Line, seen: set[str]) -> float:
    """What a line speaks for its block: sentences for it, links, menus and boxes against it, a second copy nothing."""
    length = len(line.text)
    if line.hidden or (length >= 20 and line.text in seen):
        return 0
    seen.add(line.text)
    if line.beside or 2 * line.linked > length or (length <= 120 and FOOT.search(line.text)):
        return -length
    return length - 2 * line.linked if line.sentence else -4 - min(length, 16) / 2


def read_body(
    flow: Flow, span: Span, title: int | None, hidden: bool = False, without: frozenset[int] = frozenset()
) -> Body:
    """The span without the head that repeats title and credits, without what follows the text, and without furniture.

    `hidden`: parts are switched by script, so hidden lines belong to the text. `without`: lines that do not belong.
    """
    lines = flow.lines
    start, end = span.start, span.end
    if title is not None and start <= title < end:
        start = title + 1
        if start < end and DASHED.match(lines[start].text) and len(lines[start].text) <= 60:
            start += 1  # 副题
    start = _after_head(lines, start, end)
    sentences = [number for number in range(start, end) if lines[number].sentence and not lines[number].beside]
    settled = sentences[0] if sentences else start
    end = _end(lines, settled, end)
    inside = [number for number in range(start, end) if number not in without]
    kept = [number for number in inside if _belongs(lines[number], hidden)]
    if not any(_punctuated(lines[number]) for number in kept):
        kept += [number for number in inside if _punctuated(lines[number])]
    return Body(span, tuple(sorted(set(kept))))


def _after_head(lines: list[Line], start: int, end: int) -> int:
    """Where the text begins: behind dates, credits and buttons, also where short lines of neither stand among them."""
    following: int | None = start
    while following is not None:
        start = following
        while start < end and _is_head(lines[start]):
            start += 1
        following = _behind_date(lines, start, end)
    return start


def _behind_date(lines: list[Line], start: int, end: int) -> int | None:
    """The line behind a dated one, or behind an outlet below it, among the next lines before any text."""
    for number in range(start, min(end, start + AMONG)):
        if lines[number].sentence and not _is_head(lines[number]):
            return None
        if _is_dated(lines[number]) or (number and _is_dated(lines[number - 1]) and is_outlet(lines[number].text)):
            return number + 1
    return None


def _is_dated(line: Line) -> bool:
    """A line of little more than a date, or of a date and credits: no line of a text."""
    if not shows_date(line.text) or not _is_head(line) or OF_TEXT.match(line.text):
        return False
    rest = len(TIMED.sub("", FULL.sub("", line.text)))
    return rest <= 12 or bool(DATED.search(line.text)) or any(not label["date"] for label in labels_in(line.text))


def _end(lines: list[Line], start: int, end: int) -> int:
    """Where what follows the text begins: a line that says so, unless nearly as much text stands behind it."""
    values = (_value(line, set()) if line.sentence or line.linked else 0 for line in lines[start:end])
    sums = [0.0, *accumulate(values)]
    for number in range(start + 1, end):
        before = sums[number - start]
        if is_after(lines[number]) and 4 * (sums[-1] - before) <= 3 * before:
            return number
    return end


def is_after(line: Line) -> bool:
    if AFTER.match(line.text) and not (line.sentence and len(line.text) > 60):
        return True
    return len(line.text) <= 120 and bool(FOOT.search(line.text))


def _is_head(line: Line) -> bool:
    """A line of credits, a date, or a button above the text."""
    text = line.text
    if line.hidden or line.beside or FURNITURE.match(text):
        return True
    if len(text) > 120 or (line.sentence and len(text) > 60 and not labels_in(text[:30])):
        return False
    labels = labels_in(text)
    if labels and (len(labels) > 1 or len(text) < 40):
        return True
    return shows_date(text) and not is_of_else(text) and (len(text) < 40 or not STOP.search(text))


def _belongs(line: Line, hidden: bool) -> bool:
    if line.beside or (line.hidden and not hidden) or FURNITURE.match(line.text) or is_after(line):
        return False
    return line.linked * 10 < len(line.text) * 8 or line.sentence or _is_attachment(line)


def _is_attachment(line: Line) -> bool:
    return bool(re.search(r"附件|\.(?:docx?|xlsx?|pdf|rar|zip|wps|ofd|pptx?)$", line.text, re.IGNORECASE))
