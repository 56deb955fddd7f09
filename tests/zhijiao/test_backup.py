"""A backup made while others write comes back into either database, and whatever ends a return leaves one of both."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from pipeline.intake import take_in
from pipeline.settings import Settings
from publish.feeds.write import publish_pending
from storage import copying, deliveries, hosts, sites, stories, workers
from storage.backup import LEAP, examine, restore
from storage.database import open_database
from storage.errors import ZhijiaoError
from storage.records import ChannelRecord, SiteRecord, WorkerRecord
from tests.pipeline.test_rejudging import ABOUT_IT
from tests.storage.test_copying import rows
from zhijiao.backup import make, put_back

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
SITE = SiteRecord("lj", "临江教育网", "http://jy.linjiang.example/", "government", "city", None, None, "full", True)
NEWS = ChannelRecord("lj/news", "lj", "要闻", "http://jy.linjiang.example/", "list", True)
TOML = 'feed_domain = "feeds.example"\nfeed_since = 2026\ncontact = "x@feeds.example"\n'


def installed(home: Path, url: str = "") -> Settings:
    """As a program that is started there finds it."""
    facts = {"feed_domain": "feeds.example", "feed_since": 2026} if (home / "zhijiao.toml").exists() else {}
    return Settings(home=home, database_url=url, contact="x@feeds.example", **facts)


def quiet(*_: object) -> None:
    """No progress."""


def take(settings: Settings, *numbers: int) -> None:
    with closing(open_database(settings.database_url)) as database:
        for number in numbers:
            raw = replace(ABOUT_IT, url=f"{NEWS.url}{number}.html", title=f"{ABOUT_IT.title}第{number}批")
            take_in(database, raw, now=NOW, settings=settings)


def published(settings: Settings) -> dict[str, bytes]:
    with closing(open_database(settings.database_url)) as database:
        publish_pending(database, settings, NOW)
    feeds = settings.public / "feeds"
    return {str(path.relative_to(feeds)): path.read_bytes() for path in feeds.rglob("*") if path.is_file()}


def everything(settings: Settings) -> tuple[object, copying.Counts]:
    with closing(open_database(settings.database_url)) as database, database.read() as db:
        return rows(db), copying.counts(db)


@pytest.fixture
def old(tmp_path: Path, database_url: str) -> Settings:
    """An installation with two stories out, a feed of its own, and a key of a notification target."""
    home = tmp_path / "old"
    (home / "sources" / "media").mkdir(parents=True)
    (home / "zhijiao.toml").write_text(TOML + f'database_url = "{database_url}"\n', encoding="utf-8")
    (home / "sources" / "media" / "lj.toml").write_text("id = 'lj'\n", encoding="utf-8")
    settings = installed(home, database_url)
    with closing(open_database(database_url)) as database, database.begin() as db:
        sites.sync(db, [SITE], [NEWS])
    take(settings, 1, 2)
    return settings


@pytest.fixture(params=["same kind", "other kind"])
def new(request: pytest.FixtureRequest, tmp_path: Path, backend: str) -> Iterator[Settings]:
    """A fresh machine with an empty database of the same or of the other kind."""
    home = tmp_path / "new"
    home.mkdir()
    same = request.param == "same kind"
    if (backend == "sqlite") == same:
        yield installed(home)
    else:
        url = request.getfixturevalue("empty_url" if same else "other_url")
        yield installed(home, url)


def test_feeds_are_the_same_to_the_byte_and_no_number_comes_twice(old: Settings, new: Settings, tmp_path: Path) -> None:
    before = published(old)
    path, made = make(old, tmp_path / "x.backup", quiet, now=NOW)
    assert (path.stat().st_mode & 0o777, made.rows["stories"], sorted(made.files)) == (
        0o600,
        2,
        ["sources/media/lj.toml", "zhijiao.toml"],
    )
    found, files, aside = put_back(new, path, quiet, replace=False, now=NOW)
    assert (found, files, aside) == (made, {"sources/media/lj.toml": "written", "zhijiao.toml": "written"}, None)
    assert "# 备份时的数据库:database_url" in (new.home / "zhijiao.toml").read_text("utf-8")
    again = installed(new.home, new.database_url)
    assert (again.tag, published(again)) == ("feeds.example,2026", before)
    assert everything(new) == everything(old)
    take(again, 3)
    with closing(open_database(new.database_url)) as database, database.read() as db:
        (late,) = [view.story for view in stories.listing(db, 9) if view.story.id > 2]
    assert late.guid == f"tag:feeds.example,2026:story/{2 + LEAP + 1}"
    assert [path.name for path in new.home.glob(".*")] == []


def test_what_is_there_is_replaced_only_when_asked(old: Settings, tmp_path: Path, backend: str) -> None:
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)
    take(old, 3)
    with pytest.raises(ZhijiaoError, match="--replace"):
        put_back(old, path, quiet, replace=False, now=NOW)
    (old.home / "sources" / "media" / "lj.toml").write_text("id = 'lj'  # mended\n", encoding="utf-8")
    _, files, aside = put_back(old, path, quiet, replace=True, now=NOW)
    assert files["sources/media/lj.toml"] == "beside"
    with closing(open_database(old.database_url)) as database, database.read() as db:
        assert stories.count(db) == 2
    if backend == "sqlite":
        assert aside == old.home.parent / "zhijiao.db.before-20261122T040000Z"
        with closing(sqlite3.connect(aside)) as former:
            assert former.execute("SELECT count(*) FROM stories").fetchone() == (3,)


def test_another_identity_is_refused(old: Settings, tmp_path: Path) -> None:
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)
    other = Settings(home=tmp_path / "other", feed_domain="other.example", feed_since=2025)
    with pytest.raises(ZhijiaoError, match=r"feeds\.example,2026.*other\.example,2025"):
        put_back(other, path, quiet, replace=False, now=NOW)
    assert not (tmp_path / "other").exists()


def test_a_backup_is_of_one_moment_while_others_write(old: Settings, tmp_path: Path) -> None:
    over = Event()

    def write() -> None:
        number = 100
        while not over.is_set():
            take(old, number := number + 1)

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            _, made = make(old, tmp_path / f"{number}.backup", quiet, now=NOW)
            assert made.rows["stories"] == made.rows["cards"] >= 2  # written in one transaction
    finally:
        over.set()
        writer.join()


@pytest.mark.parametrize("fault", ["flipped", "cut", "other"])
def test_a_damaged_backup_changes_nothing(old: Settings, tmp_path: Path, fault: str) -> None:
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)
    content = bytearray(path.read_bytes())
    if fault == "flipped":
        with closing(sqlite3.connect(path)) as db:
            db.execute("DELETE FROM cards")
            db.commit()
    else:
        path.write_bytes(content[: len(content) // 2] if fault == "cut" else b"a letter to somebody")
    with pytest.raises(ZhijiaoError):
        put_back(old, path, quiet, replace=True, now=NOW)
    with closing(open_database(old.database_url)) as database, database.read() as db:
        assert stories.count(db) == 2
    if fault == "other":
        with pytest.raises(ZhijiaoError, match="换一个文件名"):
            make(old, path, quiet, now=NOW)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_former_database_is_held_till_the_new_one_stands(
    old: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on a file system without links, where it is copied: to close a file drops all locks of a process on it."""
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)
    script = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('DELETE FROM cards')"
    said: list[str] = []

    def no_links(*_: object) -> None:
        raise OSError

    def write() -> None:
        target = old.database_url.removeprefix("sqlite:///")
        done = subprocess.run([sys.executable, "-c", script, target], capture_output=True, text=True, check=False)
        said.append(done.stderr.splitlines()[-1])

    monkeypatch.setattr(os, "link", no_links)
    aside = restore(path, old.database_url, old.home, quiet, write, replace=True, now=NOW)
    assert said == ["sqlite3.OperationalError: database is locked"]
    assert aside
    with closing(sqlite3.connect(aside)) as former:
        assert former.execute("SELECT count(*) FROM stories").fetchone() == (2,)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_files_that_cannot_be_written_leave_no_second_database(old: Settings, tmp_path: Path) -> None:
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)

    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ZhijiaoError, match="No space left"):
        restore(path, old.database_url, old.home, quiet, full, replace=True, now=NOW)
    assert not list(tmp_path.glob("*before*"))


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_database_that_cannot_be_opened_is_not_said_to_be_in_use(old: Settings, tmp_path: Path) -> None:
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)
    (tmp_path / "zhijiao.db-wal").mkdir()
    with pytest.raises(ZhijiaoError, match=r"没有恢复.*unable to open"):
        put_back(old, path, quiet, replace=True, now=NOW)


