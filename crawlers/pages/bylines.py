"""Authors who sign inside the text: （记者 张三）, 临江日报记者 李四, (张三) at the end of the last paragraph."""

import re
from collections.abc import Iterable, Iterator, Sequence

from crawlers.pages.names import OTHERS, names_of, people_of
from crawlers.pages.signed import signatories

NAME = r"[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{1,6})?"
NAMES = rf"(?P<names>{NAME}(?:[\s、，,&]{{1,3}}{NAME}){{0,4}})"
BULLET = r"(?:[■□●○◎▲△◆◇\s]{0,3}|[NnlL]\s?(?=本报))"  # a letter: of a font whose letters are signs, in e-papers
BOTH = r"(?:文/图|图/文|图文|文图|文|图)"  # who wrote and who took the pictures
REPORT = r"\s{0,3}(?:摄影)?(?:报道|報導|報道)"
BEHIND = (
    r"(?:\s?/?(?:文|文/图|文/摄|图/文|采写|报道))?"
    r"(?:\s(?:本报|特约)?(?:通讯员|实习生|见习记者|摄影)\s[^，。！？]{2,20})?"
)
ENDED = (
    r"(?:[\s、，]{0,3}(?:通讯员|實習生|实习生|摄影)[^()（）\]】〕]{0,30})?(?:\s?[/／][^()（）\]】〕]{0,8})?[)）】\]〕]"
)
REPORTERS = tuple(
    re.compile(pattern)
    for pattern in (
        # （记者 张三） or (临江日报记者张三 李四 文/图), after 电 or 讯 as well
        rf"[（(【\[〔]\s?[\u3400-\u9fff·《》、/\s-]{{0,24}}?(?:记者|記者)[:：\s/]{{0,3}}{NAMES}\s?(?:文|文/图|报道|報導)?"
        + ENDED,
        # （中央社記者王大明青川21日電）: a given name of two characters, then the place
        r"[（(][\u3400-\u9fff]{0,10}?(?:记者|記者)(?P<names>[\u3400-\u9fff]{3})[\u3400-\u9fff]{2,4}\d{1,2}日[电電]",
        # a line of its own: 临江日报记者 张三
        rf"^{BULLET}[《》\u3400-\u9fff·\s-]{{0,20}}(?:记者|記者|作者|特约撰稿人?|评论员)[:：\s/|｜]{{1,3}}{NAMES}{BEHIND}$",
        # as papers of Taiwan begin: 記者王大明／青川報導
        rf"(?:^|\s){BULLET}[《》\u3400-\u9fff]{{0,10}}(?:记者|記者)\s{{0,3}}{NAMES}\s?[/／]\s?[\u3400-\u9fff]{{2,6}}(?:报道|報導)",
        # a line that begins so: 本报记者 张三 报道
        rf"^(?:【[^【】]{{2,12}}】)?{BULLET}[《》\u3400-\u9fff]{{0,10}}(?:记者|記者)\s{{0,3}}{NAMES}{REPORT}",
        # 文/张三, 执笔/张三
        rf"^[（(]?(?:文|执笔|撰文|作者|撰稿)[/／|｜︱丨]\s?{NAMES}[)）]?$",
    )
)
BRACKETS = re.compile(r"[（(【\[〔]([^（(【\[〔）)】\]〕]{0,12}(?:记者|記者)[^（(【\[〔）)】\]〕]{2,40})[）)】\]〕]")
# Signs without the word reporter: only what looks like names of people is believed.
PEOPLE = tuple(
    re.compile(pattern)
    for pattern in (
        # (文/图 张三 李四), (文/张三 摄/李四)
        rf"[（(]{BOTH}[\s/:：]{{1,3}}{NAMES}(?:\s{{1,3}}(?:图|摄|摄影|图片)[\s/:：][^()（）]{{1,20}})?[)）]$",
        rf"[（(]{NAMES}\s{{1,3}}{BOTH}[)）]$",  # (张三 文/图)
        rf"(?:日[电電]|报[讯訊])\s?[（(]{NAMES}[)）]",  # 临江5月6日电 (张三 李四), 本报讯（张三）
        rf"[（(【][\u3400-\u9fff]{{0,14}}?通讯员[:：\s]{{0,3}}{NAMES}\s?[)）】]",
        # (张三/文 李四/图), (宣传部 张三/文)
        rf"[（(](?:[\u3400-\u9fff]{{2,16}}\s)?{NAMES}\s?[/／]\s?文(?=[\s)）、，])",
        # (张三), (信息系 张三)
        (
            r"(?:[。！？!?”\"…]\s?|^)[（(]"
            rf"(?:[\u3400-\u9fff]{{1,15}}[系部处院室科局委办校团会心]\s{{1,3}})?{NAMES}[)）]$"
        ),
    )
)
NO_NAME = re.compile(
    r"完|图|圖|摄|编辑|来源|记者|报道|标题|全文|待续|题|注$|网|報|报|社|上$|下$|综合|整理|有删|[一二三四五六七八九十]月|年$|以上"
)


def byline(paragraphs: Sequence[str]) -> str | None:
    """Names joined by one space."""
    return next(_reporters((*paragraphs[:8], *paragraphs[-3:])), None) or next(
        _people((*paragraphs[:2], *paragraphs[-2:])), None
    )


def _reporters(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        shown = [text, *(match[1] for part in (text[:300], text[-100:]) for match in BRACKETS.finditer(part))]
        yield from filter(None, map(signatories, shown))
        for sign in REPORTERS:
            match = sign.search(text[:300]) or sign.search(text[-100:])
            names = OTHERS.split(match["names"])[0] if match else ""
            if names and not NO_NAME.search(names) and (found := names_of(names)):
                yield found


def _people(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for sign in PEOPLE:
            match = sign.search(text[-100:]) or sign.search(text[:100])
            if match and not NO_NAME.search(match["names"]) and (found := people_of(match["names"])):
                yield found
