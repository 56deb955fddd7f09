from crawlers.pages.feed import read_feed
from crawlers.pages.listing import ListItem, ListPage
from crawlers.pages.page import Page

RSS = """<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>职教</title>
<item><title>技能大赛开幕</title><link>/1.htm</link><pubDate>Fri, 01 May 2026 01:30:00 GMT</pubDate></item>
<item><title></title><link>/2.htm</link></item>
<item><title>没有日期</title><link>https://b.example/3.htm</link></item></channel></rss>"""


def test_entries_with_dates_in_chinese_time() -> None:
    date = "2026-05-01T09:30:00+08:00"
    assert read_feed(Page("https://a.example/rss.xml", RSS.encode("gb18030"))) == ListPage(
        items=(
            ListItem("/1.htm", "技能大赛开幕", date, date, "https://a.example/1.htm"),
            ListItem("https://b.example/3.htm", "没有日期", None, None, "https://b.example/3.htm"),
        ),
        next=None,
        next_url=None,
        rule="feed:rss20",
    )


def test_what_is_no_feed_says_so() -> None:
    for body in (b"", b"<html><p>404</p></html>", b"\x00\xff" * 50):
        got = read_feed(Page(None, body))
        assert (got.items, got.kind, got.reason) == ((), "unparsable", "不是订阅源")
