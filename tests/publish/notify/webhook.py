"""A service on loopback that notes what it is sent and answers as it is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Answer = tuple[int, str]
OK: Answer = (200, '{"errcode": 0, "errmsg": "ok"}')


@dataclass
class Webhook:
    """The next `held` requests wait for the gate to open before they are answered."""

    port: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # path with query, and payload
    answers: list[Answer] = field(default_factory=list)  # to the next requests; then OK
    held: int = 0
    gate: Event = field(default_factory=Event)
    arrived: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"

    @property
    def messages(self) -> list[str]:
        """Title and body of what a json:// address was sent."""
        return [f"{payload['title']}\n{payload['message']}" for _, payload in self.asked]


@contextmanager
def serve() -> Iterator[Webhook]:
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.asked.append((self.path, json.loads(body)))
            hook.arrived.set()
            if hook.held:
                hook.held -= 1
                hook.gate.wait(60)
            status, text = hook.answers.pop(0) if hook.answers else OK
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                pass  # whoever asked has gone

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hook
        finally:
            hook.gate.set()
            server.shutdown()
            thread.join()
