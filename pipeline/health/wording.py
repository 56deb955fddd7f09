"""Incidents in words, Chinese and English: what it is, the figures that show it, and what to do about it."""

from collections.abc import Mapping

from pipeline.health.history import Figures

Words = tuple[str, str]  # Chinese, English

NAMES: Mapping[str, Words] = {  # in the order in which they are listed
    "unreachable": ("连不上", "no answer"),
    "certificate": ("证书无效", "invalid certificate"),
    "failing": ("出错", "failing"),
    "blocked": ("被拦截", "blocked"),
    "robots": ("robots 禁止", "robots forbids"),
    "empty": ("读不出列表", "no list found"),
    "gone": ("已不存在", "gone"),
    "redesigned": ("可能改版", "redesigned"),
    "silent": ("长久没有新文章", "silent"),
    "drifting": ("文章读得不如从前", "articles read worse"),
    "lying": ("304 不可信", "wrong 304"),
    "moved": ("已搬家", "moved"),
}

FAULTS: Mapping[str, Words] = {
    "dns": ("域名无法解析", "host name not found"),
    "refused": ("连接被拒绝", "connection refused"),
    "timeout": ("超时", "timed out"),
    "cut": ("页面不完整", "page cut short"),
    "too_large": ("页面过大", "page too large"),
    "download": ("下载失败", "download failed"),
    "certificate": ("证书无效", "invalid certificate"),
    "tls": ("TLS 谈不拢", "no TLS in common"),
    "robots": ("robots.txt 不允许", "forbidden by robots.txt"),
    "robots_unread": ("robots.txt 读不到", "robots.txt cannot be read"),
    "patience": ("要求稍后再来", "asks for patience"),
    "redirects": ("重定向到首页或过多", "redirected to the home page, or too often"),
    "address": ("不是公开的网页地址", "no public web address"),
    "proxy": ("没有设置代理", "its proxy is not set"),
    "challenge": ("要求验证", "asks for proof of a human"),
    "login": ("要求登录", "asks to log in"),
    "not_found": ("页面说内容不存在", "the page says that there is nothing"),
    "shell": ("内容由脚本载入", "loaded by scripts"),
    "empty": ("没有找到列表", "no list found"),
    "unreadable": ("读取超出限制", "reading took too much"),
    "browser": ("浏览器打不开", "the browser fails"),
}

FIELDS: Mapping[str, Words] = {
    "text": ("能读出正文", "could be read"),
    "published": ("有发布时间", "had a date"),
    "source": ("有来源", "had a source"),
    "author": ("有作者", "had an author"),
    "editor": ("有编辑", "had an editor"),
}

CURES: Mapping[str, Words] = {
    "unreachable": (
        "检查这台机器的网络和 DNS；若只有这个网站如此，它的网址可能变了",
        "check network and DNS of this machine; where it is this site alone, its address may have changed",
    ),
    "certificate": (
        '等网站更新证书；信得过的网站可在它的 TOML 里写 tls = "unverified"',
        'wait until the site renews it; for a site you trust: tls = "unverified" in its TOML',
    ),
    "failing": (
        "在浏览器里打开看看；网址变了就 zhijiao sources enable 栏目 --url 新网址",
        "look at it in a browser; if its address has changed: zhijiao sources enable CHANNEL --url NEW",
    ),
    "blocked": (
        "网站不让程序访问：在浏览器里看是否还开放；可加大 delay_seconds，或联系网站",
        "the site refuses programs: look whether it is still open; raise delay_seconds, or write to the site",
    ),
    "robots": (
        "网站的 robots.txt 现在不允许：停用 zhijiao sources disable 栏目",
        "its robots.txt forbids it now: zhijiao sources disable CHANNEL",
    ),
    "empty": (
        "页面可能改版：zhijiao sources heal 网站 给出新规则，再加 --apply 写入(docs/add-a-source.md)",
        "probably redesigned: zhijiao sources heal SITE proposes a rule, --apply writes it (docs/add-a-source.md)",
    ),
    "gone": (
        "不再访问：停用，或 zhijiao sources enable 栏目 --url 新网址",
        "not visited any more: disable it, or zhijiao sources enable CHANNEL --url NEW",
    ),
    "redesigned": (
        "网站 TOML 的规则已不匹配，现由通用规则读取：zhijiao sources heal 网站 给出新规则",
        "the rules of its TOML match nothing any more, general ones read it: zhijiao sources heal SITE proposes others",
    ),
    "silent": (
        "在浏览器里看栏目是否真的没有更新；若已停办，停用它；若已搬走，换网址",
        "look whether it has really stopped; if so disable it, if it has moved, change its address",
    ),
    "drifting": (
        "文章页可能改版：zhijiao extract --explain 网页 看每个字段从哪里读出，改网站的 TOML",
        "articles probably have a new layout: see `zhijiao extract --explain PAGE`, mend the site's TOML",
    ),
    "lying": ("不用处理：以后总取全页", "nothing to do: it is asked in full from now on"),
    "moved": (
        "已按新网址访问；可写进网站的 TOML",
        "asked at its new address; you may put that into the site's TOML",
    ),
}


def evidence(kind: str, figures: Figures) -> Words:
    """What shows it, in figures."""
    match kind:
        case "silent":
            return _silence(figures)
        case "drifting":
            return _drift(figures)
        case "redesigned":
            before, rule, pages = figures["before"], figures["rule"], figures["pages"]
            return (
                f"原由 {before} 读取，最近 {pages} 次由 {rule}",
                f"read by {before} before, {pages} times by {rule} now",
            )
        case "gone":
            return "HTTP 410", "HTTP 410"
        case "moved":
            return f"转到 {figures['to']}", f"leads to {figures['to']}"
        case "lying":
            return "答 304 时页面其实变了", "a page had changed when it answered 304"
    return _failures(figures)


def _failures(figures: Figures) -> Words:
    visits, fault = figures["visits"], str(figures["fault"])
    zh, en = FAULTS.get(fault, (fault, fault))
    if "status" in figures and fault in ("http", "patience", "failed"):
        zh = en = f"HTTP {figures['status']}"
    return f"连续 {visits} 次失败，最近：{zh}", f"{visits} failures in a row, the last: {en}"


def _silence(figures: Figures) -> Words:
    days, usual, former = float(figures["days"]), float(figures["usual"]), figures["former"]
    times = days / usual if usual else 0.0
    return (
        f"{days:.0f} 个发文日没有新文章，平常间隔 {usual:.1f} 个（{former} 次），是 {times:.0f} 倍",
        f"{days:.0f} publishing days without news, {times:.0f} times the usual gap of {usual:.1f} ({former} gaps)",
    )


def _drift(figures: Figures) -> Words:
    before, now, of = float(figures["before"]), float(figures["now"]), figures["of"]
    if figures["field"] == "length":
        return (
            f"正文长度中位数 {before:.0f} → {now:.0f} 字（最近 {of} 篇）",
            f"median text {before:.0f} → {now:.0f} characters (last {of} articles)",
        )
    zh, en = FIELDS[str(figures["field"])]
    return f"{zh}的 {before:.0%} → {now:.0%}（最近 {of} 篇）", f"{en}: {before:.0%} → {now:.0%} (last {of} articles)"
