"""Addresses fit to be published: absolute, on the web, percent-encoded."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from publish.characters import clean

_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_ALLOWED = "/%:@!$&'()*+,;=~-._"  # RFC 3986: pchar, slash, and the percent signs that already encode something

# Not the mimetypes module: it reads the machine's tables, and a feed's bytes must not depend on the machine.
_FILE_TYPES = {
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ofd": "application/ofd",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".rar": "application/vnd.rar",
    ".txt": "text/plain",
    ".wps": "application/vnd.ms-works",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def web_address(url: str, base: str = "") -> str | None:
    """The address as a URI, or None where it does not lead to the web (javascript:, data:, mailto:, broken)."""
    try:
        parts = urlsplit(urljoin(base, clean(url).strip()))
        host, port = parts.hostname, parts.port
        if parts.scheme not in ("http", "https") or not host:
            return None
        host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    except ValueError:  # UnicodeError is one: a label too long or empty
        return None
    if not re.fullmatch(r"[\w.:\[\]-]+", host, re.ASCII):
        return None
    place = host if port is None else f"{host}:{port}"
    return urlunsplit(
        (parts.scheme, place, _quoted(parts.path) or "/", _quoted(parts.query, "?"), _quoted(parts.fragment, "?"))
    )


def file_type(url: str) -> str:
    """What kind of file an address leads to, guessed from its ending."""
    return _FILE_TYPES.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "application/octet-stream")


def _quoted(part: str, also: str = "") -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=_ALLOWED + also)
