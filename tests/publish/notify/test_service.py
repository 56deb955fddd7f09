"""Services of Apprise: what they tell, and what they keep to themselves."""

import logging
import re
from collections.abc import Iterator
from io import StringIO

import pytest

from publish.notify.message import Message
from publish.notify.service import service_of
from tests.publish.notify.letterbox import Letterbox, text_of
from tests.publish.notify.webhook import Webhook


def test_a_mail_in_words_and_a_mail_with_markup(letterbox: Letterbox, mail: str) -> None:
    service = service_of(mail)
    assert service
    assert service.takes_html
    assert service.send(Message("3 篇", "甲 <乙> & 丙\nhttps://edu.example/1.html")) is None
    service._apprise[0]._last_io_datetime = None  # no pause between mails
    assert service.send(Message("周报", "<p>甲 <b>乙</b></p>", html=True)) is None
    words, markup = letterbox.mails
    assert (words["Subject"], words["To"]) == ("3 篇", "reader@feeds.example")
    assert text_of(words).split() == ["甲", "<乙>", "&", "丙", "https://edu.example/1.html"]
    assert "<b>乙</b>" in text_of(markup, "html")


def test_a_mail_that_is_refused(letterbox: Letterbox, mail: str) -> None:
    letterbox.answer = "451 try again later"
    service = service_of(mail)
    assert service
    assert "451" in (service.send(Message("3 篇", "甲")) or "")


def test_a_mail_server_that_is_not_there(mail: str) -> None:
    service = service_of(mail)
    assert service
    assert "refused" in (service.send(Message("3 篇", "甲")) or "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("wecombot://693a91f6-7abc", "wecombot://6…"),
        ("dingtalk://SEC0a1b2c@566cc69da782", "dingtalk://****@5…"),
        ("feishu://2f1c-77aa-99", "feishu://2…"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "tgram://1…"),
        ("mailtos://user:password@smtp.feeds.example?to=a@feeds.example", "mailtos://user:****@smtp.feeds.example"),
        ("jsons://hooks.feeds.example/services/T0A1B2C3", "jsons://hooks.feeds.example"),
        ("json://localhost:8080/T0A1B2C3", "json://localhost:8080"),
        ("ntfy://zhijiao-7f3a", "ntfys://z…"),
    ],
)
def test_an_address_is_never_shown_in_full(url: str, shown: str) -> None:
    service = service_of(url)
    assert service
    assert service.place == shown


@pytest.mark.parametrize("url", ["", "nobody://x", "wecombot:///", "https://feeds.example/hook", "json://[::1"])
def test_no_address_of_apprise(url: str) -> None:
    assert service_of(url) is None


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What a program that logs everything would write. (pytest's own capture also shows what goes nowhere else.)"""
    root, written = logging.getLogger(), StringIO()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_neither_reasons_nor_logs_tell_a_secret(webhook: Webhook, logged: StringIO) -> None:
    service = service_of(f"json://reader:geheimnis@127.0.0.1:{webhook.port}/ver%20borgen?+Key=schluessel")
    assert service
    webhook.answers = [(302, "")]
    assert "HTTP 302" in (service.send(Message("甲", "乙")) or "")
    assert not re.search("geheim|borgen|schluessel", logged.getvalue())
    assert service._discreet("geheimnis at /ver borgen or ver%20borgen with schluessel") == "… at /… or … with …"
