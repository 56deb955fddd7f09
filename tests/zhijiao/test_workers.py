"""Workers on a real PostgreSQL: what is due is handed out once, and no death of a program loses or doubles a visit."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import psycopg
import pytest

from crawlers.events import Job
from pipeline.settings import Settings
from storage import articles, hosts, visits, workers
from storage.database import Database, open_database
from storage.errors import ZhijiaoError
from storage.records import Lease, VisitRecord, WorkerRecord
from tests.crawlers.crawling import Home
from tests.crawlers.website import Website, article, listing, serve
from tests.zhijiao.conftest import Type
from zhijiao import crawler as crawling
from zhijiao import doctor, jobs
from zhijiao import workers as working_here
from zhijiao.crawler import CrawlDied, Crawler
from zhijiao.tick import jobs_of, tick, visited_meanwhile, watched_until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60  # seconds
TITLES = {f"/{number}.html": f"职业学校技能竞赛第{number}场开赛" for number in range(4)}


@pytest.fixture
def backend() -> str:
    """Workers need PostgreSQL."""
    return "postgresql"


@pytest.fixture
def site() -> Iterator[Website]:
    with serve() as website:
        website.set("/list/", listing([(path, title, "2026-11-20") for path, title in TITLES.items()]))
        for path, title in TITLES.items():
            website.set(path, article(title))
        yield website


@pytest.fixture
def home(tmp_path: Path, database_url: str, site: Website) -> Iterator[Home]:
    """An installation with one site; jobs are gone at the end."""
    home = Home(tmp_path / "home", {"ZHIJIAO_LEASE_SECONDS": "6", "ZHIJIAO_LOG_LEVEL": "INFO"}, url=database_url)
    home.site("linjiang", site.base, news="/list/")
    yield home
    home.database.close()
    execute(database_url, f"DROP SCHEMA IF EXISTS {jobs.SCHEMA} CASCADE")


def execute(url: str, query: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(jobs.conninfo(url), autocommit=True) as connection:
        done = connection.execute(f"SET search_path TO {jobs.SCHEMA}, public").connection.execute(query, values)
        return done.fetchall() if done.description else []


@pytest.fixture
def typed(zhijiao: Type, home: Home) -> Type:
    """Commands of this installation."""
    own = {name: value for name, value in home.environment.items() if name.startswith("ZHIJIAO_")}
    return partial(zhijiao, **own)


def handed_out(home: Home) -> int | None:
    """A tick; how many channels it let wait for workers."""
    settings = Settings(
        home=home.path,
        database_url=home.url,
        sources=home.path / "sources",
        bundled_sources=False,
        contact="test@linjiang.example",
    )
    return tick(settings, enqueue=True).deferred


@contextmanager
def working(home: Home, *words: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen([sys.executable, "-m", "zhijiao", "worker", *words], env=home.environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def soon(true: Callable[[], object]) -> None:
    """Wait until it is true."""
    late = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < late, "it did not come true"
        time.sleep(0.05)


def statuses(home: Home) -> list[tuple[object, ...]]:
    return execute(home.url, "SELECT args->>'channel', queue_name, status::text FROM procrastinate_jobs ORDER BY 1")


def stored(home: Home) -> list[str]:
    with home.database.read() as db:
        return sorted(one.title for one in articles.listing(db, limit=100))


def visited(home: Home, channel: str = "linjiang/news") -> int:
    with home.database.read() as db:
        return len(visits.recent(db, channel, 10))


def lease(home: Home, site: Website) -> Lease | None:
    with home.database.read() as db:
        return hosts.get(db, site.host)


def time_passes(home: Home) -> None:
    """Whoever has died has been silent for long, and its leases have run out."""
    execute(home.url, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    execute(home.url, "UPDATE hosts SET lease_until = now() - interval '1 hour' WHERE lease_until > now()")
    execute(home.url, "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def hesitate(site: Website) -> None:
    """The third article does not come."""
    site.pages["/2.html"] = replace(site.pages["/2.html"], seconds=30)


def answer(site: Website) -> None:
    site.closing.set()
    site.pages["/2.html"] = replace(site.pages["/2.html"], seconds=0)


def test_what_is_due_waits_once_for_the_workers_of_its_network(typed: Type, home: Home, site: Website) -> None:
    home.site("qingchuan", site.base, keys='network = "edu"', news="/list/")
    first, second = typed("tick", "--enqueue"), typed("--lang", "zh", "tick", "--enqueue")
    assert (first.returncode, first.stdout.splitlines()[0]) == (0, "2 channels handed to workers.")
    assert (second.returncode, second.stdout.splitlines()[0]) == (0, "没有新到期的栏目。")
    assert statuses(home) == [("linjiang/news", "default", "todo"), ("qingchuan/news", "edu", "todo")]


def test_the_channel_with_most_to_be_found_comes_first_and_what_waits_is_weighed_anew(home: Home) -> None:
    def due(*items: float) -> list[jobs.Due]:
        return [jobs.Due(f"site{number}/news", "host", None, n) for number, n in enumerate(items)]

    async def deferred() -> list[object]:
        async with jobs.opened(home.url) as app:
            assert await jobs.defer(app, due(0.5, 3.0)) == 2
            before = await app.job_manager.list_jobs_async()
            assert await jobs.defer(app, due(7.25, 3.0, 1.0)) == 1
            return [
                [(job.queueing_lock, job.priority) for job in found]
                for found in (before, await app.job_manager.list_jobs_async())
            ]

    jobs.prepare(home.url)
    before, after = asyncio.run(deferred())
    assert before == [("channel:site0/news", 500), ("channel:site1/news", 3000)]
    assert sorted(after) == [("channel:site0/news", 7250), ("channel:site1/news", 3000), ("channel:site2/news", 1000)]


def test_what_waits_follows_its_site_to_another_network(typed: Type, home: Home, site: Website) -> None:
    waited = [handed_out(home)]
    for keys in ('network = "edu"', 'network = "tel"', ""):
        home.site("linjiang", site.base, keys=keys, news="/list/")
        waited.append(handed_out(home))
        query = "SELECT queue_name, lock, status::text FROM procrastinate_jobs"
        network = keys[11:-1] or jobs.ANY
        assert execute(home.url, query) == [(network, f"host:{network}:{site.host}", "todo")]
    assert waited == [1, 0, 0, 0]


def test_a_worker_visits_its_networks_survives_the_loss_of_the_database_and_ends_in_order(
    typed: Type, home: Home, site: Website, postgresql_server: psycopg.Connection
) -> None:
    home.site("qingchuan", site.base, keys='network = "edu"', news="/list/")
    assert handed_out(home) == 2
    with working(home) as process:
        soon(lambda: len(statuses(home)) == 1)
        listed = typed("worker", "list")
        ((database,),) = execute(home.url, "SELECT current_database()")
        postgresql_server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [database],
        )
        execute(home.url, "UPDATE channels SET next_due = NULL")
        handed_out(home)
        soon(lambda: visited(home) == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert stored(home) == sorted(TITLES.values())
    assert statuses(home) == [("qingchuan/news", "edu", "todo")]
    assert listed.returncode == 0
    assert f"-{process.pid}  default" in listed.stdout
    with home.database.read() as db:
        assert workers.listing(db) == []


def test_a_visit_that_is_stopped_goes_on_elsewhere(home: Home, site: Website) -> None:
    hesitate(site)
    handed_out(home)
    with working(home) as process:
        assert site.waiting.wait(PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert lease(home, site).lease_until.year == 1970
    assert statuses(home) == [("linjiang/news", "default", "todo")]
    answer(site)
    home.crawl({"channel": "linjiang/news", "if_due": True})  # as the next worker has it
    assert stored(home) == sorted(TITLES.values())
    assert visited(home) == 1  # the articles that were left are read, and no list


def test_a_killed_worker_loses_and_doubles_nothing(home: Home, site: Website) -> None:
    hesitate(site)
    handed_out(home)
    with working(home) as process:
        assert site.waiting.wait(PATIENCE)
        process.kill()
    answer(site)
    assert statuses(home) == [("linjiang/news", "default", "doing")]
    time_passes(home)
    with working(home):
        soon(lambda: statuses(home) == [])
    assert stored(home) == sorted(TITLES.values())
    assert visited(home) == 1
    assert site.paths().count("/list/") == 1


def test_a_crawl_process_that_dies_is_replaced_and_its_visit_made_again(home: Home, site: Website) -> None:
    hesitate(site)
    handed_out(home)
    with working(home) as process:
        assert site.waiting.wait(PATIENCE)
        (child,) = children(process.pid)
        os.kill(child, signal.SIGKILL)
        soon(lambda: statuses(home) == [("linjiang/news", "default", "todo")])
        answer(site)
        time_passes(home)
        soon(lambda: statuses(home) == [])
    assert stored(home) == sorted(TITLES.values())
    with home.database.read() as db:
        assert [(one.visits, one.replaced) for one in workers.listing(db)] in ([(0, 1)], [(1, 1)])  # as last told


def children(pid: int) -> list[int]:
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


def test_a_job_delivered_late_finds_nothing_to_do(home: Home, site: Website) -> None:
    job = {"channel": "linjiang/news", "if_due": True}
    with home.crawling() as crawl:
        assert [crawl(job).finished("linjiang/news").get("kept") for _ in range(2)] == [4, None]
        with home.database.begin() as db:
            hosts.take(db, site.host, "another", datetime.now(UTC) + timedelta(minutes=1), 60)
        assert crawl(job).finished("linjiang/news") == {
            "failed": {"another crawl is asking this host": 1},
            "unasked": True,
        }
    assert (visited(home), site.paths().count("/list/")) == (1, 1)


def test_a_channel_that_kills_is_given_up_and_said_so(typed: Type, home: Home) -> None:
    handed_out(home)
    execute(home.url, "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s", jobs.MOST_DELIVERIES - 1)

    async def looked_after() -> int:
        async with jobs.opened(home.url) as app:
            return await jobs.redeliver(app)

    assert asyncio.run(looked_after()) == 1
    assert handed_out(home) == 0
    listed = typed("worker", "list")
    assert listed.returncode == 1
    assert (
        "✗ linjiang/news  its crawl process died 5 times, given up; `zhijiao worker retry` tries again" in listed.stdout
    )
    assert typed("worker", "retry", "linjiang/news").stdout == "1 channels will be tried again\n"
    assert handed_out(home) == 1


@pytest.fixture
def worker(home: Home) -> working_here.Worker:
    """One that does nothing by itself."""
    return working_here.Worker(Settings(home=home.path, database_url=home.url), [jobs.ANY], 4, 10**9)


class Well:
    """A crawl process that is well."""

    doing = 0

    def fault(self, _memory: int) -> None:
        return None

    def memory(self) -> int:
        return 0


class Fated:
    """A crawl process whose visits end as the test says."""

    stopping, doing = False, 0

    def __init__(self, ends: list[Exception | None]) -> None:
        self.ends = iter(ends)

    async def visit(self, _channel: str) -> dict[str, object]:
        if end := next(self.ends):
            raise end
        return {"new": 0, "kept": 0, "unasked": True, "failed": {}}


def test_only_deaths_count_against_a_channel(home: Home, worker: working_here.Worker) -> None:
    ends = [None] * 6 + [CrawlDied("linjiang/news")] * (jobs.MOST_DELIVERIES - 1)
    worker.crawler = Fated(ends)  # type: ignore[assignment]
    handed_out(home)
    told = []

    async def deliveries() -> None:
        async with jobs.opened(home.url) as app:
            worker.learn(app)
            for _ in ends:
                await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
                told.extend(execute(home.url, "SELECT status::text, attempts FROM procrastinate_jobs"))
                time_passes(home)

    asyncio.run(deliveries())
    assert told == [("todo", 0)] * 6 + [("todo", deaths) for deaths in range(1, jobs.MOST_DELIVERIES)]


def test_those_that_died_together_return_apart() -> None:
    pauses = {jobs.pause(1) for _ in range(20)}
    assert len(pauses) == 20
    assert all(5 <= pause <= 25 for pause in pauses)


def test_a_worker_that_waits_for_the_database_is_not_taken_for_frozen(
    home: Home, worker: working_here.Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed = []
    monkeypatch.setattr(working_here.faulthandler, "dump_traceback_later", lambda *_, **__: armed.append(True))
    monkeypatch.setattr(working_here.faulthandler, "cancel_dump_traceback_later", armed.clear)
    beaten = asyncio.Event()

    async def beat(_app: object) -> None:
        beaten.set()

    monkeypatch.setattr(jobs, "redeliver", beat)
    worker.crawler = Well()  # type: ignore[assignment]

    async def lost() -> None:
        living = asyncio.create_task(worker._live(None, home.database))  # type: ignore[arg-type]
        await beaten.wait()  # now it waits for its next beat, as nearly always
        assert armed
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)

    asyncio.run(lost())
    assert not armed


def test_a_replaced_crawl_process_ends_together_with_the_other(worker: working_here.Worker) -> None:
    stopped = []

    class Ending(Well):
        async def stop(self, _seconds: float) -> None:
            stopped.append(self)

    async def told_to_stop() -> None:
        worker.crawler = Ending()  # type: ignore[assignment]
        worker._retiring[asyncio.create_task(asyncio.sleep(PATIENCE))] = Ending()  # type: ignore[index, assignment]
        worker.stopping.set()
        await worker._stop(SimpleNamespace(stop=lambda: None))  # type: ignore[arg-type]

    asyncio.run(told_to_stop())
    assert len(set(stopped)) == 2


def test_a_worker_takes_the_place_of_one_that_was_killed(home: Home, worker: working_here.Worker) -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    machine, now = socket.gethostname(), datetime.now(UTC)
    names = (f"{machine}-{killed.pid}", f"{machine}-{os.getppid()}", f"elsewhere-{killed.pid}")
    with home.database.begin() as db:
        for name in names:
            workers.tell(db, WorkerRecord(name, (jobs.ANY,), now, now))
    worker._succeed(home.database)
    with home.database.read() as db:
        assert {one.name for one in workers.listing(db)} == set(names[1:])


def test_a_silent_worker_is_seen(typed: Type, home: Home) -> None:
    ago = datetime.now(UTC) - timedelta(minutes=5)
    with home.database.begin() as db:
        workers.tell(db, WorkerRecord("machine-1", ("edu",), ago, ago, doing=3, visits=1234, memory=250_000_000))
    listed = typed("worker", "list")
    assert listed.returncode == 1
    assert " ".join(listed.stdout.splitlines()[-1].split()) == "machine-1 edu 5 min 1,234 3 250 MB 0 5 min ago"
    settings = Settings(home=home.path, database_url=home.url)
    assert [(one.state, one.detail) for one in doctor._workers(settings)] == [
        ("warning", "1 个,1 个没有动静:machine-1")
    ]


def test_tables_of_another_version_are_told_and_made_anew(home: Home) -> None:
    jobs.prepare(home.url)
    execute(home.url, f"COMMENT ON SCHEMA {jobs.SCHEMA} IS 'older'")
    with pytest.raises(ZhijiaoError, match="zhijiao db upgrade"):
        jobs.prepare(home.url)
    jobs.renew(home.url)
    jobs.prepare(home.url)


def test_one_at_a_time_on_all_machines(database: Database, database_url: str) -> None:
    other, order = open_database(database_url), []

    def second() -> None:
        with other.alone("publishing"):
            order.append("second")

    thread = Thread(target=second)
    with database.alone("publishing"), database.alone("something else"):
        thread.start()
        soon(lambda: execute(database_url, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
        order.append("first")
    thread.join()
    other.close()
    assert order == ["first", "second"]


def test_sqlite_is_told_what_workers_need(settings: Settings) -> None:
    with pytest.raises(ZhijiaoError, match=r"PostgreSQL.*zhijiao db migrate-to"):
        jobs_of(settings)


class Pretended:
    """A crawl process that is what the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settings: Settings, program: str) -> None:
        real = asyncio.create_subprocess_exec
        monkeypatch.setattr(
            crawling.asyncio,
            "create_subprocess_exec",
            lambda *_, **options: real(sys.executable, "-c", program, **options),
        )
        self.settings = settings

    def run(self, story: Callable[[Crawler], object]) -> object:
        async def told() -> object:
            crawler = await Crawler.start(self.settings)
            try:
                return await story(crawler)
            finally:
                await crawler.stop(5)

        return asyncio.run(told())


