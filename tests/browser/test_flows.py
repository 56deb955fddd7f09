"""What people do on the page, with scripts and without."""

from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look
from tests.browser.news import CORRECTED

pytestmark = pytest.mark.slow


def unmoved(page: Page) -> bool:
    """Whether the page is still the one that was marked: only a part of it was replaced."""
    return bool(page.evaluate("window.marked === true"))


def test_search_and_filters_replace_the_list_only(look: Look, site: str) -> None:
    page = look(site)
    page.evaluate("window.marked = true")
    page.get_by_role("searchbox").fill("技能大赛")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("h1")).to_have_text("“技能大赛”")
    expect(page.locator(".row h2 mark").first).to_have_text("技能大赛")
    assert unquote(page.url) == f"{site}/?q=技能大赛"
    page.get_by_text("筛选").click()
    page.get_by_label("类别").select_option("院校")
    expect(page.locator("h1")).to_have_text("院校 · “技能大赛”")
    assert unmoved(page)
    page.get_by_label("去掉条件：院校").click()
    expect(page.locator("h1")).to_have_text("“技能大赛”")
    expect(page.get_by_label("类别")).to_have_value("")
    page.go_back()
    expect(page.locator("h1")).to_have_text("院校 · “技能大赛”")


@pytest.mark.parametrize("scripts", [True, False])
def test_searching_by_the_button(look: Look, site: str, scripts: bool) -> None:
    page = look(site, java_script_enabled=scripts)
    page.get_by_role("searchbox").fill("双师型")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator(".row h2 mark").first).to_have_text("双师型")
    page.get_by_text("筛选").click()
    page.get_by_label("主题").select_option("师资队伍")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("h1")).to_have_text("师资队伍 · “双师型”")


@pytest.mark.parametrize("scripts", [True, False])
def test_turning_pages(look: Look, site: str, scripts: bool) -> None:
    page = look(site, java_script_enabled=scripts)
    first = page.locator(".row h2").all_text_contents()
    page.get_by_role("link", name="较早").click()
    expect(page.get_by_role("link", name="较新")).to_be_visible()
    assert page.locator(".row h2").all_text_contents() != first
    page.get_by_role("link", name="较新").click()
    expect(page.locator(".row h2").first).to_have_text(first[0])
    assert page.locator(".row h2").all_text_contents() == first


def test_a_story_leads_to_what_is_like_it(look: Look, site: str) -> None:
    page = look(site)
    page.get_by_label(f"详情：{CORRECTED}").click()
    expect(page.locator("ol.carried li")).to_have_count(4)
    expect(page.locator("ol.carried small")).to_have_text("节选")
    expect(page.locator("ul.carried small")).to_have_text("往期同类文章")
    expect(page.locator(".revision del").first).to_have_text("两")
    page.get_by_role("link", name="青川省临江市").click()
    expect(page.locator("h1")).to_have_text("青川省临江市")


def test_a_plot_has_its_numbers_as_a_table(look: Look, site: str) -> None:
    page = look(f"{site}/trends")
    plot = page.locator(".plot").first
    expect(plot.get_by_role("img", name="各主题每周文章数")).to_be_visible()
    plot.get_by_text("数据表").click()
    expect(plot.locator(".scroll tbody tr")).to_have_count(26)
    page.get_by_role("link", name="产教融合").click()
    expect(page.locator("h1")).to_have_text("产教融合")


@pytest.mark.parametrize("scripts", [True, False])
def test_building_a_feed(look: Look, site: str, scripts: bool) -> None:
    page = look(f"{site}/feeds", java_script_enabled=scripts)
    page.get_by_label("地区").select_option("青川省")
    page.get_by_label("含有的词").fill("技能")
    page.get_by_role("button", name="取得订阅地址").click()
    expect(page.locator(".built h2")).to_have_text("职教动态 · 青川省 · “技能”")
    address = page.locator(".built .address").first.text_content() or ""
    assert address.startswith(f"{site}/feeds/q/")
    assert page.request.get(address).status == 503  # there with the next tick


def test_subscribing_to_what_is_shown(look: Look, site: str) -> None:
    page = look(f"{site}/?kind=college")
    address = page.get_by_role("link", name="Atom").get_attribute("href")
    assert address == f"{site}/feeds/kind/college.atom"
    assert page.request.get(address).status == 200
    page.goto(f"{site}/?kind=college&q=招生")
    page.get_by_role("button", name="订阅这个列表").click()
    expect(page.locator(".built h2")).to_have_text("职教动态 · 院校 · “招生”")


def test_copying_an_address(look: Look, site: str) -> None:
    page = look(f"{site}/feeds", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制").first.click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/feeds/all.atom"
