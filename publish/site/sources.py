"""Sources: the sites that are watched, their channels, and what visiting them brought day by day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from publish.entries import SHANGHAI
from storage import channels, incidents, sites, visits
from storage.database import Database
from storage.records import ChannelRecord, DayOfVisits, IncidentRecord, SiteRecord, VisitRecord

DAYS = 30


@dataclass(frozen=True)
class Source:
    site: SiteRecord
    channels: tuple[ChannelRecord, ...]

    @property
    def failing(self) -> int:
        """Channels whose last visit failed."""
        return sum(channel.failures > 0 for channel in self.channels if channel.enabled)

    @property
    def active(self) -> bool:
        return self.site.enabled and any(channel.enabled for channel in self.channels)


@dataclass(frozen=True)
class Watch:
    """A source with its history."""

    source: Source
    last: dict[str, VisitRecord]  # by channel
    days: tuple[DayOfVisits, ...]  # every one of the last month, visited or not
    incidents: tuple[IncidentRecord, ...] = ()  # open ones, then those that ended in that time

    def wrong(self, channel_id: str) -> list[IncidentRecord]:
        """What is wrong with a channel now."""
        return [one for one in self.incidents if one.channel_id == channel_id and one.ended_at is None]

    @property
    def over(self) -> list[IncidentRecord]:
        return [one for one in self.incidents if one.ended_at]

    @property
    def new(self) -> list[tuple[date, tuple[int, ...]]]:
        return [(day.day, (day.new,)) for day in self.days]

    @property
    def visits(self) -> list[tuple[date, tuple[int, ...]]]:
        return [(day.day, (day.visits, day.failed)) for day in self.days]


def sources(database: Database) -> list[Source]:
    """All, in the order of the catalogue; those that are watched first."""
    with database.read() as db:
        known = {site.id: (site, list[ChannelRecord]()) for site in sites.listing(db)}
        for channel in channels.listing(db):
            known[channel.site_id][1].append(channel)
    found = [Source(site, tuple(its)) for site, its in known.values()]
    return sorted(found, key=lambda source: not source.active)


def watch(database: Database, site_id: str, now: datetime) -> Watch | None:
    today = now.astimezone(SHANGHAI).date()
    first = today - timedelta(days=DAYS - 1)
    with database.read() as db:
        site = sites.get(db, site_id)
        if site is None:
            return None
        its = tuple(channels.of_site(db, site_id))
        begin = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
        known = {day.day: day for day in visits.daily(db, site_id, begin)}
        last = {channel.id: visit for channel in its for visit in visits.recent(db, channel.id, 1)}
        troubles = incidents.listing(db, site_id=site_id, ended_since=begin)
    days = tuple(_day(known, first + timedelta(days=number)) for number in range(DAYS))
    return Watch(Source(site, its), last, days, tuple(troubles))


def _day(known: dict[date, DayOfVisits], day: date) -> DayOfVisits:
    return known.get(day, DayOfVisits(day, 0, 0, 0))
