"""The robots of WeCom, DingTalk and Feishu, as they answer: always 200."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest

from publish.notify import robots
from publish.notify.message import Message
from publish.notify.robots import refusal
from publish.notify.service import service_of
from tests.publish.notify.webhook import Webhook

MESSAGE = Message("标题", "正文 & <b>")
TEXT = "标题\n正文 & <b>"
NATIVE = {
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7abc": "wecombot",
    "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782": "dingtalk",
    "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782&secret=SEC0a1b2c": "dingtalk",
    "https://open.feishu.cn/open-apis/bot/v2/hook/2f1c-77aa": "feishu",
}


@pytest.fixture
def loopback(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    """All robots live at the webhook."""
    for robot, path in ((robots.WeCom, "{key}"), (robots.DingTalk, "{token}"), (robots.Feishu, "{token}")):
        monkeypatch.setattr(robot, "notify_url", f"http://127.0.0.1:{webhook.port}/{path}")
    return webhook


@pytest.mark.parametrize(
    ("url", "payload"),
    [
        ("wecombot://693a91f6-7abc", {"msgtype": "text", "text": {"content": TEXT.replace("\n", "\r\n")}}),
        (
            "dingtalk://566cc69da782/13800000000",
            {"msgtype": "text", "text": {"content": TEXT}, "at": {"atMobiles": ["13800000000"], "isAtAll": False}},
        ),
        ("feishu://2f1c-77aa", {"msg_type": "text", "content": {"text": TEXT.replace("\n", "\r\n")}}),
    ],
)
def test_what_a_robot_is_sent(url: str, payload: object, loopback: Webhook) -> None:
    service = service_of(url)
    assert service
    assert service.send(MESSAGE) is None
    assert [asked for _, asked in loopback.asked] == [payload]


@pytest.mark.parametrize("url", ["wecombot://693a91f6-7abc", "dingtalk://566cc69da782", "feishu://2f1c-77aa"])
def test_a_robot_that_refuses_politely(url: str, loopback: Webhook) -> None:
    loopback.answers = [(200, '{"errcode": 45009, "errmsg": "api freq out of limit"}')]
    service = service_of(url)
    assert service
    assert service.send(MESSAGE) == "HTTP 200, 45009: api freq out of limit"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, '{"errcode": 0, "errmsg": "ok"}', ""),
        (200, '{"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}', ""),
        (200, '{"code": 19021, "msg": "sign match fail"}', "HTTP 200, 19021: sign match fail"),
        (400, '{"code": 9499, "msg": "Bad Request", "data": {}}', "HTTP 400, 9499: Bad Request"),
        (502, "<html>", "HTTP 502: '<html>'"),
        (200, "<html>", "HTTP 200: '<html>'"),
        (200, "{}", "HTTP 200, None: "),
    ],
)
def test_refusals(status: int, body: str, reason: str) -> None:
    assert refusal(status, body) == reason


def test_the_signature_is_encoded_once(loopback: Webhook) -> None:
    service = service_of("dingtalk://SEC0a1b2c@566cc69da782")
    assert service
    assert service.send(MESSAGE) is None
    query = parse_qs(urlsplit(loopback.asked[0][0]).query)
    said = f"{query['timestamp'][0]}\nSEC0a1b2c".encode()
    assert query["sign"] == [base64.b64encode(hmac.digest(b"SEC0a1b2c", said, hashlib.sha256)).decode()]


@pytest.mark.parametrize(("url", "scheme"), NATIVE.items())
def test_addresses_as_the_services_show_them(url: str, scheme: str) -> None:
    service = service_of(url)
    assert service
    assert service.place.partition("://")[0] == scheme
    assert service.place.startswith("dingtalk://****@") == ("secret" in url)
