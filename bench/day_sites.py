"""The sites of `bench.day`: what each publishes, and what befalls it on the day that is simulated."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Literal

from bench.web import Answer
from tests.crawlers.website import article, wording

CHINA = timezone(timedelta(hours=8))
DAY = datetime(2026, 11, 19, tzinfo=CHINA)  # a Thursday; no holiday is near
NEVER = DAY + timedelta(days=365)
HTML = ("Content-Type", "text/html; charset=utf-8")
PLAIN = ("Content-Type", "text/plain; charset=utf-8")
HOURS = (8.3, 9.1, 9.8, 10.6, 11.4, 14.2, 15.1, 16.0, 16.8, 17.4)  # of the day, when offices put things up
WHO = ("临江", "青川", "澜州", "东平", "云浦", "江州")
WHAT = ("职业院校技能竞赛", "产教融合实训基地", "高职单招", "现代学徒制试点", "技工院校招生", "校企合作协议")
SELECTORS = '[list]\nrow = "ul.list li"\nlink = "a"\ntitle = "a"\ndate = "span"\n'  # of the pages before a redesign

Happens = Literal["published", "edited", "withdrawn", "begins", "ends"]


@dataclass
class Piece:
    """An article that the site publishes."""

    path: str
    title: str
    at: datetime
    edited_at: datetime = NEVER
    withdrawn_at: datetime = NEVER
    status: int = 404  # after it was withdrawn


@dataclass(frozen=True)
class Event:
    """Something planted, and what must be noticed of it; `kind`: of the incident."""

    happens: Happens
    what: str
    at: datetime
    site: str
    path: str = ""
    kind: str = ""


@dataclass
class Site:
    address: str
    part: "Part"
    pieces: list[Piece]
    base: str = ""
    etags: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return "s" + self.address.replace(".", "_")

    @property
    def toml(self) -> str:
        head = f'id = "{self.id}"\nname = "{self.id}"\nhome = "{self.base}/"\nkind = "media"\n'
        channel = f'[[channels]]\nkey = "news"\nname = "news"\nurl = "{self.base}/list/"\n'
        return head + (SELECTORS if self.part.name == "redesign" else "") + channel

    def events(self) -> Iterator[Event]:
        part = self.part
        for piece in self.pieces:
            what = "article" if piece.at >= DAY else "article of the weeks before"
            yield Event("published", what, piece.at, self.id, piece.path)
            if piece.edited_at < NEVER:
                yield Event("edited", "text changed", piece.edited_at, self.id, piece.path)
            if piece.withdrawn_at < NEVER:
                yield Event("withdrawn", f"answers {piece.status}", piece.withdrawn_at, self.id, piece.path)
        if part.kind:
            yield Event("begins", part.planted, part.since, self.id, kind=part.kind)
            if part.until < NEVER:
                yield Event("ends", part.planted, part.until, self.id, kind=part.kind)

    def respond(self, path: str, headers: dict[str, str], now: datetime) -> Answer:
        befallen = self.part.since <= now < self.part.until
        answer = self.part.does(self, path, headers, now) if befallen else None
        return answer or self.ordinary(path, headers, now)

    def ordinary(self, path: str, headers: dict[str, str], now: datetime) -> Answer:
        if path == "/robots.txt":
            return Answer(b"User-agent: *\nDisallow:\n", 200, (PLAIN,))
        piece = next((piece for piece in self.pieces if piece.path == path and piece.at <= now), None)
        if path == "/list/":
            return checked(listing(self.shown(now)), headers)
        if piece is None or piece.withdrawn_at <= now:
            return Answer(b"<html><body>not here</body></html>", piece.status if piece else 404, (HTML,))
        return checked(text_of(piece, now), headers)

    def shown(self, now: datetime) -> list[Piece]:
        there = [piece for piece in self.pieces if piece.at <= now < piece.withdrawn_at]
        return sorted(there, key=lambda piece: piece.at, reverse=True)[: self.part.rows]


def checked(page: str, headers: dict[str, str]) -> Answer:
    """With a validator."""
    body = page.encode()
    etag = f'"{sha256(body).hexdigest()[:16]}"'
    if headers.get("if-none-match") == etag:
        return Answer(b"", 304, (("ETag", etag),))
    return Answer(body, 200, (HTML, ("ETag", etag)))


def listing(pieces: list[Piece]) -> str:
    rows = "".join(
        f'<li><a href="{piece.path}" title="{piece.title}">{piece.title}</a><span>{piece.at:%Y-%m-%d %H:%M}</span></li>'
        for piece in pieces
    )
    return f"<html><head><title>教育要闻</title></head><body><ul class='list'>{rows}</ul></body></html>"


def text_of(piece: Piece, now: datetime) -> str:
    first, *others = wording(piece.title)
    if piece.edited_at <= now:
        others[-1] += "更正:原定的报名截止日期改为12月10日,地点不变,请各院校相互转告。"
    return article(piece.title, day=f"{piece.at:%Y-%m-%d %H:%M}", text=(first, *others))


Does = Callable[[Site, str, dict[str, str], datetime], Answer | None]  # None: the ordinary answer


def nothing(_site: Site, _path: str, _headers: dict[str, str], _now: datetime) -> None:
    return None


def always(status: int, body: str = "<html><body>error</body></html>", *, but_robots: bool = True) -> Does:
    def does(_site: Site, path: str, _headers: dict[str, str], _now: datetime) -> Answer | None:
        return None if but_robots and path == "/robots.txt" else Answer(body.encode(), status, (HTML,))

    return does


def of_the_list(status: int, body: str) -> Does:
    def does(_site: Site, path: str, _headers: dict[str, str], _now: datetime) -> Answer | None:
        return Answer(body.encode(), status, (HTML,)) if path == "/list/" else None

    return does


def forbids(_site: Site, path: str, _headers: dict[str, str], _now: datetime) -> Answer | None:
    return Answer(b"User-agent: *\nDisallow: /\n", 200, (PLAIN,)) if path == "/robots.txt" else None


def redesigned(site: Site, path: str, headers: dict[str, str], now: datetime) -> Answer | None:
    if path != "/list/":
        return None
    rows = "".join(
        f'<div class="card"><h3><a href="{piece.path}">{piece.title}</a></h3><p>{piece.at:%Y-%m-%d}</p></div>'
        for piece in site.shown(now)
    )
    head = "<title>新闻中心</title>"
    return checked(f"<html><head>{head}</head><body><div class='cards'>{rows}</div></body></html>", headers)


def lies(_site: Site, path: str, headers: dict[str, str], _now: datetime) -> Answer | None:
    return Answer(b"", 304) if path == "/list/" and "if-none-match" in headers else None


CHALLENGE = "<html><head><title>安全验证</title></head><body><p>请完成验证码后继续访问</p></body></html>"
BUILDING = "<html><head><title>教育要闻</title></head><body><p>栏目改版中,敬请期待。</p></body></html>"


def on(hours: float, days: int = 0) -> datetime:
    return DAY + timedelta(days=days, hours=hours)


EVENING = on(18)


@dataclass(frozen=True)
class Part:
    """What so many sites have in common."""

    name: str
    sites: int
    planted: str = ""
    kind: str = ""  # of the incident that must be noticed; "": none may be
    since: datetime = NEVER
    until: datetime = NEVER
    does: Does = nothing
    a_day: int = 2  # articles
    rows: int = 8  # of the list
    last: datetime = EVENING  # nothing is published later


PARTS = (
    Part("ordinary", 104),
    Part("quiet", 30, "publishes once a week", a_day=0),
    Part("stumbles", 8, "answers 500 for an hour", since=on(10), until=on(11), does=always(500)),
    Part("silent", 4, "falls silent", "silent", since=on(18, -6), a_day=6, rows=50, last=on(18, -6)),
    Part("redesign", 6, "list in another layout", "redesigned", since=on(6), does=redesigned, a_day=8, last=on(18, 1)),
    Part("403", 4, "answers 403", "blocked", since=on(2), does=always(403)),
    Part("403 for a day", 2, "answers 403, until 15:00", "blocked", since=on(2), until=on(15), does=always(403),
         a_day=6, last=on(18, 1)),
    Part("412", 3, "answers 412", "blocked", since=on(2), does=always(412)),
    Part("challenge", 3, "shows a challenge page", "blocked", since=on(2), does=of_the_list(200, CHALLENGE)),
    Part("500", 3, "answers 500", "failing", since=on(2), does=always(500)),
    Part("building", 3, "list page without a list", "empty", since=on(2), does=of_the_list(200, BUILDING)),
    Part("certificate", 3, "certificate expires", "certificate", since=on(6)),
    Part("robots", 4, "robots.txt forbids", "robots", since=on(6), does=forbids),
    Part("liar", 3, "304 whatever is new", "lying", since=on(0), does=lies, a_day=6),
    Part("gone", 3, "answers 410", "gone", since=on(6), does=of_the_list(410, "gone")),
    Part("edits", 8, "text changed"),
    Part("withdraws", 5, "article taken down: 404"),
    Part("withdraws, says so", 4, "article taken down: 410"),
)  # fmt: skip


def build(share: float = 1.0) -> list[Site]:
    """All sites, or a share of each part, at least one."""
    parts = [part for part in PARTS for _ in range(max(1, round(part.sites * share)))]
    chance = random.Random(19)  # noqa: S311 - moments and titles
    return [Site(f"127.0.{2 + n // 200}.{n % 200 + 1}", part, stock(part, n, chance)) for n, part in enumerate(parts)]


def stock(part: Part, number: int, chance: random.Random) -> list[Piece]:
    """What a site publishes: on workdays, at hours of an office, since a fortnight before the day."""
    moments: list[datetime] = []
    if part.a_day == 0:
        moments = [on(9 + chance.random() * 8, days) for days in (-27, -20, -14, -9, -3)]
    else:
        for days in range(-17, 2):
            if on(0, days).weekday() < 5:
                hours = chance.sample(HOURS, part.a_day)
                moments += [on(hour + chance.random() * 0.4, days) for hour in hours]
    moments = sorted(moment for moment in moments if moment <= part.last)
    pieces = [Piece(f"/{n}.html", _title(number, n), moment) for n, moment in enumerate(moments)]
    of_yesterday = [piece for piece in pieces if on(0, -1) <= piece.at < on(15, -1)]
    if part.name == "edits" and of_yesterday:
        of_yesterday[0].edited_at = on(7)
    if part.name.startswith("withdraws") and of_yesterday:
        of_yesterday[0].withdrawn_at, of_yesterday[0].status = on(7), 410 if "says" in part.name else 404
    return pieces


def _title(site: int, number: int) -> str:
    seed = sha256(f"{site} {number}".encode()).digest()
    return f"{WHO[seed[0] % 6]}{WHAT[seed[1] % 6]}第{site}-{number}号通知发布"
