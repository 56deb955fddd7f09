"""文号: the number of an official document, such as 教职成〔2026〕12号."""

import re
from collections.abc import Iterator, Sequence

from crawlers.pages.found import Found

NUMBER = re.compile(r"[\u3400-\u9fff]{1,12}\s?[〔\[［（(]\s?(?:19|20)\d\d\s?[〕\]］）)]\s?(?:第\s?)?\d{1,5}\s?号")
LABELLED = re.compile(r"(?:发文字号|文\s{0,3}号|字\s{0,3}号)\s?[:：]?\s*(?P<number>.{4,40}?号)")


def document_numbers(lines: Sequence[str]) -> Iterator[Found[str]]:
    """Those that a label names, then those that stand alone on their lines."""
    for line in lines:
        match = LABELLED.search(line[:300])
        if match and NUMBER.search(match["number"]):
            yield Found("".join(match["number"].split()), "label")
    for line in lines:
        if len(line) < 40 and NUMBER.fullmatch(line.strip("()（） ")):
            yield Found("".join(line.split()), "beside")
