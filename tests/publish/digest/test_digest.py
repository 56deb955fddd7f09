"""The digest of arranged stories: items, counts, chapters, links."""

import time
from dataclasses import replace
from datetime import date

from publish.digest.choosing import arranged
from publish.digest.digest import Frame, digest
from publish.digest.render import as_html, as_markdown
from publish.digest.values import Checked, Digest, Item, Link, Paper
from publish.digest.word import as_docx
from storage.records import DocumentRecord
from tests.publish.digest.samples import DIGEST, NEWS, NOW, PAPER, WEEK, carried

FRAME = Frame("职教动态", WEEK, NOW)
TEXT = {1: ("三年内，临江市将建成两个产教联合体。",)}


def made(*stories: object, texts: dict[int, tuple[str, ...]] = TEXT) -> Digest:
    found = arranged([[story] for story in stories], WEEK)  # type: ignore[list-item]
    return digest(FRAME, found, found.dated, found.undated, texts)


def test_an_item() -> None:
    (item,) = made(carried(1, title="【聚焦】全市职业教育大会召开")).items
    assert item == Item(
        story_id=1,
        line="全市职业教育大会召开",
        title="全市职业教育大会召开",
        url="https://edu.linjiang.example/1.html",
        day=date(2026, 11, 18),
        origin="临江日报 / 临江市教育局",
        first_hand=False,
        theme="产教融合",
        regions=("青川省临江市",),
        reposts=(),
        summary="三年内，临江市将建成两个产教联合体。",
    )


def test_no_text_of_a_site_that_permits_a_link_only() -> None:
    (item,) = made(carried(1, publishing="link", title="喜报")).items
    assert (item.line, item.summary) == ("喜报", "")


def test_an_official_document_stands_apart_with_number_and_deadline() -> None:
    own = DocumentRecord("临教〔2026〕5号", "临江市教育局", "通知", True, deadline=date(2026, 12, 1))
    cited = replace(own, own=False)
    found = made(carried(1, documents=(own,)), carried(2, documents=(cited,)))
    assert [item.paper for item in found.papers] == [Paper("临教〔2026〕5号", "临江市教育局", date(2026, 12, 1))]
    assert [item.story_id for item in found.items] == [2]


def test_all_are_counted_and_as_many_listed_as_asked() -> None:
    found = arranged([[carried(n, topics=("综合",) if n > 1 else ("技能大赛",))] for n in (1, 2, 3)], WEEK)
    short = digest(FRAME, found, found.dated[:1], (), {})
    assert (short.found, short.articles, short.sites, len(short.listed)) == (3, 3, 1, 1)
    assert short.topics == (("技能大赛", 1), ("综合", 2))  # what has no topic comes last
    assert short.provinces == (("青川省", 3),)


def test_a_story_stands_under_the_topic_of_its_title() -> None:
    several = carried(1, title="全省技能大赛开幕", topics=("政策法规", "技能大赛"))
    (item,) = made(several).items
    assert item.theme == "技能大赛"


def test_chapters_the_longest_first_and_the_rest_last() -> None:
    themes = ("综合", "综合", "综合", "就业", "师资", "师资")
    whole = replace(DIGEST, items=tuple(replace(NEWS, story_id=n, theme=theme) for n, theme in enumerate(themes)))
    assert [(chapter.name, len(chapter.items)) for chapter in whole.chapters] == [("师资", 2), ("就业", 1), ("综合", 3)]


def test_links_are_told_where_they_were_asked() -> None:
    links = {PAPER.url: Link("dead", "HTTP 404"), NEWS.url: Link("alive")}
    told = DIGEST.with_links(links, NOW)
    assert told.papers == (replace(PAPER, link=Link("dead", "HTTP 404")),)
    assert told.items == (replace(NEWS, link=Link("alive")),)
    assert told.undated == DIGEST.undated
    assert told.checked == Checked(NOW, alive=1, dead=1, unclear=0)


def test_what_was_carried_most() -> None:
    few = replace(NEWS, story_id=9, reposts=NEWS.reposts[:1])
    assert replace(DIGEST, items=(few, NEWS)).most_carried == (NEWS, few)


def test_an_article_without_a_title_is_shown_by_its_text() -> None:
    (item,) = made(carried(1, title=""), texts=TEXT).items
    assert item.title == "三年内，临江市将建成两个产教联合体。"


def test_nasty_content_costs_no_time_and_breaks_nothing() -> None:
    title, line = "，甲" * 50_000, "（“《" * 100_000
    begun = time.process_time()
    (item,) = made(carried(1, title=title), texts={1: (line, line + "。", "。" * 100_000)}).items
    assert time.process_time() - begun < 2
    assert len(item.line) <= 40
    for form in ("brief", "topics"):
        whole = replace(DIGEST, items=(item,))
        assert as_docx(whole, form) and as_html(whole, form) and as_markdown(whole, form)


def test_characters_that_no_format_takes() -> None:
    (item,) = made(
        carried(1, title="职教\x00大会\x0b\ud800召开 <script>alert(1)</script>"),
        texts={1: ("一\x00句话\uffff说\ud800完了会上的所有事情。",)},
    ).items
    whole = replace(DIGEST, items=(item,))
    assert (item.title, item.summary) == ("职教大会召开 alert(1)", "一句话说完了会上的所有事情。")
    assert "<script" not in as_html(whole, "topics")
    assert as_docx(whole, "topics")
    as_markdown(whole, "topics").encode()


def test_sites_without_news_are_named() -> None:
    frame = replace(FRAME, watched=("教育部", "临江市教育局"))
    found = arranged([[carried(1)]], WEEK)
    silent = digest(frame, found, found.dated, (), {})
    assert silent.silent == ("教育部",)
    assert "这段时间没有相关报道的网站（1 个）：教育部。" in as_markdown(silent)
