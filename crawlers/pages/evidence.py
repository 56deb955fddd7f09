"""What one rule (a site's, a family's, or none) says of an article page: where its text is, its fields as printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from crawlers.pages.body import heaviest
from crawlers.pages.families.family import Family
from crawlers.pages.families.order import FAMILIES
from crawlers.pages.flow import Flow, Span
from crawlers.pages.page import Page
from crawlers.pages.rules import ArticleRules
from crawlers.pages.selectors import elements, first_text, span_of

FIELDS = ("title", "published", "source", "author", "editor")


@dataclass(frozen=True)
class Evidence:
    rule: str
    span: Span | None  # the block that holds the text
    parts: bool = False  # hidden lines in it belong to the text
    fields: Mapping[str, str | None] = field(default_factory=dict)  # title, published, source, author, editor
    without: frozenset[int] = frozenset()  # numbers of lines that do not belong to the text


def evidence(page: Page, rules: ArticleRules | None = None) -> Evidence:
    """What the most particular rule says whose block can be the text: site, families in their order, none."""
    general = next(found for found in _without_site(page) if believed(found, page.flow) or found.rule == "generic")
    if rules is None or page.root is None:
        return general
    fields = {**general.fields, **{name: text for name, text in _site_fields(page.root, rules).items() if text}}
    without = _lines_of(page.flow, page.root, rules.drop)
    if rules.body is None:
        return Evidence(rules.name, general.span, general.parts, fields, without)
    own = Evidence(rules.name, _covering(page.flow, elements(page.root, rules.body)), False, fields, without)
    return own if own.span else general


def _without_site(page: Page) -> Iterator[Evidence]:
    if page.root is not None:
        for family in FAMILIES:
            if family.shows(page):
                yield _of_family(page.flow, page.root, family)
    yield Evidence("generic", heaviest(page.flow))


def _site_fields(root: etree._Element, rules: ArticleRules) -> dict[str, str | None]:
    selectors = {name: getattr(rules, name) for name in FIELDS}
    return {name: first_text(root, selector) for name, selector in selectors.items() if selector}


def _lines_of(flow: Flow, root: etree._Element, selectors: tuple[str, ...]) -> frozenset[int]:
    found = (element for selector in selectors for element in elements(root, selector))
    spans = (span for element in found if (span := span_of(flow, element)))
    return frozenset(number for span in spans for number in range(span.start, span.end))


def _covering(flow: Flow, found: list[etree._Element]) -> Span | None:
    """From the first of these elements to the end of the last."""
    spans = [span for element in found if (span := span_of(flow, element))]
    if not spans:
        return None
    return Span(spans[0].element, min(span.start for span in spans), max(span.end for span in spans))


def _of_family(flow: Flow, root: etree._Element, family: Family) -> Evidence:
    fields = {
        name: first_text(root, *getattr(family, name)) or _delimited_text(flow, family.delimited.get(name))
        for name in FIELDS
    }
    if family.body:
        span = _delimited(flow, family.delimited.get("body")) or _family_span(flow, root, family)
    else:
        span = heaviest(flow)
    return Evidence(f"family:{family.name}", span, family.parts, fields)


def _family_span(flow: Flow, root: etree._Element, family: Family) -> Span | None:
    for selector in family.body:
        spans = [span for element in elements(root, selector) if (span := span_of(flow, element))]
        if not spans:
            continue
        if family.parts:
            return _covering(flow, [span.element for span in spans])
        # Containers of one family nest: the innermost that still holds most of the text is the text itself.
        most = max(_sentences(flow, span) for span in spans)
        return next(span for span in reversed(spans) if _sentences(flow, span) >= 0.9 * most)
    return None


def _sentences(flow: Flow, span: Span) -> int:
    return sum(len(line.text) for line in flow.lines[span.start : span.end] if line.sentence)


def _delimited(flow: Flow, name: str | None) -> Span | None:
    """The lines between the comments <$[name]>begin and <$[name]>end."""
    if name is None or not flow.lines:
        return None
    places = {mark: number for number, mark in reversed(flow.marks)}
    start, end = places.get(f"<$[{name}]>begin"), places.get(f"<$[{name}]>end")
    if start is None or end is None or start >= end:
        return None
    return Span(flow.lines[start].block, start, end)


def _delimited_text(flow: Flow, name: str | None) -> str | None:
    span = _delimited(flow, name)
    return "".join(line.text for line in flow.lines[span.start : span.end]) if span else None


def believed(found: Evidence, flow: Flow) -> bool:
    """Whether a rule's block can be the text: it has not far less running text than the page's heaviest block."""
    if found.span is None:
        return False
    best = heaviest(flow)
    return best is None or 3 * _sentences(flow, found.span) >= _sentences(flow, best)
