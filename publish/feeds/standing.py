"""Where stories stand: what the outbox announces is placed in its feeds, and whatever that changes becomes stale."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pipeline.settings import Settings
from publish.feeds import files
from publish.feeds.catalogue import DOCUMENTS, GROUPS, MAIN, SAVED, facts_of, feed_of, feeds_of, group_of, saved_name
from publish.feeds.saved import Saved
from storage import cards, feeds, outbox, parts, selections, sites
from storage.database import Database
from storage.records import FeedRecord, SiteRecord, StoryRecord

AT_ONCE = 100  # announcements placed in one transaction
CANDIDATES = 2000  # stories looked at for each condition when a saved feed begins


def archived(saved: Iterable[Saved]) -> set[str]:
    """The feeds whose entries all stay to be read."""
    return {MAIN, DOCUMENTS, *(saved_name(one) for one in saved if one.archive)}


def settle(database: Database, saved: Sequence[Saved], now: datetime) -> None:
    """Place every story that the outbox announces, some at a time: whoever crawls meanwhile is not made to wait long.

    A crash repeats what is not delivered yet.
    """
    while True:
        with database.begin() as db:
            rows = outbox.pending(db, AT_ONCE)
            for marks in feeds.marks(db, sorted({row.story_id for row in rows if row.story_id})):
                names = feeds_of(marks, saved) if marks.story.released_at else {}
                for name, moment, moved in feeds.place(db, marks.story, names):
                    feeds.outdate(db, [name])
                    if name in archived(saved):
                        touched = parts.touched(db, name, moment, marks.story.id, moved=moved)
                        feeds.outdate(db, [part.name for part in touched])
                feeds.outdate_story(db, marks.story.id)
            outbox.delivered(db, [row.id for row in rows], now)
        if len(rows) < AT_ONCE:
            return


def describe(database: Database, settings: Settings, saved: Sequence[Saved], *, strange: bool = False) -> bool:
    """Notice what else changed: settings, sites, saved feeds, lost files. Whether it changed the list of feeds.

    `strange`: the files are not those that were written last, and none of them is to be trusted.
    """
    wanted = {saved_name(one): one for one in saved}
    present = files.present(settings.public)
    with database.begin() as db:
        feeds.ids_of(db, {MAIN: GROUPS[MAIN]} | {name: one.title for name, one in wanted.items()})
        known_sites = {site.id: site for site in sites.listing(db)}
        known = feeds.listing(db)
        gone = [feed.name for feed in known if group_of(feed.name) == SAVED and feed.name not in wanted]
        feeds.remove(db, gone)
        now_said = [_described(feed, settings, known_sites, wanted) for feed in known if feed.name not in gone]
        changed = sorted(set(now_said) - set(known), key=lambda feed: feed.name)
        lost = [feed.name for feed in now_said if not files.names(feed.name) <= present]
        if strange or MAIN in lost:
            lost = [feed.name for feed in now_said] + _archives(database, saved)
        permissions = {feed.name for feed in known if feed.facts and group_of(feed.name) == "site"}
        feeds.outdate(db, lost, whole=strange)
        feeds.outdate(db, [feed.name for feed in changed], whole=True)
        for feed in changed:
            if feed.name in wanted:
                feeds.fill(db, feed.name, _fitting(database, wanted[feed.name]))
            feeds.describe(db, feed)
        if restricted := permissions & {feed.name for feed in changed}:
            # What a site permits shows wherever its stories do; after an upgrade all feeds are stale already.
            sharing = (
                {name for one in restricted for name in feeds.sharing(db, one)} if len(changed) < len(known) else ()
            )
            feeds.outdate(db, [*sharing, *_archives(database, saved)], whole=True)
    for name in gone:
        files.remove(settings.public, name)
    return bool(gone or changed)


def _described(
    feed: FeedRecord, settings: Settings, known_sites: Mapping[str, SiteRecord], wanted: Mapping[str, Saved]
) -> FeedRecord:
    """The feed as its files are to be made now."""
    group, _, member = feed.name.partition("/")
    site = known_sites.get(member) if group == "site" else None
    one = wanted.get(feed.name)
    title = site.name if site else one.title if one else feed.title
    shown = (site.name, site.home, site.publishing) if site else one
    limits = (settings.feed_entries, settings.feed_hours)
    return FeedRecord(feed.name, title, facts_of(feed_of(settings, feed.name, title), shown, limits))


def _archives(database: Database, saved: Sequence[Saved]) -> list[str]:
    with database.read() as db:
        return [part.name for name in archived(saved) for part in parts.everything(db, name)]


def _fitting(database: Database, saved: Saved) -> list[StoryRecord]:
    """The stories that a saved feed begins with."""
    with database.read() as db:
        asked = [selections.places(db, selection, CANDIDATES) for selection in saved.query.selections()]
        ids = sorted({cards.story_at(place) for places in asked for place in places})
        return [marks.story for marks in feeds.marks(db, ids) if marks.story.released_at and saved.query.fits(marks)]
