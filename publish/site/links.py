"""Addresses within the site: as the server answers them, and as files lie beside one another."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

from publish.site.selecting import address_of, narrower
from storage.records import Selection


class Links:
    """Below `root`, which is empty or the folder in which a proxy shows the site."""

    served = True  # searches, filters and combinations are answered

    def __init__(self, root: str) -> None:
        self.root = root

    def listing(self, selection: Selection, **cursor: int | None) -> str:
        return f"{self.root}/{address_of(selection, **cursor)}"

    def story(self, story_id: int) -> str:
        return f"{self.root}/story/{story_id}"

    def page(self, name: str) -> str:
        """One of trends, sources, review, feeds."""
        return f"{self.root}/{name}"

    def source(self, site_id: str) -> str:
        return f"{self.root}/sources/{site_id}"

    def review(self, before: int) -> str:
        """The page of the doubtful articles that were found before this one."""
        return f"{self.root}/review?before={before}"

    def asset(self, name: str) -> str:
        return f"{self.root}/static/{name}?v={_version(name)}"

    def icon(self) -> str:
        return f"{self.root}/favicon.ico"


class FileLinks(Links):
    """Relative ones, so that the files may lie in any folder of any web host; `depth` folders up is the first page."""

    served = False

    def __init__(self, depth: int) -> None:
        super().__init__("/".join([".."] * depth) or ".")

    def listing(self, selection: Selection, **_cursor: int | None) -> str:
        return self.file(listing_file(selection))

    def file(self, name: str) -> str:
        return f"{self.root}/{quote(name)}"

    def story(self, story_id: int) -> str:
        return f"{self.root}/story/{story_id}.html"

    def page(self, name: str) -> str:
        return f"{self.root}/feeds/index.html" if name == "feeds" else f"{self.root}/{name}.html"

    def source(self, site_id: str) -> str:
        return f"{self.root}/sources/{site_id}.html"

    def review(self, before: int) -> str:
        return self.file(self.review_file(before))

    def review_file(self, before: int | None) -> str:
        return "review.html" if before is None else f"review-{before}.html"


def listing_file(selection: Selection, number: int | None = None) -> str:
    """The file of a list under one heading, or of all stories; with a number, one of its older pages."""
    ending = ".html" if number is None else f"-{number}.html"
    said = list(narrower(selection))
    if said in ([], ["documents"]):
        return ("documents" if said else "index") + ending
    (name,) = said  # combinations are not written as files
    return f"{name}/{str(getattr(selection, name)).replace('/', '-')}{ending}"


@cache
def _version(name: str) -> str:
    """A file's address changes with its bytes, so that browsers never show new pages in an old style."""
    return sha256((files("publish.site") / "static" / name).read_bytes()).hexdigest()[:8]