def test_what_lies_beside_for_comparing_is_not_backed_up(old: Settings, tmp_path: Path) -> None:
    (old.home / "lexicon").mkdir()
    for name in ("terms.toml", "terms.toml.from-backup"):
        (old.home / "lexicon" / name).write_text("a = 1\n")
    _, made = make(old, tmp_path / "x.backup", quiet, now=NOW)
    assert sorted(made.files) == ["lexicon/terms.toml", "sources/media/lj.toml", "zhijiao.toml"]


def test_to_keep_some_a_folder_must_be_there(old: Settings, tmp_path: Path) -> None:
    with pytest.raises(ZhijiaoError, match="backups 不是文件夹"):
        make(old, tmp_path / "backups", quiet, now=NOW, keep=14)
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_database_is_not_replaced_under_those_at_work_on_other_machines(old: Settings, tmp_path: Path) -> None:
    """One that was killed is over in due time."""
    path, made = make(old, tmp_path / "x.backup", quiet, now=NOW)
    soon, ago = NOW + timedelta(seconds=90), NOW - timedelta(minutes=5)
    with closing(open_database(old.database_url)) as database:
        with database.begin() as db:
            workers.tell(db, WorkerRecord("machine-1", (), NOW, NOW))
            workers.tell(db, WorkerRecord("long-gone", (), ago, ago))
            hosts.take(db, "linjiang.example", "machine-2", NOW, 90)
            deliveries.declare(db, ["group"], NOW)
            assert deliveries.hold(db, "group", "machine-3", NOW, NOW + timedelta(seconds=30))
        with pytest.raises(ZhijiaoError, match=r"\(machine-1, machine-2, machine-3\).*,91 秒"):
            put_back(old, path, quiet, replace=True, now=NOW)
        with database.read() as db:
            assert hosts.get(db, "linjiang.example") is not None
    assert put_back(old, path, quiet, replace=True, now=soon)[0] == made
    assert everything(old)[1]["hosts"] == 0


