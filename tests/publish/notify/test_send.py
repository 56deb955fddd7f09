"""What targets are told, and what not, over a real webhook."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from publish.notify import courier
from publish.notify.courier import Report
from publish.notify.send import send_pending, stop_sending
from storage import deliveries, outbox, stories
from storage.errors import SettingsError
from tests.publish.notify.conftest import Desk
from tests.publish.notify.letterbox import Letterbox, text_of


def test_at_once_is_one_message_for_each_story(desk: Desk) -> None:
    desk.declare('send = "at-once"')
    desk.send()
    for number in (1, 2):
        desk.release(number)
    assert desk.send() == [Report("group", sent=2)]
    assert desk.hook.messages == [
        "\n".join(
            (
                f"第{number}篇",
                "临江日报 · 临江市教育局 · 11月20日 12:00",
                "产教融合 · 青川省临江市",
                f"https://edu.linjiang.example/{number}.html",
                f"页面 https://feeds.example/story/{number}",
            )
        )
        for number in (1, 2)
    ]
    assert desk.send(hours=1) == [Report("group")]
    assert len(desk.hook.asked) == 2


def test_bundled_is_one_message_for_all_up_to_so_many(desk: Desk) -> None:
    desk.declare("most = 3")
    desk.send()
    for number in range(1, 6):
        desk.release(number)
    assert desk.send() == [Report("group", sent=5)]
    assert desk.titles() == ["职教动态：3 篇", "职教动态：2 篇"]
    assert "1. 第1篇" in desk.hook.messages[0]
    assert "2. 第5篇" in desk.hook.messages[1]


def test_a_new_target_is_not_told_of_the_past(desk: Desk) -> None:
    desk.release(1)
    assert desk.send() == []
    desk.declare('send = "at-once"')
    assert desk.send() == [Report("group")]
    desk.release(2)
    desk.send()
    assert desk.titles() == ["第2篇"]


def test_filters(desk: Desk) -> None:
    desk.declare('topics = ["升学"]', name="topic")
    desk.declare('regions = "990000"', name="region")
    desk.declare('sites = "moe"', name="site")
    desk.declare('kinds = ["media", "government"]', 'search = "第1篇"', name="kind")
    desk.declare("documents = true", name="documents")
    desk.send()
    desk.release(1)
    desk.release(2, topics=("升学",), document_number="教职成〔2026〕1号", regions=(("江苏省", "320000"),))
    sent = {report.target: report.sent for report in desk.send()}
    assert sent == {"topic": 1, "region": 1, "site": 0, "kind": 1, "documents": 1}


def test_reposts_and_revisions_are_no_news(desk: Desk) -> None:
    desk.declare('send = "at-once"')
    desk.send()
    story = desk.release(1)
    desk.send()
    with desk.database.begin() as db:
        for kind in ("joined", "revised", "released"):
            outbox.add(db, kind, story, desk.now)
    assert desk.send() == [Report("group")]
    assert desk.titles() == ["第1篇"]


def test_a_story_withdrawn_before_it_was_sent_is_not_sent_until_it_is_back(desk: Desk) -> None:
    desk.declare('quiet = "11:00-13:00"')
    desk.send()
    story = desk.release(1)
    desk.send()
    with desk.database.begin() as db:
        stories.withdraw(db, story, desk.now)
        outbox.add(db, "revised", story, desk.now)
    assert desk.send(hours=2) == [Report("group")]
    with desk.database.begin() as db:
        stories.restore(db, story)
        stories.release(db, story, desk.now)
        outbox.add(db, "released", story, desk.now)
    assert desk.send() == [Report("group", sent=1)]


def test_of_stories_that_were_merged_one_is_told(desk: Desk) -> None:
    desk.declare('send = "at-once"', 'quiet = "11:00-13:00"')
    desk.send()
    for number in (1, 2):
        desk.release(number)
    desk.send()
    with desk.database.begin() as db:
        stories.merge(db, desk.released)
        outbox.add(db, "merged", 2, desk.now)
    assert desk.send(hours=2) == [Report("group", sent=1)]
    assert desk.titles() == ["第1篇"]


def test_what_comes_in_quiet_hours_comes_together_afterwards(desk: Desk) -> None:
    desk.declare('send = "at-once"', 'quiet = "11:30-07:30"')
    desk.send()
    for number in (1, 2):
        desk.release(number)
    assert desk.send() == [Report("group")]
    assert desk.send(hours=19) == [Report("group")]
    desk.now += timedelta(hours=1)
    desk.release(3)
    assert desk.send() == [Report("group", sent=3)]
    assert desk.titles() == ["职教动态：2 篇", "第3篇"]


def test_a_target_that_fails_is_tried_again_ever_later(desk: Desk) -> None:
    desk.declare('send = "at-once"')
    desk.send()
    desk.release(1)
    desk.hook.answers = [(500, "broken"), (500, "broken"), (200, "")]
    failed = "Internal server error, HTTP 500"
    assert desk.send() == [Report("group", reason=failed)]
    desk.release(2)
    assert desk.send() == [Report("group")], "it rests"
    assert desk.send(seconds=76) == [Report("group", reason=failed)]
    assert desk.send(seconds=76) == [Report("group")], "it rests for longer"
    assert desk.send(seconds=76) == [Report("group", sent=2)]
    assert desk.titles() == ["第1篇", "第2篇", "第1篇", "第2篇"]
    with desk.database.read() as db:
        assert deliveries.counts(db, "group") == {"sent": 2}


def test_after_so_many_tries_a_story_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "MOST_TRIES", 2)
    desk.declare('send = "at-once"')
    desk.send()
    desk.release(1)
    desk.hook.answers = [(500, "broken")] * 2
    assert [report.given_up for report in desk.send()] == [0]
    assert [report.given_up for report in desk.send(hours=1)] == [1]
    with desk.database.begin() as db:
        assert deliveries.counts(db, "group") == {"failed": 1}
        assert deliveries.again(db, "group", ["failed"]) == 1
    assert desk.send() == [Report("group", sent=1)]


def test_no_answer_and_nobody_there_are_failures(desk: Desk) -> None:
    desk.declare(name="deaf", url=f"{desk.hook.url}?rto=0.05")
    desk.declare(name="gone", url="json://127.0.0.1:1/geheimnis")
    desk.send()
    desk.release(1)
    desk.hook.held = 1
    deaf, gone = desk.send()
    assert "Read timed out" in (deaf.reason or "")
    assert "refused" in (gone.reason or "")
    assert "geheimnis" not in (gone.reason or "")


def test_a_slow_service_holds_up_no_other(desk: Desk) -> None:
    """It answers only when the other one has had its message, and takes up the rest."""
    desk.declare(name="slow")
    desk.declare(name="quick", url=f"{desk.hook.url}/quick")
    desk.send()
    desk.release(1)
    desk.hook.held = 1
    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(desk.send)
        while len(desk.hook.asked) < 2:
            assert desk.hook.arrived.wait(60)
        desk.hook.gate.set()
        assert [report.sent for report in sending.result()] == [1, 1]


def test_the_rest_waits_for_the_next_run_when_the_program_is_to_end(desk: Desk) -> None:
    desk.declare('send = "at-once"')
    desk.send()
    for number in (1, 2, 3):
        desk.release(number)
    desk.hook.held = 1
    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(desk.send)
        assert desk.hook.arrived.wait(60)
        stop_sending()
        desk.hook.gate.set()
        assert sending.result() == [Report("group", sent=1)]
    assert desk.send() == [Report("group", sent=2)]


def test_the_rest_waits_for_the_next_run_where_a_service_is_slow(desk: Desk) -> None:
    desk.declare('send = "at-once"')
    desk.send()
    for number in (1, 2, 3):
        desk.release(number)
    passing = (desk.now + timedelta(seconds=30 * n) for n in count())  # a message takes two looks at the clock
    assert send_pending(desk.database, desk.settings, lambda: next(passing)) == [Report("group", sent=1)]
    assert desk.send(minutes=5) == [Report("group", sent=2)]


def test_a_digest_comes_once(desk: Desk) -> None:
    desk.declare('send = "daily"', 'at = "13:00"')
    desk.send()
    desk.release(1)
    desk.release(2)
    assert desk.send(hours=1) == [Report("group")], "there was nothing yesterday"
    assert desk.hook.asked == []
    desk.hook.answers = [(500, "")]
    assert [report.sent for report in desk.send(hours=24)] == [0]
    assert [report.sent for report in desk.send(hours=1)] == [1]
    assert desk.send(hours=1) == [Report("group")]
    (failed, (_, sent)) = desk.hook.asked
    assert failed[1]["title"] == sent["title"] == "职教动态日报 2026年11月20日"
    assert sent["message"].count("第1篇") == 1


def test_a_digest_by_mail(desk: Desk, letterbox: Letterbox, mail: str) -> None:
    desk.declare('send = "weekly"', 'day = "saturday"', 'regions = "990000"', url=mail)
    desk.send()
    desk.release(1)
    desk.release(2, regions=(("江苏省", "320000"),))
    assert desk.send(days=8) == [Report("group", sent=1)]
    (sent,) = letterbox.mails
    assert sent["Subject"] == "职教动态周报 2026年11月16日至22日"
    page = text_of(sent, "html")
    assert page.startswith("<!doctype html>")
    assert ("第1篇" in page, "第2篇" in page) == (True, False)


def test_a_digest_that_could_not_be_sent_gives_way_to_the_next(desk: Desk) -> None:
    desk.declare('send = "daily"', 'at = "13:00"')
    desk.send()
    desk.release(1)
    desk.hook.answers = [(500, "")]
    desk.send(hours=25)
    desk.release(2, published=desk.now, published_at=desk.now)
    assert [report.sent for report in desk.send(hours=24)] == [1]
    with desk.database.read() as db:
        assert deliveries.counts(db, "group") == {"dropped": 1, "sent": 1}


def test_a_digest_needs_a_service_that_shows_it(desk: Desk) -> None:
    desk.declare('send = "daily"', 'at = "13:00"', url="wecombot://693a91f6-7abc")
    desk.send()
    desk.release(1)
    (report,) = desk.send(hours=25)
    assert "WeCom Bot 显示不了摘编" in (report.reason or "")
    with desk.database.read() as db:
        assert deliveries.counts(db, "group") == {}, "nothing was promised"


def test_a_target_has_one_recipient(desk: Desk) -> None:
    desk.declare(name="two", url="mailto://smtp.feeds.example?from=z@feeds.example&to=a@feeds.example,b@feeds.example")
    desk.declare(
        name="hidden",
        url="mailto://127.0.0.1:1?from=z@feeds.example&to=a@feeds.example&bcc=b@feeds.example,c@feeds.example",
    )
    desk.send()
    desk.release(1)
    hidden, two = sorted(desk.send(), key=lambda report: report.target)
    assert two.reason and "2 个收件人" in two.reason
    assert hidden.reason and "refused" in hidden.reason, "it was tried"
    with desk.database.read() as db:
        assert [deliveries.counts(db, name) for name in ("hidden", "two")] == [{"waiting": 1}] * 2


def test_an_address_that_nobody_knows_loses_nothing(desk: Desk) -> None:
    desk.declare(url="wecombot:///")
    desk.send()
    desk.release(1)
    (report,) = desk.send()
    assert "[group] url：Apprise 不认识这个地址" in (report.reason or "")
    with desk.database.read() as db:
        assert deliveries.counts(db, "group") == {"waiting": 1}


def test_a_mistake_in_the_file_loses_nothing(desk: Desk) -> None:
    desk.declare('sned = "at-once"')
    desk.release(1)
    with pytest.raises(SettingsError, match=r"notify.toml \[group\] 中有未知的键 `sned`\(是否想写 `send`\?\)"):
        desk.send()
    with desk.database.read() as db:
        assert len(outbox.unannounced(db)) == 1


def test_the_feeds_are_told_all_the_same(desk: Desk) -> None:
    desk.declare()
    desk.send()
    desk.release(1)
    desk.send()
    with desk.database.read() as db:
        assert [row.kind for row in outbox.pending(db)] == ["released"]