def test_the_end_of_a_process_is_told_to_its_visits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    process = Pretended(monkeypatch, settings, "input(); print('{\"event\": \"arti', end='', flush=True)")

    async def story(crawler: Crawler) -> object:
        with pytest.raises(CrawlDied):
            await crawler.visit("a/x")
        return crawler.fault(10**9)

    assert process.run(story) == "died"


@pytest.mark.parametrize(
    ("limit", "value", "fault"),
    [("DEAF", -1, "hangs"), ("OLD", -1, "old"), ("SILENT", -1, "silent visit"), ("memory", 0, "memory")],
)
def test_a_process_that_is_not_well_is_seen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, fault: str
) -> None:
    process = Pretended(monkeypatch, settings, "import time; time.sleep(60)")
    if limit != "memory":
        monkeypatch.setattr(crawling, limit, value)

    async def story(crawler: Crawler) -> object:
        visit = asyncio.create_task(crawler.visit("a/x"))
        await asyncio.sleep(0)
        seen = crawler.fault(value if limit == "memory" else 10**12)
        visit.cancel()
        return seen

    assert process.run(story) == fault


def test_a_job_line_says_that_it_asks_before_it_visits() -> None:
    assert Job.of(Job("a/x", if_due=True).line()) == Job("a/x", if_due=True)


