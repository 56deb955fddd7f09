"""What one peer makes of the sample: run by bench/read.py with the Python of the peer's own environment.

python bench/read_peers.py PEER PAGES OUT: reads every page of one kind, writes one JSON line a page, then the seconds
of CPU. Needs nothing but the standard library and the peer. Settings are the peers' defaults, save what Chinese needs.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def trafilatura(page: Any) -> Row:
    from trafilatura import bare_extraction

    found = bare_extraction(page, with_metadata=True)
    row = found.as_dict() if found else {}
    return {
        "title": row.get("title"),
        "published": row.get("date"),
        "author": row.get("author"),
        "text": row.get("text"),
    }


def readability(page: Any) -> Row:
    from lxml import html
    from readability import Document

    document = Document(page)
    text = html.fromstring(document.summary()).text_content()
    return {"title": document.short_title(), "text": text}


def newspaper4k(page: Any) -> Row:
    from newspaper import Article

    article = Article("https://a.example/", language="zh", fetch_images=False)
    article.download(input_html=page)
    article.parse()
    published = str(article.publish_date or "")
    return {"title": article.title, "published": published, "author": article.authors, "text": article.text}


def gne(page: str) -> Row:
    from gne import GeneralNewsExtractor

    row = GeneralNewsExtractor().extract(page)
    return {
        "title": row["title"],
        "published": row["publish_time"],
        "author": row["author"],
        "text": row["content"],
    }


def justext(page: Any) -> Row:
    from justext import justext as read

    paragraphs = read(page, frozenset(), length_low=30, length_high=60, stopwords_low=0, stopwords_high=0)
    return {"text": "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)}


def resiliparse(page: str) -> Row:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(page)
    return {"title": tree.title, "text": extract_plain_text(tree, main_content=True)}


def goose3(page: Any) -> Row:
    from goose3 import Goose
    from goose3.text import StopWordsChinese

    with Goose({"stopwords_class": StopWordsChinese, "enable_image_fetching": False}) as goose:
        article = goose.extract(raw_html=page)
    return {
        "title": article.title,
        "published": str(article.publish_date or ""),
        "author": article.authors,
        "text": article.cleaned_text,
    }


def htmldate(page: str) -> Row:
    from htmldate import find_date

    return {"published": find_date(page)}


def gerapy(page: str) -> Row:
    from gerapy_auto_extractor import extract_list

    return {"items": [{"href": item.get("url"), "title": item.get("title")} for item in extract_list(page)]}


READERS: dict[str, Callable[[Any], Row]] = {
    "trafilatura": trafilatura,
    "readability-lxml": readability,
    "newspaper4k": newspaper4k,
    "gne": gne,
    "justext": justext,
    "resiliparse": resiliparse,
    "goose3": goose3,
    "htmldate": htmldate,
    "gerapy-auto-extractor": gerapy,
}


def main(peer: str, pages: Path, out: Path) -> None:
    """PEER may end in -bytes: then it is given the raw bytes instead of decoded text."""
    reader, raw = READERS[peer.removesuffix("-bytes")], peer.endswith("-bytes")
    kind = "list" if reader is gerapy else "article"
    entries = [json.loads(line) for line in (pages / "manifest.jsonl").read_text("utf-8").splitlines()]
    bodies = {
        entry["id"]: body if raw else body.decode(entry["encoding"], "replace")
        for entry in entries
        if entry["kind"] == kind
        for body in [(pages / f"{kind}s" / f"{entry['id']}.html").read_bytes()]
    }
    _answer(reader, next(iter(bodies.values())))  # imports what it needs, which is no reading
    started = time.process_time()
    rows = [{"id": page} | _answer(reader, body) for page, body in bodies.items()]
    spent = time.process_time() - started
    lines = [json.dumps(row, ensure_ascii=False, default=str) for row in rows]
    out.write_text("\n".join([*lines, json.dumps({"seconds": spent, "pages": len(rows)})]) + "\n", "utf-8")


def _answer(reader: Callable[[Any], Row], body: Any) -> Row:
    try:
        return reader(body)
    except Exception as error:  # peers raise on some pages; that is counted
        return {"error": f"{type(error).__name__}: {error}"[:200]}


if __name__ == "__main__":
    sys.setrecursionlimit(5000)
    partial(main, sys.argv[1])(*map(Path, sys.argv[2:4]))
