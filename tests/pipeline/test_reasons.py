"""Every reason that a verdict gives has an English sentence."""

import re

import pytest

from pipeline.article import SiteFacts
from pipeline.judging import KEPT, REFUSED
from pipeline.reasons import told
from pipeline.stages.relevance import judge
from pipeline.stages.topics import topics
from storage.language import speak

TITLES = (
    "全省职业院校技能大赛开幕",
    "某职业学院实训设备采购项目中标公告",
    "某高职院校招聘专任教师公告",
    "防汛工作会议召开",
    "产教融合推动现代学徒制走深走实",
    "临江市公布2026年高职单招计划",
)
TEXTS = ("", "会议部署防汛工作。" * 60, "职业院校与企业共建产业学院,职业教育大有可为。" * 9)
SITE = SiteFacts("lj", "临江职教网", vocational=True)


@pytest.mark.parametrize("text", TEXTS, ids=["none", "other", "about it"])
@pytest.mark.parametrize("title", TITLES)
def test_reasons_of_verdicts_and_topics(title: str, text: str) -> None:
    reasons = [*judge(title, text, SITE).reasons, *(topic.reason for topic in topics(title, text))]
    assert reasons
    assert [told(reason) for reason in reasons] == reasons
    speak("en")
    assert [reason for reason in reasons if not re.match("[A-Z]|临江职教网 reports", told(reason))] == []


def test_decisions_and_what_nobody_has_put_into_english() -> None:
    speak("en")
    assert told(KEPT) == "A person decided that it belongs."
    assert told(REFUSED) == "A person decided that it does not belong."
    assert told("标题说的是『职业』和『就业』。") == "The title tells of 『职业』 and 『就业』."
    assert told("别的话。") == "别的话。"