OUTSIDE = (
    "../evil.sh",
    "/tmp/evil.toml",
    "sources/../../e.toml",
    "sources/evil.sh",
    "public/index.html",
    "lexicon//x",
    "",
)


def test_a_file_that_no_backup_holds_is_refused(old: Settings, tmp_path: Path) -> None:
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)
    new = Settings(home=tmp_path / "new")
    for name in OUTSIDE:
        with closing(sqlite3.connect(path)) as db:
            db.execute("DELETE FROM backup_files")
            db.execute("INSERT INTO backup_files VALUES (?, ?)", (name, b"evil"))
            db.commit()
        with pytest.raises(ZhijiaoError, match=re.escape(repr(name))):
            put_back(new, path, quiet, replace=False, now=NOW)
        assert not new.home.exists()


def test_dated_backups_of_a_folder_and_how_many_stay(old: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    killed = folder / ".zhijiao-20261101T040000Z.backup.part"
    killed.write_bytes(b"half of it")
    os.utime(killed, (NOW.timestamp() - 86_401,) * 2)
    for day in range(4):
        make(old, folder, quiet, now=NOW + timedelta(days=day), keep=2)
    assert sorted(path.name for path in folder.iterdir()) == [
        "zhijiao-20261124T040000Z.backup",
        "zhijiao-20261125T040000Z.backup",
    ]


def test_a_refused_return_changes_no_file(old: Settings, tmp_path: Path, backend: str) -> None:
    """The database is in use, or fails at its last table; the backup is of another identity."""
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)
    (old.home / "zhijiao.toml").write_text(TOML.replace("feeds.example", "mine.example"), encoding="utf-8")
    (old.home / "sources" / "media" / "lj.toml").unlink()
    for number in ("watched", "reprocess.json"):
        (old.home / number).write_text("7")
    mine = Settings(home=old.home, database_url=old.database_url, feed_domain="mine.example", feed_since=2026)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    def fail(table: str, *_: object) -> None:
        if table == "card_words":
            raise ZhijiaoError("正在使用")

    with closing(open_database(old.database_url)) as database:
        with database.read() as db:
            assert stories.count(db) == 2
            if backend == "sqlite":
                with pytest.raises(ZhijiaoError, match="正在使用"):
                    put_back(mine, path, quiet, replace=True, now=NOW)
        if backend != "sqlite":
            with pytest.raises(ZhijiaoError, match="正在使用"):
                put_back(mine, path, fail, replace=True, now=NOW)
    left = {file for file in tmp_path.rglob("*") if file.is_file() and not file.name.endswith(("-wal", "-shm"))}
    assert {file.name: file.read_bytes() == before.get(file) for file in left} == {
        "x.backup": True,
        "zhijiao.toml": True,
        "watched": True,
        "reprocess.json": True,
    } | ({"zhijiao.db": True} if backend == "sqlite" else {})
    _, files, _ = put_back(mine, path, quiet, replace=True, now=NOW)
    assert files == {"sources/media/lj.toml": "written", "zhijiao.toml": "replaced"}
    assert installed(old.home, old.database_url).tag == "feeds.example,2026"
    assert sorted(path.name for path in old.home.glob("[rw]*")) == []


