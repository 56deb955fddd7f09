"""Pictures and attached files of an article, their addresses absolute where the page's own is known."""

import re
from collections.abc import Iterator

from lxml import etree

from crawlers.pages.body import Body
from crawlers.pages.flow import Flow, squeeze
from crawlers.pages.page import Page
from crawlers.pages.selectors import beginning
from pipeline.article import Attachment, Image

FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar|7z|pptx?|csv|txt)(?:[?#]|$)", re.IGNORECASE)
DOWNLOAD = re.compile(
    r"/system/_content/download\.jsp|/__local/|downfile\.jsp|/download\b|download\.(?:do|aspx?|php)", re.IGNORECASE
)
CAPTION = re.compile(
    r"^(?:图|图片|上图|下图|左图|右图)(?:为|[:：一二三四五六七八九十\d])|(?:摄|供图|资料图|攝|图源.{1,12})[)）。]?$"
)
LAZY = ("data-src", "data-original", "data-url", "oldsrc", "src")
ORNAMENT = re.compile(
    r"^data:|(?:icon|logo|blank|spacer|loading|placeholder|qrcode|ewm|erweima|share|weixin|wechat|arrow|btn|button|/ico_|/file_|fileTypeImages)"
    r"[^/]{0,30}$|\.ico$",
    re.IGNORECASE,
)


def images(page: Page, body: Body | None) -> tuple[Image, ...]:
    found: dict[str, Image] = {}
    for number, element in _within(page.flow.images, body, 0):
        src = next(
            (value.strip() for name in LAZY if (value := element.get(name)) and not value.startswith("data:")), ""
        )
        if src and not ORNAMENT.search(src) and not _tiny(element):
            url = page.absolute(src)
            found.setdefault(url, Image(url, _caption(element) or _caption_below(page.flow, body, number)))
    return tuple(found.values())


def attachments(page: Page, body: Body | None) -> tuple[Attachment, ...]:
    """Files that the text or the lines right after it link to."""
    found: dict[str, Attachment] = {}
    for _, element in _within([(link.start, link.element) for link in page.flow.links], body, 12):
        href = (element.get("href") or "").strip()
        if FILE.search(href) or DOWNLOAD.search(href):
            url = page.absolute(href)
            name = beginning(element, 200) or squeeze(element.get("title") or "")
            found.setdefault(url, Attachment(url, name))
    return tuple(found.values())


def _within(
    places: list[tuple[int, etree._Element]], body: Body | None, after: int
) -> Iterator[tuple[int, etree._Element]]:
    if body is None:
        return
    end = max(body.last + 1, body.span.start) + after
    for number, element in places:
        if body.span.start <= number <= end and (after or number <= body.span.end):
            yield number, element


def _tiny(element: etree._Element) -> bool:
    sizes = [value for name in ("width", "height") if (value := (element.get(name) or "").rstrip("px")).isdigit()]
    return bool(sizes) and max(int(value) for value in sizes) < 60


def _caption(element: etree._Element) -> str:
    figure = next(element.iterancestors("figure"), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    return beginning(caption, 300) if caption is not None else squeeze(element.get("alt") or "")


def _caption_below(flow: Flow, body: Body | None, number: int) -> str:
    """The line below a picture, if it says that it speaks of one: 图为…, … 摄."""
    if body is None or number not in body.lines:
        return ""
    text = flow.lines[number].text
    return text if len(text) <= 80 and CAPTION.search(text) else ""
