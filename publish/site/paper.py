"""Every page as HTML, whether it is sent by the server or written to a file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.settings import Settings
from publish.feeds.catalogue import GROUPS, MAIN, SAVED, feed_of, group_of
from publish.feeds.formats import OPML, Feed
from publish.site import trends
from publish.site.frame import Frame
from publish.site.health import health_of
from publish.site.links import Links
from publish.site.listing import Listing
from publish.site.regions import Regions
from publish.site.selecting import KINDS, feed_name, narrower, words_of
from publish.site.sources import sources, watch
from publish.site.telling import telling
from storage import articles, cards, feeds, sites
from storage.database import Database
from storage.records import FeedRecord, Selection

REVIEWED = 50  # doubtful articles on a page


class Paper:
    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.frame = Frame(settings)
        self.regions = Regions(database)
        self.say = self.frame.say

    def listing(
        self, selection: Selection, found: Listing, *, newer: str | None, older: str | None, links: Links | None = None
    ) -> str:
        """A list of stories, with the addresses of the pages beside it."""
        feed = self.feed(feed_name(selection))
        return self.frame.html(
            "listing.html",
            links=links,
            feed=feed,
            own_feed=feed,
            saving=words_of(replace(selection, since=None, until=None)),  # what is new has no last day
            selection=selection,
            said=self.said(selection),
            rows=found.rows,
            newer=newer,
            older=older,
            choices=self.choices(),
        )

    def story(self, story_id: int, now: datetime, links: Links | None = None) -> str | None:
        story = telling(self.database, story_id, now)
        return self.frame.html("story.html", links=links, story=story, entry=story.entry) if story else None

    def trends(self, now: datetime, links: Links | None = None) -> str:
        by_topic = trends.topics(self.database, now)
        by_province = trends.provinces(self.database, self.regions, now)
        return self.frame.html("trends.html", links=links, by_topic=by_topic, by_province=by_province)

    def sources(self, links: Links | None = None) -> str:
        return self.frame.html("sources.html", links=links, sources=sources(self.database))

    def source(self, site_id: str, now: datetime, links: Links | None = None) -> str | None:
        watched = watch(self.database, site_id, now)
        if watched is None:
            return None
        return self.frame.html("source.html", links=links, feed=self.feed(f"site/{site_id}"), watched=watched)

    def health(self, now: datetime, links: Links | None = None) -> str:
        return self.frame.html("health.html", links=links, health=health_of(self.database, now))

    def review(self, before: int | None = None, links: Links | None = None) -> tuple[str, int | None]:
        """The page, and the id that the articles of the next page are older than."""
        with self.database.read() as db:
            doubtful = articles.doubtful(db, REVIEWED + 1, before)
            names = {site.id: site.name for site in sites.listing(db)}
        more = doubtful[REVIEWED - 1].id if len(doubtful) > REVIEWED else None
        shown = doubtful[:REVIEWED]
        return self.frame.html("review.html", links=links, articles=shown, sites=names, more=more), more

    def feeds(self, built: Feed | None = None, links: Links | None = None) -> str:
        """How to subscribe, all feeds, and the form that builds one; `built` is the one that was asked for."""
        with self.database.read() as db:
            known = feeds.listing(db)
        return self.frame.html(
            "feeds.html",
            links=links,
            built=built,
            groups=[(title, self._of_group(group, known)) for group, title in self.groups().items()],
            opml=feed_of(self.settings, MAIN, "").address(OPML),
            choices=self.choices(),
            selection=Selection(),
        )

    def message(self, heading: str, advice: str) -> str:
        return self.frame.html("message.html", heading=heading, advice=advice)

    def choices(self) -> dict[str, Sequence[tuple[str, str]]]:
        """What the lists of a form offer, as values and names."""
        with self.database.read() as db:
            topics, provinces, kinds = cards.values(db, "topic"), cards.provinces(db), cards.values(db, "kind")
        return {
            "topic": [(topic, topic) for topic in topics],
            "region": [(code, self.regions.name(code)) for code in provinces],
            "kind": [(kind, self.frame.kind(kind)) for kind in KINDS if kind in kinds],
        }

    def said(self, selection: Selection) -> list[tuple[str, Selection]]:
        """What a selection says, in words, each with the selection without it."""
        words: dict[str, Any] = {
            "topic": selection.topic,
            "region": selection.region and self.regions.name(selection.region),
            "site": selection.site and self._site_name(selection.site),
            "kind": selection.kind and self.frame.kind(selection.kind),
            "documents": self.say("政策文件", "Policy documents"),
            "since": selection.since and self.say(f"{selection.since} 起", f"since {selection.since}"),
            "until": selection.until and self.say(f"{selection.until} 止", f"until {selection.until}"),
            "query": self.say(f"“{selection.query}”", f"“{selection.query}”"),
        }
        return [(words[name], without) for name, without in narrower(selection).items()]

    def groups(self) -> dict[str, str]:
        english = (
            "All stories",
            "Policy documents",
            "Kinds of sites",
            "Topics",
            "Provinces",
            "Cities",
            "Sites",
            "Saved",
        )
        return {group: self.say(zh, en) for (group, zh), en in zip(GROUPS.items(), english, strict=True)}

    def _of_group(self, group: str, known: Sequence[FeedRecord]) -> list[Feed]:
        members = [record for record in known if group_of(record.name) == group]
        return [feed_of(self.settings, one.name, one.title) for one in sorted(members, key=lambda one: one.name)]

    def feed(self, name: str | None) -> Feed | None:
        """A feed that has had an entry or was asked for; None where there is none of this name."""
        if name is None:
            return None
        with self.database.read() as db:
            kept = (one for one in feeds.saved(db) if f"{SAVED}/{one.id}" == name)
            found = feeds.get(db, name) or next(kept, None)
        return feed_of(self.settings, name, found.title) if found else None

    def _site_name(self, site_id: str) -> str:
        with self.database.read() as db:
            site = sites.get(db, site_id)
        return site.name if site else site_id
