"""List rows that 大汉 Hanweb prints as records of a <datastore> script, plain or escaped."""

import html
from collections.abc import Iterator

from lxml import etree

from crawlers.pages.flow import flow_of
from crawlers.pages.page import Page
from crawlers.pages.rows import Row, links_of

MOST = 2_000  # records of one page


def records(page: Page) -> Iterator[Row]:
    source = page.text
    if "<record>" not in source:
        source = html.unescape(source) if "&lt;record&gt;" in source else ""
    for part in source.split("<record>", MOST)[1:]:
        record, end, _ = part.partition("</record>")
        if not end:
            continue
        row = record.strip().removeprefix("<![CDATA[").removesuffix("]]>")
        element = etree.fromstring(f"<div>{row}</div>".encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8"))
        flow = flow_of(element)
        links = list(links_of(flow))
        if links:
            yield Row(element, links, flow.lines)
