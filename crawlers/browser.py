"""Pages whose text is put there by scripts, shown to a browser: Chromium runs the scripts, but asks nobody itself.

Whatever it wants goes through Scrapy's downloader as any request of a visit does: guard, lease, robots.txt, pace and
the host's ledger hold for it alike. It gets no network: names lead nowhere, and its proxy is a closed port.
docs/decisions/2026-11-22-a-browser-without-a-network.md says why.
"""

import asyncio
import logging
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawlers.failures import NotAsked, Unread, reason_of
from crawlers.reading import page_of
from storage.language import say

if TYPE_CHECKING:
    from playwright import async_api

logger = logging.getLogger(__name__)

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60.0  # for one page with all that it asks for, the pauses between requests included
QUIET_SECONDS = 45.0  # of them, until it asks for nothing more
MEMORY = 1_000_000_000  # bytes that the process of one page may hold
HEAP = 384  # megabytes of it for its scripts
REQUESTS = 60  # that one page may make
KEPT = 100  # scripts that stay at hand: all pages of a site ask for the same ones
KEPT_SECONDS = 3600.0
WANTED = frozenset({"document", "fetch", "script", "xhr"})  # what texts come by
SENT = frozenset({"accept", "content-type", "x-requested-with"})  # headers of a script's request that are passed on
NOT_PASSED = frozenset({"content-encoding", "content-length", "connection", "set-cookie", "transfer-encoding"})
ISOLATED = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",  # loopback, too, goes to the closed port
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    f"--js-flags=--max-old-space-size={HEAP}",
)

Ask = Callable[[Request], Awaitable[Response]]


def missing() -> str | None:
    """What has to be installed before pages can be shown to a browser; None where all is there."""
    if find_spec("playwright") is None:
        return say(
            "缺少浏览器组件:pip install 'zhijiao[browser]'", "the extra is missing: pip install 'zhijiao[browser]'"
        )
    if _program() is None:
        return say("缺少 Chromium:apt install chromium", "Chromium is missing: apt install chromium")
    return None


def _program() -> str | None:
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


@dataclass
class Browser:
    """Started with the first page that needs it; pages are shown one after another."""

    ask: Ask  # through all downloader middlewares; raises whatever a download can fail with
    most_bytes: int  # of a page when its scripts have run
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _chromium: "async_api.Browser | None" = None
    _playwright: Any = None
    _scripts: dict[str, tuple[float, Response]] = field(default_factory=dict)

    async def shown(self, response: Response, visit: object, seconds: float = SECONDS) -> Response:
        """The page when its scripts have run. NotAsked where there is no browser, Unread where it fails."""
        async with self._turn:
            chromium = await self._started()
            from playwright.async_api import Error

            try:
                async with asyncio.timeout(seconds), _page_of(chromium) as page, _watched(chromium):
                    html = await _Showing(self, response, visit).run(page)
            except TimeoutError:
                await self._end()  # a script that never ends keeps the browser busy
                raise Unread(say(f"浏览器读取超过 {seconds:g} 秒", f"it took the browser over {seconds:g} s")) from None
            except Error as error:
                await self._end()
                raise Unread(_in_words(error)) from error
        body = html.encode("utf-8", "replace")
        if len(body) > self.most_bytes:
            raise Unread(say("页面过大", "page too large"))
        return HtmlResponse(
            page.url if page.url.startswith("http") else response.url,
            status=response.status,
            headers={"Content-Type": "text/html; charset=utf-8"},
            body=body,
            request=response.request,
        )

    async def close(self) -> None:
        async with self._turn:
            await self._end()

    async def answer(self, request: Request, *, keep: bool) -> Response:
        """Of the web, or of what it said to the same question an hour ago at most."""
        clock = asyncio.get_running_loop().time
        kept = self._scripts.pop(request.url, None) if keep else None
        if kept is None or kept[0] < clock():
            kept = clock() + KEPT_SECONDS, await self.ask(request)
        if keep and kept[1].status == 200:
            self._scripts[request.url] = kept
            if len(self._scripts) > KEPT:
                del self._scripts[next(iter(self._scripts))]
        return kept[1]

    async def _started(self) -> "async_api.Browser":
        """NotAsked, with what to install, where there is none."""
        if self._chromium and self._chromium.is_connected():
            return self._chromium
        if lacking := missing():
            raise NotAsked(say(f"页面由脚本载入。{lacking}", f"the page is loaded by scripts; {lacking}"))
        from playwright.async_api import Error, async_playwright

        await self._end()
        try:
            self._playwright = await async_playwright().start()
            self._chromium = await self._playwright.chromium.launch(
                executable_path=_program(), args=list(ISOLATED), chromium_sandbox=os.geteuid() != 0
            )
        except Error as error:
            await self._end()
            logger.error("browser does not start error=%s", error)
            raise NotAsked(say("浏览器无法启动", "the browser does not start")) from error
        return self._chromium

    async def _end(self) -> None:
        chromium, playwright = self._chromium, self._playwright
        self._chromium = self._playwright = None
        for part in (chromium and chromium.close(), playwright and playwright.stop()):
            if part:
                with suppress(Exception):  # it is to be gone, however it ends
                    await asyncio.wait_for(part, 10)


