"""Which feeds a story stands in, and what they are called."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.settings import Settings
from publish.feeds.catalogue import facts_of, feed_of, feeds_of, main_feed
from publish.feeds.regions import city_of, province_of
from publish.feeds.saved import Query, Saved
from storage.records import Marks
from tests.publish.conftest import STORY


def marks(*headings: str, **changes: Any) -> Marks:
    told = {"story": STORY, "headings": headings, "text": "", "sites": {"moe": "教育部"}, "regions": ()} | changes
    return Marks(**told)


def test_all_kinds_of_feeds() -> None:
    headings = ("documents", "kind:government", "kind:portal", "region:140000", "region:140400", "region:140402")
    told = marks(*headings, "site:moe", "topic:产教融合", regions=(("山西省长治市潞州区", "140402"),))
    assert feeds_of(told) == {
        "all": "全部",
        "documents": "政策文件",
        "kind/government": "官方",
        "province/140000": "山西省",
        "city/140400": "山西省长治市",
        "site/moe": "教育部",
        "topic/产教融合": "产教融合",
    }


def test_saved_feeds() -> None:
    saved = [
        Saved(id="a", title="甲", query=Query(topics=("升学", "师资"), kinds=("media",))),
        Saved(id="b", title="乙", query=Query(search="技能 大赛")),
    ]
    assert feeds_of(marks("topic:师资", "kind:media"), saved).keys() == {"all", "topic/师资", "kind/media", "q/a"}
    assert feeds_of(marks("kind:media", text="全国大赛的技能"), saved).keys() == {"all", "kind/media", "q/b"}


@pytest.mark.parametrize(("topic", "name"), [("a/b", "topic/a-b"), ("..\\x", "topic/-x"), ("\x00", None), ("..", None)])
def test_topics_are_safe_names_of_files(topic: str, name: str | None) -> None:
    assert feeds_of(marks(f"topic:{topic}")).keys() - {"all"} == ({name} if name else set())


@pytest.mark.parametrize(
    ("region", "adcode", "province", "city"),
    [
        ("山西省长治市潞州区", "140402", "山西省", "山西省长治市"),
        ("新疆维吾尔自治区阿克苏地区库车市", "652902", "新疆维吾尔自治区", "新疆维吾尔自治区阿克苏地区"),
        ("内蒙古自治区锡林郭勒盟", "152500", "内蒙古自治区", "内蒙古自治区锡林郭勒盟"),
        ("湖南省湘西土家族苗族自治州吉首市", "433101", "湖南省", "湖南省湘西土家族苗族自治州"),
        ("北京市海淀区", "110108", "北京市", None),
        ("湖北省仙桃市", "429004", "湖北省", None),
        ("黑龙江省大兴安岭地区", "232700", "黑龙江省", "黑龙江省大兴安岭地区"),
    ],
)
def test_names_of_provinces_and_cities(region: str, adcode: str, province: str, city: str | None) -> None:
    told = [(region, adcode)]
    assert province_of(f"{adcode[:2]}0000", told) == province
    assert city_of(f"{adcode[:4]}00", told) == city


def test_what_a_feed_says_of_itself(settings: Settings) -> None:
    feed = feed_of(settings, "topic/升学", "升学")
    assert (feed.guid, feed.title) == ("tag:feeds.example,2026:feed/topic/%E5%8D%87%E5%AD%A6", "职教动态 · 升学")
    assert main_feed(settings).title == "职教动态"
    assert feed.begun == datetime(2026, 1, 1, tzinfo=UTC)
    assert facts_of(feed) == facts_of(feed) != facts_of(feed, "another limit")
