"""`zhijiao init`: says once who publishes and who crawls."""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from secrets import token_hex
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.settings import home
from storage.errors import SettingsError
from storage.language import say

HERE = "http://127.0.0.1:8000"
MAIL = re.compile(r"[^@\s<>]+@[^@\s<>.]+(\.[^@\s<>.]+)+")


def init(
    contact: Annotated[
        str,
        typer.Option(help=say("联系邮箱或网址,抓取时告诉对方网站", "mail or web address shown to the sites visited")),
    ] = "",
    base_url: Annotated[
        str,
        typer.Option(
            help=say("订阅地址的开头,如 https://zhijiao.example.org", "address under which the feeds are reached")
        ),
    ] = "",
    domain: Annotated[
        str,
        typer.Option(
            help=say("条目编号里的域名,定下后不要再改", "domain in the entries' ids; never change it afterwards")
        ),
    ] = "",
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help=say("已经设置过就什么也不做", "do nothing where it has been done"))
    ] = False,
) -> None:
    """Fix the feed's identity: domain, base URL, contact."""
    path = home() / "zhijiao.toml"
    if path.exists():
        if if_missing:
            return
        raise SettingsError(
            say(
                f"{path} 已经存在。要改就直接编辑它;feed_domain 和 feed_since 请不要改",
                f"{path} exists: edit it, but leave feed_domain and feed_since",
            )
        )
    contact = _given(
        "--contact", contact, say("联系邮箱或网址(告诉被访问的网站)", "contact, mail or web address"), "", _no_contact
    )
    base_url = _given("--base-url", base_url, say("订阅地址的开头", "address of the feeds"), HERE, _no_address)
    host, port = urlsplit(base_url).hostname or "", urlsplit(base_url).port
    identity: dict[str, str | int] = {
        "contact": contact,
        "base_url": base_url.rstrip("/"),
        "feed_domain": domain or (f"zhijiao-{token_hex(4)}.internal" if _is_local(host) else host),
    }
    if host in ("127.0.0.1", "localhost") and port:
        identity["listen_port"] = port  # no web server stands in front: the page itself must answer there
    _write(path, identity)
    _tell(path, identity, local=_is_local(host))


def _given(option: str, value: str, question: str, default: str, wrong: Callable[[str], str]) -> str:
    """The value of an option, or what a person answers, asked until it will do; SettingsError where nobody can be."""
    asking = not value and sys.stdin.isatty()
    if not value and not asking and not default:
        raise SettingsError(say(f"请给出 {option}({question})", f"please give {option} ({question})"))
    while True:
        value = str(typer.prompt(question, default=default or None)).strip() if asking else value or default
        mistake = wrong(value)
        if not mistake:
            return value
        if not asking:
            raise SettingsError(f"{option}: {mistake}")
        Console(soft_wrap=True, highlight=False).print(f"[red]✗[/] {escape(mistake)}")


def _no_contact(text: str) -> str:
    if MAIL.fullmatch(text) or (text.startswith(("http://", "https://")) and not _no_address(text)):
        return ""
    return say(
        f"{text!r} 不是邮箱或网址:要写 news@example.org 或 https://example.org/about 这样,让网站能找到您",
        f"{text!r} is neither mail nor web address, such as news@example.org or https://example.org/about",
    )


def _no_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        fit = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.query
    except ValueError:  # a port that is no number
        fit = False
    if fit and not re.search(r"\s", text):
        return ""
    return say(
        f"{text!r} 不是网址:要以 http:// 或 https:// 开头,如 https://zhijiao.example.org",
        f"{text!r} is no web address: it begins with http:// or https://, such as https://zhijiao.example.org",
    )


def _is_local(host: str) -> bool:
    """Whether the name means different machines to different readers, or none."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.rsplit(".", 1)[1] in ("local", "internal", "lan", "localhost")


def _tell(path: Path, identity: dict[str, str | int], *, local: bool) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[green]✓[/] {escape(str(path))}")
    domain = escape(str(identity["feed_domain"]))
    console.print(
        say(
            f"条目编号都以 tag:{domain} 开头。以后换了网址也不要改 feed_domain,否则阅读器会把旧闻当成新的。",
            f"Entries' ids begin with tag:{domain}. Leave feed_domain even when the address changes: "
            "readers would take old news for new.",
        )
    )
    if local:
        console.print(
            say(
                "[yellow]![/] 这个 base_url 只有本机或内网能打开;公开发布时把它改成公开的网址即可。",
                "[yellow]![/] This base_url opens on your own machines only; change it when you publish for others.",
            )
        )
    console.print(say("下一步:zhijiao up(或 make run)", "next: zhijiao up (or make run)"))


def _write(path: Path, identity: dict[str, str | int]) -> None:
    lines = [say("# 职教的设置;全部选项见 docs/operate.md", "# Zhijiao's settings; docs/operate.md lists them all")]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in identity.items()]
    lines += [f"feed_since = {datetime.now(UTC).year}", f"lang = {json.dumps(say('zh', 'en'))}", ""]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
