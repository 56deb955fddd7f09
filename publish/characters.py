"""Which characters may stand in XML and HTML: one that may not would break a whole feed."""

import re
from html import unescape
from html.entities import name2codepoint

_LINE_END = re.compile("\r\n?|\x85")
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
_SURROGATES = "\ud800-\udfff"  # in a Python string always a lone one
_PLANE_ENDS = "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
_NONCHARACTERS = f"\ufdd0-\ufdef\ufffd{_PLANE_ENDS}"  # and the mark of what could not be decoded
_FORBIDDEN = re.compile(f"[{_CONTROLS}{_SURROGATES}{_NONCHARACTERS}]")
# Neither runs past the next opening, so that the time grows with the text and no faster.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--(?:(?!<!--|-->).)*-->")
_ENTITY = re.compile(r"&(?=(#?\w+))")
_OPENING = re.compile("<(?=[/!A-Za-z])")


def clean(text: str) -> str:
    """The text without what XML forbids or feed validators warn of; every line end becomes a line feed."""
    if text.isprintable() and "\ufffd" not in text:  # nearly every line: twenty times as fast
        return text
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """Cleaned, on one line, with single spaces."""
    return " ".join(clean(text).split())


def plain(text: str) -> str:
    """One line without markup that leaked into it: readers differ in what they make of a tag in a title.

    What could still be taken for markup is written full-width, as it may stand in a Chinese text.
    """
    bare = one_line(_TAG.sub("", unescape(one_line(text))))
    return _OPENING.sub("＜", _ENTITY.sub(_ampersand, bare))


def _ampersand(found: re.Match[str]) -> str:
    name = found[1]
    return "＆" if name in name2codepoint or name == "apos" or not name.isalpha() else "&"
