"""Is this installation fit to run? Each check says what it found and, where something is wrong, what to do."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from pipeline.settings import Settings, home, load
from storage import channels, visits
from storage.database import open_database, prepare
from storage.errors import ZhijiaoError
from storage.language import say
from zhijiao.tick import catalogue_of

State = Literal["ok", "warning", "wrong"]
LITTLE_DISK = 500_000_000  # bytes


@dataclass(frozen=True)
class Finding:
    state: State
    about: str
    detail: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """The findings one by one; without readable settings nothing else can be looked at."""
    yield _python()
    try:
        settings = load()
    except ZhijiaoError as error:
        yield Finding("wrong", say("设置", "settings"), str(error))
        return
    for check in (_identity, _folder, _catalogue, _database, _visits, _feeds, _port):
        yield _guarded(check, settings)


def _guarded(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except Exception as error:  # a check that cannot be made is itself a finding
        return Finding("wrong", check.__name__.strip("_"), f"{type(error).__name__}: {error}"[:300])


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fit = sys.version_info >= (3, 11)
    return Finding(
        "ok" if fit else "wrong", "Python", version, "" if fit else say("需要 3.11 或更新", "3.11 or later is needed")
    )


def _identity(settings: Settings) -> Finding:
    about = say("身份", "identity")
    if not settings.contact:
        return Finding("wrong", about, str(home() / "zhijiao.toml"), say("运行 zhijiao init", "run `zhijiao init`"))
    detail = f"{settings.feed_domain} · {settings.base_url} · {settings.contact}"
    if urlsplit(settings.base_url).hostname in ("127.0.0.1", "localhost"):
        return Finding(
            "warning",
            about,
            detail,
            say("base_url 只有本机能打开;公开发布前请改成网站地址", "base_url opens on this machine only"),
        )
    return Finding("ok", about, detail)


def _folder(settings: Settings) -> Finding:
    about = say("数据目录", "data folder")
    existing = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    if not os.access(existing, os.W_OK):
        return Finding(
            "wrong",
            about,
            str(settings.home),
            say("不可写,请改权限或换 ZHIJIAO_HOME", "not writable: mend it or set ZHIJIAO_HOME"),
        )
    free = shutil.disk_usage(existing).free
    detail = say(f"{settings.home},剩余 {free / 1e9:.1f} GB", f"{settings.home}, {free / 1e9:.1f} GB free")
    if free < LITTLE_DISK:
        return Finding("warning", about, detail, say("磁盘快满了", "the disk is nearly full"))
    return Finding("ok", about, detail)


def _catalogue(settings: Settings) -> Finding:
    about = say("网站目录", "catalogue")
    sites = catalogue_of(settings).sites.values()
    on = [channel for site in sites if site.enabled for channel in site.channels if channel.enabled]
    detail = say(f"{len(sites)} 个网站,启用 {len(on)} 个栏目", f"{len(sites)} sites, {len(on)} channels enabled")
    return Finding("ok" if on else "wrong", about, detail, "" if on else say("没有启用的栏目", "no channel is enabled"))


def _database(settings: Settings) -> Finding:
    about = say("数据库", "database")
    kind = settings.database_url.partition(":")[0]
    prepare(settings.database_url)
    return Finding("ok", about, say(f"{kind},结构是最新的", f"{kind}, schema current"))


def _visits(settings: Settings) -> Finding:
    about = say("抓取", "visits")
    database = open_database(settings.database_url)
    try:
        with database.read() as db:
            newest = visits.newest(db)
            waiting = len(channels.due(db, datetime.now(UTC)))
    finally:
        database.close()
    if newest is None:
        return Finding(
            "warning",
            about,
            say("还没有抓取过", "none yet"),
            say("运行 zhijiao up,或让 cron 调用 zhijiao tick", "run `zhijiao up`, or `zhijiao tick` by cron"),
        )
    when = newest.finished_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return Finding(
        "ok", about, say(f"最近一次 {when},到期栏目 {waiting} 个", f"last at {when}, {waiting} channels due")
    )


def _feeds(settings: Settings) -> Finding:
    about = say("订阅源", "feeds")
    feeds = sorted(path.name for path in (settings.public / "feeds").glob("all.*") if path.suffix != ".gz")
    if not feeds:
        return Finding(
            "warning",
            about,
            say("还没有发布", "not published yet"),
            say("第一次抓取后会自动生成", "the first crawl writes them"),
        )
    return Finding("ok", about, " ".join(feeds))


def _port(settings: Settings) -> Finding:
    about = say("端口", "port")
    with socket.socket() as probe:
        taken = probe.connect_ex((settings.listen_host, settings.listen_port)) == 0
    where = f"{settings.listen_host}:{settings.listen_port}"
    if taken:
        return Finding(
            "warning",
            about,
            say(f"{where} 已有程序在用", f"{where} is in use"),
            say("若不是 zhijiao up,请改 listen_port", "unless it is `zhijiao up`, change listen_port"),
        )
    return Finding("ok", about, say(f"{where} 可用", f"{where} is free"))
