"""What a page is when it is no article: a login, an error, a challenge, an empty shell, a list."""

import re
from collections.abc import Sized

from crawlers.pages.body import Body
from crawlers.pages.families.order import FAMILIES
from crawlers.pages.page import Page
from pipeline.article import PageKind

NOT_FOUND = re.compile(
    r"404|not\s?found|页面不存在|页面没有找到|找不到(?:该|您|页面|网页)|您(?:访问|查看|请求)的(?:页面|内容|文章|网页).{0,8}(?:不存在|已删除|已被删除|找不到)|"
    r"该(?:页面|内容|文章|信息)(?:不存在|已删除|已被删除)|(?:内容|文章)已被?(?:删除|发布者删除)|此内容因违规无法查看|无法找到该页|页面走丢",
    re.IGNORECASE,
)
# What sites say of an article that they have taken down, not of one that never was.
REMOVED = re.compile(
    r"(?:该|本|此|您(?:访问|查看|请求)的)(?:页面|内容|文章|文|稿件|新闻)(?:因.{1,20}?)?[,，]?已经?被?.{0,8}?"
    r"(?:删除|撤稿|撤回|撤下|下线|下架|移除)|"
    r"^(?:撤稿|稿件撤回|文章撤回)(?:声明|公告|通知|启事)|(?:内容|文章)已(?:下线|下架|撤稿|撤回)"
)
SAID_SO = ((REMOVED, "页面说内容已撤下"), (NOT_FOUND, "页面说内容不存在"))
MOSTLY = 3  # an article's text of which the words take a third says nothing else
LOGIN = re.compile(
    r"请(?:先)?登录|用户登录|统一身份认证|账号登录|登录后(?:查看|访问|阅读)|扫码登录|^登录|sign\s?in|log\s?in",
    re.IGNORECASE,
)
CHALLENGE = re.compile(
    r"__tst_status|wzws|_waf_|challenge-platform|cf-chl|ctwjcode|HTTP_?ONLY_?WAF|验证码|人机验证|安全验证|访问(?:验证|受限|过于频繁)|滑动.{0,6}验证|"
    r"正在(?:验证|检查)您?的?浏览器|请开启JavaScript并刷新|环境异常",
    re.IGNORECASE,
)
SCRIPTED = re.compile(
    r"<div[^>]{0,60}id=[\"']?(?:app|root|__next|__nuxt)\b|enable JavaScript|启用\s?JavaScript", re.IGNORECASE
)


def nature(page: Page, body: Body | None, found: bool, *, told: bool = False) -> tuple[PageKind, str | None]:
    """The kind of the page, and the reason where it is no article.

    `found`: text, pictures or files were found; `told`: under a heading and a date, as articles have them.
    """
    visible = " ".join(line.text for line in page.flow.lines if not line.hidden)
    lines = [page.flow.lines[number] for number in body.lines] if body else []
    amount = sum(len(line.text) - line.linked for line in lines)
    text = "".join(line.text for line in lines) if found and told else ""
    refusal = _refusal(page, visible, text) if amount < 200 else None
    if refusal:
        return refusal
    if _is_column(page):
        return "list", "页面是栏目页"
    if amount < 30 and len(visible) < 200 and SCRIPTED.search(page.text):
        return "shell", "页面的内容由脚本载入"
    if not visible and not found:
        return ("shell", "页面没有可见文字") if "<script" in page.text else ("unparsable", "页面是空的或无法解析")
    if _is_index(page, amount):
        return "list", "页面主要是链接"
    return ("article", None) if found else ("unparsable", "没有找到正文")


def _refusal(page: Page, visible: str, text: str) -> tuple[PageKind, str] | None:
    """A short page that says why it shows nothing. `text`: an article's, which may report a removal."""
    brief = f"{page.meta.title} {visible[:600]}"
    for words, reason in SAID_SO:
        said = words.search(brief) if len(visible) < 1500 else None
        if said and len(text) <= MOSTLY * len(said[0]):
            return "not_found", reason
    if CHALLENGE.search(brief) or (len(visible) < 200 and CHALLENGE.search(page.text[:20_000])):
        return "challenge", "页面要求先通过验证"
    if page.root is not None and LOGIN.search(brief) and page.root.xpath("boolean(//input[@type='password'])"):
        return "login", "页面要求登录"
    return None


def _is_column(page: Page) -> bool:
    """By its family's own word."""
    tags = page.meta.tags
    if "columnname" in tags and "articletitle" not in tags and "pubdate" not in tags and "columntype" in tags:
        return True
    return any(re.search(mark, page.text) for family in FAMILIES for mark in family.column if family.shows(page))


def _is_index(page: Page, amount: int) -> bool:
    linked = [line for line in page.flow.lines if line.linked >= 10 and line.linked * 10 >= len(line.text) * 6]
    return amount < 60 and len(linked) >= 8 and sum(line.linked for line in linked) > 3 * amount


def list_nature(page: Page, items: Sized) -> tuple[PageKind, str | None]:
    """The kind of a page that should be a list."""
    if items:
        return "list", None
    kind, reason = nature(page, None, found=False)
    if kind in {"article", "list"}:
        return "unparsable", "没有找到列表"
    return kind, reason
