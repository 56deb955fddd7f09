"""CSS and XPath selectors of site files and families, compiled once; a broken one selects nothing."""

from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.cssselect import CSSSelector, SelectorError

from crawlers.pages.flow import Flow, Span, squeeze

TEXTS = etree.XPath(".//text()[not(parent::script or parent::style)]", smart_strings=False)


def select(node: etree._Element, selector: str) -> list[etree._Element | str]:
    """What the selector finds, in document order: elements, or strings where an XPath ends in text() or @name."""
    compiled = _compiled(selector)
    if compiled is None:
        return []
    try:
        found = compiled(node)
    except etree.XPathError:
        return []
    return list(found) if isinstance(found, list) else [str(found)]


def elements(node: etree._Element, selector: str) -> list[etree._Element]:
    return [found for found in select(node, selector) if not isinstance(found, str)]


def first_text(node: etree._Element, *selectors: str) -> str | None:
    """The first text that any of the selectors finds, in one line."""
    for selector in selectors:
        for found in select(node, selector):
            text = squeeze(found if isinstance(found, str) else "".join(text_of(found)))
            if text:
                return text
    return None


def text_of(element: etree._Element) -> list[str]:
    """Its text without scripts, styles and comments."""
    return [str(text) for text in TEXTS(element)]


def beginning(element: etree._Element, length: int) -> str:
    """Its text in one line, of so many characters at most: where ends are missing, one link may hold half the page."""
    text = ""
    for part in islice(element.itertext(), 4 * length):
        text += part
        if len(text) > 4 * length:
            break
    return squeeze(text)[:length]


def span_of(flow: Flow, element: etree._Element) -> Span | None:
    """The lines of an element, also where it is an inline one that holds blocks."""
    if element in flow.span_of:
        return flow.span_of[element]
    inside = set(element.iter())
    numbers = [number for number, line in enumerate(flow.lines) if line.block in inside]
    if numbers:
        return Span(element, numbers[0], numbers[-1] + 1)
    ancestors = (flow.span_of.get(ancestor) for ancestor in element.iterancestors())
    return next((span for span in ancestors if span), None)


@lru_cache(maxsize=2048)
def _compiled(selector: str) -> etree.XPath | CSSSelector | None:
    try:
        if selector.startswith(("/", "(", ".//")):
            return etree.XPath(selector)
        return CSSSelector(selector, translator="html")
    except (etree.XPathError, SelectorError):
        return None
