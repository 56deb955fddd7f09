"""文号: the number of an official document, such as 教职成〔2026〕12号."""

import re

NUMBER = re.compile(r"[\u3400-\u9fff]{1,12}\s?[〔\[［（(]\s?(?:19|20)\d\d\s?[〕\]］）)]\s?(?:第\s?)?\d{1,5}\s?号")
LABELLED = re.compile(r"(?:发文字号|文\s{0,3}号|字\s{0,3}号)\s?[:：]?\s*(?P<number>.{4,40}?号)")


def document_number(lines: list[str]) -> str | None:
    """The first that a label names, or that stands alone on its line."""
    for line in lines:
        match = LABELLED.search(line[:300])
        if match and NUMBER.search(match["number"]):
            return "".join(match["number"].split())
    return next(
        ("".join(line.split()) for line in lines if len(line) < 40 and NUMBER.fullmatch(line.strip("()（） "))), None
    )
