from dataclasses import replace

import pytest

from publish.entries import Entry, entry_of
from publish.notify.message import Message, compose
from storage.language import speak
from tests.publish.conftest import NOON, story_view

LINES = "临江日报 · 临江市教育局 · 11月20日 12:00\n产教融合 · 青川省临江市\nhttps://edu.linjiang.example/2026/11/1.html"


def entry(**changes: object) -> Entry:
    return entry_of(story_view(**changes), NOON)


def page(story_id: int) -> str:
    return f"https://feeds.example/story/{story_id}"


def no_page(_: int) -> None:
    return None


def test_one_story() -> None:
    said = f"{LINES}\n页面 https://feeds.example/story/1"
    assert compose([entry()], "职教动态", 2048, page) == Message("全市职业教育大会召开", said, 1)
    assert compose([entry()], "职教动态", 2048, no_page) == Message("全市职业教育大会召开", LINES, 1)


def test_what_is_not_known_is_left_out() -> None:
    bare = entry(precision="day", topics=(), regions=(), source=None)
    said = "临江市教育局 · 11月20日\nhttps://edu.linjiang.example/2026/11/1.html"
    assert compose([bare], "职教动态", 2048, no_page).body == said


def test_several_stories() -> None:
    told = compose([entry(), entry(number=2, title="第二篇")], "职教动态", 2048, no_page)
    assert told == Message("职教动态：2 篇", f"1. 全市职业教育大会召开\n{LINES}\n\n2. 第二篇\n{LINES}", 2)


def test_english() -> None:
    speak("en")
    told = compose([entry(), entry()], "News", 2048, page)
    assert told.title == "News: 2 stories"
    assert "临江日报 · 临江市教育局 · 2026-11-20 12:00" in told.body
    assert "page https://feeds.example/story/1" in told.body


@pytest.mark.parametrize("room", [500, 1000, 2048, 4096, 19985])
def test_no_more_than_there_is_room_for(room: int) -> None:
    entries = [entry(number=number) for number in range(1, 101)]
    told = compose(entries, "职教动态", room, page)
    size = len(f"{told.title}\r\n{told.body}".encode())
    more = len(f"\n\n{told.stories}. 全市职业教育大会召开\n{LINES}\n页面 {page(1)}".encode())
    assert room - 2 * more < size <= room
    assert told.stories == max(1, told.body.count("https://edu."))


@pytest.mark.parametrize(("room", "kept"), [(280, LINES), (180, "https://edu.linjiang.example/2026/11/1.html")])
def test_in_little_room_the_most_important_stays(room: int, kept: str) -> None:
    told = compose([entry(title="职业教育" * 10), entry()], "职教动态", room, page)
    assert told == Message("职业教育" * 10, kept, 1)


def test_in_less_room_the_title_is_cut() -> None:
    told = compose([replace(entry(), title="职业教育" * 75)], "职教动态", 300, page)
    assert len(f"{told.title}\r\n{told.body}".encode()) <= 300
    assert told.title.endswith("…")
    assert told.body == "https://edu.linjiang.example/2026/11/1.html"