COMMAND = """
import resource, sys
from pathlib import Path
from zhijiao.cli.app import run
if int(sys.argv[1]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(run(sys.argv[2:]))
"""


def command(settings: Settings, *words: str, most: int = 0, script: str = COMMAND) -> "subprocess.Popen[str]":
    """In a process that may write no file larger than `most` bytes, or whatever `most` means to the script."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("ZHIJIAO_")}
    return subprocess.Popen(
        [sys.executable, "-c", script, str(most), *words],
        env=given | settings.environment() | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_full_disk_leaves_what_was_there(old: Settings, tmp_path: Path, backend: str) -> None:
    path, _ = make(old, tmp_path / "x.backup", quiet, now=NOW)
    content, most = path.read_bytes(), 200_000
    assert len(content) > most
    take(old, 3)
    for words in (("backup", str(path)), ("restore", "--replace", str(path))):
        process = command(old, "db", *words, most=most)
        _, said = process.communicate(timeout=120)
        assert (process.returncode, "Traceback" in said) == (2, False), said
        assert path.read_bytes() == content
        assert [left.name for left in (*tmp_path.glob(".*"), *old.home.glob(".*"))] == []
        with closing(open_database(old.database_url)) as database, database.read() as db:
            assert stories.count(db) == 3


KILLED = """
import os, signal, sys
from zhijiao.cli.app import run
most = int(sys.argv[1]) or 10**9
left = most

def step(frame, event, _):
    global left
    if frame.f_code.co_filename.endswith(("storage/backup.py", "storage/copying.py")):
        left -= event == "line"
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return step

sys.settrace(step)
run(sys.argv[2:])
print(most - left)
"""


@pytest.mark.slow
def test_a_killed_return_leaves_the_old_or_the_new(old: Settings, tmp_path: Path) -> None:
    """Killed at line after line of what it does."""
    path, made = make(old, tmp_path / "x.backup", quiet, now=NOW)
    words = ("db", "restore", "--replace", str(path))
    out, _ = command(old, *words, script=KILLED).communicate(timeout=120)
    lines, ends = int(out.split()[-1]), set()
    for at in (*range(1, lines, lines // 8), *range(lines - 8, lines)):  # the last ones follow the decisive step
        take(old, 100 + at)
        with closing(open_database(old.database_url)) as database, database.read() as db:
            before = stories.count(db)
        process = command(old, *words, most=at, script=KILLED)
        process.communicate(timeout=120)
        assert process.returncode in (-signal.SIGKILL, 0)  # 0: it took a few lines less this time
        with closing(open_database(old.database_url)) as database, database.read() as db:
            ends.add("old" if stories.count(db) == before else "new")
            assert stories.count(db) in (before, made.rows["stories"])
    assert ends == {"old", "new"}
    assert examine(path) == made
