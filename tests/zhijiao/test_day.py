"""The simulated day's sites and its comparison of what was planted with what was noticed (bench/day.py)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bench.day import Found, Run, invented, is_expected, noticed, report
from bench.day_sites import NEVER, Site, build, on, text_of
from crawlers.pages.article import read_article
from crawlers.pages.listing import read_list
from crawlers.pages.page import Page
from crawlers.pages.rules import ListRules
from pipeline.stages.normalise import canonical_url

LAST = on(0, 2)


@pytest.fixture
def sites() -> list[Site]:
    found = build(0.01)  # one of each part
    for site in found:
        site.base = f"http://{site.address}:8000"
    return found


def part(sites: list[Site], name: str) -> Site:
    return next(site for site in sites if site.part.name == name)


def everything(sites: list[Site]) -> Found:
    """What a crawler finds that notices all after an hour."""
    found = Found()
    for site in sites:
        for event in filter(lambda event: is_expected(event, site, LAST), site.events()):
            url, at = canonical_url(site.base + event.path), event.at + timedelta(hours=1)
            if event.happens in ("begins", "ends"):
                found.incidents.setdefault((site.id, event.kind), {"ends": NEVER})[event.happens] = at
            else:
                kept = {"published": found.articles, "edited": found.revised, "withdrawn": found.removed}
                kept[event.happens][url] = at
    return found


def test_there_are_two_hundred_sites() -> None:
    assert len({site.address for site in build()}) == 200


def test_nothing_is_missed_or_invented_where_all_is_found(sites: list[Site]) -> None:
    told = report(Run(sites, everything(sites)))
    assert "Invented: nothing." in told and "**not**" not in told and "Not noticed" not in told


@pytest.mark.parametrize("name", ["articles", "revised", "removed", "incidents"])
def test_whatever_is_not_noticed_is_told(sites: list[Site], name: str) -> None:
    assert "Not noticed" in report(Run(sites, replace(everything(sites), **{name: {}})))


def test_whatever_was_not_planted_is_told(sites: list[Site]) -> None:
    found, at, ordinary = everything(sites), on(9), part(sites, "ordinary")
    url = canonical_url(ordinary.base + ordinary.pieces[-1].path)
    found.articles["https://elsewhere.example/1"] = found.revised[url] = found.removed[url] = at
    found.incidents[ordinary.id, "silent"] = {"begins": at, "ends": NEVER}
    assert list(invented(Run(sites, found))) == [
        f"incident silent at {ordinary.id} (ordinary)",
        "article https://elsewhere.example/1",
        f"revision of {url}",
        f"withdrawal of {url}",
    ]


def test_an_incident_that_goes_on_has_not_ended(sites: list[Site]) -> None:
    site = part(sites, "403 for a day")
    found = Found(incidents={(site.id, "blocked"): {"begins": on(14), "ends": NEVER}})
    begins, ends = (event for event in site.events() if event.kind)
    assert (noticed(begins, site, found), noticed(ends, site, found)) == (on(14), None)


def test_a_redesign_leaves_the_rule_without_rows_and_the_list_readable(sites: list[Site]) -> None:
    site, rules = part(sites, "redesign"), ListRules("site:s", row="ul.list li", link="a", title="a", date="span")
    before, after = (
        read_list(Page(f"{site.base}/list/", answer.body, "utf-8"), rules)
        for answer in (site.respond("/list/", {}, on(hour)) for hour in (5, 7))
    )
    assert (before.rule, after.rule) == ("site:s", "generic")
    assert [item.url for item in before.items] == [item.url for item in after.items]


def test_an_edited_article_keeps_its_title_and_changes_its_text(sites: list[Site]) -> None:
    piece = next(piece for piece in part(sites, "edits").pieces if piece.edited_at < NEVER)
    before, after = (read_article(Page(None, text_of(piece, at).encode(), "utf-8")) for at in (on(6), on(8)))
    assert before.title == after.title == piece.title and before.paragraphs != after.paragraphs