@asynccontextmanager
async def _page_of(chromium: "async_api.Browser") -> "AsyncIterator[async_api.Page]":
    """A page that remembers nothing of others."""
    context = await chromium.new_context(locale="zh-CN", service_workers="block", accept_downloads=False)
    try:
        yield await context.new_page()
    finally:
        with suppress(Exception):  # a page that does not close ends with its browser
            await asyncio.wait_for(context.close(), 5)


@asynccontextmanager
async def _watched(chromium: "async_api.Browser") -> AsyncIterator[None]:
    """The processes of pages end where they take too much memory; whoever waits for the page then hears of a crash."""
    session = await chromium.new_browser_cdp_session()

    async def watch() -> None:
        while True:
            told = await session.send("SystemInfo.getProcessInfo")
            for process in told["processInfo"]:
                if process["type"] == "renderer" and _resident(process["id"]) > MEMORY:
                    logger.warning("page takes too much memory pid=%d", process["id"])
                    os.kill(process["id"], signal.SIGKILL)
            await asyncio.sleep(0.2)

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        with suppress(Exception, asyncio.CancelledError):
            await task


def _resident(pid: int) -> int:
    """Bytes; 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


@dataclass
class _Showing:
    """One page that is being shown, and what it asks for."""

    browser: Browser
    response: Response
    visit: object
    asked: int = 0
    refused: list[str] = field(default_factory=list)

    async def run(self, page: "async_api.Page") -> str:
        from playwright.async_api import TimeoutError as NeverQuiet

        await page.context.route("**/*", self._answer)
        await page.context.route_web_socket("**/*", lambda socket: socket.close())
        page.context.on("page", lambda popup: popup.close())
        with suppress(NeverQuiet):  # some pages ask for ever: what they show by then counts
            await page.goto(self.response.url, wait_until="networkidle", timeout=QUIET_SECONDS * 1000)
        if self.refused:
            logger.info("browser was refused url=%s requests=%s", self.response.url, self.refused[:10])
        return await page.content()

    async def _answer(self, route: "async_api.Route", request: "async_api.Request") -> None:
        from playwright.async_api import Error

        with suppress(Error):  # the page is gone meanwhile
            if request.resource_type == "stylesheet":  # scripts may wait for it
                await route.fulfill(status=200, content_type="text/css", body="")
            elif not self._is_wanted(request):
                await route.abort()
            elif self.asked == 0 and request.is_navigation_request():
                self.asked += 1
                text = page_of(self.response, None).text
                await route.fulfill(status=200, content_type="text/html; charset=utf-8", body=text)
            else:
                await self._pass_on(route, request)

    def _is_wanted(self, request: "async_api.Request") -> bool:
        if request.resource_type == "document" and request.frame.parent_frame:
            return False
        wanted = request.resource_type in WANTED and request.method in {"GET", "POST"}
        return wanted and request.url.startswith(("http://", "https://")) and self.asked < REQUESTS

    async def _pass_on(self, route: "async_api.Route", request: "async_api.Request") -> None:
        self.asked += 1
        headers = {name: value for name, value in request.headers.items() if name in SENT}
        asking = Request(
            request.url,
            method=request.method,
            headers=headers,
            body=request.post_data_buffer,
            meta={"visit": self.visit},
        )
        try:
            answer = await self.browser.answer(asking, keep=_is_program(request))
        except Exception as error:  # as any request of the web may fail; the page has to live with it
            self.refused.append(f"{request.url[:200]} {reason_of(error)}")
            await route.abort()
            return
        await route.fulfill(status=answer.status, headers=_passed(answer), body=answer.body)


def _is_program(request: "async_api.Request") -> bool:
    """A script that stays the same for a while; data may come as a script, too (JSONP)."""
    parts = urlsplit(request.url)
    return request.resource_type == "script" and parts.path.endswith((".js", ".mjs")) and "=" not in parts.query


def _passed(response: Response) -> dict[str, str]:
    named = response.headers.to_unicode_dict()
    return {str(name): value for name, value in named.items() if str(name).lower() not in NOT_PASSED}


def _in_words(error: Exception) -> str:
    if "crash" in str(error).lower():
        return say("页面在浏览器中占用内存过多或崩溃", "the page takes the browser too much memory, or crashes it")
    return say("浏览器打不开页面", "the browser cannot show the page")
