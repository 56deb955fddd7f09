"""Authors who sign inside the text: （记者 张三）, 临江日报记者 李四, (张三) at the end of the last paragraph."""

import re
from collections.abc import Sequence

from crawlers.pages.names import FURNITURE, person

NAME = r"[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{1,6})?"
NAMES = rf"(?P<names>{NAME}(?:[\s、，,&]{{1,3}}{NAME}){{0,4}})"
ENDED = (
    r"(?:[\s、，]{0,3}(?:通讯员|實習生|实习生|摄影)[^()（）\]】〕]{0,30})?(?:\s?[/／][^()（）\]】〕]{0,8})?[)）】\]〕]"
)
SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        # （记者 张三） or (临江日报记者张三 李四 文/图), after 电 or 讯 as well
        rf"[（(【\[〔]\s?[\u3400-\u9fff]{{0,14}}?(?:记者|記者)[:：\s/]{{0,3}}{NAMES}\s?(?:文|文/图|摄|报道|報導)?"
        + ENDED,
        # (文/图 张三 李四)
        rf"[（(](?:文|图|文/图|图/文|图文)[\s/:：]{{1,3}}{NAMES}[)）]$",
        # （中央社記者王大明青川21日電）: a given name of two characters, then the place
        r"[（(][\u3400-\u9fff]{0,10}?(?:记者|記者)(?P<names>[\u3400-\u9fff]{3})[\u3400-\u9fff]{2,4}\d{1,2}日[电電]",
        # a line of its own: 临江日报记者 张三
        rf"^[《》\u3400-\u9fff·]{{0,14}}(?:记者|記者|作者|特约撰稿人?|评论员)[:：\s/|｜]{{1,3}}{NAMES}$",
        # 文/张三, 执笔/张三
        rf"^[（(]?(?:文|执笔|撰文|作者|撰稿)[/／|｜︱丨]\s?{NAMES}[)）]?$",
    )
)
SIGNED = re.compile(rf"(?:[。！？!?”\"…]\s?|^)[（(]{NAMES}[)）]$")
NO_NAME = re.compile(
    r"完|图|圖|摄|编辑|来源|记者|报道|标题|全文|待续|题|注$|网|報|报|社|上$|下$|综合|整理|有删|月|年|以上"
)


def byline(paragraphs: Sequence[str]) -> str | None:
    """Names joined by one space."""
    for text in (*paragraphs[:8], *paragraphs[-3:]):
        for sign in SIGNS:
            match = sign.search(text[:300]) or sign.search(text[-100:])
            if match and not NO_NAME.search(match["names"]):
                return _names(match["names"])
    match = SIGNED.search(paragraphs[-1]) if paragraphs else None
    return _names(match["names"]) if match and not NO_NAME.search(match["names"]) else None


def _names(text: str) -> str:
    return " ".join(
        name for word in re.split(r"[\s、，,&]+", text) if (name := person(word)) and not FURNITURE.match(name)
    )
