"""What a date in a line means: the day of publication, of an update, of something else, or today's."""

import re

from crawlers.pages.dates import FULL

PUBLISHED = re.compile(
    r"(?:发\s?布\s?时\s?间|发\s?布\s?日\s?期|发布|发表时间|发表日期|发表于|发布于|发稿时间|发稿日期|公开日期|公开时间|公布日期|公布时间|上传时间|上网时间|添加时间|创建时间|录入时间)"
    r"[\]】〕]?[:：\s]"
)
# Of a page that names no day of publication these mean it.
DAY = re.compile(r"(?:发文时间|发文日期|(?<![\u3400-\u9fff])(?:时\s{0,4}间|日\s{0,4}期))[\]】〕]?[:：\s]")
OF_ELSE = re.compile(r"[\u3400-\u9fff][\]】〕]?\s?[:：至]\s?$")  # 考试时间：2026年…, 有效期至2026年…
UPDATED = re.compile(r"(?:最后更新|更新时间|更新日期|修改时间)[:：\s]")
# A clock of the site, or the way to another article.
TODAY = re.compile("今天是|现在是|当前时间|[上下]一[天篇条页期则]")


def is_of_else(text: str) -> bool:
    """Whether a label that means no publication stands before the date."""
    date = None if TODAY.search(text) else FULL.search(text)
    if date is None or not OF_ELSE.search(text[: date.start()]):
        return False
    return not any(label.search(text[: date.start()]) for label in (PUBLISHED, DAY))
