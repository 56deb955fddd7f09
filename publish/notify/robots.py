"""The group robots of WeCom, DingTalk and Feishu, where Apprise 2.2 is mistaken about them.

They answer 200 also where they refuse a message (a wrong key, more than twenty a minute, a missing keyword) and say so
in the body only, which Apprise does not read. DingTalk's signature it encodes twice, so that no signed message passes.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import requests
from apprise.common import NotifyType
from apprise.manager_plugins import NotificationManager
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

CODES = ("errcode", "code", "StatusCode")  # 0: taken
WORDS = ("errmsg", "msg", "StatusMessage")


@dataclass(frozen=True)
class Letter:
    """What a robot is asked, and at which address."""

    url: str
    payload: dict[str, Any]
    params: dict[str, str] = field(default_factory=dict)


class _Robot(NotifyBase):
    request_rate_per_sec = 3.0  # seconds between two messages: WeCom and DingTalk take twenty a minute

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: Any) -> bool:  # noqa: ARG002 - as Apprise calls it
        """Whether the robot took it; what it said instead is logged, where `service` finds it."""
        letter = self.letter(f"{title}\n{body}" if title else body)
        self.throttle()
        try:
            answer = requests.post(
                letter.url,
                json=letter.payload,
                params=letter.params,
                verify=self.verify_certificate,
                timeout=self.request_timeout,
                allow_redirects=self.redirects,
            )
        except requests.RequestException as error:
            self.logger.warning("%s", error)
            return False
        refused = refusal(answer.status_code, answer.text)
        if refused:
            self.logger.warning("%s", refused)
        return not refused

    def letter(self, text: str) -> Letter:
        raise NotImplementedError

    def __len__(self) -> int:
        return 1  # whom DingTalk's calls by number reads the same message


class WeCom(_Robot, NotifyWeComBot):
    def letter(self, text: str) -> Letter:
        return Letter(self.api_url, {"msgtype": "text", "text": {"content": text}})


class DingTalk(_Robot, NotifyDingTalk):  # type: ignore[misc]  # there `send` has a parameter more
    def letter(self, text: str) -> Letter:
        called = {"atMobiles": self.targets, "isAtAll": False}
        payload = {"msgtype": "text", "text": {"content": text}, "at": called}
        return Letter(self.notify_url.format(token=self.token), payload, self._signature())

    def _signature(self) -> dict[str, str]:
        if not self.secret:
            return {}
        timestamp, signature = self.get_signature()
        return {"timestamp": timestamp, "sign": unquote(signature)}

    @staticmethod
    def parse_native_url(url: str) -> dict[str, Any] | None:
        """The address as DingTalk shows it; `&secret=` may be added to it."""
        found = re.fullmatch(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)(&.+)?", url)
        return NotifyDingTalk.parse_url(f"dingtalk://{found[1]}/?to={found[2] or ''}") if found else None


class Feishu(_Robot, NotifyFeishu):
    def letter(self, text: str) -> Letter:
        return Letter(self.notify_url.format(token=self.token), {"msg_type": "text", "content": {"text": text}})

    @staticmethod
    def parse_native_url(url: str) -> dict[str, Any] | None:
        """The address as Feishu shows it."""
        found = re.fullmatch(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?", url)
        return NotifyFeishu.parse_url(f"feishu://{found[1]}/") if found else None


def refusal(status: int, body: str) -> str:
    """Why the robot did not take a message; empty where it did."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return f"HTTP {status}: {body[:100]!r}"
    code = next((said[name] for name in CODES if name in said), None)
    if status == requests.codes.ok and code == 0:
        return ""
    words = next((str(said[name]) for name in WORDS if name in said), "")
    return f"HTTP {status}, {code}: {words[:200]}"


def install() -> None:
    """Let Apprise use these in the place of its own."""
    manager = NotificationManager()
    for robot in ROBOTS:
        manager.add(robot, force=True)


ROBOTS: tuple[type[_Robot], ...] = (WeCom, DingTalk, Feishu)
