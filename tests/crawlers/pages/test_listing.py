import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.pages.listing import ListItem, ListPage, read_list
from crawlers.pages.page import Page
from crawlers.pages.rules import ListRules

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
NOW = datetime(2027, 1, 2, 4, 0, tzinfo=UTC)
URL = "https://a.example/news/"
ROWS = "".join(
    f"<li><a href='{n}.htm'>临江市职业院校技能大赛第{n}项比赛举行</a><span>{date}</span></li>"
    for n, date in ((1, "01-02"), (2, "12-31"), (3, "昨天"))
)


def read(html: str, url: str | None = URL, rules: ListRules | None = None, now: datetime | None = NOW) -> ListPage:
    return read_list(Page(url, f"<meta charset=utf-8>{html}".encode()), rules, now)


def test_years_are_inferred_and_addresses_made_absolute() -> None:
    title = "临江市职业院校技能大赛第{}项比赛举行"
    assert read(f"<ul>{ROWS}</ul>") == ListPage(
        items=(
            ListItem("1.htm", title.format(1), "01-02", "2027-01-02", f"{URL}1.htm"),
            ListItem("2.htm", title.format(2), "12-31", "2026-12-31", f"{URL}2.htm"),
            ListItem("3.htm", title.format(3), "昨天", "2027-01-01", f"{URL}3.htm"),
        ),
        next=None,
        next_url=None,
        rule="generic",
    )


def test_a_date_in_the_future_is_shown_but_not_believed() -> None:
    got = read(f"<ul><li><a href=9.htm>招聘会将在青川职业技术学院举行</a>2062-01-02</li>{ROWS}</ul>")
    assert (got.items[0].date, got.items[0].date_iso) == ("2062-01-02", None)


def test_without_now_nothing_is_inferred() -> None:
    got = read(f"<ul>{ROWS}</ul>", url=None, now=None)
    assert [(item.date, item.date_iso, item.url) for item in got.items] == [
        ("01-02", None, None),
        ("12-31", None, None),
        ("昨天", None, None),
    ]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed pages lie beside the checkout, in ../shared")
@pytest.mark.parametrize("site", ["qihang", "changzhi"])
def test_the_seed_lists(site: str) -> None:
    truth = json.loads((SEEDS / site / "truth.json").read_text("utf-8"))["list"]
    got = read_list(Page(None, (SEEDS / site / "list.html").read_bytes()))
    assert [(item.href, item.title, item.date) for item in got.items] == [
        (item["href"], item.get("title_full") or item["title"], item["date"]) for item in truth["items"]
    ]
    assert got.next == truth["next"]


@pytest.mark.parametrize(
    ("pager", "href", "url"),
    [
        ("<a href='?p=2'>下一页</a>", "?p=2", f"{URL}?p=2"),
        ("<a href='l2.htm'><span>下一页&gt;&gt;</span></a>", "l2.htm", f"{URL}l2.htm"),
        ("<a href='l2.htm' title='下一页'><img src=n.gif></a>", "l2.htm", f"{URL}l2.htm"),
        ("<a href='javascript:void(0)'>下一页</a>", None, None),
        ("<script>createPageHTML(5, 0, 'index', 'html')</script>", None, f"{URL}index_1.html"),
        ("<script>createPageHTML(5, 4, 'index', 'html')</script>", None, None),
        ("<script>createPageHTML('page_div',10, 1,'zwgk','shtml',200);</script>", None, f"{URL}zwgk_2.shtml"),
    ],
)
def test_pagers(pager: str, href: str | None, url: str | None) -> None:
    got = read(f"<ul>{ROWS}</ul><div>{pager}</div>")
    assert (got.next, got.next_url) == (href, url)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(
            "<p>2026-05-01 <a href=1.htm>第一所产业学院揭牌成立</a><br>"
            "2026-05-02 <a href=2.htm>第二所产业学院揭牌成立</a></p>",
            id="lines without elements",
        ),
        pytest.param(
            "<div><a href=1.htm><h3>第一所产业学院揭牌成立</h3><p>摘要，很长。</p><i>2026-05-01</i></a></div>"
            "<div><a href=2.htm><h3>第二所产业学院揭牌成立</h3><p>摘要，很长。</p><i>2026-05-02</i></a></div>",
            id="cards in one link",
        ),
        pytest.param(
            "<table><tr><td><a href=1.htm title=第一所产业学院揭牌成立>第一所产业学…</a></td><td>2026/5/1</td></tr>"
            "<tr><td><a href=2.htm title=第二所产业学院揭牌成立>第二所产业学…</a></td><td>2026/5/2</td></tr></table>",
            id="cut titles in a table",
        ),
        pytest.param(
            "<ul><li><b>01</b> <i>2026-05</i> <a href=1.htm>第一所产业学院揭牌成立</a></li>"
            "<li><b>02</b> <i>2026-05</i> <a href=2.htm>第二所产业学院揭牌成立</a></li></ul>",
            id="calendar boxes",
        ),
    ],
)
def test_shapes_of_rows(html: str) -> None:
    got = read(
        "<div class=nav><a href=/a>学院概况</a><a href=/b>招生就业</a><a href=/c>校园文化</a></div>"
        f"<div class=list>{html}</div>"
    )
    assert [(item.href, item.title, item.date) for item in got.items] == [
        ("1.htm", "第一所产业学院揭牌成立", "2026-05-01"),
        ("2.htm", "第二所产业学院揭牌成立", "2026-05-02"),
    ]


def test_a_site_rule_comes_first_and_falls_through() -> None:
    html = f"<ul class=top><li><a href=t.htm>置顶公告</a></li></ul><ul class=list>{ROWS}</ul>"
    own = read(html, rules=ListRules("site:demo", row="ul.top li", link="a"))
    assert (own.rule, [item.href for item in own.items]) == ("site:demo", ["t.htm"])
    gone = read(html, rules=ListRules("site:demo", row="ul.gone li"))
    assert (gone.rule, len(gone.items)) == ("generic", 3)


@pytest.mark.parametrize("selector", ["div.more a", "//div[@class='more']/a/@href"])
def test_a_site_rule_for_the_next_page(selector: str) -> None:
    got = read(
        f"<ul>{ROWS}</ul><div class=more><a href='l2.htm'>&rarr;</a></div>", rules=ListRules("site:a", next=selector)
    )
    assert (got.rule, got.next, got.next_url) == ("generic", "l2.htm", f"{URL}l2.htm")


def test_a_page_without_a_list_says_so() -> None:
    got = read("<title>404</title><p>页面不存在</p>")
    assert (got.items, got.kind, got.reason) == ((), "not_found", "页面说内容不存在")
