"""What is to be watched from outside, in Prometheus' text format. Every figure is found by an index: asking is cheap.

Totals are the highest numbers that were given, since counting a million takes too long: what has been forgotten still
counts, and on PostgreSQL they may be a little high.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from prometheus_client import CONTENT_TYPE_PLAIN_1_0_0, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.health.wording import NAMES
from pipeline.settings import Settings
from publish.feeds.catalogue import MAIN
from publish.feeds.files import path_of
from publish.feeds.formats import FORMATS
from storage import channels, deliveries, figures, incidents, visits, workers
from storage.database import Database
from storage.records import DeliveryState, VisitOutcome, WorkerRecord

MEDIA_TYPE = CONTENT_TYPE_PLAIN_1_0_0
AN_HOUR = timedelta(hours=1)
OUTCOMES: tuple[VisitOutcome, ...] = ("ok", "not_modified", "put_off", "failed")
STATES: tuple[DeliveryState, ...] = ("waiting", "failed", "unknown")  # of deliveries: what a person may have to know


def exposed(database: Database, settings: Settings, now: datetime) -> bytes:
    registry = CollectorRegistry()
    registry.register(Figures(database, settings, now))
    return generate_latest(registry)


class Figures(Collector):
    def __init__(self, database: Database, settings: Settings, now: datetime) -> None:
        self.database, self.settings, self.now = database, settings, now

    def describe(self) -> list[Metric]:
        return []  # registering asks the database nothing

    def collect(self) -> Iterator[Metric]:
        with self.database.read() as db:
            totals, pending = figures.totals(db), figures.pending(db)
            released, recent = figures.last_release(db), visits.outcomes(db, self.now - AN_HOUR)
            last, (waiting, since) = visits.newest(db), channels.backlog(db, self.now)
            watched, wrong = channels.watched(db), incidents.counts(db)
            targets = {one.name: one for one in deliveries.targets(db)}
            machines = workers.listing(db)
            undelivered = {name: deliveries.unsettled(db, name) for name in targets}
        visited = last.finished_at if last else None
        for name, (help_, value) in {
            "articles": ("articles read", totals["articles"]),
            "stories": ("stories", totals["stories"]),
            "visits": ("visits of channels", totals["visits"]),
        }.items():
            yield CounterMetricFamily(f"zhijiao_{name}", help_, value)
        lately = "visits of the last hour, among the last 50,000 at most"
        yield _by("visits_last_hour", lately, "outcome", {o: recent.get(o, 0) for o in OUTCOMES})
        yield _gauge("last_visit_timestamp_seconds", "when a visit ended last", _seconds(visited))
        yield _gauge("channels", "channels that are visited", watched)
        yield _gauge("channels_due", "channels that wait for a visit", waiting)
        yield _gauge("overdue_seconds", "how long the first of them has waited", self._since(since))
        yield _by("incidents_open", "what is wrong with channels", "kind", {kind: wrong.get(kind, 0) for kind in NAMES})
        yield _gauge("last_release_timestamp_seconds", "when a story was released last", _seconds(released))
        yield _gauge("feed_written_timestamp_seconds", "when the main feed changed last", self._written())
        yield _by("outbox_pending", "what the outbox still holds", "for", pending)
        family = GaugeMetricFamily("zhijiao_deliveries", "messages that have not arrived", labels=("target", "state"))
        for name, counts in undelivered.items():
            for state in STATES:
                family.add_metric((name, state), counts.get(state, 0))
        yield family
        failing = {name: self._since(target.failing_since) for name, target in targets.items()}
        yield from self._of(machines)
        yield _by("target_failing_seconds", "for how long a target has taken nothing", "target", failing)

    def _of(self, machines: Sequence[WorkerRecord]) -> Iterator[Metric]:
        """Figures of each worker; none on one machine alone."""
        for name, help_, figure in (
            ("worker_silent_seconds", "for how long a worker has told nothing", lambda one: self._since(one.seen_at)),
            ("worker_doing", "visits that it is at", lambda one: one.doing),
            ("worker_visits", "visits since it started", lambda one: one.visits),
            ("worker_replaced", "crawl processes that died, hung or grew", lambda one: one.replaced),
            ("worker_memory_bytes", "memory of its crawl process", lambda one: one.memory),
        ):
            if machines:
                yield _by(name, help_, "worker", {one.name: figure(one) for one in machines})

    def _since(self, moment: datetime | None) -> float:
        return max((self.now - moment).total_seconds(), 0.0) if moment else 0.0

    def _written(self) -> float:
        paths = [path_of(self.settings.public, MAIN, form) for form in FORMATS]
        return max((path.stat().st_mtime for path in paths if path.exists()), default=0.0)


def _gauge(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(f"zhijiao_{name}", help_, value)


def _by(name: str, help_: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"zhijiao_{name}", help_, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
