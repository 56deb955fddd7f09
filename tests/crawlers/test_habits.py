from dataclasses import replace
from datetime import UTC, datetime

from scrapy import Request
from scrapy.http import Response

from crawlers import habits
from crawlers.habits import MOVED, Redirects
from storage.records import ChannelRecord, Habits

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
OLD, NEW, THIRD = (f"https://{name}.linjiang.example/news/" for name in ("old", "new", "third"))
BODY = habits.digest(b"list")


def channel(known: Habits) -> ChannelRecord:
    return replace(ChannelRecord("a/b", "a", "b", OLD, "list", True), **vars(known))


def after(known: Habits, *visits: tuple[str, bool] | None) -> Habits:
    """Visits that were led somewhere, for good or not, or to the page itself."""
    for led in visits:
        asked = habits.address(channel(known), OLD)
        known = habits.answered(known, Redirects(*led) if led else None, asked=asked)
    return known


def test_an_address_has_moved_when_several_visits_in_a_row_were_sent_there() -> None:
    there = (NEW, True)
    known = after(Habits(), *[there] * (MOVED - 1))
    assert known == Habits(moved_to=NEW, moved_times=MOVED - 1)
    assert habits.address(channel(known), OLD) == OLD
    known = after(known, there)
    assert habits.address(channel(known), OLD) == NEW
    assert after(known, None, None) == known  # asked at the new address, which answers itself


def test_a_doubt_begins_the_count_anew() -> None:
    there = (NEW, True)
    assert after(Habits(), there, there, None) == Habits()
    assert after(Habits(), there, there, (NEW, False)) == Habits()
    assert after(Habits(), there, there, (THIRD, True)) == Habits(moved_to=THIRD, moved_times=1)


def test_a_new_address_that_fails_is_given_up() -> None:
    moved = Habits(moved_to=NEW, moved_times=MOVED)
    assert habits.refused(moved, 410, NOW, asked=NEW) == Habits()
    assert habits.refused(moved, None, NOW, asked=NEW) == Habits()


def test_410_means_gone_and_nothing_else_does() -> None:
    assert habits.refused(Habits(), 410, NOW, asked=OLD) == Habits(gone_at=NOW)
    assert habits.refused(Habits(), 404, NOW, asked=OLD) == Habits()
    assert after(Habits(gone_at=NOW), None) == Habits()  # somebody asked, and it was back


def test_answers_304_are_counted_and_now_and_then_checked() -> None:
    known, audits = Habits(), []
    for number in range(1, 25):
        known = habits.unmodified(known, None, asked=OLD)
        if habits.audit_due(known):
            audits.append(number)
    assert (known, audits) == (Habits(unchanged=24), [2, 12, 22])
    assert habits.lied(known, b"list", NOW) == Habits(digest=BODY, distrusted_at=NOW)


def test_a_304_behind_a_redirect_counts_as_a_move_too() -> None:
    known = habits.unmodified(Habits(), Redirects(NEW, permanent=True), asked=OLD)
    assert known == Habits(unchanged=1, moved_to=NEW, moved_times=1)


def test_what_led_to_an_answer() -> None:
    def answer(**meta: object) -> Response:
        return Response(NEW, request=Request(NEW, meta=meta))

    assert Redirects.behind(answer()) is None
    assert Redirects.behind(answer(redirect_reasons=[301, 308])) == Redirects(NEW, permanent=True)
    assert Redirects.behind(answer(redirect_reasons=[301, 302])) == Redirects(NEW, permanent=False)


def test_a_redirect_to_the_home_page_is_no_move() -> None:
    home = Redirects("https://new.linjiang.example/", permanent=True)
    assert home.to_the_home_page_from(OLD)
    assert not home.to_the_home_page_from("http://old.linjiang.example/index.html")
    assert not Redirects(NEW, permanent=True).to_the_home_page_from(OLD)
