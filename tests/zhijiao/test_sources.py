"""Which sites are chosen, and the table of all sites in docs/sources.md."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.markup import render

from crawlers.catalogue import load
from storage.language import speak
from zhijiao.sources import chosen, in_words, listing, markdown, visited

CATALOGUE = load()
DOCS = Path(__file__).resolve().parents[2] / "docs" / "sources.md"


@pytest.mark.parametrize("region", ["140000", "山西", "山西省"])
def test_a_province_means_its_cities_too(region: str) -> None:
    ids = [site.id for site in chosen(CATALOGUE, None, region, None)]
    assert ids == ["edu_shanxi", "rst_shanxi", "sxgov", "sxrb", "rsj_taiyuan", "changzhi_gov", "sxgov_cz"]


@pytest.mark.parametrize("region", ["140400", "山西省长治市"])
def test_a_city_means_itself(region: str) -> None:
    assert [site.id for site in chosen(CATALOGUE, None, region, None)] == ["changzhi_gov", "sxgov_cz"]


def test_kind_and_state_are_chosen() -> None:
    assert [site.id for site in chosen(CATALOGUE, "college", None, True)] == ["szpu", "scvtc"]
    every = len(CATALOGUE.sites)
    assert len(chosen(CATALOGUE, None, None, True)) + len(chosen(CATALOGUE, None, None, False)) == every


def test_a_disabled_site_visits_nothing_and_says_why() -> None:
    site = CATALOGUE.sites["edu_anhui"]
    assert visited(site) == ()
    assert in_words(site) == site.disabled_reason
    assert in_words(CATALOGUE.sites["rmrb_epaper"]) == CATALOGUE.sites["rmrb_epaper"].channels[0].disabled_reason


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_listing_keeps_to_the_width(width: int) -> None:
    sites = chosen(CATALOGUE, None, None, None)
    lines = [render(line).plain for line in listing(sites, width)]
    assert max(map(cell_len, lines)) <= width
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [site.id for site in sites]


def test_a_listing_for_a_pipe_leaves_nothing_out() -> None:
    site = CATALOGUE.sites["edu_anhui"]
    province, line = [render(line).plain for line in listing([site], None)]
    assert (province, line) == ("安徽省", f"  edu_anhui {site.name} 0/{len(site.channels)}  {in_words(site)}")


def test_the_table_in_the_documentation_is_the_catalogue() -> None:
    """Where it differs: zhijiao --lang en sources list --all --markdown, in place of the table."""
    speak("en")
    assert markdown(chosen(CATALOGUE, None, None, None)) in DOCS.read_text("utf-8")
