"""One service, reached through Apprise: it takes a message, or says why not. Importing Apprise takes half a second."""

import logging
import re
from functools import cache
from urllib.parse import parse_qsl, unquote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.plugins.base import NotifyBase
from apprise.result import AppriseResult

from publish.notify import robots
from publish.notify.message import Message

READ_SECONDS = 15.0  # Apprise gives up after four, when a message has often been taken already
SECRET = 6  # characters; what is shorter would hide words of the reason
_FAILED = re.compile("^Failed to send .+? notification: ")
_NO_ANSWER = "Socket Exception: "  # how Apprise's own plugins log what went wrong on the way


class Service:
    """For one thread: Apprise keeps the services' pace by waiting."""

    def __init__(self, plugin: NotifyBase, url: str) -> None:
        self._apprise = Apprise(asset=plugin.asset)
        self._apprise.add(plugin)
        self._hidden = _secrets(url)
        self.name = str(plugin.service_name)
        self.place = _shown(plugin.url(privacy=True))
        self.room = plugin.body_maxlen  # Apprise counts characters; the robots' limits are bytes
        formats: object = plugin.notify_format  # one or several
        self.messages = len(plugin)  # that one notification becomes: one for each recipient
        self.takes_html = NotifyFormat.HTML in (formats if isinstance(formats, tuple) else (formats,))

    def send(self, message: Message) -> str | None:
        """Why it was not taken, without secrets; None: it was."""
        form = NotifyFormat.HTML if message.html else NotifyFormat.TEXT
        result = self._apprise.notify(message.body, message.title, body_format=form, log_level=logging.DEBUG)
        return None if result else self._discreet(_reason(result))

    def _discreet(self, reason: str) -> str:
        for secret in self._hidden:
            reason = reason.replace(secret, "…")
        return reason[:300]


def service_of(url: str) -> Service | None:
    """None where Apprise does not know what to make of the address."""
    plugin = Apprise.instantiate(url, asset=_asset())
    if plugin is None:
        return None
    if plugin.socket_read_timeout == NotifyBase.socket_read_timeout:
        plugin.socket_read_timeout = READ_SECONDS
    return Service(plugin, url)


@cache
def _asset() -> AppriseAsset:
    """Apprise as we use it: our robots, our name. What it logs, keys among it, is read here and goes nowhere else."""
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it tells whole addresses
    log = logging.getLogger("apprise")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(logging.NullHandler())
    robots.install()
    return AppriseAsset(app_id="Zhijiao", app_desc="职教", async_mode=False)


def _reason(result: AppriseResult) -> str:
    entries = [(entry.level, entry.message) for entry in result.logs()]
    for _, message in reversed(entries):
        if message.startswith(_NO_ANSWER):
            return _short(message.removeprefix(_NO_ANSWER))
    warnings = [message for level, message in entries if level in ("WARNING", "ERROR", "CRITICAL")]
    return _short(warnings[-1]) if warnings else result.status.name


def _short(reason: str) -> str:
    """What went wrong at the bottom, of all that Apprise and urllib3 tell."""
    if "ConnectionPool(" in reason:
        return reason.rpartition(": ")[2].rstrip("\")'")
    return _FAILED.sub("", reason).replace("., error=", ", error=").replace("error=", "HTTP ").rstrip(".")


def _secrets(url: str) -> list[str]:
    """The parts of an address that are nobody's business, longest first: all but hosts and mail addresses."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return [url]
    user, _, host = parts.netloc.rpartition("@")
    words = [*user.split(":"), *parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    words += [] if _is_host(host) else host.split(":")
    words = [word for word in (*words, *map(unquote, words)) if len(word) >= SECRET and "@" not in word]
    return sorted(set(words), key=len, reverse=True)


def _shown(masked: str) -> str:
    """Scheme and host of an address that Apprise has masked; a host that is none is a key, and masked further."""
    scheme, _, rest = masked.partition("://")
    place = rest.split("?")[0].split("/")[0]
    user, at, host = place.rpartition("@")
    return f"{scheme}://{user}{at}{host if _is_host(host) else host[:1] + '…'}"


def _is_host(name: str) -> bool:
    return ("." in name and "..." not in name) or name.partition(":")[0] == "localhost"
