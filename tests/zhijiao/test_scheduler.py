"""The service: it ticks, serves, says when its port is taken, and ends in order."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import feedparser
import pytest

from pipeline.settings import Settings
from tests.zhijiao.conftest import ROOT, Type
from zhijiao.demo.show import free_port


@pytest.fixture
def service(settings: Settings) -> Iterator["tuple[Settings, subprocess.Popen[str]]"]:
    """`zhijiao up`, started; its output can be read line by line."""
    settings = settings.model_copy(update={"listen_port": free_port(0)})
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "zhijiao", "up"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | settings.environment(),
    )
    yield settings, process
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ticks_and_serves_until_told_to_stop(
    service: "tuple[Settings, subprocess.Popen[str]]", number: signal.Signals
) -> None:
    settings, process = service
    assert process.stdout
    while "all.xml" not in (line := process.stdout.readline()):
        assert line, "the service ended"
    with urllib.request.urlopen(f"http://127.0.0.1:{settings.listen_port}/feeds/all.xml") as answer:
        assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
        assert feedparser.parse(answer.read()).bozo is False
    process.send_signal(number)
    rest = process.communicate(timeout=30)[0]
    assert "Traceback" not in rest
    assert process.returncode in (0, 128 + signal.SIGTERM)


def test_a_taken_port_is_told(settings: Settings, zhijiao: Type) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        done = zhijiao("up", ZHIJIAO_LISTEN_PORT=port)
    assert done.returncode == 2
    assert port in done.stderr
    assert "listen_port" in done.stderr
    assert "Traceback" not in done.stderr
