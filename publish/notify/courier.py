"""A courier serves one target: holds it, sends what waits, one message after another, and notes what became of it."""

import logging
import random
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

from pipeline.settings import Settings
from publish.digest.compose import compose as compose_digest
from publish.digest.render import as_html
from publish.entries import readable
from publish.notify.alarms import Matter
from publish.notify.alarms import compose as compose_alarms
from publish.notify.message import Message, compose
from publish.notify.schedule import MOST_TRIES, digest_due, next_try, together
from publish.notify.targets import FILE, Target
from publish.site.links import Links
from storage import channels, deliveries, incidents
from storage.database import Database
from storage.errors import SettingsError
from storage.language import say
from storage.records import DeliveryRecord, IncidentRecord

if TYPE_CHECKING:
    from publish.notify.service import Service

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # Apprise gives up on a message after one
MOST_WAITING = 100  # looked at for one message
BUSY = timedelta(minutes=1)  # then the rest waits for the next run: a slow service must not hold up the crawl


@dataclass(frozen=True)
class Parcel:
    """A message, and the deliveries that are settled with it."""

    deliveries: tuple[DeliveryRecord, ...]
    message: Message

    @property
    def ids(self) -> list[int]:
        return [delivery.id for delivery in self.deliveries]


@dataclass(frozen=True)
class Report:
    """What a run did for a target."""

    target: str
    sent: int = 0  # stories and digests
    given_up: int = 0
    doubtful: int = 0  # left by a sender that died: nobody knows whether they arrived
    reason: str | None = None  # why the last message was not taken


class Courier:
    def __init__(
        self, database: Database, settings: Settings, target: Target, clock: Callable[[], datetime], stop: Event
    ) -> None:
        self.database = database
        self.settings = settings
        self.target = target
        self.clock = clock
        self.stop = stop
        self.holder = uuid4().hex
        self.report = Report(target.name)

    @cached_property
    def service(self) -> "Service":
        """Looked up when there is something to send. SettingsError where Apprise does not know the address."""
        return service_at(self.target, self.settings)

    def run(self) -> Report:
        """Send what may be sent now. While another courier serves the target nothing is done."""
        if not self._taken():
            return self.report
        try:
            self._serve()
        except SettingsError as error:
            self.report = replace(self.report, reason=str(error))
        except Exception as error:  # one target's trouble is not the others', nor the tick's
            logger.exception("target broke name=%s", self.target.name)
            self.report = replace(self.report, reason=f"{type(error).__name__}: {error}"[:200])
        finally:
            with self.database.begin() as db:
                deliveries.release(db, self.target.name, self.holder)
        return self.report

    def _taken(self) -> bool:
        """Hold the target, unless it is to be left alone now; count what a dead courier left in doubt."""
        now, quiet, name = self.clock(), self.target.terms.quiet, self.target.name
        with self.database.begin() as db:
            known = deliveries.target(db, name)
            resting = known is None or (known.next_try is not None and known.next_try > now)
            if resting or (quiet and quiet.covers(now)) or not deliveries.hold(db, name, self.holder, now, now + LEASE):
                return False
            left = deliveries.doubt(db, name, say("发送时程序中断", "the program was stopped while sending"))
        self.report = Report(name, doubtful=left)
        return True

    def _serve(self) -> None:
        terms = self.target.terms
        next_parcel = self._digest if terms.is_digest else self._alarms if terms.alarms else self._stories
        ends = self.clock() + BUSY
        while self.clock() < ends and not self.stop.is_set():
            parcel = next_parcel()
            if parcel is None or not self._sent(parcel):
                return

    def _stories(self) -> Parcel | None:
        """The next stories, marked as being sent; None where no more wait, or another holds the target by now."""
        name, terms, now = self.target.name, self.target.terms, self.clock()
        alone = terms.send == "at-once" and terms.quiet is None
        with self.database.begin() as db:
            if not deliveries.hold(db, name, self.holder, now, now + LEASE):
                return None
            while waiting := together(terms, deliveries.waiting(db, name, 1 if alone else MOST_WAITING)):
                current = {view.story.id: (one, view) for one, view in deliveries.views(db, waiting, now)}
                shown = readable((view for _, view in current.values()), now)
                entries = [entry for entry in shown if not entry.removal]
                unfit = current.keys() - {entry.story_id for entry in entries}
                deliveries.settle(
                    db,
                    [current[n][0].id for n in unfit],
                    "dropped",
                    now,
                    say("已撤下或无法显示", "taken down, or unfit"),
                )
                if entries:
                    message = compose(entries, self.settings.feed_title, self.service.room, self._page)
                    told = tuple(current[entry.story_id][0] for entry in entries[: message.stories])
                    deliveries.begin(db, [one.id for one in told])
                    return Parcel(told, message)
        return None

    def _alarms(self) -> Parcel | None:
        """All that waits of channels in trouble, marked as being sent; what is over before it was told is dropped."""
        name, now = self.target.name, self.clock()
        with self.database.begin() as db:
            if not deliveries.hold(db, name, self.holder, now, now + LEASE):
                return None
            waiting = deliveries.waiting(db, name, MOST_WAITING)
            about = incidents.told_by(db, [deliveries.outbox_id(one) for one in waiting])
            told_of = deliveries.alarmed(
                db, name, [one.alarm_id for its in about.values() for one in its if one.alarm_id]
            )
            found = {one: _matter(deliveries.outbox_id(one), about, told_of) for one in waiting}
            over = [one.id for one, matter in found.items() if matter is None]
            deliveries.settle(db, over, "dropped", now, say("已经恢复", "it is over"))
            matters = {one: matter for one, matter in found.items() if matter}
            if not matters:
                return None
            wrong = {incident.channel_id for matter in matters.values() for incident in matter.incidents}
            known = {channel.id: channel for channel in channels.named(db, wrong)}
            message = compose_alarms(list(matters.values()), known, self.settings.feed_title, self.service.room)
            told = tuple(matters)[: message.stories]
            deliveries.begin(db, [one.id for one in told])
            return Parcel(told, message)

    def _digest(self) -> Parcel | None:
        """The digest that is due, marked as being sent; None where there is none, or nothing in it."""
        name, now = self.target.name, self.clock()
        with self.database.read() as db:
            known = deliveries.target(db, name)
            window = digest_due(self.target.terms, known.since, now) if known else None
            key = f"digest:{window.first}..{window.last}" if window else ""
            earlier = deliveries.find(db, name, key)
        if window is None or (earlier and earlier.state != "waiting"):
            return None
        _ = self.service  # a mistake in its address is told before anything is promised
        selection, title = self.target.terms.selection(), self.settings.feed_title
        found = compose_digest(self.database, window, selection, now=now, title=title)
        message = Message(found.subject, as_html(found), html=True)
        with self.database.begin() as db:
            if not deliveries.hold(db, name, self.holder, now, now + LEASE):
                return None
            deliveries.add(db, name, key, None, now)
            waiting = deliveries.waiting(db, name, MOST_WAITING)
            late = [one.id for one in waiting if one.key != key]
            deliveries.settle(db, late, "dropped", now, say("已有更新的摘编", "there is a later digest"))
            due = tuple(one for one in waiting if one.key == key)
            if not found.found:
                deliveries.settle(db, [one.id for one in due], "dropped", now, say("没有新报道", "no news"))
                return None
            deliveries.begin(db, [one.id for one in due])
        return Parcel(due, message) if due else None

    def _sent(self, parcel: Parcel) -> bool:
        """Send it, and note what became of it."""
        name = self.target.name
        reason = self.service.send(parcel.message)
        now = self.clock()
        with self.database.begin() as db:
            if reason is None:
                deliveries.settle(db, parcel.ids, "sent", now)
                deliveries.succeeded(db, name, now)
                self.report = replace(self.report, sent=self.report.sent + len(parcel.ids))
                return True
            over = [one.id for one in parcel.deliveries if one.tries + 1 >= MOST_TRIES]
            deliveries.settle(db, [n for n in parcel.ids if n not in over], "waiting", now, reason)
            deliveries.settle(db, over, "failed", now, reason)
            known = deliveries.target(db, name)
            again = next_try((known.failures if known else 0) + 1, now, random.random())  # noqa: S311 - no secret
            deliveries.failed(db, name, now, again, reason)
        logger.info("notification_failed target=%s given_up=%d reason=%s", name, len(over), reason)
        self.report = replace(self.report, reason=reason, given_up=len(over))
        return False

    def _page(self, story_id: int) -> str | None:
        """The address of a story's page; None while the site is reached on this machine only."""
        base = self.settings.base_url.rstrip("/")
        return None if urlsplit(base).hostname in ("127.0.0.1", "localhost") else Links(base).story(story_id)


