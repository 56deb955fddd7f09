"""The name under which a host is held, paced and remembered."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The host's name, with the port where that is unusual."""
    parts = urlsplit(url)
    name = (parts.hostname or "").lower()
    return name if parts.port in (None, 80, 443) else f"{name}:{parts.port}"
