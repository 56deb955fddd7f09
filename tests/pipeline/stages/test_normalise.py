"""Cleaning of text, plausible dates, and the key of an address."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Attachment, Image, Listed, RawArticle
from pipeline.stages.normalise import LONGEST, SHANGHAI, canonical_url, clean, normalise

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)  # 16:30 in Shanghai
ANY_TEXT = st.text(st.characters(codec=None))  # lone surrogates too


@pytest.mark.parametrize(
    ("printed", "cleaned"),
    [
        ("职业\x0b教\x00育", "职业教育"),
        ("职业\ud800教育\ufffe", "职业教育"),
        ("\ufeff职业\u200b教育\u202e", "职业教育"),
        ("\u3000\u3000临江市\xa0职教", "临江市 职教"),
        ("甲\r\n乙\r丙\u2028丁", "甲\n乙\n丙\n丁"),
        ("e\u0301cole", "\xe9cole"),
        ("\uff08ＡＢ\uff09\uff0c“五”", "\uff08ＡＢ\uff09\uff0c“五”"),  # what can be seen stays as printed
        ("👩\u200d🏫", "👩\u200d🏫"),
    ],
)
def test_clean(printed: str, cleaned: str) -> None:
    assert clean(printed) == cleaned


@given(ANY_TEXT)
def test_clean_text_fits_everywhere_and_stays(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", cleaned)
    cleaned.encode()


def test_normalise_cleans_every_field() -> None:
    raw = RawArticle(
        url=" https://jy.linjiang.example/1.html\n",
        title="临江市\x0b召开\n职教大会 ",
        published=datetime(2026, 11, 20, 9, 5, tzinfo=SHANGHAI),
        precision="minute",
        source="\u3000临江日报",
        author="",
        editor="李\x00四",
        original_title=" ",
        paragraphs=("\u3000第一段", "\u200b", "第二段\r\n续"),
        images=(Image("https://jy.linjiang.example/1.jpg", "图\x0b一"), Image(" ")),
        attachments=(Attachment("https://jy.linjiang.example/1.pdf", "附件\xa01"),),
    )
    assert normalise(raw, NOW) == RawArticle(
        url="https://jy.linjiang.example/1.html",
        title="临江市召开 职教大会",
        published=datetime(2026, 11, 20, 9, 5, tzinfo=SHANGHAI),
        precision="minute",
        source="临江日报",
        editor="李四",
        paragraphs=("第一段", "第二段\n续"),
        images=(Image("https://jy.linjiang.example/1.jpg", "图一"),),
        attachments=(Attachment("https://jy.linjiang.example/1.pdf", "附件 1"),),
    )


def test_a_missing_title_is_taken_from_the_list() -> None:
    raw = RawArticle(url="u", title=" ", listed=Listed(title="列表里的标题 "))
    assert normalise(raw, NOW).title == "列表里的标题"


TODAY = datetime(2026, 11, 21, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("published", "precision", "expected"),
    [
        pytest.param(NOW - timedelta(minutes=1), "minute", (NOW - timedelta(minutes=1), "minute"), id="just now"),
        pytest.param(TODAY, "day", (TODAY, "day"), id="today"),
        pytest.param(NOW + timedelta(minutes=5), "minute", (TODAY, "day"), id="the site's clock is fast"),
        pytest.param(TODAY + timedelta(days=1), "day", (TODAY, "day"), id="tomorrow"),
        pytest.param(datetime(2062, 1, 13, tzinfo=SHANGHAI), "day", (None, None), id="2062"),
        pytest.param(datetime(1970, 1, 1, 8, tzinfo=SHANGHAI), "minute", (None, None), id="1970"),
    ],
)
def test_dates_are_plausible(published: datetime, precision: str, expected: tuple[datetime | None, str | None]) -> None:
    read = normalise(RawArticle(url="u", published=published, precision=precision, updated=published), NOW)
    assert (read.published, read.precision, read.updated) == (*expected, expected[0])


KEY = "https://jy.linjiang.example/a/1.html"


@pytest.mark.parametrize(
    "url",
    [
        "https://jy.linjiang.example/a/1.html",
        " http://jy.linjiang.example/a/1.html\n",
        "HTTP://JY.Linjiang.Example:80/a/1.html#top",
        "https://jy.linjiang.example.:443/a/1.html?",
        "//jy.linjiang.example/a/1.html",
        "https://user:secret@jy.linjiang.example/a/1.html",
        "https:\\\\jy.linjiang.example\\a\\1.html",
        "https://jy.linjiang.example/a/./b/../1.html",
        "https://jy.linjiang.example/../a/1.html",
        "https://jy.linjiang.example/%61/1%2Ehtml",
        "https://jy.linjiang.example/a/1.html;jsessionid=0A1B2C",
        "https://jy.linjiang.example/a/1.html?utm_source=x&spm=1.2.3&from=timeline&isappinstalled=0",
        "https://jy.linjiang.example/a/1.html?_t=1763700000&PHPSESSID=abc&ASPSESSIONIDQQ=1",
    ],
)
def test_spellings_of_one_address(url: str) -> None:
    assert canonical_url(url) == KEY


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (
            "http://临江.example/新闻/1.html?q=职教",
            "https://xn--miq684e.example/%E6%96%B0%E9%97%BB/1.html?q=%E8%81%8C%E6%95%99",
        ),
        ("http://a.example", "https://a.example/"),
        ("http://a.example:8080/", "https://a.example:8080/"),
        ("http://[::1]:80/x", "https://[::1]/x"),
        ("http://a.example/n?b=2&a=1&&b=", "https://a.example/n?b=2&a=1&b="),
        ("http://a.example/%d6%b0", "https://a.example/%D6%B0"),
        ("http://a.example/100%", "https://a.example/100%"),
        ("http://a.example/a b|c", "https://a.example/a%20b%7Cc"),
        ("http://a.example/a//b/", "https://a.example/a//b/"),
        ("http://a.example/a/..", "https://a.example/"),
        ("http://a.example/#/detail/7", "https://a.example/#/detail/7"),
        ("mailto:office@a.example", "mailto:office@a.example"),
        ("http://[broken/", "http://[broken/"),
        ("http://a.example:port/", "http://a.example:port/"),
        ("http:///x", "http:///x"),
        ("", ""),
    ],
)
def test_keys(url: str, key: str) -> None:
    assert canonical_url(url) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/show.asp?id=1", "http://a.example/show.asp?id=2"),
        ("http://a.example/?a=1&b=2", "http://a.example/?b=2&a=1"),
        ("http://a.example/A", "http://a.example/a"),
        ("http://a.example/a%2Fb", "http://a.example/a/b"),
        ("http://a.example/#/detail/7", "http://a.example/#/detail/8"),
        ("http://a.example/?formid=1", "http://a.example/"),
    ],
)
def test_different_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


URLS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "http:", "https://", "HTTP:\\\\", "//", "http://a.example", "http://u@临江.example:80/"]),
    ANY_TEXT,
    st.sampled_from(["", "/../x", "?a=%zz&from=1", "#!/x", "%", ";jsessionid=1"]),
)


@given(URLS)
def test_a_key_is_its_own_key(url: str) -> None:
    key = canonical_url(url)
    assert canonical_url(key) == key


def test_names_and_captions_have_a_bound() -> None:
    long = "职" * 90_000
    raw = RawArticle(
        "http://a.example/1",
        source=long,
        author=long,
        editor=long,
        images=(Image("http://a.example/1.png", long),),
        attachments=(Attachment("http://a.example/1.pdf", long),),
    )
    clean_raw = normalise(raw, NOW)
    said = (clean_raw.source, clean_raw.author, clean_raw.editor)
    assert said == (long[:LONGEST],) * 3
    assert clean_raw.images == (Image("http://a.example/1.png", long[:LONGEST]),)
    assert clean_raw.attachments == (Attachment("http://a.example/1.pdf", long[:LONGEST]),)
