"""Lines and brackets of nothing but roles and names: ■记者 张三 ■通讯员 李四, 【某报】记者张三/文 李四/图."""

import re

from crawlers.pages.names import FURNITURE, is_person

LONGEST = 60  # characters of such a line
SENTENCE = re.compile("[，。！？；：:,!?;]")
# A role at the beginning of a word, whoever employs it before it: 记者, 江州日报全媒体记者.
ROLE = re.compile(
    r"(?P<author>[《》\u3400-\u9fff·-]{0,20}?(?:记者|記者|特约撰稿人?|评论员|特派员))"
    r"|(?P<other>[\u3400-\u9fff]{0,6}?(?:通讯员|通訊員|实习生|實習生|见习生|摄影|攝影|编辑|校对|审核|供图|制图|视频|统筹|监制))"
)
SEPARATOR = re.compile(r"[^\w·《》-]+|_")
WRITTEN = frozenset({"文", "文图", "图文", "采写", "撰文", "报道", "報導", "報道", "文字"})  # behind names: they wrote
SHOT = frozenset({"摄", "攝", "图", "摄影", "攝影", "图片", "供图", "摄影报道"})  # they took the pictures
YOUNG = re.compile("实习|见习|實習|見習")  # beside others they are not named as authors
NAME = re.compile(r"[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{1,6})?")
NO_NAME = re.compile(
    r"手记|调查|观察|来信|探访|了解|获悉|采访|报道|報[導道]|亲历|发自|现场|连线|综合|整理|从业|证|编辑|图片|见习|实习|[一二三四五六七八九十]月$"
)


def signatories(text: str) -> str | None:
    """Who wrote, joined by one space; None where the text is anything else, or names only who took the pictures."""
    if len(text) > LONGEST or SENTENCE.search(text):
        return None
    words = SEPARATOR.sub(" ", text).split()
    before = bool(words) and words[0] in WRITTEN | SHOT  # 文/张三 图/李四, not 张三/文 李四/图
    authors: list[str] = []
    waiting: list[str] = []  # names, of whom the next word may say that they took the pictures
    writes, shoots = False, False
    for word in words:
        role = ROLE.match(word)
        rest = word[role.end() :] if role else word
        if role:
            authors, waiting = authors + waiting, []
            writes = role.lastgroup == "author" and not shoots and not (authors and YOUNG.search(role[0]))
        if rest in SHOT:
            authors, waiting, shoots, writes = authors + waiting * before, [], before, False
        elif rest in WRITTEN:
            authors, waiting, shoots = authors + waiting, [], False
            writes = before and not authors
        elif rest and writes:
            writes = _is_name(rest, alone=not role)
            if not writes and not waiting:
                return None
            waiting += [rest] if writes and not rest.endswith(("摄", "攝")) else []
    return " ".join((authors + waiting)[:6]) or None


def _is_name(word: str, *, alone: bool) -> bool:
    """Right behind the role a word has to look like a person's name: 记者手记 is none."""
    if not NAME.fullmatch(word) or NO_NAME.search(word) or FURNITURE.match(word):
        return False
    return alone or is_person(word)
