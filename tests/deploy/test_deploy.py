"""The deployment files are accepted by the programs that will read them."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.services import missing, program

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "deploy" / "systemd"
UNITS = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")])
SERVICES = sorted(path.name for path in FOLDER.glob("*.service"))


def test_systemd_accepts_the_units() -> None:
    done = subprocess.run([program("systemd-analyze"), "verify", *map(str, UNITS)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(("browser", "most"), [(False, "20"), (True, "30")])
def test_services_get_no_more_than_they_need(tmp_path: Path, name: str, browser: bool, most: str) -> None:
    """By systemd's own score, times ten (100: nothing is closed); with the drop-in for Chromium a little more."""
    unit = tmp_path / name
    unit.write_bytes((FOLDER / name).read_bytes())
    if browser:
        (tmp_path / f"{name}.d").mkdir()
        (tmp_path / f"{name}.d" / "browser.conf").write_bytes((FOLDER / "browser.conf").read_bytes())
        done = subprocess.run([program("systemd-analyze"), "verify", str(unit)], capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    analyse = [program("systemd-analyze"), "security", "--offline=yes", f"--threshold={most}", str(unit)]
    done = subprocess.run(analyse, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def install() -> Iterator[Callable[[str], None]]:
    """Puts a crontab into /etc/cron.d and sees to it that a cron daemon runs; cleaned up afterwards."""
    daemon = program("cron")
    if os.geteuid() != 0:
        missing("only root may place a file in /etc/cron.d")
    path = Path("/etc/cron.d") / f"zhijiao-test-{uuid4().hex[:8]}"
    started: list[subprocess.Popen[bytes]] = []

    def place(text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        # After the file: a daemon does not notice one that appears in the second in which it starts.
        if subprocess.run(["pgrep", "-x", "cron"], capture_output=True).returncode:
            started.append(subprocess.Popen([daemon, "-f"]))

    yield place
    path.unlink(missing_ok=True)
    for process in started:
        process.terminate()
        process.wait()


@pytest.mark.slow
def test_a_cron_daemon_runs_the_line(install: Callable[[str], None], tmp_path: Path) -> None:
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
    text = text.replace("MAILTO=root", 'MAILTO=""').replace("/var/lib/zhijiao", str(home))
    text = text.replace("ZHIJIAO_HOME", "ZHIJIAO_CONTACT=x@y.example\nZHIJIAO_BUNDLED_SOURCES=false\nZHIJIAO_HOME", 1)
    install(text)
    done = subprocess.run(
        ["cat", str(ended)], capture_output=True, text=True, timeout=130
    )  # blocks until the line has run
    assert done.stdout == "0\n"
    assert str(home / "public" / "feeds" / "all.xml") in (home / "tick.log").read_text(encoding="utf-8")


CONTAINER = ROOT / "deploy" / "container"


def test_nginx_in_a_container_of_its_own_asks_the_program_by_name(tmp_path: Path) -> None:
    """It starts although nobody has that name yet: the name is looked up when it is needed, as addresses change."""
    names, made = tmp_path / "resolv.conf", tmp_path / "made.conf"
    names.write_text("search internal\nnameserver 127.0.0.11\nnameserver 127.0.0.12\n")
    subprocess.run([CONTAINER / "upstream.sh", ROOT / "deploy" / "nginx" / "zhijiao.conf", made, names], check=True)
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}}\nhttp {{ access_log off; include {made}; }}\n")
    done = subprocess.run(
        [program("nginx"), "-t", "-p", str(tmp_path), "-e", "stderr", "-c", str(whole)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    line = "resolver 127.0.0.11 valid=10s; set $program zhijiao:8000; proxy_pass http://$program;"
    assert line in made.read_text()


def test_the_build_is_sent_what_the_image_is_made_of_and_nothing_else() -> None:
    text = (CONTAINER / "Containerfile").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if line.startswith("COPY ") and "--" not in line]
    copied = {name for words in lines for name in words[1:-1]}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()[1:]
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


def test_the_backup_of_kubernetes_waits_for_a_day_after_the_last_and_ends_at_once(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "kubernetes" / "zhijiao.yaml").read_text(encoding="utf-8")
    script = text[text.index("trap 'exit") : text.index("done\n", text.index("trap 'exit")) + 5]
    backups, command, sleeping = tmp_path / "backups", tmp_path / "zhijiao", tmp_path / "sleeping"
    command.write_text(f'#!/bin/sh\necho "$@" > "$3$(ls {backups} | wc -l).backup"\n')
    (tmp_path / "sleep").write_text(f'#!/bin/sh\necho "$1" > {sleeping}\nexec /bin/sleep "$1"\n')
    command.chmod(0o755)
    (tmp_path / "sleep").chmod(0o755)
    os.mkfifo(sleeping)

    def start() -> None:
        """Until it sleeps; then it is told to end."""
        with subprocess.Popen(
            ["sh", "-c", script.replace("/var/lib/zhijiao", str(tmp_path))],
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            start_new_session=True,
        ) as running:
            assert sleeping.read_text() == "600\n"
            running.terminate()
            assert running.wait(timeout=30) == 0
            os.killpg(running.pid, signal.SIGKILL)

    for _ in range(2):
        start()
    assert [path.read_text() for path in backups.iterdir()] == [f"db backup {backups}/ --keep 14\n"]
    os.utime(backups / "0.backup", times=(0, 0))
    start()
    assert len(list(backups.iterdir())) == 2
