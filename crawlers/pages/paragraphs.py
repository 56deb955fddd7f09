"""The lines of a body into paragraphs: damage repaired, repeated copies and credit lines taken out."""

import re
from dataclasses import dataclass

from crawlers.pages.credits import PLAIN, labels_in

# A site's filter took out the letters "<p": attributes and ">" stand as text before each paragraph.
LEAKED = re.compile(r"^\s*(?:[a-z-]{2,20}\s?=\s?\"[^\"]{0,300}\"\s*){0,8}>\s*")
ORIGINAL_TITLE = re.compile(
    r"^\W{0,3}(?:本文)?(?:原标题|原文标题|原題|原题)(?:\s?[:：]|为(?=[：:《]))\s?[:：]?\s*(?P<title>.{2,200}?)$"
)


@dataclass(frozen=True)
class Paragraphs:
    texts: tuple[str, ...]  # clean, in order, without a second copy
    credits: tuple[str, ...]  # lines such as 编辑/张三 that stood among them
    original: str | None  # 原标题


def paragraphs(lines: list[str]) -> Paragraphs:
    original: str | None = None
    kept: list[str] = []
    said: list[str] = []
    for line in _repaired(lines):
        match = ORIGINAL_TITLE.match(line) if len(line) <= 120 else None
        if match:
            original = original or unwrapped(match["title"])
        elif line:
            (said if is_credit(line) else kept).append(line)
    return Paragraphs(tuple(_without_copy(kept)), tuple(said), original)


def is_credit(line: str) -> bool:
    """A line of nothing but a label and its value: editor, source, photographer."""
    labels = labels_in(line) if len(line) <= 60 else []
    if all(label["label"] in PLAIN for label in labels):
        return False  # 时间：6月1日 of an invitation
    return not line[: labels[0].start()].strip(" (（[【-—·*")


def _repaired(lines: list[str]) -> list[str]:
    if sum(bool(LEAKED.match(line)) for line in lines) < 2:
        return lines
    return [LEAKED.sub("", line) for line in lines]


def unwrapped(title: str) -> str:
    """Without the bracket that closes the remark, and the book-title marks that enclose the title."""
    for opening, closing in ("()", "（）", "[]", "【】"):
        if title.endswith(closing) and title.count(closing) > title.count(opening):
            title = title[:-1].strip()
    return title[1:-1] if title.startswith("《") and title.endswith("》") and title.count("《") == 1 else title


def _without_copy(lines: list[str]) -> list[str]:
    """Without a second copy of the text, such as one for print: it begins where the first line returns."""
    if not lines or len(lines[0]) < 16 or lines[0] not in lines[1:]:
        return lines
    first = lines.index(lines[0], 1)
    seen = set(lines[:first])
    return lines[:first] + [line for line in lines[first:] if line not in seen]
