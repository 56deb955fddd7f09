"""What `bench.workers` and `bench.scale` need: a PostgreSQL of one's own, a web of many hosts, and workers to kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from bench.crawl import cpu_of
from storage.database import Database, open_database, prepare
from tests.crawlers.website import article, listing
from zhijiao import jobs
from zhijiao.tick import synchronise

ROOT = Path(__file__).resolve().parent.parent
PORT = 5499
DATABASE = "zhijiao_bench"
PLACES = ("临江", "青川", "澜州", "东平", "云浦", "江州", "南屏", "北川", "西岭", "海宁")
WHAT = (
    "职业学校与企业签订校企合作协议",
    "高职院校公布单招计划",
    "职业技能竞赛选拔赛开幕",
    "职业教育产教融合实训基地揭牌",
)


class Cluster:
    """A PostgreSQL server under a temporary folder, run by the user postgres: it is restarted and thrown away."""

    def __init__(self, port: int = PORT) -> None:
        self.port = port
        self.folder = Path(tempfile.mkdtemp(prefix="zhijiao-pg-"))
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"))

    def __enter__(self) -> "Cluster":
        shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", self.folder / "data", "-A", "trust", "-E", "UTF8", "--no-locale")
        with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.0.0.0/8 trust\n")
        self.start()
        with psycopg.connect(self.address("postgres"), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=* -c unix_socket_directories={self.folder} -c max_connections=150"
        )
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def restart(self) -> None:
        """As an administrator does it: connections are ended, transactions rolled back."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "fast", "-w", "stop")
        self.start()

    def address(self, database: str = DATABASE, host: str = "127.0.0.1") -> str:
        return f"postgresql://postgres@{host}:{self.port}/{database}"

    def cpu(self) -> float:
        """Seconds that all its processes have used so far."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ended = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
        return cpu_of(pid) + ended + sum(map(cpu_of, children(pid)))

    def _run(self, program: str, *words: object) -> None:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", str(self.bin / program)]
        subprocess.run([*command, *map(str, words)], check=True, cwd="/", stdout=subprocess.DEVNULL)  # noqa: S603


@dataclass
class Column:
    """A host with one list and its articles."""

    number: int
    address: str
    listed: list[str] = field(default_factory=list)  # titles, oldest first

    @property
    def id(self) -> str:
        return f"site{self.number:04}"

    def publish(self) -> None:
        nth = len(self.listed)
        place, what = PLACES[self.number % 10], WHAT[(self.number // 10 + nth) % 4]
        self.listed.append(f"{place}{self.number}号{what}第{nth + 1}批名单")

    @cached_property
    def toml(self) -> str:
        base = f"http://{self.address}"
        site = f'id = "{self.id}"\nname = "{self.id}"\nhome = "{base}/"\nkind = "media"\nvocational = true\n'
        return f'{site}[[channels]]\nkey = "news"\nname = "news"\nurl = "{base}/list/"\nfloor = 1\n'

    def page(self, path: str, day: str) -> str | None:
        if path == "/list/":
            rows = [(f"/{nth}.html", title, day) for nth, title in enumerate(self.listed)]
            return listing(rows[::-1][:20])
        nth = path.strip("/").removesuffix(".html")
        if nth.isdecimal() and int(nth) < len(self.listed):
            return article(self.listed[int(nth)], day=day)
        return None


@dataclass
class Fleet:
    """An installation, its database, and the programs that work for it."""

    home: Path
    url: str
    options: dict[str, str]
    programs: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PYTHONPATH": str(ROOT),
            "ZHIJIAO_HOME": str(self.home),
            "ZHIJIAO_DATABASE_URL": self.url,
            "ZHIJIAO_SOURCES": str(self.home / "sources"),
            "ZHIJIAO_BUNDLED_SOURCES": "false",
            "ZHIJIAO_CONTACT": "https://zhijiao.example/about",
            "ZHIJIAO_LANG": "en",
            "ZHIJIAO_LOG_LEVEL": "WARNING",
        }
        return {**os.environ, **own, **self.options}

    def furnish(self, columns: Sequence[Column], port: int) -> Database:
        from crawlers.catalogue import load

        (self.home / "sources").mkdir(parents=True)
        for column in columns:
            text = column.toml.replace(column.address, f"{column.address}:{port}")
            (self.home / "sources" / f"{column.id}.toml").write_text(text, "utf-8")
        prepare(self.url)
        jobs.prepare(self.url)
        database = open_database(self.url)
        synchronise(database, load(self.home / "sources", bundled=False))
        return database

    def start(self, name: str, *words: str, within: Sequence[str] = (), **options: str) -> None:
        command = [*within, sys.executable, "-m", "zhijiao", *words]
        log = (self.home / f"{name}.log").open("ab")
        self.programs[name] = subprocess.Popen(  # noqa: S603 - our own command
            command, env=self.environment | options, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )

    def pids(self, name: str) -> list[int]:
        """Of the program, its crawl process and those that read for it."""
        found = [self.programs[name].pid]
        for pid in found:
            found += children(pid)
        return found

    def kill(self, name: str, which: str) -> None:
        """`all`: as when a machine dies; `worker`, `crawl`: one of the two processes."""
        program, *rest = self.pids(name)
        for pid in {"all": [program, *rest], "worker": [program], "crawl": rest[:1]}[which]:
            os.kill(pid, signal.SIGKILL)
        if which != "crawl":
            self.programs.pop(name).wait()

    def end(self) -> dict[str, tuple[int, float]]:
        """SIGTERM to all: exit status of each, and the seconds that it took."""
        ended = {}
        begun = time.monotonic()
        for program in self.programs.values():
            program.terminate()
        for name, program in self.programs.items():
            ended[name] = program.wait(60), time.monotonic() - begun
        self.programs.clear()
        return ended

    def query(self, text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"SET search_path TO {jobs.SCHEMA}, public")
            return connection.execute(text).fetchall()


@contextmanager
def fleet(folder: Path, url: str, options: dict[str, str]) -> Iterator[Fleet]:
    made = Fleet(folder / "home", url, options)
    try:
        yield made
    finally:
        for name in list(made.programs):
            made.kill(name, "all")


def children(pid: int) -> list[int]:
    try:
        return [
            int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()
        ]
    except OSError:
        return []


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    late = time.monotonic() + seconds
    while not true():
        if time.monotonic() > late:
            raise SystemExit(f"it took more than {seconds:g} s: {what}")
        time.sleep(0.2)
