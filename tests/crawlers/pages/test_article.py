import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.pages.article import read_article
from crawlers.pages.dates import CHINA
from crawlers.pages.filters import extract_row
from crawlers.pages.page import Page
from crawlers.pages.rules import ArticleRules
from pipeline.article import Image, Listed, RawArticle

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
NOW = datetime(2026, 7, 3, 4, 0, tzinfo=UTC)
FIRST = "近日，临江市职业教育活动周启动仪式在青川职业技术学院举行，二十所学校的师生参加了活动。"
SECOND = "活动周期间，各校将开放实训基地，邀请中小学生和家长走进校园，感受职业教育的魅力。"


def article(before: str = "", after: str = "", title: str = "职业教育活动周启动", head: str = "") -> bytes:
    return (
        f"<html><head><meta charset=utf-8><title>{title}_临江教育网</title>{head}</head><body>"
        f"<h1>{title}</h1><div class=info>{before}</div><div class=text><p>{FIRST}</p><p>{SECOND}</p></div>"
        f"{after}</body></html>"
    ).encode()


def read(body: bytes, url: str | None = None, listed: Listed | None = None, now: datetime | None = None) -> RawArticle:
    return read_article(Page(url, body), listed=listed or Listed(), now=now)


def test_a_whole_article() -> None:
    body = article("2026-05-10 09:30 来源：临江日报 作者：李青 王晓", '<p>责任编辑：张弛</p><img src="/logo.png">')
    assert read(body, "https://a.example/1.html") == RawArticle(
        url="https://a.example/1.html",
        title="职业教育活动周启动",
        published=datetime(2026, 5, 10, 9, 30, tzinfo=CHINA),
        precision="minute",
        source="临江日报",
        author="李青 王晓",
        editor="张弛",
        paragraphs=(FIRST, SECOND),
    )


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed pages lie beside the checkout, in ../shared")
@pytest.mark.parametrize(
    ("site", "name"),
    [("qihang", "article.html"), ("qihang", "article-malformed.html"), ("changzhi", "article.html")],
)
def test_the_seed_pages(site: str, name: str) -> None:
    truth = json.loads((SEEDS / site / "truth.json").read_text("utf-8"))["article"]
    row = extract_row(read((SEEDS / site / name).read_bytes()))
    names = ("title", "published", "precision", "source", "author", "editor", "original_title", "paragraphs")
    assert {key: row[key] for key in names} == {key: truth[key] for key in names}
    assert (row["images"], row["attachments"]) == (truth["images"], truth["attachments"])


@pytest.mark.parametrize(
    ("line", "source", "author"),
    [
        ("发布时间: 2026-05-10 &nbsp;|&nbsp; 来源: 临江日报", "临江日报", None),
        ("来　源：临江日报 作　者：李青", "临江日报", "李青"),
        ("发表于2026-05-10 21:30| 16次阅读| 来源临江网| 0 条评论| 作者李青", "临江网", "李青"),
        ("2026年05月10日 09:30 临江晚报", "临江晚报", None),
        ("<span>2026-05-10</span><span>来源：</span><a href=/>临江日报</a><span>作者：</span>", "临江日报", None),
        ("来源: | 发布时间: 2026-05-10 | 浏览次数: 12", None, None),
        ("来源：临江日报 2026-05-10 09:30 字号：大 中 小", "临江日报", None),
        ("作者：临江日报记者李青 来源：临江日报（临江）", "临江日报", "李青"),
    ],
)
def test_credit_lines(line: str, source: str | None, author: str | None) -> None:
    got = read(article(line))
    assert (got.source, got.author) == (source, author)


@pytest.mark.parametrize(
    ("line", "editor"),
    [
        ("[编辑:张弛]", "张弛"),
        ("（责编：张弛、李青）", "张弛 李青"),
        ("编辑者:<a href=./>临江家教</a>临江网)", "临江家教临江网"),
        ("（编辑：李青）</p><p>【责任编辑：张弛】", "张弛"),
        ("责任编辑：</p><p>另一条新闻的标题，很长很长", None),
    ],
)
def test_editors(line: str, editor: str | None) -> None:
    assert read(article("2026-05-10", f"<p>{line}</p>")).editor == editor


@pytest.mark.parametrize(
    ("last", "author"),
    [
        ("校长在总结时说，要办好每一所职业学校。(李青)", "李青"),
        ("校长在总结时说，要办好每一所职业学校。（记者 李青 王晓）", "李青 王晓"),
        ("临江日报记者 李青", "李青"),
        ("本报讯（记者李青 通讯员王晓）活动周同时设有技能展示和招聘专场。", "李青"),
        ("文/李青", "李青"),
        ("校长在总结时说，要办好每一所职业学校。（完）", None),
        ("他说，记者这个职业很有意义（见图）。", None),
    ],
)
def test_bylines(last: str, author: str | None) -> None:
    body = article("2026-05-10").replace(b"</p></div>", f"</p><p>{last}</p></div>".encode(), 1)
    assert read(body).author == author


