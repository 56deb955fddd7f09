"""The show of `make demo`: sample sites are crawled, judged, stored and published while someone watches."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event as Flag
from threading import Thread

import feedparser
import uvicorn
from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from pipeline.settings import Settings
from publish.site.app import create_app
from storage import stories
from storage.database import Database
from storage.language import say, spoken
from zhijiao.demo.server import Running, serve
from zhijiao.demo.sites import load
from zhijiao.report import channel_line, live
from zhijiao.tick import TickResult, opened, tick

PAUSE_SECONDS = 6.0  # time to look at the feed before the new article appears


def show(console: Console, *, port: int, once: bool, done: Flag) -> None:
    """Run the show until `done` is set; with `once`, until the new article has been seen in the feed."""
    with TemporaryDirectory(prefix="zhijiao-demo-") as folder, serve(load(datetime.now(UTC))) as running:
        settings = settings_for(Path(folder), running, port)
        with opened(settings) as database, served(settings, database):
            console.print(
                Rule(say("样例网站(都由我们编写,只在本机)", "sample sites, all written by us, on this machine only"))
            )
            first_look(console, settings, database)
            new_article(console, settings, running, done)
            if not once:
                console.print(
                    say("\n订阅和页面还开着,按 Ctrl-C 结束。", "\nFeed and page stay up; Ctrl-C ends the demo.")
                )
                done.wait()


def settings_for(folder: Path, running: Running, port: int) -> Settings:
    """Settings that touch nothing of the user's: data in `folder`, the sample sites as the whole catalogue."""
    running.catalogue(folder / "sources")
    return Settings(
        home=folder,
        database_url=f"sqlite:///{folder / 'zhijiao.db'}",
        sources=folder / "sources",
        bundled_sources=False,
        lang=spoken(),
        contact="demo@localhost",
        feed_domain="demo.localhost",
        base_url=f"http://127.0.0.1:{port}",
        listen_host="127.0.0.1",
        listen_port=port,
        delay_seconds=0.2,
        allow_private="127.0.0.0/8",
        poll_seconds=1,
    )


@contextmanager
def served(settings: Settings, database: Database) -> Iterator[None]:
    """Feeds and page, served from a thread of this process."""
    config = uvicorn.Config(
        create_app(settings, database), settings.listen_host, settings.listen_port, log_level="error"
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def free_port(wanted: int) -> int:
    """`wanted` where it is free, else any free port."""
    for port in (wanted, 0):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def first_look(console: Console, settings: Settings, database: Database) -> None:
    result = watched_tick(console, settings)
    console.print()
    for event in result.channels:
        console.print(channel_line(event))
    console.print("\n" + _totals(result))
    _reposts(console, database)
    console.print(f"\n{say('订阅', 'subscribe')}  {settings.base_url}/feeds/all.xml")
    console.print(f"{say('阅读', 'read')}  {settings.base_url}/")
    console.print(say(f"订阅源里有 {len(titles(settings))} 篇。", f"{len(titles(settings))} entries in the feed."))


def watched_tick(console: Console, settings: Settings) -> TickResult:
    with live(console, articles=True) as draw:
        return tick(settings, draw)


def new_article(console: Console, settings: Settings, running: Running, done: Flag) -> None:
    """A site publishes while the user watches; after the next tick the article is in the feed."""
    fresh = running.samples.fresh
    site = running.samples.sites[fresh.site_id]
    console.print(Rule(say("接着看:一个网站发布新文章", "and now a site publishes")))
    if done.wait(PAUSE_SECONDS):
        return
    running.publish()
    console.print(
        say(
            f"{site.name} 刚刚发布:《{fresh.title}》,再跑一次 tick…",
            f"{site.name} has just published “{fresh.title}”; another tick…",
        )
    )
    started = time.monotonic()
    watched_tick(console, settings)
    if fresh.title not in titles(settings):
        console.print(say("[red]✗ 新文章没有出现在订阅源里[/]", "[red]✗ it is not in the feed[/]"))
        raise SystemExit(1)
    took = f"{time.monotonic() - started:.1f}"
    console.print(
        say(f"[green]✓[/] 它已经在订阅源里(用了 {took} 秒)。", f"[green]✓[/] it is in the feed ({took} s later).")
    )


def titles(settings: Settings) -> list[str]:
    """What a reader program sees in the feed."""
    parsed = feedparser.parse((settings.public / "feeds" / "all.xml").read_bytes())
    return [entry.title for entry in parsed.entries]


def _totals(result: TickResult) -> str:
    totals: Counter[str] = Counter()
    for event in result.channels:
        totals.update({name: event[name] for name in ("seen", "kept", "joined")})
        totals["rejected"] += sum(event["rejected"].values())
        totals["failed"] += sum(event["failed"].values())
    parts = (
        say("共见到 {seen} 个链接", "{seen} links seen"),
        say("[green]收 {kept}[/]", "[green]{kept} kept[/]"),
        say("[cyan]与已有的同文 {joined}[/]", "[cyan]{joined} the same as one kept[/]"),
        say("不相关 {rejected}", "{rejected} do not belong"),
        say("[red]失败 {failed}[/]", "[red]{failed} failed[/]"),
    )
    return " · ".join(parts).format(**totals)


def _reposts(console: Console, database: Database) -> None:
    with database.read() as db:
        carried = [view for view in stories.listing(db, limit=200, offset=0) if view.carriers]
    if carried:
        console.print(say("\n认作同一篇的:", "\nRecognised as the same:"))
    for view in carried:
        others = "、".join(dict.fromkeys(name for name, _, _ in view.carriers))
        console.print(
            f"  [cyan]同[/] {escape(view.article.title)}  [dim]{escape(view.site.name)} ← {escape(others)}[/]"
        )
