"""The site as files for any web host, from the same templates as the server's; search and combinations excepted."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from pipeline.settings import Settings
from publish.site.links import FileLinks, listing_file
from publish.site.listing import PAGE, Listing, rows
from publish.site.paper import Paper
from publish.site.selecting import selection_of
from storage import cards, selections, sites, stories
from storage.database import Database
from storage.errors import PublishError
from storage.language import say
from storage.records import Selection

_ALL = 2**31  # more stories than there are
OURS = ("story", "sources", "feeds")  # folders in which nobody else has files
_TYPES = {".css", ".ico", ".js", ".txt"}  # of what stands in static/


@dataclass(frozen=True)
class Written:
    files: int
    changed: int  # those whose bytes were not there already


def write_site(database: Database, settings: Settings, folder: Path, now: datetime) -> Written:
    """Write all pages and copy the published feeds; a file whose bytes are the same is left as it is.

    What this run did not write of stories, sources and feeds goes: a story that was withdrawn must not stay public.
    """
    pages = _Pages(database, settings, now)
    names: set[Path] = set()
    changed = 0
    try:
        for name, data in pages.all():
            names.add(folder / name)
            changed += _put(folder / name, data)
        _remove_others(folder, names)
    except OSError as error:
        why = f"{error.filename or folder}: {error.strerror}"
        raise PublishError(say(f"无法写入 {why}", f"cannot write {why}")) from error
    return Written(len(names), changed)


class _Pages:
    """Names of files, and their bytes."""

    def __init__(self, database: Database, settings: Settings, now: datetime) -> None:
        self.database, self.settings, self.now = database, settings, now
        self.paper = Paper(settings, database)

    def all(self) -> Iterator[tuple[str, bytes]]:
        for name, html in self._pages():
            yield name, html.encode()
        yield from _assets()
        feeds = self.settings.public / "feeds"
        for path in sorted(feeds.rglob("*")) if feeds.exists() else []:
            if path.is_file() and not path.name.startswith("."):
                yield f"feeds/{path.relative_to(feeds).as_posix()}", path.read_bytes()

    def _pages(self) -> Iterator[tuple[str, str]]:
        for selection in self._selections():
            yield from self._listing(selection)
        yield from self._stories()
        top, below = FileLinks(0), FileLinks(1)
        yield "trends.html", self.paper.trends(self.now, top)
        yield "sources.html", self.paper.sources(top)
        yield "health.html", self.paper.health(self.now, top)
        yield from self._review(top)
        yield "feeds/index.html", self.paper.feeds(links=below)
        with self.database.read() as db:
            ids = [site.id for site in sites.listing(db)]
        for site_id in ids:
            if html := self.paper.source(site_id, self.now, below):
                yield f"sources/{site_id}.html", html

    def _selections(self) -> Iterator[Selection]:
        """All stories, and those under each heading that the pages link to."""
        with self.database.read() as db:
            named = {name: cards.values(db, name) for name in ("topic", "region", "site", "kind")}
        yield Selection()
        yield Selection(documents=True)
        for name, values in named.items():
            yield from (selection_of({name: value}) for value in values)

    def _listing(self, selection: Selection) -> Iterator[tuple[str, str]]:
        """Pages are numbered from the oldest and full: only the first one, which shows the newest, changes daily."""
        with self.database.read() as db:
            places = selections.places(db, selection, _ALL)
        full = max(1, len(places) // PAGE)
        for number in range(full, 0, -1):
            start = len(places) - number * PAGE
            shown = places[max(0, start) if number < full else 0 : start + PAGE]
            name = listing_file(selection, number if number < full else None)
            newer = None if number == full else listing_file(selection, number + 1 if number + 1 < full else None)
            older = listing_file(selection, number - 1) if number > 1 else None
            yield name, self._page(selection, shown, newer, older)

    def _page(self, selection: Selection, places: list[int], newer: str | None, older: str | None) -> str:
        with self.database.read() as db:
            views = stories.views(db, [cards.story_at(place) for place in places])
        found = Listing(tuple(rows(views, selection, self.now)), None, None)
        links = FileLinks(listing_file(selection).count("/"))
        beside = {name: links.file(file) if file else None for name, file in (("newer", newer), ("older", older))}
        return self.paper.listing(selection, found, links=links, **beside)

    def _stories(self) -> Iterator[tuple[str, str]]:
        with self.database.read() as db:
            ids = [cards.story_at(place) for place in selections.places(db, Selection(), _ALL)]
        for story_id in ids:
            if html := self.paper.story(story_id, self.now, FileLinks(1)):
                yield f"story/{story_id}.html", html

    def _review(self, links: FileLinks) -> Iterator[tuple[str, str]]:
        before: int | None = None
        while True:
            html, more = self.paper.review(before, links)
            yield links.review_file(before), html
            if more is None:
                return
            before = more


def _assets() -> Iterator[tuple[str, bytes]]:
    static = files("publish.site") / "static"
    yield "favicon.ico", (static / "favicon.ico").read_bytes()
    for folder in ("", "vendor/"):
        for path in sorted((static / folder).iterdir(), key=lambda path: path.name):
            if Path(path.name).suffix in _TYPES:
                yield f"static/{folder}{path.name}", path.read_bytes()


def _remove_others(folder: Path, names: Set[Path]) -> None:
    for part in OURS:
        for path in (folder / part).rglob("*"):
            if path not in names and not path.is_dir():
                path.unlink()


def _put(path: Path, data: bytes) -> bool:
    """Through a file beside it, so that a host that is read meanwhile never shows half a page."""
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    beside.replace(path)
    return True
