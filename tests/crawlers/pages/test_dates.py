from datetime import UTC, datetime

import pytest

from crawlers.pages.dates import boxed, first_moment, in_address, plausible, relative, yearless

NOW = datetime(2027, 1, 2, 4, 0, tzinfo=UTC)  # noon in China


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("发布时间：2026-05-10", "2026-05-10"),
        ("日期:2026/07/29", "2026-07-29"),
        ("2026.7.9 08:05", "2026-07-09T08:05+08:00"),
        ("2026年06月15日08:18 来源：临江网", "2026-06-15T08:18+08:00"),
        ("2026 年 6 月 5 日 星期五", "2026-06-05"),
        ("２０２６－０５－１０　１２：３４", "2026-05-10T12:34+08:00"),
        ("2026-06-15 下午3:20", "2026-06-15T15:20+08:00"),
        ("2026-06-15T23:59:59+08:00", "2026-06-15T23:59+08:00"),
        ("2026-06-15 24:00", "2026-06-15"),
        ("十一月 6th, 2026", "2026-11-06"),
        ("Dec 09, 2026", "2026-12-09"),
        ("2062-13-45", None),
        ("20260615", None),
        ("电话 0510-2026-1234", None),
    ],
)
def test_full_dates(text: str, iso: str | None) -> None:
    moment = first_moment(text)
    assert (moment.iso if moment else None) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("01-02", "2027-01-02"),
        ("12-31", "2026-12-31"),
        ("[01-04]", "2026-01-04"),
        ("12月30日 05:06", "2026-12-30T05:06+08:00"),
        ("02-29", "2024-02-29"),
        ("13-40", None),
    ],
)
def test_a_missing_year_is_the_latest_possible(text: str, iso: str | None) -> None:
    moment = yearless(text, NOW)
    assert (moment.iso if moment else None) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("3小时前", "2027-01-02T09:00+08:00"),
        ("半小时前", "2027-01-02T11:30+08:00"),
        ("两天前", "2026-12-31"),
        ("昨天", "2027-01-01"),
        ("昨天 21:05", "2027-01-01T21:05+08:00"),
        ("今天 08:00", "2027-01-02T08:00+08:00"),
        ("从前", None),
    ],
)
def test_relative_dates(text: str, iso: str | None) -> None:
    moment = relative(text, NOW)
    assert (moment.iso if moment else None) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("21 2026-05", "2026-05-21"),
        ("21 2026年05月", "2026-05-21"),
        ("2026-05 21", "2026-05-21"),
        ("2026 09/07 19:02", "2026-09-07T19:02+08:00"),
        ("21 条评论", None),
    ],
)
def test_calendar_boxes(text: str, iso: str | None) -> None:
    moment = boxed(text)
    assert (moment.iso if moment else None) == iso


@pytest.mark.parametrize(
    ("url", "iso"),
    [
        ("https://a.example/gzdt/202604/t20260416_88301.html", "2026-04-16"),
        ("https://a.example/art/2026/2/5/art_3_5521.html", "2026-02-05"),
        ("https://a.example/html/2026-03/18/content_5120.htm", "2026-03-18"),
        ("https://a.example/2026/0312/c1050a9031/page.htm", "2026-03-12"),
        ("https://a.example/edu/20260403/0123456789abcdef/c.html", "2026-04-03"),
        ("https://a.example/art/2026/art_0123456789abcdef0123456789abcdef.html", None),
        ("https://a.example/info/1021/4467.htm", None),
        ("https://a.example/20261345/1.html", None),
    ],
)
def test_dates_in_addresses(url: str, iso: str | None) -> None:
    moment = in_address(url)
    assert (moment.iso if moment else None) == iso


def test_a_date_more_than_a_day_ahead_is_none() -> None:
    ahead = first_moment("2027-01-05")
    assert plausible(ahead, NOW) is None
    assert plausible(ahead, None) == ahead