def _matter(outbox_id: int, about: Mapping[int, Sequence[IncidentRecord]], told_of: Set[int]) -> Matter | None:
    """None where an alarm is over already, and for the end of one that the target was not told of."""
    if still := tuple(one for one in about[outbox_id] if one.alarm_id == outbox_id and one.ended_at is None):
        return Matter(False, still)
    ended = tuple(one for one in about[outbox_id] if one.recovery_id == outbox_id)
    return Matter(True, ended) if any(one.alarm_id in told_of for one in ended) else None


def service_at(target: Target, settings: Settings) -> "Service":
    """The service of a target. SettingsError where Apprise does not know its address, or it cannot do what is asked."""
    from publish.notify.service import service_of  # Apprise takes half a second to import, and often nothing waits

    place = f"{settings.home / FILE} [{target.name}]"
    service = service_of(target.url)
    if service is None:
        raise SettingsError(
            say(
                f"{place} url：Apprise 不认识这个地址，写法见 docs/notify.md",
                f"url in {place}: no address that Apprise knows, see docs/notify.md",
            )
        )
    if service.messages > 1:  # sent one by one: where the second refuses, a further try would tell the first again
        raise SettingsError(
            say(
                f"{place} url：有 {service.messages} 个收件人，只能有一个；请各写一个表，邮件的其余收件人可写进 bcc=",
                f"url in {place}: {service.messages} recipients, there can be one: write a table for each,"
                " or put the others of a mail into bcc=",
            )
        )
    if target.terms.is_digest and not service.takes_html:
        raise SettingsError(
            say(
                f"{place}：{service.name} 显示不了摘编，摘编请用邮件（mailto://）",
                f"{place}: {service.name} cannot show a digest, send it by mail (mailto://)",
            )
        )
    return service
