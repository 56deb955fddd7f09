"""`zhijiao init`: says once who publishes and who crawls."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.settings import home
from storage.errors import SettingsError
from storage.language import say


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
    contact = contact or _ask(
        "--contact", say("联系邮箱或网址(告诉被访问的网站)", "contact shown to the sites visited"), ""
    )
    base_url = base_url or _ask("--base-url", say("订阅地址的开头", "address of the feeds"), "http://127.0.0.1:8000")
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(say(f"--base-url 不是网址:{base_url}", f"--base-url is no web address: {base_url}"))
    identity: dict[str, str | int] = {
        "contact": contact,
        "base_url": base_url.rstrip("/"),
        "feed_domain": domain or parts.hostname,
    }
    if parts.hostname in ("127.0.0.1", "localhost") and parts.port:
        identity["listen_port"] = parts.port  # no web server stands in front: the page itself must answer there
    _write(path, identity)
    Console(soft_wrap=True).print(f"[green]✓[/] {escape(str(path))}\n{say('下一步', 'next')}: zhijiao up")


def _ask(option: str, question: str, default: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(question, default=default or None))
    if default:
        return default
    raise SettingsError(say(f"请给出 {option}({question})", f"please give {option} ({question})"))


def _write(path: Path, identity: dict[str, str | int]) -> None:
    lines = [say("# 职教的设置;全部选项见 docs/operate.md", "# Zhijiao's settings; docs/operate.md lists them all")]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in identity.items()]
    lines += [f"feed_since = {datetime.now(UTC).year}", f"lang = {json.dumps(say('zh', 'en'))}", ""]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
