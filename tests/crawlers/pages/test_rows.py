"""Layouts of list pages as real ones show them: which links are the list, and where their titles and dates stand."""

from collections.abc import Callable

import pytest

from crawlers.pages.listing import read_list
from crawlers.pages.page import Page

Item = tuple[str, str, str | None]
TITLES = (
    "我市召开职业教育产教融合推进会",
    "青川职业技术学院与六家企业签约共建实训基地",
    "临江省职业院校技能大赛开幕，千名选手同台竞技",
    "关于公布今年高职扩招专项计划的通知",
    "澜州技师学院：小绣花针绣出大产业",
    "技工院校毕业生就业率连续三年超过97%",
)
DAYS = ("2026-05-12", "2026-05-11", "2026-05-11", "2026-05-06", "2026-04-30", "2026-04-28")
ITEMS: list[Item] = [(f"/info/{n}.htm", title, day) for n, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))]
MENU = "".join(
    f'<a href="/c{n}/">{name}</a>' for n, name in enumerate(("学校概况", "招生就业", "人才培养", "科研工作"))
)
MONTHS = {"05": "May", "04": "Apr"}


def rows(row: Callable[[str, str, str], str], between: str = "") -> str:
    return between.join(row(href, title, day or "") for href, title, day in ITEMS)


def read(html: str) -> list[Item]:
    page = f'<meta charset="utf-8"><title>新闻动态</title><body><div id="top">{MENU}</div>{html}<div>{MENU}</div>'
    return [(item.href, item.title, item.date) for item in read_list(Page(None, page.encode())).items]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(
            "<table><tr><th>序号</th><th>标题</th><th>时间</th></tr>"
            + rows(lambda h, t, d: f'<tr><td>1</td><td><a href="{h}">{t}</a></td><td>教务处</td><td>{d}</td></tr>')
            + "</table>",
            id="table",
        ),
        pytest.param(
            rows(
                lambda h, t, d: (
                    f'<div class="item"><a href="{h}"><img src="1.jpg"></a><div><a href="{h}">{t}</a></div>'
                    f'<p>近日，有关部门召开会议，总结工作。</p><span>{d}</span><a href="{h}">查看详情</a></div>'
                )
            ),
            id="cards",
        ),
        pytest.param(
            rows(
                lambda h, t, d: (
                    f'<li><a href="{h}"><div><b>{d[8:]}</b><i>{d[:7]}</i></div><h3>{t}</h3><p>摘要。</p></a></li>'
                )
            ),
            id="a calendar box, its parts without a space",
        ),
        pytest.param(
            rows(
                lambda h, t, d: (
                    f"<li><div><span>{d[5:7]}/{d[8:]}</span><em>{d[:4]}</em></div>"
                    f'<div><a href="{h}" title="{t}">{t[:9]}...</a></div></li>'
                )
            ),
            id="a calendar box, the year below; titles cut",
        ),
        pytest.param(
            rows(
                lambda h, t, d: (
                    f'<li><div><b>{d[8:]}</b><i>{MONTHS[d[5:7]]} 2026</i></div><a href="{h}"><h4>{t}</h4></a></li>'
                )
            ),
            id="English months",
        ),
        pytest.param(
            f"<div>{rows(lambda h, t, d: f'·[{d}] <a href={h!r}>{t}</a>', '<br>')}</div>", id="bare lines, date first"
        ),
        pytest.param(
            f"<div>{rows(lambda h, t, d: f'<a href={h!r}>{t}<span>{d}</span></a>')}</div>", id="date within the link"
        ),
        pytest.param(
            rows(
                lambda h, t, d: (
                    f'<a href="{h}"><div class="ttl">{t}</div><div><span>职教动态</span><span>{d}</span></div></a>'
                )
            ),
            id="a card that is one link",
        ),
        pytest.param(
            f"<ul>{rows(lambda h, t, d: f'<li><a href={h!r}>{t}</a><span>{d}</span></li>')}</ul><div><h3>热点排行</h3>"
            f"<ul>{rows(lambda h, t, d: f'<li><a href=/hot{h}>{t}</a></li>')}</ul></div>",
            id="a ranking beside it",
        ),
        pytest.param(
            f'<div class="tab"><ul>{rows(lambda h, t, d: f"<li><a href={h!r}>{t}</a><span>{d}</span></li>")}</ul></div>'
            '<div class="tab" style="display:none"><ul>'
            f"{rows(lambda h, t, d: f'<li><a href=/tz{h}>{t}</a><span>{d}</span></li>')}</ul></div>",
            id="another list behind a tab",
        ),
        pytest.param(
            rows(
                lambda h, t, d: (
                    f'<div class="res"><h4><a href="{h}">{t}</a></h4><p>来源：临江教育网 时间：{d}</p></div>'
                )
            ),
            id="rows among menus of the same tag",
        ),
    ],
)
def test_a_layout(html: str) -> None:
    assert read(html) == ITEMS


def test_a_title_of_two_lines_stays_whole() -> None:
    html = rows(lambda h, t, d: f'<li><a href="{h}"><p>{t[:9]}</p><p>{t[9:]}</p></a></li>')
    assert read(html) == [(href, title[:9] + title[9:], None) for href, title, _ in ITEMS]
