"""What every visit needs at hand: settings, catalogue, database, the hosts it holds."""

from dataclasses import dataclass

from crawlers import catalogue
from crawlers.catalogue import Catalogue
from crawlers.leases import Leases
from crawlers.ledger import Ledger
from crawlers.reader import BoundedReader
from crawlers.timetable import Timetable
from pipeline.settings import Settings


@dataclass(frozen=True)
class Desk:
    settings: Settings
    catalogue: Catalogue
    ledger: Ledger
    leases: Leases
    reader: BoundedReader
    timetable: Timetable


def set_up(settings: Settings) -> Desk:
    """Raises the ZhijiaoError that says what an operator has to mend."""
    sites = catalogue.load(settings.own_sources, settings.bundled_sources)
    ledger = Ledger(settings)
    leases, reader = Leases(ledger, settings), BoundedReader(settings.read_seconds)
    return Desk(settings, sites, ledger, leases, reader, Timetable(ledger, settings))
