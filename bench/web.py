"""A small web on loopback: many hosts, each at an address of 127.0.0.0/8, all on one port, and a log of requests."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Thread


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0  # that it lets the asker wait


@dataclass(frozen=True)
class Asked:
    at: float  # time.monotonic()
    host: str
    path: str
    status: int
    headers: dict[str, str]


Respond = Callable[[str, str, dict[str, str]], Answer]  # host, path with query, headers


@dataclass
class Web:
    port: int
    scheme: str = "http"
    asked: list[Asked] = field(default_factory=list)

    def base(self, host: str) -> str:
        return f"{self.scheme}://{host}:{self.port}"


@contextmanager
def serve(hosts: Sequence[str], respond: Respond, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="web", daemon=True)
    thread.start()
    web = Web(0, "https" if tls else "http")

    async def start() -> asyncio.Server:
        first = await asyncio.start_server(lambda r, w: _talk(web, respond, r, w), hosts[0], 0)
        web.port = first.sockets[0].getsockname()[1]
        first.close()
        await first.wait_closed()
        return await asyncio.start_server(lambda r, w: _talk(web, respond, r, w), list(hosts), web.port, ssl=tls)

    async def stop() -> None:
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield web
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _talk(web: Web, respond: Respond, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, request after request."""
    host = writer.get_extra_info("sockname")[0]
    try:
        while request := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            at = time.monotonic()
            line, *lines = request.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
            if size := int(headers.get("content-length", 0)):
                headers["body"] = (await reader.readexactly(size)).decode()
            path = line.split(" ")[1]
            answer = respond(host, path, headers)
            await asyncio.sleep(answer.seconds)
            web.asked.append(Asked(at, host, path, answer.status, headers))
            named = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
            head = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n{named}"
            writer.write(f"{head}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        pass  # the asker has closed the connection
    finally:
        writer.close()