def test_a_tick_judges_what_workers_have_visited_since_the_one_before(home: Home) -> None:
    settings = Settings(home=home.path, database_url=home.url)
    with home.database.begin() as db:
        visits.store(db, visit("linjiang/news"), ())
    assert visited_meanwhile(home.database, settings) == ([], 1)
    watched_until(settings, 1)
    with home.database.begin() as db:
        visits.store(db, visit("linjiang/news"), ())
    assert [visited_meanwhile(home.database, settings) for _ in range(2)] == [(["linjiang/news"], 2)] * 2, (
        "not yet judged"
    )
    watched_until(settings, 2)
    assert visited_meanwhile(home.database, settings) == ([], 2)
    number = settings.home / "watched"
    for torn in (b"", b"1x", b"\xff"):
        number.write_bytes(torn)
        assert visited_meanwhile(home.database, settings) == ([], 2)


def visit(channel: str) -> VisitRecord:
    now = datetime.now(UTC)
    return VisitRecord(channel, now, now, "ok", now, 200)


def test_the_most_urgent_job_whose_host_is_free_is_fetched(home: Home) -> None:
    waiting = [jobs.Due("a/1", "a", None, 1), jobs.Due("a/2", "a", None, 3), jobs.Due("b/1", "b", None, 2)]

    async def fetched() -> list[object]:
        async with jobs.opened(home.url) as app:
            await jobs.defer(app, [*waiting, jobs.Due("c/1", "c", "edu", 9)])
            worker = await app.job_manager.register_worker()
            found = [await app.job_manager.fetch_job(queues=[jobs.ANY], worker_id=worker) for _ in range(3)]
            return [job and job.task_kwargs["channel"] for job in found]

    jobs.prepare(home.url)
    assert asyncio.run(fetched()) == ["a/2", "b/1", None]


@pytest.mark.parametrize("words", [("worker",), ("worker", "list"), ("up", "--workers"), ("tick", "--enqueue")])
def test_every_command_says_it(zhijiao: Type, words: tuple[str, ...]) -> None:
    done = zhijiao(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "zhijiao db migrate-to postgresql://" in done.stderr


def test_what_is_not_installed_is_said(zhijiao: Type, monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.delitem(sys.modules, "zhijiao.jobs")
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    done = zhijiao("worker", ZHIJIAO_DATABASE_URL=home.url)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install -e '.[scale]'" in done.stderr
