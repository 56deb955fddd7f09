"""Clean what a page says, and turn an address into the key under which it is known."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pipeline.article import Attachment, Image, Precision, RawArticle

SHANGHAI = ZoneInfo("Asia/Shanghai")
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # an earlier date on a web page is a program's default, such as 1970-01-01
LONGEST = 500  # characters of a caption, a file's name or a name of a person: what is longer is no such thing

_NEWLINES = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# What no reader sees and XML or a database refuses: controls, lone surrogates, non-characters, direction marks, zero
# widths. The two joiners (U+200C, U+200D) stay: emoji and some scripts need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def clean(text: str) -> str:
    """Text without invisible characters, in NFC, with plain spaces and newlines; what can be seen stays as printed."""
    text = _INVISIBLE.sub("", _SPACES.sub(" ", _NEWLINES.sub("\n", text)))
    return unicodedata.normalize("NFC", text).strip()


def normalise(raw: RawArticle, now: datetime) -> RawArticle:
    """The same article with clean strings and no impossible dates; a missing title is taken from the list page."""
    published, precision = _plausible(raw.published, raw.precision, now)
    updated, _ = _plausible(raw.updated, None, now)
    return replace(
        raw,
        url=clean(raw.url),
        title=_line(raw.title) or _line(raw.listed.title),
        published=published,
        precision=precision,
        updated=updated,
        source=_short(raw.source),
        author=_short(raw.author),
        editor=_short(raw.editor),
        subtitle=_line(raw.subtitle),
        original_title=_line(raw.original_title),
        paragraphs=tuple(filter(None, map(clean, raw.paragraphs))),
        images=tuple(Image(clean(i.url), _short(i.caption) or "") for i in raw.images if clean(i.url)),
        attachments=tuple(Attachment(clean(a.url), _short(a.name) or "") for a in raw.attachments if clean(a.url)),
        document_number=_line(raw.document_number),
        issuer=_short(raw.issuer),
        missing=_line(raw.missing),
        reason=_line(raw.reason),
    )


def _line(text: str | None) -> str | None:
    return clean(text).replace("\n", " ") or None if text else None


def _short(text: str | None) -> str | None:
    line = _line(text[: 2 * LONGEST]) if text else None
    return line[:LONGEST].rstrip() if line else None


def _plausible(
    moment: datetime | None, precision: Precision | None, now: datetime
) -> tuple[datetime | None, Precision | None]:
    """A date that can be true by now. Up to a day ahead (a fast clock) is today; what is further off is no date."""
    if moment is None or moment < OLDEST or moment > now + timedelta(days=1):
        return None, None
    if moment <= now:
        return moment, precision
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0), "day"


# Parameters that say who follows a link, from where or in which session, never which article it is.
_TRACKING = re.compile(
    r"""_ | _t | _ga | rand | randid | random | rnd | nocache | cachebuster | timestamp
    | from | fromsource | wxfrom | ref | referer | referrer | sudaref | srcid | scene | tdsourcetag | wfr
    | utm_.* | spm | spm_.* | scm | scm_.* | share_.* | sharer_.* | mtm_.* | pk_.* | hm(?:sr|pl|cu|kw|ci)
    | bd_vid | bdmskey | fbclid | gclid | msclkid | yclid | qq-pf-to | isappinstalled | mpshare | nsukey
    | ascene | chksm | devicetype | exportkey | pass_ticket | xtrack
    | jsessionid | phpsessid | sessionid | aspsessionid.* | visitorid""",
    re.VERBOSE,
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?#]*", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical_url(url: str) -> str:
    """The key of an address: what leads to the same article has the same key. Never raises; a key is its own key.

    http and https, host spellings (case, IDN, final dot, user, default port), equal percent-encodings, dot segments,
    tracking and session parameters and fragments make no difference; the order of the query does. A fragment that is
    a route (`#/detail/7`, `#!7`) stays: in a one-page application it is what tells two articles apart.
    """
    url = clean(url).replace("\n", "")
    scheme, colon, rest = url.partition(":")
    if url.startswith(("//", "\\\\")):
        scheme, colon, rest = "https", ":", url
    if not colon or scheme.lower() not in {"http", "https"}:
        return url
    try:
        parts = urlsplit("https:" + rest.replace("\\", "/"))
        host = _host(parts)
    except ValueError:  # brackets that hold no IPv6 address, a port that is no number: known by its spelling alone
        return url
    if not host:
        return url
    path = _without_dots(_encoded(_SESSION_IN_PATH.sub("", parts.path), "/:@!$&'()*+,;="))
    fragment = _encoded(parts.fragment, "/:@!$&'()*+,;=?") if parts.fragment.startswith(("/", "!")) else ""
    return urlunsplit(("https", host, path, _query(parts.query), fragment))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode("ascii").rstrip(".")  # UnicodeError is a ValueError
    return host if parts.port in {None, 80, 443} else f"{host}:{parts.port}"


def _encoded(text: str, allowed: str) -> str:
    """Percent-encoding in its one normal form: unreserved characters bare, all else as UTF-8 in upper-case hex."""

    def normal(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return quote(_PERCENT.sub(normal, text), safe=allowed + "%~", errors="replace")


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4, for an absolute path."""
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    """The parameters that name the article, in their order."""
    parameters = (_encoded(parameter, "/:@!$'()*+,;=?") for parameter in query.split("&") if parameter)
    return "&".join(p for p in parameters if not _TRACKING.fullmatch(p.partition("=")[0].lower()))
