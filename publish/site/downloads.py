"""Feed files over HTTP: the bytes as published, with validators that make the hourly question of a reader cheap."""

import os
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from publish.feeds.files import packed

CACHED = "public, max-age=900"  # readers take a longer age as their next poll


def download(request: Request, path: Path, content_type: str) -> Response | None:
    """The file, or 304 where the reader has it; None where it is not there."""
    gzip = accepts_gzip(request.headers) and packed(path).exists()
    try:
        data, modified = _read(packed(path) if gzip else path)
    except FileNotFoundError:
        return None
    headers = {
        "ETag": f'"{sha256(data).hexdigest()[:32]}"',  # of the bytes sent: another one for each encoding
        "Last-Modified": format_datetime(modified, usegmt=True),
        "Cache-Control": CACHED,
        "Vary": "Accept-Encoding",
    }
    if _known(request.headers, headers["ETag"], modified):
        return Response(status_code=304, headers=headers)
    if gzip:
        headers["Content-Encoding"] = "gzip"
    return Response(data, headers=headers, media_type=content_type)


def accepts_gzip(headers: Headers) -> bool:
    for offer in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = offer.replace(" ", "").partition(";q=")
        if coding in ("gzip", "*"):
            return weight.rstrip("0.") != "" or not weight
    return False


def _read(path: Path) -> tuple[bytes, datetime]:
    with path.open("rb") as file:  # one handle: the file may be replaced in between
        seconds = int(os.fstat(file.fileno()).st_mtime)
        return file.read(), datetime.fromtimestamp(seconds, UTC)


def _known(headers: Headers, etag: str, modified: datetime) -> bool:
    if (tags := headers.get("if-none-match")) is not None:
        return tags.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    try:
        return modified <= parsedate_to_datetime(headers.get("if-modified-since", ""))
    except (TypeError, ValueError):  # no date, a broken one, or one without a zone
        return False
