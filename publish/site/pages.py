"""The pages a reader sees, each made from storage when asked for."""

from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pipeline.settings import Settings
from publish.body import article_html
from publish.entries import Entry, readable
from publish.feeds.catalogue import main_feed
from publish.feeds.files import published
from publish.feeds.formats import FORMATS
from publish.site.downloads import download
from storage import stories
from storage.database import Database
from storage.records import StoryView

PAGE = 30


class Pages:
    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.templates = Environment(
            loader=PackageLoader("publish.site"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals.update(
            settings=settings,
            say=self.say,
            root=urlsplit(settings.base_url).path.rstrip("/"),  # pages may live below a proxy's folder
            style=_version("static/style.css"),
            formats=FORMATS,
            feed=main_feed(settings),
        )

    def front(self, request: Request) -> Response:
        page = _page(request)
        with self.database.read() as db:
            count = stories.count(db, released=True)
            views = stories.listing(db, limit=PAGE, offset=(page - 1) * PAGE, released=True)
        pages = max(1, ceil(count / PAGE))
        if page > pages:
            raise HTTPException(404)
        return self._html("front.html", entries=self._entries(views), page=page, pages=pages, count=count)

    def story(self, request: Request) -> Response:
        with self.database.read() as db:
            view = stories.view(db, request.path_params["id"])
        if view is None or view.story.released_at is None:
            raise HTTPException(404)
        for entry in self._entries([view]):
            return self._html("story.html", entry=entry, article=article_html(entry))
        raise HTTPException(404)

    def subscribe(self, _request: Request) -> Response:
        return self._html("subscribe.html")

    def feed(self, request: Request) -> Response:
        if found := published(self.settings.public, request.path_params["name"]):
            path, form = found
            if response := download(request, path, form.content_type):
                return response
            if path.name.startswith("all."):
                return self._unpublished()
        raise HTTPException(404)

    def missing(self, _request: Request, _error: Exception) -> Response:
        heading = self.say("没有这个页面", "There is no such page")
        advice = self.say("地址可能有误，或文章已被移除。", "The address may be wrong, or the story is gone.")
        return self._html("message.html", status=404, heading=heading, advice=advice)

    def broken(self, _request: Request, _error: Exception) -> Response:
        heading = self.say("页面暂时打不开", "This page cannot be shown now")
        advice = self.say("请稍后再试；原因记在服务器的日志里。", "Please try later; the server's log says why.")
        return self._html("message.html", status=500, heading=heading, advice=advice)

    def say(self, zh: str, en: str) -> str:
        """Pages follow the setting, whatever language the command speaks that started the server."""
        return en if self.settings.lang == "en" else zh

    def _unpublished(self) -> Response:
        heading = self.say("订阅源还没有生成", "The feed is not there yet")
        advice = self.say("第一次抓取结束后就会出现，请几分钟后再试。", "It appears after the first crawl.")
        response = self._html("message.html", status=503, heading=heading, advice=advice)
        response.headers["Retry-After"] = str(self.settings.tick_seconds)
        return response

    def _entries(self, views: list[StoryView]) -> list[Entry]:
        return list(readable(views, datetime.now(UTC)))

    def _html(self, template: str, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(self.templates.get_template(template).render(values), status_code=status)


def _page(request: Request) -> int:
    number = request.query_params.get("page", "1")
    if not (number.isascii() and number.isdigit() and int(number[:9]) > 0):
        raise HTTPException(404)
    return int(number[:9])


def _version(name: str) -> str:
    """A file's address changes with its bytes, so that browsers never show new pages in an old style."""
    digest = sha256((files("publish.site") / name).read_bytes()).hexdigest()[:8]
    return f"/{name}?v={digest}"
