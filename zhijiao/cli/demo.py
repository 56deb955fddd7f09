"""`zhijiao demo`: the whole product on sample sites."""

import signal
from contextlib import suppress
from threading import Event
from typing import Annotated

import typer
from rich.console import Console

from storage.language import say


def demo(
    port: Annotated[
        int,
        typer.Option(
            help=say("阅读页面的端口(被占用时自动换一个)", "port of the page (another one where it is taken)")
        ),
    ] = 8000,
    once: Annotated[
        bool, typer.Option("--once", help=say("看到新文章后就结束", "end when the new article has been seen"))
    ] = False,
) -> None:
    """Watch the whole product at work on sample sites."""
    from zhijiao.demo.show import free_port, show

    done = Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    console = Console(soft_wrap=True, highlight=False)
    with suppress(KeyboardInterrupt):
        show(console, port=free_port(port), once=once, done=done)
    console.print(say("演示结束,没有留下任何进程和文件。", "The demo is over; no process and no file is left."))
