"""The deployment files are accepted by the programs that will read them."""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.services import missing, program

ROOT = Path(__file__).parent.parent.parent
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())


def test_systemd_accepts_the_units() -> None:
    done = subprocess.run([program("systemd-analyze"), "verify", *map(str, UNITS)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def crontab() -> Iterator[Path]:
    """A place in /etc/cron.d, cleaned up afterwards, with the cron daemon running."""
    daemon = program("cron")
    if os.geteuid() != 0:
        missing("only root may place a file in /etc/cron.d")
    started = subprocess.Popen([daemon, "-f"]) if not Path("/run/crond.pid").exists() else None
    path = Path("/etc/cron.d") / f"zhijiao-test-{uuid4().hex[:8]}"
    yield path
    path.unlink(missing_ok=True)
    if started:
        started.terminate()
        started.wait()


@pytest.mark.slow
def test_a_cron_daemon_runs_the_line(crontab: Path, tmp_path: Path) -> None:
    """The line of deploy/cron/zhijiao, every minute, with this checkout and user in the places it tells to adjust."""
    home = tmp_path / "home"
    home.mkdir()
    command = tmp_path / "zhijiao"
    ended = tmp_path / "ended"
    os.mkfifo(ended)
    command.write_text(f'#!/bin/sh\ncd "{ROOT}" && "{sys.executable}" -m zhijiao "$@"\necho $? > "{ended}"\n')
    command.chmod(0o755)
    text = (ROOT / "deploy" / "cron" / "zhijiao").read_text(encoding="utf-8")
    user = pwd.getpwuid(os.geteuid()).pw_name
    text = text.replace("*/5 * * * * zhijiao", f"* * * * * {user}").replace(
        "/opt/zhijiao/.venv/bin/zhijiao", str(command)
    )
    text = text.replace("MAILTO=root", "MAILTO=").replace("/var/lib/zhijiao", str(home))
    text = text.replace("ZHIJIAO_HOME", "ZHIJIAO_CONTACT=x@y.example\nZHIJIAO_BUNDLED_SOURCES=false\nZHIJIAO_HOME", 1)
    crontab.write_text(text, encoding="utf-8")
    crontab.chmod(0o644)
    done = subprocess.run(
        ["cat", str(ended)], capture_output=True, text=True, timeout=130
    )  # blocks until the line has run
    assert done.stdout == "0\n"
    assert str(home / "public" / "feeds" / "all.xml") in (home / "tick.log").read_text(encoding="utf-8")
