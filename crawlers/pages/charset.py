"""Bytes to text: the bytes are believed first, then what the page says of itself, then what the server says."""

import codecs
import re

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{1,40})", re.IGNORECASE)
XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_-]{1,40})")
SAME = dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "gb18030"), "gb18030") | dict.fromkeys(
    ("big5", "big5-hkscs", "big5hkscs"), "big5hkscs"
)
# What servers send when nobody configured them: no evidence.
DEFAULTS = frozenset(
    {"ascii", "us-ascii", "utf-8", "utf8", "iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252"}
)
ODD = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf_7", "undefined"})  # no page's
# The commonest characters of Chinese text in both scripts: Big5 bytes read as gb18030 show almost none of them.
COMMON = re.compile("[的一是在不了有和人这這中大为為上个個国國我以要他時时来來用们們生到作地于於出会會可也你對对]")
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def decode(body: bytes, declared: str | None = None) -> str:
    """Text of a page without characters that no XML may carry. `declared` is the charset of the HTTP header, a hint."""
    encoding = detect(body, declared)
    text = body.decode(encoding, "replace").lstrip("\ufeff")
    return UNFIT.sub("", text) if UNFIT.search(text) else text


def detect(body: bytes, declared: str | None = None) -> str:
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return encoding
    if _is_utf8(body):
        return "utf-8"
    head = body[:4096]
    named = [match.group(1).decode("ascii") for match in (META.search(head), XML.search(head)) if match]
    for label in (*named, declared):
        usable = _usable(label)
        if usable and _fits(body, usable):
            return usable
    guesses = [encoding for encoding in ("gb18030", "big5hkscs") if _fits(body, encoding)]
    return max(guesses, key=lambda encoding: _common(body, encoding), default="utf-8")


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes hold UTF-8 beyond ASCII; a last character that is cut off is no objection."""
    if body.isascii():
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _usable(label: str | None) -> str | None:
    name = (label or "").strip().strip("\"'").lower()
    if not name or name in DEFAULTS or name.replace("-", "_") in ODD:
        return None
    name = SAME.get(name, name)
    try:
        b"\xff ".decode(name, "replace")
    except (LookupError, ValueError):  # unknown, or a codec such as "hex" that makes no text
        return None
    return name


def _fits(body: bytes, encoding: str) -> bool:
    text = body.decode(encoding, "replace")
    return text.count("\ufffd") <= max(1, len(text) // 200)


def _common(body: bytes, encoding: str) -> int:
    return len(COMMON.findall(body[:20_000].decode(encoding, "replace")))
