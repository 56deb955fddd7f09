"""The visits that wait for workers: Procrastinate's tables, in a schema of their own beside ours.

They say nothing that ours do not know: a job names a channel, and whether that is due is read there. So they may be
thrown away at any time, and are when Procrastinate's tables change; the next tick fills them again.
"""

import logging
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.database import WATCHFUL, WATCHFUL_SERVER, conninfo
from storage.errors import DatabaseAway, SchemaError, ZhijiaoError
from storage.language import say

try:
    import psycopg
    from procrastinate import App, PsycopgConnector, exceptions
    from procrastinate.jobs import Status
    from procrastinate.schema import SchemaManager
    from psycopg.conninfo import make_conninfo
    from psycopg_pool import PoolTimeout
except ImportError as error:
    raise ZhijiaoError(
        say(
            "多台机器一起工作需要 Procrastinate。请在源码目录运行 `pip install -e '.[scale]'`",
            "workers need Procrastinate: run `pip install -e '.[scale]'` in the checkout",
        )
    ) from error

logger = logging.getLogger(__name__)

SCHEMA = "procrastinate"
VISIT = "visit"  # the one kind of job
ANY = "default"  # queue of sites that name no network
BEAT = 5.0  # seconds between two signs of life of a worker
STALLED = 30.0  # seconds without one: its jobs are given to others
SOON = 20  # seconds until a job is tried again whose host another crawl had
MOST_DELIVERIES = 5  # a job whose crawl process dies each time is a dead letter, and no longer endangers the others
DEAD_HOURS = 24  # after which a dead letter is forgotten, and the channel tried again
AT_ONCE = 1000  # jobs in one statement
MOST_URGENT = 2_000_000_000

# As installed, fetching a job looks at all that wait, and at all of these for each of them: 0.2 s with 3,000 waiting,
# and with 100,000 no answer. With an index, and in the order of priority, it stops at the first that is free: some ms.
FAST = """
CREATE INDEX zhijiao_jobs_lock ON procrastinate_jobs (lock, priority DESC, id) WHERE status IN ('todo', 'doing');
ALTER FUNCTION procrastinate_fetch_job_v2 SET enable_sort = off;
ALTER FUNCTION procrastinate_fetch_job_v2 SET enable_bitmapscan = off;
ALTER FUNCTION procrastinate_fetch_job_v2 SET enable_seqscan = off;
ALTER TABLE procrastinate_jobs SET (autovacuum_vacuum_scale_factor = 0.05);
"""

AWAY = (exceptions.ConnectorException, psycopg.OperationalError, PoolTimeout, DatabaseAway, OSError)


@dataclass(frozen=True)
class Due:
    """A channel that is to be visited, and by whom and how soon."""

    channel: str
    host: str
    network: str | None
    items: float  # that are expected to wait there

    @property
    def priority(self) -> int:
        return min(int(1000 * self.items), MOST_URGENT)

    @property
    def queue(self) -> str:
        return self.network or ANY

    @property
    def lock(self) -> str:
        """One job a host at a time; one of a network without workers must not hold up those of another."""
        return f"host:{self.queue}:{self.host}"


@dataclass(frozen=True)
class Letter:
    """A job that no worker finished, however often it was delivered."""

    channel: str
    network: str
    attempts: int
    at: datetime


@dataclass(frozen=True)
class Queue:
    """What waits for the workers of a network."""

    network: str
    waiting: int = 0
    doing: int = 0
    dead: int = 0


def prepare(url: str) -> None:
    """Make the tables where there are none. SchemaError where they are those of another version of Procrastinate."""
    if _installed(url, renew=False) not in (None, _version()):
        raise SchemaError(
            say(
                "任务表属于另一个版本的 Procrastinate。请在所有机器上装好同一版本,再运行 `zhijiao db upgrade`",
                "the tables of jobs are those of another version of Procrastinate: install the same one on all "
                "machines, then run `zhijiao db upgrade`",
            )
        )


def renew(url: str) -> None:
    """Make the tables anew where they are those of another version."""
    _installed(url, renew=True)


def _version() -> str:
    """The last migration that this version of Procrastinate knows."""
    return max(path.stem for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _installed(url: str, *, renew: bool) -> str | None:
    """The version of the tables that there were; None: there were none, and now there are."""
    with _told(), psycopg.connect(_address(url)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('jobs', 2))")
        row = connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [SCHEMA]
        ).fetchone()
        known = row[0] if row else None
        if row and not (renew and known != _version()):
            return str(known)
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(f"SET LOCAL search_path TO {SCHEMA}")
        connection.execute(SchemaManager.get_schema())
        connection.execute(FAST)
        connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{_version()}'")
        return None


def _address(url: str) -> str:
    return make_conninfo(conninfo(url), **WATCHFUL)


@asynccontextmanager
async def opened(url: str, connections: int = 2) -> AsyncIterator[App]:
    """Procrastinate on our database. DatabaseAway where that does not answer."""
    connector = PsycopgConnector(
        conninfo=_address(url),
        min_size=1,
        max_size=connections,
        timeout=15.0,
        configure=_configure,
    )
    app = App(connector=connector)
    with _told():
        await app.open_async()
    try:
        yield app
    finally:
        with suppress(*AWAY):
            await app.close_async()


async def _configure(connection: "psycopg.AsyncConnection[Any]") -> None:
    await connection.execute(f"SET search_path TO {SCHEMA}; {WATCHFUL_SERVER}")
    await connection.commit()