@pytest.mark.parametrize(
    "line", ["原标题：二十校齐聚活动周", "（原标题：二十校齐聚活动周）", "本文原标题：《二十校齐聚活动周》"]
)
def test_the_original_title_is_no_paragraph(line: str) -> None:
    for body in (
        article("2026-05-10").replace(b"<div class=text>", f"<div class=text><p>{line}</p>".encode()),
        article("2026-05-10").replace(b"</p></div>", f"</p><p>{line}</p></div>".encode()),
    ):
        got = read(body)
        assert (got.original_title, got.paragraphs) == ("二十校齐聚活动周", (FIRST, SECOND))


def test_links_below_the_text_date_nothing() -> None:
    related = "<div><h3>相关链接</h3><ul><li><a href=1>去年活动周开幕</a> 2025-05-08</li></ul></div>"
    assert read(article(after=related)).published is None


def test_the_list_page_gives_what_the_article_lacks() -> None:
    listed = Listed(title="职业教育活动周启动 二十所学校参加", date="05-10")
    got = read(article(title="职业教育活动周启动..."), listed=listed, now=NOW)
    assert (got.title, got.published) == (listed.title, datetime(2026, 5, 10, tzinfo=CHINA))
    assert read(article(), listed=Listed(date="05-10")).published is None


def test_a_date_in_the_future_is_not_believed() -> None:
    assert read(article("2062-01-02"), "https://a.example/t20260510_1.html", now=NOW).published == datetime(
        2026, 5, 10, tzinfo=CHINA
    )


def test_the_pictures_and_files_of_a_text() -> None:
    inner = (
        '<p><img data-src="1.jpg" src="data:image/gif;base64,AAAA" alt="启动仪式"><img src="/icon.png" width="16"></p>'
        '<p>附件：<a href="2.pdf">活动安排.pdf</a></p></div>'
    )
    got = read(article("2026-05-10").replace(b"</div>", inner.encode(), 2)[:-1], "https://a.example/x/")
    assert got.images == (Image("https://a.example/x/1.jpg", "启动仪式"),)
    assert [(file.url, file.name) for file in got.attachments] == [("https://a.example/x/2.pdf", "活动安排.pdf")]


RULES = ArticleRules("site:demo", title=".headline", source="//span[@class='from']/text()", body=".text", drop=(".ad",))


def test_a_site_rule_comes_first() -> None:
    body = article('<b class=headline>站点标题</b><span class="from">临江电台</span>').replace(
        b"<div class=text>", "<div class=text><p class=ad>广告：报名学技能，免费试学，名额有限。</p>".encode()
    )
    got = read_article(Page(None, body), RULES)
    assert (got.rule, got.title, got.source, got.paragraphs) == ("site:demo", "站点标题", "临江电台", (FIRST, SECOND))


def test_a_site_rule_that_finds_no_text_falls_through() -> None:
    got = read_article(Page(None, article()), ArticleRules("site:demo", body="#gone"))
    assert (got.rule, got.paragraphs) == ("generic", (FIRST, SECOND))


def test_a_site_rule_without_a_body_adds_its_fields() -> None:
    got = read_article(Page(None, article("<i>临江电台</i>")), ArticleRules("site:demo", source="i"))
    assert (got.rule, got.source, got.paragraphs) == ("site:demo", "临江电台", (FIRST, SECOND))


