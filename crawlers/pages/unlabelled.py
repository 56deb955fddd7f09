"""Names that stand beside the date without a label: 2026-05-06 10:20 临江日报, or 张三/临江日报 on the line above."""

import re
from collections.abc import Sequence

from crawlers.pages.credits import ALL_LABELS, labels_in
from crawlers.pages.dates import FULL, TIMED, shows_date
from crawlers.pages.flow import PUNCTUATION, Line
from crawlers.pages.names import FURNITURE, is_person, person

OUTLET = re.compile(
    r"(?:网|網|报|報|社|站|台|臺|刊|新闻|新聞|传媒|在线|线上|频道|消息|财经|科技|娱乐|体育|音乐|教育|汽车|房产|健康|观察|周刊|杂志|"
    r"学会|协会|大学|学院|学校|政府|办公室|委员会|研究院|中心|日报|晚报|新媒体|发布|客户端|快訊|快讯|[局厅部委])(?:客户端|微博|官网|官方微信)?$"
)
PERSON = re.compile(r"^[\u3400-\u9fff]{2,4}$")
REPORTED = re.compile(r"(?:报道|報導|消息|电|電|讯|訊)$")  # 临江报道 is no name
LABELLED = re.compile(r"[\u3400-\u9fff]\s?[:：]")  # 发文部门: is a label, if none that we know
# Words of menus that could be names, by their first character.
MENU_WORDS = (
    "安全 成果 成人 常识 方案 方法 房产 高考 高清 高校 关注 管理 贺信 华人 黄页 计划 江苏 金融 金句 经济 康养 路况 "
    "明星 农业 平台 齐鲁 时评 时尚 时事 时政 史册 舒适 水利 陶瓷 通知 万象 文化 文件 文艺 文娱 武器 项目 许可 严选 "
    "易购 游戏 游记 于是 余音 云南 章程 张家口 郑州 周边 周刊 祝福"
)
MENUS = frozenset(MENU_WORDS.split())
OTHER = re.compile(
    r"(?:摄影|摄|供图|图片|图|校对|审核|通讯员)[\s:：/／]\s?[\u3400-\u9fff]{2,4}(?![\u3400-\u9fff])"
)  # no author
NOISE = re.compile(r"https?://\S+|www\.\S+|[\[（(【][^\[\]（）()【】]{0,12}[\]）)】]|[\ue000-\uf8ff]|微博$")
ACCOUNT = re.compile("(?:微博|官方[账帐]号|发布于.*)$")
SPLIT = re.compile(r"[\s/／|｜丨、]+")


def beside_date(head: Sequence[Line]) -> tuple[str | None, str | None]:
    """Source and author of the lines that hold the date or touch it, in the head of an article."""
    dated = [number for number, line in enumerate(head) if len(line.text) <= 80 and shows_date(line.text)]
    if not dated:
        return None, None
    near = [head[number] for number in (dated[0], dated[0] - 1, dated[0] + 1) if 0 <= number < len(head)]
    source: str | None = None
    author: str | None = None
    for line in near:
        words = _words(line.text)
        outlets = [word for word in words if OUTLET.search(word)]
        people = [word for word in words if is_person(word) and word not in outlets and not REPORTED.search(word)]
        source = source or next(iter(outlets), None)
        if (
            author is None
            and people
            and len(people) + len(outlets) == len(words)
            and (shows_date(line.text) or outlets or _is_name_line(line, head))
        ):
            author = " ".join(people[:5])
    return source, author


def _is_name_line(line: Line, head: Sequence[Line]) -> bool:
    """Whether a name may stand alone on its line: right below the title, and not as the word of a menu."""
    return line is head[0] and not line.linked and not any(word in MENUS for word in line.text.split())


def is_outlet(text: str) -> bool:
    """Whether a line is the name of a medium or an office and nothing else."""
    return len(text) <= 16 and bool(OUTLET.search(text)) and not PUNCTUATION.search(text)


def _words(text: str) -> list[str]:
    text = NOISE.sub(" ", text)
    rest = NOISE.sub(" ", TIMED.sub(" ", FULL.sub(" ", text)))
    if labels_in(text) or len(text) > 80 or ">" in text or LABELLED.search(rest):
        return []
    rest = OTHER.sub(" ", rest)
    words = [person(ACCOUNT.sub("", word).strip(" :：·-—,，。>")) for word in SPLIT.split(rest)]
    return [word for word in words if word and not FURNITURE.match(word) and word not in ALL_LABELS]
