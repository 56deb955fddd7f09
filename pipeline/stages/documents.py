"""Official documents in an article: 文号, 发文机关, 文种, their dates, and whether they are still in force."""

import re
from dataclasses import replace
from datetime import date

from pipeline.article import Document, Validity
from pipeline.stages.document_dates import deadline, effective, expiry, written
from pipeline.stages.document_numbers import Number, folded, number_of, numbers

READ = 60_000  # characters of a text that are read
HEAD = 300  # where a document says its own number
CLAUSES = 3  # 第…条 that make a text a law or rule, not news about one

_PLAIN = (
    "通知|通报|意见|办法|规定|条例|细则|方案|行动计划|规划|纲要|决定|决议|公告|通告|批复|函|公报|议案|报告|令|标准|指南"
    "|章程|要点"
)
_KINDS = f"(?:指导|实施|若干|管理|暂行|工作|复|命)?(?:{_PLAIN})"
_VERSION = "(?:\\((?:试行|暂行|草案|修订|修正|征求意见稿|[^()]{0,20}(?:修订|修正|公布|发布)[^()]{0,6})\\))?"
_HEADLINE = re.compile(f"^(?P<issuer>[一-龥、 ()]{{2,80}}?)(?:印发|转发)?关于.{{2,120}}?(?P<kind>{_KINDS}){_VERSION}$")
_KIND_AT_END = re.compile(f"(?P<kind>{_KINDS}){_VERSION}$")
_ISSUER = re.compile(
    "(?:部|部门|厅|局|委|委员会|政府|办公厅|办公室|国务院|中央|工会|联合会|学会|协会|院|司|校|学院|大学|组|团|中心)$"
)
_LABELLED_NUMBER = re.compile(r"(?:发文字号|文\s*号|文件编号)\s*:\s*(\S.{3,40}?[号號])")
_LABELLED_ISSUER = re.compile("(?:发文机关|发布机构|发文单位|制定机关|印发机关)\\s*:\\s*([一-龥、]{2,60})")
_ANY_NUMBER = re.compile("\\d\\s*[号號]")
_OVER = re.compile("废止|失效|停止执行")
_CHANGED = re.compile("(?:进行|作如下|予以|作出)(?:了)?(?:修订|修正|修改)")
_SAYS_OF_ITSELF = re.compile(
    "(?:本(?:文件|通知|办法|意见|规定)|该文件|文件状态|有效性|效力状态)[^。;\n]{0,8}(?:废止|失效)"
)


def documents(title: str, text: str = "", number: str | None = None, issuer: str | None = None) -> tuple[Document, ...]:
    """The document that the article is, first, then those that it cites by number, each once.

    `number` and `issuer` are the 文号 and 发文机关 that the page shows apart from the text.
    """
    title = folded(title).strip()
    if not (number or _KIND_AT_END.search(title) or _ANY_NUMBER.search(text, 0, READ)):
        return ()
    body = folded(text[:READ])
    own = _own(title, body, number, issuer)
    found = {own.number: own} if own else {}
    for cited in numbers(body):
        if cited.text not in found:
            found[cited.text] = _cited(body, cited)
    return tuple(found.values())


def _own(title: str, text: str, printed: str | None, printed_issuer: str | None) -> Document | None:
    """The article as a document: its title is one's, it bears a number of its own, or it consists of clauses."""
    headline = _HEADLINE.match(title)
    issuer = _issuer(headline["issuer"]) if headline else None
    kind = _KIND_AT_END.search(title)
    number = _own_number(title, text, printed)
    law = kind is not None and len(re.findall("第[一二三四五六七八九十百]+条", text)) >= CLAUSES
    if not (number or issuer or law):
        return None
    labelled = _LABELLED_ISSUER.search(text[:HEAD])
    signed = written(text)
    begins = effective(text, signed)
    return Document(
        number=number,
        issuer=labelled[1] if labelled else printed_issuer or issuer,
        kind=kind["kind"] if kind else None,
        own=True,
        written=signed,
        effective=begins,
        deadline=deadline(text, (signed or date.min).year),
        expires=expiry(text, begins or signed),
        validity=_own_validity(title, text),
    )


def _own_number(title: str, text: str, printed: str | None) -> str | None:
    """Shown apart, labelled, behind the title, or alone on one of the first lines."""
    labelled = _LABELLED_NUMBER.search(text[:HEAD])
    for place in (printed or "", labelled[1] if labelled else "", title):
        if found := number_of(place):
            return found
    for line in text[:HEAD].splitlines()[:6]:
        number = next(numbers(line), None) if len(line) <= 30 else None
        if number and not line[: number.start].strip(" (") and not line[number.end :].strip(" )"):
            return number.text
    return None


def _own_validity(title: str, text: str) -> Validity | None:
    if _SAYS_OF_ITSELF.search(text[:HEAD]):
        return "废止"
    return "修订" if re.search("\\([^()]*(?:修订|修正)[^()]*\\)$", title) or re.search("修订印发", title) else None


def _cited(text: str, number: Number) -> Document:
    """A number with what stands around it: 《教育部关于…的意见》(教职成〔2010〕3号)同时废止."""
    before = text[max(0, number.start - 160) : number.start].rstrip("( ")
    name = before[before.rfind("《") + 1 : -1] if before.endswith("》") else ""
    headline, kind = _HEADLINE.match(name), _KIND_AT_END.search(name)
    document = Document(
        number=number.text,
        issuer=_issuer(headline["issuer"]) if headline else None,
        kind=kind["kind"] if kind else None,
        own=False,
    )
    return replace(document, validity=_validity(text[number.end :], before))


def _validity(after: str, before: str) -> Validity | None:
    """What the rest of the sentence, or the verb before the title, says became of a document."""
    rest = re.split("[。;\n]", after, maxsplit=1)[0]
    verb = before[: before.rfind("《")][-4:]
    if _OVER.search(rest) or _OVER.search(verb):
        return "废止"
    return "修订" if _CHANGED.search(rest) or re.search("修订|修改", verb) else None


def _issuer(printed: str) -> str | None:
    name = re.sub("(?:印发|转发|发布)$", "", printed.strip())
    return name if _ISSUER.search(name) else None
