"""Health: what is wrong with channels now, by kind, and what was lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.health.history import NOTES
from pipeline.health.wording import NAMES
from storage import channels, incidents, sites, visits
from storage.database import Database
from storage.records import ChannelRecord, IncidentRecord, SiteRecord

LATELY = timedelta(days=14)
MOST = 200  # of a kind; what is wrong with thousands is one thing


@dataclass(frozen=True)
class Trouble:
    incident: IncidentRecord
    channel: ChannelRecord
    site: SiteRecord


@dataclass(frozen=True)
class Health:
    wrong: dict[str, list[Trouble]]  # by kind, in the order of NAMES
    counts: dict[str, int]  # all that are open
    over: list[Trouble]
    watched: int  # channels
    last_visit: datetime | None

    @property
    def troubles(self) -> int:
        """Without notes."""
        return sum(number for kind, number in self.counts.items() if kind not in NOTES)


def health_of(database: Database, now: datetime) -> Health:
    with database.read() as db:
        found = incidents.listing(db, ended_since=now - LATELY)
        its = {channel.id: channel for channel in channels.named(db, {one.channel_id for one in found})}
        known = {site.id: site for site in sites.listing(db)}
        watched, last, counts = channels.watched(db), visits.newest(db), incidents.counts(db)
    told = [Trouble(one, its[one.channel_id], known[its[one.channel_id].site_id]) for one in found]
    wrong = {kind: _of_kind(told, kind) for kind in NAMES}
    over = [one for one in told if one.incident.ended_at]
    return Health(
        {kind: of_kind for kind, of_kind in wrong.items() if of_kind},
        counts,
        over[:MOST],
        watched,
        last.finished_at if last else None,
    )


def _of_kind(told: Sequence[Trouble], kind: str) -> list[Trouble]:
    return [one for one in told if one.incident.kind == kind and one.incident.ended_at is None][:MOST]
