"""Sites and channels are switched in the text of their file, and nothing else in it changes."""

import tomllib
from pathlib import Path

import pytest

from crawlers.catalogue import BUNDLED
from crawlers.switches import switched_off, switched_on
from storage.errors import CatalogueError

SITE = """\
# 第一行说明
id = "qingchuan"
name = "青川职业技术学院"
kind = "college"
evidence = [
  { ref = "rsshub", date = "2026-09-21" },
]

[list]
row = "li"

[[channels]]
key = "news"  # 学院新闻
name = "学院新闻"
url = "https://www.qingchuan.example/news.htm"

[[channels]]
key = "api"
name = "接口"
kind = "json"
enabled = false
disabled_reason = "读不了"
[channels.data]
title = "t"
url = "u"
"""


def test_a_site_is_switched_off_and_on_again() -> None:
    off = switched_off(SITE, None, '说 "停" 就停')
    switch = ']\nenabled = false\ndisabled_reason = "说 \\"停\\" 就停"\n\n[list]'
    assert off == SITE.replace("]\n\n[list]", switch)
    assert switched_on(off) == SITE


def test_a_channel_is_switched_off_and_on_again() -> None:
    off = switched_off(SITE, "news", "太少")
    assert off == SITE.replace('news.htm"\n', 'news.htm"\nenabled = false\ndisabled_reason = "太少"\n')
    assert switched_on(off, "news") == SITE


def test_what_is_switched_off_gets_the_new_reason() -> None:
    assert tomllib.loads(switched_off(SITE, "api", "另有原因")) == tomllib.loads(SITE.replace("读不了", "另有原因"))


def test_a_channel_gets_its_address() -> None:
    moved = switched_on(SITE, "news", "https://www.qingchuan.example/moved.htm")
    assert moved == SITE.replace("news.htm", "moved.htm")


def test_what_is_on_stays_as_it_is() -> None:
    assert switched_on(SITE) == SITE
    assert switched_on(SITE, "news") == SITE


def test_a_channel_that_is_not_there_is_told() -> None:
    with pytest.raises(CatalogueError, match="none"):
        switched_on(SITE, "none")


@pytest.mark.parametrize(
    "unusual",
    [
        SITE.replace('"读不了"', '"""\n读不了"""'),
        SITE.replace('[[channels]]\nkey = "api"', '[[channels]]\n"key" = "api"'),
        SITE.replace("enabled = false\n", "").replace(
            'key = "api"', 'enabled = false\nkey = "api"\ntable = [\n[1],\n]'
        ),
    ],
    ids=["text over several lines", "quoted key", "brackets at the beginning of a line"],
)
def test_a_file_that_cannot_be_edited_safely_is_left_alone(unusual: str) -> None:
    tomllib.loads(unusual)
    with pytest.raises(CatalogueError):
        switched_on(unusual, "api")


@pytest.mark.parametrize("path", sorted(BUNDLED.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_bundled_file_can_be_switched(path: Path) -> None:
    text = path.read_text("utf-8")
    for key in (None, *(channel["key"] for channel in tomllib.loads(text).get("channels", ()))):
        switched_on(switched_off(text, key, "试试"), key)
