"""What the server answers: a question read from the address, and its page from the paper."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.settings import Settings
from publish.feeds.catalogue import MAIN, saved_name
from publish.feeds.files import published
from publish.feeds.saved import from_page, keep
from publish.site import metrics
from publish.site.downloads import download
from publish.site.listing import listing
from publish.site.paper import Paper
from publish.site.selecting import feed_name, query_of, selection_of
from storage import stories
from storage.database import Database
from storage.errors import PublishError
from storage.records import Selection

LARGEST_FORM = 10_000  # bytes
MOST_STORIES = 2**31  # no database counts further

A = TypeVar("A")
R = TypeVar("R")


class Pages:
    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.paper = Paper(settings, database)
        self.say = self.paper.say

    def front(self, request: Request) -> Response:
        asked = request.query_params
        selection = _understood(selection_of, asked)
        before, after = _number(asked.get("before")), _number(asked.get("after"))
        found = listing(self.database, selection, datetime.now(UTC), before=before, after=after)
        address = self.paper.frame.links.listing
        newer = address(selection, after=found.newer) if found.newer is not None else None
        older = address(selection, before=found.older) if found.older is not None else None
        return HTMLResponse(self.paper.listing(selection, found, newer=newer, older=older))

    def story(self, request: Request) -> Response:
        asked: int = request.path_params["id"]
        if asked >= MOST_STORIES:
            raise HTTPException(404)
        with self.database.read() as db:
            story_id = stories.surviving(db, asked)
        if story_id != asked:
            return RedirectResponse(self.paper.frame.links.story(story_id), 301)
        return self._page(self.paper.story(story_id, datetime.now(UTC)))

    def trends(self, _request: Request) -> Response:
        return HTMLResponse(self.paper.trends(datetime.now(UTC)))

    def sources(self, _request: Request) -> Response:
        return HTMLResponse(self.paper.sources())

    def source(self, request: Request) -> Response:
        return self._page(self.paper.source(request.path_params["id"], datetime.now(UTC)))

    def health(self, _request: Request) -> Response:
        return HTMLResponse(self.paper.health(datetime.now(UTC)))

    def metrics(self, _request: Request) -> Response:
        text = metrics.exposed(self.database, self.settings, datetime.now(UTC))
        return Response(text, media_type=metrics.MEDIA_TYPE)

    def review(self, request: Request) -> Response:
        html, _ = self.paper.review(_number(request.query_params.get("before")))
        return HTMLResponse(html)

    def subscribe(self, request: Request) -> Response:
        name = request.query_params.get("feed")
        built = self.paper.feed(name) if name else None
        if name and built is None:
            raise HTTPException(404)
        return HTMLResponse(self.paper.feeds(built))

    async def build(self, request: Request) -> Response:
        """Keep the feed that a reader put together in our form, and show its address."""
        if not _from_here(request):
            raise HTTPException(403)
        if (
            not request.headers.get("content-length", "").isdigit()
            or int(request.headers["content-length"]) > LARGEST_FORM
        ):
            raise HTTPException(413)
        asked = dict(parse_qsl((await request.body()).decode(errors="replace")))
        name = await run_in_threadpool(self._build, _understood(selection_of, asked))
        return RedirectResponse(f"{self.paper.frame.links.page('feeds')}?{urlencode({'feed': name})}", 303)

    def feed(self, request: Request) -> Response:
        if found := published(self.settings.public, request.path_params["name"]):
            path, form = found
            if response := download(request, path, form.content_type):
                return response
            name = path.relative_to(self.settings.public / "feeds").with_suffix("").as_posix()
            if name == MAIN or self.paper.feed(name):
                return self._unpublished()
        raise HTTPException(404)

    def missing(self, _request: Request, _error: Exception) -> Response:
        heading = self.say("没有这个页面", "There is no such page")
        advice = self.say("地址可能有误，或文章已被移除。", "The address may be wrong, or the story is gone.")
        return HTMLResponse(self.paper.message(heading, advice), 404)

    def broken(self, _request: Request, _error: Exception) -> Response:
        heading = self.say("页面暂时打不开", "This page cannot be shown now")
        advice = self.say("请稍后再试；原因记在服务器的日志里。", "Please try later; the server's log says why.")
        return HTMLResponse(self.paper.message(heading, advice), 500)

    def refused(self, _request: Request, error: Exception) -> Response:
        heading = self.say("这样不行", "This cannot be done")
        told = str(error) if isinstance(error, PublishError) else ""
        advice = told or self.say("请从本站的表单提交。", "Please send the form of this site.")
        return HTMLResponse(self.paper.message(heading, advice), getattr(error, "status_code", 409))

    def _build(self, selection: Selection) -> str:
        """The name of the feed: one that there is already, or one that is kept from now on."""
        if (name := feed_name(selection)) and self.paper.feed(name):
            return name
        title = " · ".join(words for words, _ in self.paper.said(replace(selection, since=None, until=None)))
        saved = from_page(_understood(query_of, selection), title[:100])
        keep(self.database, saved, datetime.now(UTC))
        return saved_name(saved)

    def _unpublished(self) -> Response:
        heading = self.say("订阅源还没有生成", "The feed is not there yet")
        advice = self.say("下一次更新后就会出现，请几分钟后再试。", "It appears after the next update.")
        later = {"Retry-After": str(self.settings.tick_seconds)}
        return HTMLResponse(self.paper.message(heading, advice), 503, headers=later)

    def _page(self, html: str | None) -> Response:
        if html is None:
            raise HTTPException(404)
        return HTMLResponse(html)


def _understood(read: Callable[[A], R], asked: A) -> R:
    try:
        return read(asked)
    except ValueError as error:
        raise HTTPException(404) from error


def _number(text: str | None) -> int | None:
    if text is not None and not re.fullmatch("-?[0-9]{1,18}", text):
        raise HTTPException(404)
    return int(text) if text else None


def _from_here(request: Request) -> bool:
    """Whether a page of this site sent the form; every browser says so in one of two ways, other sites cannot."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "")
    return site == "same-origin" if site else urlsplit(origin).netloc == request.headers.get("host", "-")
