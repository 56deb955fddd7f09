"""Is this installation fit to run? Each check says what it found and, where something is wrong, what to do."""

import os
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from pipeline.health.history import NOTES
from pipeline.health.wording import NAMES
from pipeline.mistakes import meant
from pipeline.settings import Settings, home, load
from publish.notify.courier import service_at
from publish.notify.targets import load as load_targets
from storage import channels, deliveries, incidents, visits, workers
from storage.database import prepare
from storage.errors import ZhijiaoError
from storage.language import say
from storage.records import VisitRecord
from zhijiao.advice import cures
from zhijiao.tick import catalogue_of, opened

State = Literal["ok", "warning", "wrong"]
LITTLE_DISK = 500_000_000  # bytes
LONG_AGO = timedelta(hours=2)  # without a visit although channels are due
REASONS = 3  # most frequent ones, why sites were not read
OF_OTHERS = {"ZHIJIAO_HOME", "ZHIJIAO_TEST_POSTGRESQL"}  # variables that are no settings


@dataclass(frozen=True)
class Finding:
    state: State
    about: str
    detail: str
    advice: str = ""  # a line each


def examine() -> Iterator[Finding]:
    """The findings one by one; without readable settings nothing else can be looked at."""
    yield _python()
    try:
        settings = load()
    except ZhijiaoError as error:
        yield Finding("wrong", say("设置", "settings"), str(error))
        return
    for check in (_environment, _identity, _folder, _catalogue):
        yield _guarded(check, settings)
    yield from _browser(settings)
    database = _guarded(_database, settings)
    yield database
    if database.state != "wrong":
        yield _guarded(_visits, settings)
        yield from _workers(settings)
        yield _guarded(_sites, settings)
        yield _guarded(_incidents, settings)
        yield _guarded(_notifications, settings)
    yield _guarded(_feeds, settings)
    yield _guarded(_port, settings)


