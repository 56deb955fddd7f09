"""The reasons of verdicts for people who read English; stages and database know them in Chinese alone."""

import re
from functools import partial

from storage.language import Language, spoken

ENGLISH = (  # the sentences of judging.py, stages/relevance.py, stages/topics.py and crawlers/pages/nature.py
    (r"人工判断：属于。", "A person decided that it belongs."),
    (r"人工判断：不属于。", "A person decided that it does not belong."),
    (r"正文与已收录的文章相同。", "Its text is that of an article that was kept."),
    (r"没有提到(.+)。", r"It does not mention \1."),
    (r"(.+)不是主要内容。", r"\1 is not what it is about."),
    (r"标题含(.+)。", r"The title has \1."),
    (r"标题说的是(.+)。", r"The title tells of \1."),
    (r"标题像(.+)（(.+)）。", r"The title is like \1 (\2)."),
    (r"用词像(.+)的标题（(.+)）。", r"It is worded like titles about \1 (\2)."),
    (r"用词不像(.+)的标题（(.+)）。", r"It is not worded like titles about \1 (\2)."),
    (r"正文没有提到(.+)。", r"The text does not mention \1."),
    (r"正文 (\d+) 处提到(.+)，每千字 (.+) 处。", r"The text mentions \2 \1 times, \3 in a thousand characters."),
    (r"(.+)专门报道(.+)。", r"\1 reports on \2 alone."),
    (r"属于(.+)。", r"It is \1."),
    (r"主题(.+)：不属于其他主题。", r"Topic \1: no other topic fits."),
    (r"主题(.+)：标题含(.+)，正文 (\d+) 处提到(.+)。", r"Topic \1: the title has \2, the text mentions \4 \3 times."),
    (r"主题(.+)：标题含(.+)。", r"Topic \1: the title has \2."),
    (r"主题(.+)：正文 (\d+) 处提到(.+)。", r"Topic \1: the text mentions \3 \2 times."),
    ("页面是栏目页", "the page is a list"),
    ("页面主要是链接", "the page is mostly links"),
    ("页面的内容由脚本载入", "scripts load what the page shows"),
    ("页面没有可见文字", "the page shows no text"),
    ("页面是空的或无法解析", "the page is empty or cannot be parsed"),
    ("没有找到正文", "no text was found"),
    ("没有找到列表", "no list was found"),
    ("页面说内容已撤下", "the page says that its article was taken down"),
    ("页面说内容不存在", "the page says that there is nothing"),
    ("页面要求先通过验证", "the page asks for proof of a human"),
    ("页面要求登录", "the page asks to log in"),
)
NAMES = {  # what the sentences name, where it is of the lexicon that comes with the program
    "职业教育": "vocational education",
    "采购或招标信息": "an invitation to tender",
    "招聘信息": "a vacancy",
    "辅导或成人教育广告": "an advertisement for tutoring or adult education",
    "别的领域": "another field",
    "个人案件或传染病消息": "a case of law or illness",
}


def told(reason: str, language: Language | None = None) -> str:
    """The sentence in a language, or the one spoken; one that nobody has put into English stays as it is."""
    if (language or spoken()) == "zh":
        return reason
    for pattern, sentence in ENGLISH:
        if found := re.fullmatch(pattern, reason):
            return re.sub(r"\\(\d)", partial(_part, found), sentence)
    return reason


def _part(found: re.Match[str], group: re.Match[str]) -> str:
    words = found[int(group[1])]
    return NAMES.get(words, words.replace("』和『", "』 and 『"))
