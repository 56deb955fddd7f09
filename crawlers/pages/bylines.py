"""Authors who sign inside the text: （记者 张三）, 本报记者李四, (张三) at the end of the last paragraph."""

import re

NAME = r"[\u3400-\u9fff·]{2,4}"
NAMES = rf"{NAME}(?:[\s、，,]{{1,3}}{NAME}){{0,4}}"
REPORTER = re.compile(
    rf"[（(【\[]\s?(?:[\u3400-\u9fff]{{0,14}}?(?:记者|通讯员|记者/|記者)[:：\s]{{0,3}})(?P<names>{NAMES})(?:\s?[\u3400-\u9fff]{{0,4}}(?:报道|報導|摄|文))?\s?[)）】\]]"
)
OPENING = re.compile(
    rf"(?:电|讯|報導|报道)\s?[（(]\s?(?:[\u3400-\u9fff]{{0,10}}?)(?:记者|記者)\s?(?P<names>{NAMES})\s?[)）]"
)
SIGNED = re.compile(rf"[。！？!?”\"]\s?[（(](?P<names>{NAMES})[)）]$")
NO_NAME = re.compile(r"完|图|摄|编辑|来源|记者|报道|原标题|全文|待续|略|题|注|网|报|社|同上|下同")


def byline(paragraphs: tuple[str, ...]) -> str | None:
    """Names joined by one space."""
    if not paragraphs:
        return None
    for text in (paragraphs[0], paragraphs[-1]):
        match = REPORTER.search(text) if len(text) < 2000 else None
        if match:
            return _names(match["names"])
    match = SIGNED.search(paragraphs[-1])
    return _names(match["names"]) if match and not NO_NAME.search(match["names"]) else None


def _names(text: str) -> str:
    return " ".join(re.split(r"[\s、，,]+", text))