def _guarded(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except ZhijiaoError as error:
        return Finding("wrong", _about(check), str(error))
    except Exception as error:  # a check that cannot be made is itself a finding
        return Finding("wrong", _about(check), f"{type(error).__name__}: {error}"[:300])


def _about(check: Callable[[Settings], Finding]) -> str:
    """What a check is about, where it cannot say so itself."""
    named = {
        "_catalogue": say("网站目录", "catalogue"),
        "_database": say("数据库", "database"),
        "_notifications": say("通知", "notifications"),
    }
    return named.get(check.__name__, check.__name__.strip("_"))


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


def _browser(settings: Settings) -> Iterator[Finding]:
    """Nothing where no site needs one."""
    try:
        sites = [site.id for site in catalogue_of(settings).sites.values() if site.enabled and site.browser]
    except ZhijiaoError:
        return  # the catalogue has its own finding
    if sites:
        from crawlers.browser import missing  # with Scrapy

        lacking = missing()
        detail = say(f"{len(sites)} 个网站要用浏览器打开", f"{len(sites)} sites need one") + f" ({sites[0]})"
        yield Finding("warning" if lacking else "ok", say("浏览器", "browser"), detail, lacking or "")


def _database(settings: Settings) -> Finding:
    about = say("数据库", "database")
    kind = settings.database_url.partition(":")[0]
    prepare(settings.database_url)
    return Finding("ok", about, say(f"{kind},结构是最新的", f"{kind}, schema current"))


def _visits(settings: Settings) -> Finding:
    about = say("抓取", "visits")
    last, waiting = _last_visits(settings), _due(settings)
    if not last:
        return Finding(
            "warning",
            about,
            say("还没有抓取过", "none yet"),
            say("运行 zhijiao up,或让 cron 调用 zhijiao tick", "run `zhijiao up`, or `zhijiao tick` by cron"),
        )
    newest = max(visit.finished_at for visit in last)
    if waiting and datetime.now(UTC) - newest > LONG_AGO:
        return Finding(
            "warning",
            about,
            say(f"最近一次是 {_minute(newest)},有 {waiting} 个栏目到期", f"last at {_minute(newest)}, {waiting} due"),
            say("没有在运行:zhijiao up,或让 cron 调用 zhijiao tick", "it does not run: `zhijiao up`, or tick by cron"),
        )
    detail = say(
        f"最近一次 {_minute(newest)},到期栏目 {waiting} 个", f"last at {_minute(newest)}, {waiting} channels due"
    )
    return Finding("ok", about, detail)


def _workers(settings: Settings) -> Iterator[Finding]:
    """Nothing on one machine alone."""
    with opened(settings) as database, database.read() as db:
        known = workers.listing(db)
    now = datetime.now(UTC)
    silent = [one for one in known if now - one.seen_at > workers.SILENT]
    if not known:
        return
    detail = say(f"{len(known)} 个", f"{len(known)}")
    if silent:
        names = ", ".join(one.name for one in silent[:REASONS])
        detail += say(f",{len(silent)} 个没有动静:{names}", f", {len(silent)} silent: {names}")
    advice = say("zhijiao worker list 看详情", "see `zhijiao worker list`") if silent else ""
    yield Finding("warning" if silent else "ok", "workers", detail, advice)


def _sites(settings: Settings) -> Finding:
    """Whether the sites could be read when they were last visited."""
    about = say("网站", "sites")
    last = _last_visits(settings)
    unread = [visit for visit in last if visit.outcome in ("failed", "put_off")]
    if not last:
        return Finding("ok", about, say("还没有抓取过", "none visited yet"))
    if not unread:
        return Finding("ok", about, say(f"{len(last)} 个栏目上次都读到了", f"{len(last)} channels, all read"))
    reasons = Counter(visit.reason or "–" for visit in unread).most_common(REASONS)
    example = {visit.reason or "–": visit.channel_id for visit in unread}
    why = "; ".join(
        say(f"{reason} ×{n},如 {example[reason]}", f"{reason} ×{n}, as {example[reason]}") for reason, n in reasons
    )
    detail = say(
        f"{len(last)} 个栏目上次有 {len(unread)} 个没有读到({why})",
        f"{len(unread)} of {len(last)} channels could not be read when last visited ({why})",
    )
    many = len(unread) * 2 > len(last)
    return Finding(
        "wrong" if len(unread) == len(last) else "warning" if many else "ok",
        about,
        detail,
        "\n".join(cures(reason for reason, _ in reasons)) if many else "",
    )


def _incidents(settings: Settings) -> Finding:
    """What is wrong with channels for longer than a visit."""
    about = say("栏目状况", "health")
    with opened(settings) as database, database.read() as db:
        counts = {kind: number for kind, number in incidents.counts(db).items() if kind not in NOTES}
    if not counts:
        return Finding("ok", about, say("没有发现问题", "nothing is wrong"))
    detail = ", ".join(f"{say(*NAMES[kind])} ×{counts[kind]}" for kind in NAMES if kind in counts)
    return Finding("warning", about, detail, say("zhijiao health 说明依据和办法", "`zhijiao health` says more"))


def _last_visits(settings: Settings) -> list[VisitRecord]:
    """The last visit of each enabled channel that was visited."""
    with opened(settings) as database, database.read() as db:
        enabled = [channel.id for channel in channels.listing(db) if channel.enabled]
        return [visit for channel_id in enabled for visit in visits.recent(db, channel_id, 1)]


def _due(settings: Settings) -> int:
    with opened(settings) as database, database.read() as db:
        return len(channels.due(db, datetime.now(UTC)))


def _minute(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


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


def _notifications(settings: Settings) -> Finding:
    about = say("通知", "notifications")
    targets = load_targets(settings.home)
    if not targets:
        return Finding("ok", about, say("没有设置", "none set up"))
    with opened(settings) as database, database.read() as db:
        places = {target.name: service_at(target, settings).place for target in targets}
        known = [deliveries.target(db, name) for name in places]
        lost = [name for name in places if deliveries.counts(db, name).keys() & {"failed", "unknown"}]
    failing = [one.name for one in known if one and one.failing_since]
    detail = ", ".join(f"{name} → {place}" for name, place in places.items())
    if failing or lost:
        return Finding(
            "warning",
            about,
            detail,
            say(
                f"有消息没有送到:{', '.join(sorted({*failing, *lost}))};zhijiao notify list 说明原因",
                f"messages did not arrive at {', '.join(sorted({*failing, *lost}))}: `zhijiao notify list` says why",
            ),
        )
    return Finding("ok", about, detail)


def _environment(_: Settings) -> Finding:
    """A variable that is no setting does nothing, and nobody else would say so."""
    about = say("环境变量", "environment")
    names = sorted(name for name in os.environ if name.startswith("ZHIJIAO_"))
    known = {f"ZHIJIAO_{name.upper()}" for name in Settings.model_fields} | OF_OTHERS
    if unknown := [name for name in names if name not in known]:
        return Finding(
            "warning",
            about,
            ", ".join(name + meant(name, known) for name in unknown),
            say("没有这样的设置,不起作用", "no such setting: it does nothing"),
        )
    return Finding("ok", about, ", ".join(names) or say("没有 ZHIJIAO_*", "no ZHIJIAO_*"))


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
