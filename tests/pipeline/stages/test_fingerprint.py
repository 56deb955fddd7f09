"""Texts that are recognised, texts that are told apart, and edits that are noticed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Attachment, Image, RawArticle
from pipeline.stages.fingerprint import SHORT, content_key, letters, text_key

TITLE = "临江市公布2026年高职单招计划"
TEXT = (
    "11月20日,临江市教育局公布2026年高等职业院校单独招生计划(以下简称“单招”)。\n"
    "青川职业技术学院等6所院校共招生4,200人,较上年增加1.5%;报名时间为12月1日-5日。\n"
    "考试分文化素质和职业技能两部分,ABC类专业须参加面试。"
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(TITLE, TEXT.replace("\n", ""), id="paragraphs joined"),
        pytest.param(TITLE, TEXT.replace("。", "。\n\u3000\u3000"), id="paragraphs split"),
        pytest.param(
            TITLE, TEXT.translate(str.maketrans("0123456789ABC", "０１２３４５６７８９ＡＢＣ")), id="full width"
        ),
        pytest.param(
            TITLE, TEXT.replace(",", "\uff0c").replace("(", "\uff08").replace(")", "\uff09"), id="punctuation"
        ),
        pytest.param(TITLE, TEXT.replace("“单招”", "「单招」").replace("-5日", "—5日"), id="quotes and dashes"),
        pytest.param(TITLE, TEXT.replace("临江", "临\u200b江\ufeff"), id="zero width"),
        pytest.param(TITLE, TEXT.replace("20日", " 20 日").replace("ABC", "abc"), id="blanks and case"),
        pytest.param("单招计划 2026年公布【转载】", TEXT, id="another title"),
    ],
)
def test_one_text(title: str, text: str) -> None:
    assert text_key(title, text) == text_key(TITLE, TEXT)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(TITLE, TEXT.replace("4,200", "4,300"), id="another number"),
        pytest.param(TITLE, TEXT.replace("1.5%", "15%"), id="point lost"),
        pytest.param(TITLE, TEXT.replace("1.5%", "1.5‰"), id="per mille"),
        pytest.param(TITLE, TEXT.replace("1日-5日", "15日"), id="a day instead of a range"),
        pytest.param(TITLE, TEXT.replace("临江", "清河"), id="another city"),
        pytest.param(TITLE, "本报讯\n" + TEXT, id="dateline"),
        pytest.param(TITLE.replace("2026", "2025"), TEXT, id="another year in the title"),
        pytest.param(TITLE + "\uff08第二批\uff09", TEXT, id="another batch in the title"),
    ],
)
def test_other_texts(title: str, text: str) -> None:
    assert text_key(title, text) != text_key(TITLE, TEXT)


SEE = "详见附件。"
DAY = date(2026, 11, 20)


def test_short_texts_need_title_and_day() -> None:
    key = text_key(TITLE, SEE, day=DAY, url="http://a.example/1")
    assert text_key(f"【{TITLE}】", SEE, day=DAY, url="http://b.example/2") == key
    assert text_key("青川职院期末安排", SEE, day=DAY, url="http://a.example/1") != key
    assert text_key(TITLE, SEE, day=date(2026, 11, 21), url="http://a.example/1") != key


def test_short_texts_without_a_day_are_known_by_address() -> None:
    key = text_key(TITLE, SEE, url="http://a.example/1")
    assert text_key(TITLE, SEE, url="https://a.example/1?utm_source=x") == key
    assert text_key(TITLE, SEE, url="http://a.example/2") != key


def test_pages_without_text_are_known_by_address() -> None:
    key = text_key(TITLE, " \n", day=DAY, url="http://a.example/1")
    assert text_key(TITLE, "", day=DAY, url="http://a.example/1#top") == key
    assert text_key(TITLE, "", day=DAY, url="http://a.example/2") != key


def test_where_short_ends() -> None:
    assert text_key("甲", "职" * SHORT) == text_key("乙", "职" * SHORT)
    assert text_key("甲", "职" * (SHORT - 1)) != text_key("乙", "职" * (SHORT - 1))


@given(st.text(st.characters(codec=None)))
def test_letters_never_raise_and_stay(text: str) -> None:
    assert letters(text + "\u3000\u200b\n") == letters(text)


PAGE = RawArticle(
    url="https://jy.linjiang.example/1.html",
    title=TITLE,
    published=datetime(2026, 11, 20, tzinfo=UTC),
    precision="day",
    source="临江日报",
    author="李四",
    paragraphs=("第一段", "第二段"),
    images=(Image("https://jy.linjiang.example/1.jpg"),),
    attachments=(Attachment("https://jy.linjiang.example/1.pdf", "计划"),),
)


@pytest.mark.parametrize(
    "edited",
    [
        replace(PAGE, title="临江市公布单招计划"),
        replace(PAGE, paragraphs=("第一段第二段",)),
        replace(PAGE, paragraphs=("第一段", "第二段。")),
        replace(PAGE, paragraphs=("第一段", "第二段", "市领导访问12所院校")),
        replace(PAGE, subtitle="副题"),
        replace(PAGE, source="临江晚报"),
        replace(PAGE, author=None),
        replace(PAGE, editor="王五"),
        replace(PAGE, published=datetime(2026, 11, 19, tzinfo=UTC)),
        replace(PAGE, images=()),
        replace(PAGE, attachments=(Attachment("https://jy.linjiang.example/2.pdf", "计划"),)),
    ],
)
def test_an_edit_changes_the_content_key(edited: RawArticle) -> None:
    assert content_key(edited) != content_key(PAGE)


@pytest.mark.parametrize(
    "unseen",
    [
        replace(PAGE, rule="family:trs"),
        replace(PAGE, origin="backfill"),
        replace(PAGE, images=(Image("http://jy.linjiang.example/1.jpg?_t=7"),)),
        replace(PAGE, paragraphs=("阅读次数：1,204 次", "第一段", "第二段")),
        replace(PAGE, paragraphs=("今天是2026年11月22日 星期日", "第一段", "第二段", "浏览 12 | 点赞 3")),
    ],
)
def test_what_no_reader_sees_does_not(unseen: RawArticle) -> None:
    assert content_key(unseen) == content_key(PAGE)