def test_a_broken_selector_selects_nothing() -> None:
    got = read_article(Page(None, article()), ArticleRules("site:demo", title="//[", body="p[["))
    assert (got.rule, got.title) == ("generic", "职业教育活动周启动")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<title>404 Not Found</title><h1>404</h1><p>您访问的页面不存在</p>", "not_found"),
        ("<title>登录</title><p>请先登录</p><form><input type=password></form>", "login"),
        ("<script>var __tst_status = 123;</script><p>请稍候</p>", "challenge"),
        ("<title>新闻</title><div id=app></div><script src=app.js></script>", "shell"),
        (
            "<ul>" + "".join(f"<li><a href={n}>第{n}届技能大赛在临江市开幕</a></li>" for n in range(12)) + "</ul>",
            "list",
        ),
        ("", "unparsable"),
        ("<p>短</p>", "article"),
    ],
)
def test_pages_that_are_no_article_say_so(body: str, kind: str) -> None:
    got = read(f"<meta charset=utf-8>{body}".encode() if body else b"")
    assert got.kind == kind
    assert (got.reason is None) == (kind == "article")


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("关于更正招聘公告的通知", "因岗位表有误，原公告已撤回，现重新发布如下，请各校以新公告为准。", "article"),
        (
            "关于一则不实信息的通报",
            "有人在网上发布我校停办的消息，经查该文章已被平台删除，特此通报。",
            "article",
        ),
        ("技能作品评选结果公示", "经复核，该作品已被取消并移除出名单，特此公示。", "article"),
        ("临江市404名学生获奖", "全市404名中职学生在技能大赛中获奖。", "article"),
        ("技能大赛报名开始", "抱歉，您访问的页面已被删除、更名或暂时不可用。", "not_found"),
        ("技能大赛报名开始", "该内容已下线", "not_found"),
    ],
)
def test_an_article_may_report_what_was_taken_down(title: str, text: str, kind: str) -> None:
    """Where the words are nearly all that stands under its heading and date, the article itself was."""
    page = (
        f"<meta charset=utf-8><title>{title}_临江教育网</title><h1>{title}</h1>"
        f"<div>发布时间：2026-05-10 来源：临江市教育局</div><div class=text><p>{text}</p></div>"
    )
    assert read(page.encode()).kind == kind


def test_captions() -> None:
    body = article(after="").replace(
        f"<p>{SECOND}</p>".encode(),
        '<p><img src="/a.jpg"></p><p>图为启动仪式现场。李青 摄</p><p><img src="/b.jpg" alt="学生在实训"></p>'.encode()
        + f'<p>{SECOND}</p><figure><img src="/c.jpg"><figcaption>实训车间</figcaption></figure>'.encode()
        + b'<amp-img src="/d.jpg"></amp-img>',
    )
    assert read(body, "https://a.example/1.html").images == (
        Image("https://a.example/a.jpg", "图为启动仪式现场。李青 摄"),
        Image("https://a.example/b.jpg", "学生在实训"),
        Image("https://a.example/c.jpg", "实训车间"),
        Image("https://a.example/d.jpg"),
    )


@pytest.mark.parametrize(
    "line", ["二〇二六年五月十日", "发布时间：二〇二六年五月十日", "更新时间：2026-05-12 09:00 发布时间：2026-05-10"]
)
def test_the_day_in_other_forms(line: str) -> None:
    assert read(article(line)).published == datetime(2026, 5, 10, tzinfo=CHINA)


def test_a_title_far_down_a_block_that_is_the_whole_page() -> None:
    menu = "".join(f"<div>栏目名称{n}</div>" for n in range(20))
    page = (
        f"<meta charset=utf-8><title>活动周启动-临江教育网</title><div>{menu}<div>活动周启动</div>"
        f"<div>2026-05-10 来源：临江日报</div><p>{FIRST}</p><p>{SECOND}</p></div>"
    )
    raw = read(page.encode())
    assert (raw.title, raw.source, raw.paragraphs) == ("活动周启动", "临江日报", (FIRST, SECOND))


def test_credits_stand_by_the_title_however_far_the_text() -> None:
    boxes = "".join(f"<div>行情{n}</div>" for n in range(60))
    raw = read(article(f"2026-05-10 来源：临江日报{boxes}"))
    assert (raw.source, raw.paragraphs) == ("临江日报", (FIRST, SECOND))


def test_a_title_within_title_and_line() -> None:
    page = (
        "<meta charset=utf-8><title>青川集团_公告_关于举办职业技能竞赛的独立意见_临江网</title>"
        f"<div>关于举办职业技能竞赛的独立意见（下载）</div><div><p>{FIRST}</p><p>{SECOND}</p></div>"
    )
    assert read(page.encode()).title == "关于举办职业技能竞赛的独立意见"


def test_a_notice_is_not_named_by_the_rules_that_it_encloses() -> None:
    title = "青川市教育局关于印发《职业院校管理办法》的通知"
    page = (
        f"<meta charset=utf-8><title>{title}</title><table><tr><td>名称：{title}</td></tr></table>"
        f"<div><p>{FIRST}</p><p>二〇二六年五月十日</p><p>职业院校管理办法</p><p>{SECOND}</p></div>"
    )
    assert read(page.encode()).title == title


def test_the_day_of_the_neighbours_is_not_the_articles() -> None:
    raw = read(article("上一篇：2026-05-02 招生启动 下一篇：2026-05-04 考试结束"), "https://a.example/2026/0503/1.html")
    assert raw.published == datetime(2026, 5, 3, tzinfo=CHINA)


def test_a_box_with_its_time() -> None:
    assert read(article("2026 05/ 10 15:03:41")).published == datetime(2026, 5, 10, 15, 3, tzinfo=CHINA)
