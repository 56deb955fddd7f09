"""The website as an ASGI application: which address is answered by what."""

from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.settings import Settings
from publish.site.pages import Pages
from storage.database import Database
from storage.errors import PublishError

STATIC = Path(str(files("publish.site"))) / "static"

SECURITY = {
    # Only scripts of our own run; images come from the sites that articles were read on.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' http: https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # other sites learn nothing; our own see where a form was sent from
    "X-Content-Type-Options": "nosniff",
}


def create_app(settings: Settings, database: Database) -> Starlette:
    pages = Pages(settings, database)
    return Starlette(
        routes=[
            Route("/", pages.front),
            Route("/story/{id:int}", pages.story),
            Route("/trends", pages.trends),
            Route("/sources", pages.sources),
            Route("/sources/{id}", pages.source),
            Route("/review", pages.review),
            Route("/health", pages.health),
            Route("/metrics", pages.metrics),
            Route("/feeds", pages.subscribe),
            Route("/feeds", pages.build, methods=["POST"]),
            Route("/feeds/{name:path}", pages.feed),
            Route("/favicon.ico", favicon),  # some readers ask for it once per feed
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={
            403: pages.refused,
            404: pages.missing,
            413: pages.refused,
            500: pages.broken,
            PublishError: pages.refused,
        },
        # Feeds come packed already and are left as they are.
        middleware=[Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)],
    )


def favicon(_request: Request) -> FileResponse:
    return FileResponse(STATIC / "favicon.ico", headers={"Cache-Control": "public, max-age=86400"})


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY)
            await send(message)

        await self.app(scope, receive, secured)
