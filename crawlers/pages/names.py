"""Names of sources and people, cleaned of what pages print around them."""

import re

from crawlers.pages.dates import FULL

FURNITURE = re.compile(
    r"^(?:打印|打印本页|列印|关闭|关闭窗口|分享|分享到|留言|字体|字号|大|中|小|大中小|收藏|评论|浏览|阅读|点击|次|"
    r"我要评论|手机看新闻|进入|更多|查看更多|查看|原文|原创|视力保护色|保护视力色|加入收藏|null|undefined|无|暂无|佚名|发布于|发表于|[上下]一[天篇页条则]|最后更新|整合|整理|综合|编译|摄影|摄|发布|更新|"
    r"网友评论|参与|讨论|人|星期[一二三四五六日]|[即實实]时?時?[報报][導道]|综合报道|综合整理|我有话说|\d+|\d+次|\d+:\d+(?::\d+)?)$"
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于余叶蒋杜苏魏程吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞"
    "颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻"
    "祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蔣蘇呂盧鍾譚陸賈鄒閻龍賀顧龔萬錢嚴溫齊喬龐顏莊聶魯歐關蘭寧紀畢單塗駱藍遊華"
)
PERSON = re.compile(
    rf"^(?:[{SURNAMES}诸皇尉呼钟][\u3400-\u9fff]{{1,3}}|[\u3400-\u9fff]{{1,6}}·[\u3400-\u9fff]{{1,8}})$"
)
OFFICE = re.compile(r"[部处系室科局院委办社网报刊站组团校]$|频道$|中心$|杂志$|客户端$|日报$")
ORGANISATION = re.compile(
    rf"^.{{2,24}}(?:大学|学院|学校|中学|小学|研究院|日报|晚报|时报|报社|网|电视台|客户端|[局厅委部办])(?=[{SURNAMES}][\u3400-\u9fff]{{1,2}}$)"
)
REPORTER = re.compile(r"^[《》\u3400-\u9fff]{0,14}?(?:记者|記者|通讯员|专栏作者|特约撰稿人?|评论员)(?=.)")
ROLE = re.compile(r"(?:记者|記者|作者|通讯员|撰稿人?|评论员|编辑|实习生)$")
OTHERS = re.compile(r"(?:特约)?通讯员|实习生|實習生|见习记者|摄影|摄$")  # whoever follows them is not the author
BUTTON = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:返回|查看|点击).*$")
BRACKETED_END = re.compile(r"(?<=.)(?:\([^()]{1,12}\)|（[^（）]{1,12}）|\[[^\[\]]{1,12}\])$|微博$")
DESCRIBED = re.compile("[系为是《（(〔【]|现[任为]|[男女]$")  # 张三，系某大学教授
SPACED = re.compile(r"(?<![\u3400-\u9fff])([\u3400-\u9fff])\s([\u3400-\u9fff])(?![\u3400-\u9fff])")  # 王 伟
SPLIT = re.compile(r"[\s、，,;；/／&|]+")


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
    source = BRACKETED_END.sub("", balanced(source.strip(" ,，、;；:：.。|｜/\\-—_*").rstrip("（([【")))
    return None if not source or FURNITURE.match(source) else source


def names_of(value: str) -> str | None:
    """Names joined by one space; what is no name ends them."""
    names: list[str] = []
    for word in SPLIT.split(SPACED.sub(r"\1\2", FULL.sub(" ", value))):
        if names and OTHERS.match(word):
            break
        word = person(word)
        if not word:
            continue
        if FURNITURE.match(word) or len(word) > 20 or (names and DESCRIBED.match(word)):
            break
        names.append(word)
    return " ".join(_without_offices(names[:6])) or None


def _without_offices(names: list[str]) -> list[str]:
    """机电学院 张三 is 张三; an office alone, or two, stay."""
    people = [name for name in names if is_person(name)]
    others = [name for name in names if name not in people]
    return people if people and all(OFFICE.search(name) for name in others) else names


def people_of(value: str) -> str | None:
    """Names joined by one space, when all of them are names of people: 教务处 and 第一财经 are not."""
    names = (names_of(value) or "").split()
    return " ".join(names) if names and all(is_person(name) for name in names) else None


def is_person(name: str) -> bool:
    return bool(PERSON.match(name)) and not OFFICE.search(name)


def person(word: str) -> str:
    """A name without office, employer and button: 临江日报记者张三 is 张三; an office alone is nothing."""
    word = BRACKETED_END.sub("", BUTTON.sub("", balanced(word.strip(" :：.。*-—"))))
    if ROLE.search(word):
        return ""
    return ORGANISATION.sub("", REPORTER.sub("", word))


def balanced(text: str) -> str:
    """Without brackets at the ends that have no partner, and without those around the whole."""
    for opening, closing in ("()", "（）", "[]", "【】", "《》"):
        while text.startswith(opening) and text.endswith(closing) and opening != "《" and text.count(opening) == 1:
            text = text[1:-1]
        while text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text[:-1]
        while text.startswith(opening) and text.count(opening) > text.count(closing):
            text = text[1:]
    return text.strip()
