"""来源, 作者, 编辑: the labels that Chinese pages print beside an article, and what stands behind them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

# Alphabetical by field; within a field the longer label first, as a regular expression tries them in order.
LABELS = {
    "author": "文[/、]图|图[/、]文|图文|文图|采写|文章作者|原文作者|原作者|作者|撰稿人|撰稿|撰文|执笔|特约记者|"
    "本报记者|记者|文字|文|作\u3000者",
    "contributor": "供稿人|供稿|特约通讯员|通讯员",
    "date": "发布时间|发布日期|发表时间|发表日期|发稿时间|更新时间|更新日期|创建时间|添加时间|上传时间|成文日期|"
    "时间|日期",
    "chief": "责任编辑|責任編輯|责任编审",
    "editor": "编辑者|网络编辑|本文编辑|编辑|编校|责编|編輯",
    "issuer": "发文机关|发文机构|发文单位|发布机构|制定机关|印发机关",
    "subtitle": "副标题|副题",
    "original": "原标题|原题|原文标题",
    "source": "信息来源|文章来源|新闻来源|稿件来源|消息来源|内容来源|资料来源|来源单位|来源网站|来源媒体|来源于|来源|"
    "稿源|文章出处|出处|來源|转载自|转自|摘自",
    "other": "参与采写|协助采写|参与报道|初审|复审|终审|审核人|审核|校对|校审|审校|摄影|图片|图|发布人|发布者|发布单位|"
    "发布部门|点击数|点击量|点击率|点击次数|点击|浏览次数|浏览量|浏览数|浏览|阅读次数|阅读量|阅读数|阅读|"
    "访问量|访问次数|人气|次数|字号|字体大小|字体|字号大小|大小|分享到|分享|评论|关键词|关键字|标签|主题词|"
    "栏目|分类|录入|录入者|上传者|投稿|电话|邮箱|有效性|文号|发文字号|索引号|主题分类|我要纠错|"
    "值班编委|版面编辑|排版|监制|策划|制作|统筹|视频|翻译|编译|字数",
}
ISSUERS = frozenset(LABELS["issuer"].split("|"))  # alone in the cell of a table, without a mark
ALL_LABELS = frozenset("|".join(LABELS.values()).split("|"))


def _spaced(labels: str) -> str:
    """The labels as an expression: two-character ones may be spaced out (来　源), one-character ones begin a word."""
    spaced = (r"\s{0,4}".join(label) if len(label) == 2 else label for label in labels.split("|"))
    return "|".join(rf"(?<![\u3400-\u9fff]){label}" if len(label) == 1 else label for label in spaced)


LABEL = re.compile(
    "(?P<label>"
    + "|".join(f"(?P<{name}>{_spaced(words)})" for name, words in LABELS.items())
    + r")\s?(?:[\]】〕](?=[:：]))?(?P<mark>[:：/／|｜丨︱]?)"
)
# What ends a value: a bar, a bracket, or a label that the table does not know, such as 二审： or, after 编辑|, 语音|.
SEPARATOR = re.compile(r"[|｜丨\n]|】|\s[-—]\s|\s[\u3400-\u9fff]{2,6}\s?[:：]")
BARRED = re.compile(r"\s[\u3400-\u9fff]{2,6}\s?[|｜丨︱]")
BARS = "|｜丨︱"
UNMARKED = re.compile(r"\s[\u3400-\u9fff]{2,4}(?:[\s、][\u3400-\u9fff]{2,4})*\s?[)）\]】]?$")  # 责任编辑 张三
PLAIN = frozenset({"时间", "日期"})  # of something else, where a word stands right before them: 讲座时间
SPEAKS = re.compile("[\u3400-\u9fff]")
CHECKED = frozenset({"校对", "审核", "监制", "初审", "复审", "终审"})
EDGE = " \t,，、;；:：.。·()（）[]【】〔〕「」<>《》/\\|｜-—_*"
LONG = 400  # credits stand at the beginning of a line, however long it is
SENTENCE = re.compile("[，。！？：；,!?]")


@dataclass
class Credits:
    """Values as printed, the label taken away, in page order."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        return next((value for value in self.found.get(name, ()) if value), None)


def read_credits(*places: Iterable[str]) -> Credits:
    """What the labels of these lines say, place after place. A label alone takes the line below it as its value."""
    said = Credits()
    for lines in places:
        open_label: str | None = None
        for line in (line[:LONG] for line in lines):
            open_label = _read_line(said, line, open_label)
    return said


def _read_line(said: Credits, line: str, open_label: str | None) -> str | None:
    """Note what the line says; the field of a label at its end that waits for the next line."""
    labels = labels_in(line)
    if not labels and "".join(line.split()) in ISSUERS:
        return "issuer"
    if not labels and open_label and len(line) <= 30 and not SENTENCE.search(line):
        _note(said, open_label, line)
    ends = [*(label.start() for label in labels[1:]), len(line)]
    for label, end in zip(labels, ends, strict=False):
        value = line[label.end() : end]
        _note(said, _field(label), BARRED.split(value, maxsplit=1)[0] if label["mark"] in BARS else value)
    return _field(labels[-1]) if labels and not line[labels[-1].end() :].strip(EDGE) else None


def labels_in(line: str) -> list[re.Match[str]]:
    """编辑：张三 anywhere, 编辑/张三 at the beginning of a word, 来源临江日报 between bars."""
    return [match for match in LABEL.finditer(line) if _is_label(line, match)]


def _is_label(line: str, match: re.Match[str]) -> bool:
    before, behind = line[: match.start()].rstrip(), line[match.end() : match.end() + 1]
    if match["date"] and match["label"] in PLAIN and SPEAKS.match(line[: match.start()][-1:]):
        return False
    if match["mark"] in {":", "："} or (behind == "】" and before.endswith("【")):
        return True
    if match["mark"]:
        opens = not before or line[match.start() - 1] in " （(【[:："
        return opens and (not behind.isspace() or (not before and match["mark"] in BARS))
    if before.endswith(("|", "｜")):
        return bool(behind.strip(" |｜"))
    named = match["chief"] or match["editor"] or match["label"] in CHECKED
    return bool(named) and not before.strip(" （(【[") and bool(UNMARKED.match(line[match.end("label") :]))


def _field(label: re.Match[str]) -> str:
    return next(name for name in LABELS if label[name])


def _note(said: Credits, name: str, value: str) -> None:
    cut = (
        value
        if name in {"date", "original", "subtitle"}
        else SEPARATOR.split(value.strip().lstrip("】"), maxsplit=1)[0]
    )
    if cut.strip(EDGE) and cut.strip() not in ALL_LABELS:  # 图片 of 文字作者：图片作者：
        said.found.setdefault(name, []).append(cut.strip().rstrip("【（([〔"))  # the bracket of the label behind it
