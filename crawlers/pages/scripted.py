"""Articles whose text stands only in a script (JSON-LD, window.__DATA__), printed as a page that can be read."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from crawlers.pages.dates import from_epoch
from crawlers.pages.flow import squeeze
from crawlers.pages.page import Page

OPENED = re.compile(r"<script\b[^>]{0,300}>\s{0,80}(?:(?:window|var|let|const|self)\b[^={;<]{1,80}=\s{0,8})?(?=[{\[])")
DECODER = json.JSONDecoder()
SCRIPTS, VALUES = 60, 20_000  # how many are looked at
SENTENCES = re.compile(r"[\u3400-\u9fff][，。！？；]")
ENOUGH = 2  # marks between Chinese characters that make a text
TEXTS = ("articleBody", "content", "body", "text", "html", "contentHtml", "content_html", "detail", "article")
TITLES = ("headline", "title", "articleTitle", "name", "subject")
TIMES = [
    *("datePublished", "publishTime", "publish_time", "pubTime", "pubtime", "publishDate", "pub_date", "releaseTime"),
    *("createTime", "create_time", "ctime", "time", "date"),
]
LABELLED = {
    "发布时间": TIMES,
    "来源": ["source", "sourceName", "source_name", "mediaName", "media_name", "publisher", "copyfrom"],
    "作者": ["author", "authorName", "author_name", "writer"],
    "责任编辑": ["editor", "editorName", "editor_name"],
}


def scripted_page(page: Page) -> Page | None:
    """The article of the scripts as a plain page; None where no script holds one."""
    data = max(_articles(page.text), key=lambda data: len(_text(data)), default=None)
    return Page(page.url, _printed(data).encode("utf-8", "replace")) if data else None


def _articles(source: str) -> Iterator[Mapping[str, Any]]:
    for opened in islice(OPENED.finditer(source), SCRIPTS):
        try:
            data, _ = DECODER.raw_decode(source, opened.end())
        except (ValueError, RecursionError):
            continue
        yield from (part for part in islice(_mappings(data), VALUES) if len(SENTENCES.findall(_text(part))) >= ENOUGH)


def _mappings(data: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _text(data: Mapping[str, Any]) -> str:
    return next((value for key in TEXTS if isinstance(value := data.get(key), str) and value.strip()), "")


def _printed(data: Mapping[str, Any]) -> str:
    """With the labels that any page prints, so that it is read as any page is."""
    title = html.escape(_first(data, TITLES))
    said = {label: _first(data, keys) for label, keys in LABELLED.items()}
    lines = "".join(f"<p>{label}：{html.escape(value)}</p>" for label, value in said.items() if value)
    text = _text(data)
    if "<" not in text:
        text = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())
    return f'<meta charset="utf-8"><title>{title}</title><h1>{title}</h1>{lines}<div>{text}</div>'


def _first(data: Mapping[str, Any], keys: Iterable[str]) -> str:
    return next((value for key in keys if (value := _said(data.get(key)))), "")


def _said(value: Any) -> str:
    """A text, a moment in seconds or milliseconds, or the name of a person or organisation."""
    if isinstance(value, dict):
        return _said(value.get("name"))
    if isinstance(value, list):
        return " ".join(filter(None, map(_said, value[:5])))
    if isinstance(value, int) and not isinstance(value, bool):
        seconds = value // 1000 if value > 10**11 else value
        return from_epoch(seconds).iso.replace("T", " ")[:16] if 10**9 < seconds < 4 * 10**9 else ""
    return squeeze(value) if isinstance(value, str) and len(value) <= 300 else ""
