"""Whether addresses still answer: asked as politely as the crawl asks, and told as what was seen.

A host is taken as a visit takes it (`storage/hosts.py`), so that nobody else asks it meanwhile and the patience that it
asked for is kept. It is asked one address at a time, by HEAD and, where that says nothing good, by GET without reading
the body. What a redirect names is asked in the next round, under the lease of its own host.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.parse import urlsplit

from crawlers.addresses import networks
from crawlers.hosts import host_of
from crawlers.pace import patient_until
from pipeline.settings import Settings
from publish.digest.values import Link
from storage import hosts
from storage.database import Database
from storage.language import say
from storage.records import Lease, Requests
from zhijiao.request import Answer, NoAnswer, request

HOSTS = 16  # asked at the same time
PATIENCE = timedelta(seconds=60)  # that a host is waited for
HOPS = 5
GONE = frozenset({404, 410})
PATIENT = frozenset({429, 503})  # answers that ask for patience
_ERROR_PAGE = re.compile(r"(?:^|[/_-])(?:404|error|notfound|not_found|nopage)\b", re.IGNORECASE)

OnLink = Callable[[str, Link], None]


def ask(
    addresses: Iterable[str], database: Database, settings: Settings, on_link: OnLink = lambda *_: None
) -> dict[str, Link]:
    """What each address answers now. One that does not raises nothing: that is what was to be found out.

    `on_link` is called as answers come, from several threads.
    """
    asker = _Asker(database, settings, on_link)
    links: dict[str, Link] = {}
    targets = {address: address for address in addresses}
    for _ in range(HOPS + 1):
        answers = dict(asker.round(targets))
        links |= {address: answer for address, answer in answers.items() if isinstance(answer, Link)}
        targets = {address: answer for address, answer in answers.items() if isinstance(answer, str)}
    links |= dict.fromkeys(targets, _unclear(say("一再跳转", "endless redirects")))
    if len({host_of(address) for address in links}) > 1 and all(link == _no_host() for link in links.values()):
        return dict.fromkeys(links, _unclear(say("一个域名也查不到,本机可能断网", "no name resolves here: offline?")))
    return links


class _Busy(Exception):  # noqa: N818 - no error: the host may not be asked now
    pass


class _Asker:
    """Asks hosts at the same time, and each of them one thing at a time."""

    def __init__(self, database: Database, settings: Settings, on_link: OnLink) -> None:
        self._database = database
        self._settings = settings
        self._on_link = on_link
        self._allowed = networks(settings.allow_private)
        self._holder = f"digest-{uuid.uuid4()}"
        self._stopped = Event()

    def round(self, targets: Mapping[str, str]) -> Iterator[tuple[str, Link | str]]:
        """For each address what its target answers: a link, or the target to ask next."""
        by_host: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for address, target in targets.items():
            by_host[host_of(target)].append((address, target))
        with ThreadPoolExecutor(HOSTS, "liveness") as pool:
            try:
                for answers in pool.map(self._host, by_host, by_host.values()):
                    yield from answers
            except BaseException:  # Ctrl-C: no further request
                self._stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _host(self, host: str, targets: Sequence[tuple[str, str]]) -> list[tuple[str, Link | str]]:
        found: list[tuple[str, Link | str]] = []
        busy: _Busy | None = None
        for address, target in targets:
            try:
                answer = _unclear(str(busy)) if busy else self._target(host, address, target)
            except _Busy as why:
                busy, answer = why, _unclear(str(why))
            found.append((address, answer))
            if isinstance(answer, Link):
                self._on_link(address, answer)
        return found

    def _target(self, host: str, address: str, target: str) -> Link | str:
        status = 0
        for method in ("HEAD", "GET"):
            try:
                answer = self._asked(host, method, target)
            except NoAnswer as why:
                return _no_host() if why.gone else _unclear(str(why))
            if answer.location:
                return _redirected(address, answer.location)
            if 200 <= answer.status < 300:
                return Link("alive")
            status = answer.status
        return Link("dead" if status in GONE else "unclear", f"HTTP {status}")

    def _asked(self, host: str, method: str, target: str) -> Answer:
        """One request under the host's lease, counted in its ledger. _Busy where the host may not be asked now."""
        lease, delay = self._take(host)
        status, patience = None, None
        try:
            answer = request(method, target, self._allowed)
            status = answer.status
            if status in PATIENT:
                patience = patient_until(answer.retry_after, datetime.now(UTC), 0, 0.5)
                raise _Busy(say("网站要求稍后再来", "the site asks for patience"))
            return answer
        finally:
            now = datetime.now(UTC)
            pause = timedelta(seconds=max(self._settings.delay_seconds, delay or 0.0))
            with self._database.begin() as db:
                hosts.note(db, host, Requests(1, errors=int(status is None or status >= 400)), delay, now)
                if patience:
                    hosts.be_patient(db, host, patience, 1)
                hosts.release(db, lease, patience or now + pause)

    def _take(self, host: str) -> tuple[Lease, float | None]:
        """The host as soon as it may be asked, and the pause that it wants beyond the usual one."""
        give_up = datetime.now(UTC) + PATIENCE
        while not self._stopped.is_set() and (now := datetime.now(UTC)) < give_up:
            with self._database.begin() as db:
                lease = hosts.take(db, host, self._holder, now, self._settings.lease_seconds)
                ledger = hosts.ledger(db, host)
                allowed_at = ledger.next_allowed_at if ledger and ledger.next_allowed_at else now
                if lease and allowed_at > now:
                    hosts.release(db, lease, None)
            if lease and allowed_at <= now:
                return lease, ledger.delay if ledger else None
            if allowed_at > give_up:
                break
            if self._stopped.wait(max(0.5 if lease is None else 0.0, (allowed_at - now).total_seconds())):
                break
        raise _Busy(say("网站正在抓取,或要求稍后再来", "the site is being crawled, or asks for patience"))


def _redirected(address: str, location: str) -> Link | str:
    """The next target, unless it is a page that says that there is none."""
    before, after = urlsplit(address).path, urlsplit(location).path
    if _ERROR_PAGE.search(after) and not _ERROR_PAGE.search(before):
        return Link("dead", say("跳转到错误页", "leads to an error page"))
    if not after.strip("/") and before.strip("/"):
        return _unclear(say("跳转到网站首页", "leads to the site's front page"))
    return location


def _no_host() -> Link:
    return Link("dead", say("域名不存在", "no such host"))


def _unclear(why: str) -> Link:
    return Link("unclear", why)
