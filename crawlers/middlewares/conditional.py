"""Asks for a list page only if it has changed since the last visit: its validators go back as they came."""

from dataclasses import dataclass

from scrapy import Request


@dataclass(frozen=True)
class Validators:
    etag: str | None
    last_modified: str | None


class Conditional:
    """Sends the Validators in request.meta["validators"]; the answer 304 then reaches the asker as it is."""

    def process_request(self, request: Request) -> None:
        validators = request.meta.get("validators")
        if validators and validators.etag:
            request.headers["If-None-Match"] = validators.etag.encode("latin-1")
        if validators and validators.last_modified:
            request.headers["If-Modified-Since"] = validators.last_modified.encode("latin-1")