async def defer(app: App, due: Sequence[Due]) -> int:
    """Let the channels wait for workers, those with most to be found first; how many did not wait before.

    A channel that waits, is being visited or is a dead letter does not wait twice; what waits is as urgent as it has
    become, and waits for the network that its site names now.
    """
    await app.connector.execute_query_async(
        "DELETE FROM procrastinate_jobs AS job WHERE status IN ('failed', 'aborted') AND NOT EXISTS"
        " (SELECT FROM procrastinate_events WHERE job_id = job.id AND at > now() - make_interval(hours => %(hours)s))",
        hours=DEAD_HOURS,
    )
    known = await _channels(app)
    new = [one for one in due if one.channel not in known]
    for start in range(0, len(new), AT_ONCE):
        await app.job_manager.batch_defer_jobs_async([_job(app, one) for one in new[start : start + AT_ONCE]])
    waiting = [one for one in due if known.get(one.channel) == Status.TODO.value]
    if waiting:
        await app.connector.execute_query_async(
            "UPDATE procrastinate_jobs AS job SET priority = new.priority, queue_name = new.queue, lock = new.lock"
            " FROM unnest(%(channels)s::text[], %(priorities)s::int[], %(queues)s::text[], %(locks)s::text[])"
            " AS new(channel, priority, queue, lock) WHERE job.status = 'todo' AND job.queueing_lock = new.channel"
            " AND (job.priority, job.lock) IS DISTINCT FROM (new.priority, new.lock)",  # the lock names the queue, too
            channels=[_named(one.channel) for one in waiting],
            priorities=[one.priority for one in waiting],
            queues=[one.queue for one in waiting],
            locks=[one.lock for one in waiting],
        )
    return len(new)


def _named(channel: str) -> str:
    return f"channel:{channel}"


def _job(app: App, due: Due) -> Any:
    return app.configure_task(
        VISIT,
        queue=due.queue,
        priority=due.priority,
        lock=due.lock,
        queueing_lock=_named(due.channel),
        task_kwargs={"channel": due.channel},
    ).job


async def _channels(app: App) -> dict[str, str]:
    """The channels that there are jobs for, and how these are getting on."""
    rows = await app.connector.execute_query_all_async(
        "SELECT args->>'channel' AS channel, status::text FROM procrastinate_jobs"
        " WHERE task_name = 'visit' AND status IN ('todo', 'doing', 'failed') ORDER BY status = 'todo'"
    )
    return {row["channel"]: row["status"] for row in rows}


async def excuse(app: App, job: int | None) -> None:
    """Nobody died at this delivery: `attempts`, which Procrastinate adds to at each, shall count deaths alone."""
    await app.connector.execute_query_async(
        "UPDATE procrastinate_jobs SET attempts = attempts - 1 WHERE id = %(job)s", job=job
    )


def pause(deaths: int) -> float:
    """Seconds until a job whose crawl process died is delivered again: apart from those that died with it."""
    return random.uniform(5, 5 + deaths * SOON)  # noqa: S311 - no secret


async def redeliver(app: App) -> int:
    """Give the jobs of workers that have fallen silent to others, or to nobody where that has happened too often."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED))
    for job in stalled:
        try:
            if job.attempts + 1 >= MOST_DELIVERIES:
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            else:
                seconds = pause(job.attempts) if job.attempts else 0.0
                await app.job_manager.retry_job(job, retry_at=datetime.now(UTC) + timedelta(seconds=seconds))
        except exceptions.UniqueViolation:  # the channel waits again already
            await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
        except exceptions.ConnectorException:
            logger.debug("job redelivered by another job=%s", job.id)  # all workers look for stalled jobs
    return len(stalled)


async def revive(app: App, channels: Sequence[str] = ()) -> int:
    """Forget dead letters, all where no channel is named, so that the next tick lets their channels wait again."""
    rows = await app.connector.execute_query_all_async(
        "DELETE FROM procrastinate_jobs WHERE status = 'failed'"
        " AND (%(all)s OR args->>'channel' = ANY(%(channels)s::text[])) RETURNING id",
        all=not channels,
        channels=list(channels),
    )
    return len(rows)


async def queues(app: App) -> list[Queue]:
    rows = await app.connector.execute_query_all_async(
        "SELECT queue_name AS network, count(*) FILTER (WHERE status = 'todo') AS waiting,"
        " count(*) FILTER (WHERE status = 'doing') AS doing, count(*) FILTER (WHERE status = 'failed') AS dead"
        " FROM procrastinate_jobs GROUP BY queue_name ORDER BY queue_name"
    )
    return [Queue(**row) for row in rows]


async def letters(app: App) -> list[Letter]:
    rows = await app.connector.execute_query_all_async(
        "SELECT args->>'channel' AS channel, queue_name AS network, attempts,"
        " (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id) AS at"
        " FROM procrastinate_jobs AS job WHERE status = 'failed' ORDER BY at DESC"
    )
    return [Letter(**row) for row in rows]


class _told:  # noqa: N801 - used like a function
    """DatabaseAway, in words, for what drivers say of a database that does not answer."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, AWAY) and not isinstance(error, DatabaseAway):
            why = str(error.__cause__ or error).strip().partition("\n")[0]
            raise DatabaseAway(say(f"数据库暂时无法使用:{why}", f"the database is away: {why}")) from error
