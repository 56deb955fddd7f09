"""A list rule is derived from where known titles stand, whatever surrounds them."""

import pytest

from crawlers.pages.derive import derived, found_by
from crawlers.pages.familiar import Before
from crawlers.pages.listing import items_by
from crawlers.pages.page import Page
from crawlers.pages.rules import ListRules

TITLES = [f"临江市职业教育新闻第{number}条:校企合作有新进展" for number in range(8)]
KNOWN = Before.of([(title, f"2026-11-0{number + 1}") for number, title in enumerate(TITLES[2:])])
NAMES = ("学校概况", "机构设置一览", "党建专栏")
MENU = "".join(f'<li><a href="/m{n}/">{name}</a></li>' for n, name in enumerate(NAMES))
HOT = "".join(f'<p><a href="/hot/{n}">{title}</a></p>' for n, title in enumerate(TITLES[4:7]))


def rows(pattern: str) -> str:
    return "".join(pattern.format(n=n, title=title, day=f"2026-11-{20 - n}") for n, title in enumerate(TITLES))


UL = rows('<li><a href="/{n}.html">{title}</a><span>{day}</span></li>')
CARDS = rows(
    '<div class="card c{n}"><a href="/{n}"><img src="x.jpg"></a><h3><a href="/{n}">{title}</a></h3><i>{day}</i></div>'
)
CATEGORIES = rows('<li><a href="/jy/">教育</a><a class="t" href="/{n}.html">{title}</a> {day}</li>')
TABLE = rows('<tr><td>·</td><td><a href="{n}.htm">{title}</a></td><td>{day}</td></tr>')
LINKS = rows('<a class="item" href="/{n}">{title} <em>{day}</em></a>')
LAYOUTS = {
    "ul": f'<ul class="nav">{MENU}</ul><ul class="news_list">{UL}</ul>',
    "cards": f'<div class="menu"><ul>{MENU}</ul></div><div id="main">{CARDS}</div>',
    "categories": f'<div class="box"><ul>{CATEGORIES}</ul></div><div class="side">{HOT}</div>',
    "table": f'<table class="menu"><tr><td>{MENU}</td></tr></table><table class="lb">{TABLE}</table>',
    "links": f'<div class="articles">{LINKS}</div>',
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_rule_that_finds_the_list_and_no_menu(layout: str) -> None:
    page = Page("https://linjiang.example/list/", f"<html><body>{LAYOUTS[layout]}</body></html>".encode())
    rules = derived(page, KNOWN, "site:linjiang")
    assert rules
    assert [(item.title, item.date) for item in items_by(page, rules)] == [
        (title, f"2026-11-{20 - n}") for n, title in enumerate(TITLES)
    ]
    found = found_by(page, rules, KNOWN)
    assert (found.known, [item.title for item in found.new], found.strange) == (6, TITLES[:2], ())


def test_no_rule_where_nothing_is_known() -> None:
    page = Page("https://linjiang.example/", f"<html><body><ul>{MENU}</ul></body></html>".encode())
    assert derived(page, KNOWN, "site:linjiang") is None


def test_a_menu_is_strange() -> None:
    page = Page("https://linjiang.example/", f"<html><body>{LAYOUTS['ul']}</body></html>".encode())
    found = found_by(page, ListRules("site:linjiang", row="li"), KNOWN)
    assert tuple(item.title for item in found.strange) == NAMES
