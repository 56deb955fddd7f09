"""The lines of a body into paragraphs: damage repaired, repeated copies and credit lines taken out."""

import re

# A site's filter took out the letters "<p": attributes and ">" stand as text before each paragraph.
LEAKED = re.compile(r"^\s*(?:[a-z-]{2,20}\s?=\s?\"[^\"]{0,300}\"\s*){0,8}>\s*")
ORIGINAL_TITLE = re.compile(r"^\W{0,3}(?:原标题|原文标题|原题)\s?[:：]\s*(?P<title>.{2,200}?)\W?$")
CREDIT_LINE = re.compile(
    r"^\W{0,3}(?:[(（\[【]?(?:责任编辑|責任編輯|责编|编辑|编辑者|网络编辑|本文编辑|来源|稿源|信息来源|文章来源|稿件来源|作者|文章作者|发布时间|发布日期|浏览次数|点击数|阅读次数|审核|供稿|"
    r"初审|复审|终审|校对|值班编辑|投稿|关键词|标签|编审)\s?[:：]).{0,60}$"
)


def paragraphs(lines: list[str]) -> tuple[tuple[str, ...], str | None]:
    """Clean paragraphs in order, none twice in a row of copies, and the 原标题 that stood among them."""
    original: str | None = None
    kept: list[str] = []
    for line in _repaired(lines):
        match = ORIGINAL_TITLE.match(line)
        if match and len(line) <= 120:
            original = original or match["title"].strip(" )）】]")
        elif line and not CREDIT_LINE.match(line):
            kept.append(line)
    return tuple(_without_copy(kept)), original


def _repaired(lines: list[str]) -> list[str]:
    if sum(bool(LEAKED.match(line)) for line in lines) < 2:
        return lines
    return [LEAKED.sub("", line) for line in lines]


def _without_copy(lines: list[str]) -> list[str]:
    """Without a second copy of the text, such as one for print: it begins where the first line returns."""
    if not lines or len(lines[0]) < 16:
        return lines
    for number in range(1, len(lines)):
        if lines[number] == lines[0]:
            return lines[:number] + [line for line in lines[number:] if line not in lines[:number]]
    return lines
