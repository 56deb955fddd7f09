"""来源, 作者, 编辑: the labels that Chinese pages print beside an article, and what stands behind them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from crawlers.pages.dates import FULL

# Alphabetical by field; within a field the longer label first, as a regular expression tries them in order.
LABELS = {
    "author": "文章作者|原文作者|原作者|作者|撰稿人|撰稿|撰文|执笔|特约记者|本报记者|记者|文字|文|作\u3000者",
    "date": "发布时间|发布日期|发表时间|发表日期|发稿时间|更新时间|更新日期|创建时间|添加时间|上传时间|成文日期|"
    "时间|日期",
    "chief": "责任编辑|責任編輯|责任编审",
    "editor": "编辑者|网络编辑|本文编辑|编辑|编校|责编|編輯",
    "original": "原标题|原题|原文标题",
    "source": "信息来源|文章来源|新闻来源|稿件来源|消息来源|内容来源|资料来源|来源单位|来源网站|来源媒体|来源|"
    "稿源|文章出处|出处|來源",
    "other": "初审|复审|终审|审核人|审核|校对|校审|审校|摄影|图片|图|供稿|通讯员|发布人|发布者|发布单位|发布机构|"
    "发布部门|点击数|点击量|点击率|点击次数|点击|浏览次数|浏览量|浏览数|浏览|阅读次数|阅读量|阅读数|阅读|"
    "访问量|访问次数|人气|次数|字号|字体大小|字体|字号大小|大小|分享到|分享|评论|关键词|关键字|标签|主题词|"
    "栏目|分类|录入|录入者|上传者|投稿|电话|邮箱|有效性|文号|发文字号|索引号|主题分类|发文机关|我要纠错|"
    "值班编委|版面编辑|排版|监制|策划|制作|统筹|视频|翻译|编译|字数",
}
ALL_LABELS = frozenset("|".join(LABELS.values()).split("|"))


def _spaced(labels: str) -> str:
    """The labels as an expression: two-character ones may be spaced out (来　源), one-character ones begin a word."""
    spaced = (r"\s{0,4}".join(label) if len(label) == 2 else label for label in labels.split("|"))
    return "|".join(rf"(?<![\u3400-\u9fff]){label}" if len(label) == 1 else label for label in spaced)


LABEL = re.compile(
    "(?:"
    + "|".join(f"(?P<{name}>{_spaced(words)})" for name, words in LABELS.items())
    + r")\s?(?P<mark>[:：/／|｜丨︱])"
)
SEPARATOR = re.compile(r"[|｜丨\n]|】|】\s*【|\s[-—]\s")
EDGE = " \t,，、;；:：.。·()（）[]【】〔〕「」<>《》/\\|｜-—_*"
FURNITURE = re.compile(
    r"^(?:打印|打印本页|关闭|关闭窗口|分享|分享到|字体|字号|大|中|小|大中小|收藏|评论|浏览|阅读|点击|次|我要评论|手机看新闻|"
    r"进入|更多|查看更多|查看|原文|视力保护色|保护视力色|加入收藏|null|undefined|无|暂无|佚名|网友评论|参与|讨论|人|\d+|\d+次|\d+:\d+(?::\d+)?)$"
)
BRACKETED_END = re.compile(r"(?<=.)(?:\([^()]{1,12}\)|（[^（）]{1,12}）|\[[^\[\]]{1,12}\])$|微博$")
REPORTER = re.compile(r"^[\u3400-\u9fff]{0,8}(?:记者|記者|通讯员)(?=.)|(?<=[\u3400-\u9fff]{2})(?:返回|查看|点击).*$")
SENTENCE = re.compile("[，。！？：；,!?]")
NAME_SPLIT = re.compile(r"[\s、，,;；/&|]+")


@dataclass
class Credits:
    """Values as printed, the label taken away, in page order."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        return next((value for value in self.found.get(name, ()) if value), None)


def read_credits(lines: Iterable[str]) -> Credits:
    """What the labels of these lines say. A label alone on its line takes the next line as its value."""
    said = Credits()
    open_label: str | None = None
    for line in lines:
        labels = labels_in(line)
        if not labels and open_label and len(line) <= 30 and not SENTENCE.search(line):
            _note(said, open_label, line)
        ends = [*(label.start() for label in labels[1:]), len(line)]
        for label, end in zip(labels, ends, strict=False):
            _note(said, _field(label), line[label.end() : end])
        open_label = _field(labels[-1]) if labels and not line[labels[-1].end() :].strip(EDGE) else None
    return said


def labels_in(line: str) -> list[re.Match[str]]:
    """编辑：张三 anywhere, 编辑/张三 only at the beginning of a word."""
    return [
        match
        for match in LABEL.finditer(line)
        if match["mark"] in ":："
        or (
            line[match.start() - 1 : match.start()].strip(" （(【[") == ""
            and not line[match.end() : match.end() + 1].isspace()
        )
    ]


def _field(label: re.Match[str]) -> str:
    return next(name for name in LABELS if label[name])


def _note(said: Credits, name: str, value: str) -> None:
    cut = value if name in {"date", "original"} else SEPARATOR.split(value.strip(), maxsplit=1)[0]
    if cut.strip(EDGE):
        said.found.setdefault(name, []).append(cut.strip())


def source_of(value: str) -> str | None:
    """The first word of the value: what follows is a column, a date or a button."""
    words = FULL.sub(" ", value).split()
    if not words:
        return None
    source = words[0]
    for word in words[1:]:
        if not (source.isascii() and word.isascii()):
            break
        source = f"{source} {word}"
    source = BRACKETED_END.sub("", _balanced(source.strip(" ,，、;；:：.。|｜/\\-—_*")))
    return None if not source or FURNITURE.match(source) else source


def names_of(value: str) -> str | None:
    """Names joined by one space; what is no name ends them."""
    names: list[str] = []
    for word in NAME_SPLIT.split(FULL.sub(" ", value)):
        word = REPORTER.sub("", _balanced(word.strip(" :：.。*-—")))
        if not word:
            continue
        if FURNITURE.match(word) or len(word) > 20:
            break
        names.append(word)
    return " ".join(names[:6]) or None


def _balanced(text: str) -> str:
    """Without brackets at the ends that have no partner, and without those around the whole."""
    pairs = (("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"), ("《", "》"))
    for opening, closing in pairs:
        while text.startswith(opening) and text.endswith(closing) and opening != "《" and text.count(opening) == 1:
            text = text[1:-1]
        while text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text[:-1]
        while text.startswith(opening) and text.count(opening) > text.count(closing):
            text = text[1:]
    return text.strip()
