"""List rows that 大汉 Hanweb prints as records of a <datastore> script, plain or escaped."""

import html
import re
from collections.abc import Iterator

from lxml import etree

from crawlers.pages.flow import flow_of
from crawlers.pages.page import Page
from crawlers.pages.rows import Row, links_of

RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.DOTALL)


def records(page: Page) -> Iterator[Row]:
    source = page.text
    if "<record>" not in source:
        source = html.unescape(source) if "&lt;record&gt;" in source else ""
    for match in RECORD.finditer(source):
        element = etree.fromstring(f"<div>{match[1]}</div>".encode(), etree.HTMLParser(encoding="utf-8"))
        flow = flow_of(element)
        links = list(links_of(flow))
        if links:
            yield Row(element, links, flow.lines)
