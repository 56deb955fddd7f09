"""What a person can do about a site that was not read, by the reason that the visit gave."""

import re
from collections.abc import Iterable, Iterator

from storage.language import say

CURES = (  # what a reason looks like in either language, and what to do about it
    (
        "内网地址|不是公开的主机名|private address|no public host name",
        '内网的网站要先放行:在 zhijiao.toml 里写 allow_private = "10.1.0.0/16"(换成它所在的网段)',
        'a site of your own network must be allowed: allow_private = "10.1.0.0/16" (its network) in zhijiao.toml',
    ),
    (
        "域名无法解析|host name not found",
        "检查这台机器的网络和 DNS;若只有这个网站如此,它的网址可能变了",
        "check network and DNS of this machine; where it is this site alone, its address may have changed",
    ),
    (
        "无法连接|超时|下载失败|robots.txt 读不到|connection refused|timed out|download failed|robots.txt cannot",
        "检查网络和防火墙;若只有这个网站如此,过一阵会自动再试",
        "check network and firewall; where it is this site alone, it is tried again later",
    ),
    (
        "证书|certificate",
        '网站的证书有问题,或这台机器的时间不对;信得过的网站可在它的 TOML 里写 tls = "unverified"',
        "the site's certificate is wrong, or this machine's clock; a site you trust: tls = \"unverified\" in its TOML",
    ),
    (
        r"HTTP (404|410)|转到了首页|redirected to the home page|not_found",
        "网址可能变了:zhijiao sources enable 栏目 --url 新网址",
        "its address may have changed: zhijiao sources enable CHANNEL --url NEW",
    ),
    (
        "列表变了|没有找到列表|another list|no list was found",
        "网站可能改版了:zhijiao sources heal 网站 给出新规则",
        "probably redesigned: zhijiao sources heal SITE proposes a new rule",
    ),
    (
        r"HTTP (401|403|405|412|418|468|521)",
        "网站不让程序访问;可在浏览器里看看它是否还开放",
        "the site refuses programs; look in a browser whether it is still open",
    ),
    (
        "由脚本载入|loaded by scripts",
        "页面要靠脚本才有内容:在网站的 TOML 里写 browser = true(docs/add-a-source.md)",
        "the pages need JavaScript: browser = true in the site's TOML (docs/add-a-source.md)",
    ),
    (r"HTTP 5\d\d|HTTP 429", "网站自己有问题,会自动再试", "the site itself is in trouble; it is tried again"),
    (
        "robots.txt 不允许|forbidden by robots",
        "网站的 robots.txt 不允许;可以停用:zhijiao sources disable 栏目",
        "its robots.txt forbids it; you can disable it: zhijiao sources disable CHANNEL",
    ),
)


def cures(reasons: Iterable[str]) -> Iterator[str]:
    """What to do about these reasons, each advice once."""
    told = dict.fromkeys(
        (zh, en) for reason in reasons for pattern, zh, en in CURES if re.search(pattern, reason, re.IGNORECASE)
    )
    yield from (say(zh, en) for zh, en in told)
