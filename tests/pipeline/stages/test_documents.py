"""Official documents: the article's own, and those it cites."""

from datetime import date

from pipeline.article import Document
from pipeline.stages.documents import documents

NOTICE = """青教职成〔2023〕5号
各市教育局：
为落实《青川省教育厅关于职业教育的意见》（青教职成〔2020〕7号），现将《中职招生办法》印发给你们，请于7月25日前报送方案。
本办法自2023年8月1日起施行，有效期5年。《青川省教育厅关于旧办法的通知》（青教职成[2010]3号）同时废止。
青川省教育厅
2023年7月7日"""


def test_a_notice() -> None:
    own, *cited = documents("青川省教育厅关于印发《中职招生办法》的通知", NOTICE)
    assert own == Document(
        number="青教职成〔2023〕5号",
        issuer="青川省教育厅",
        kind="通知",
        own=True,
        written=date(2023, 7, 7),
        effective=date(2023, 8, 1),
        deadline=date(2023, 7, 25),
        expires=date(2028, 8, 1),
    )
    assert cited == [
        Document("青教职成〔2020〕7号", "青川省教育厅", "意见", own=False),
        Document("青教职成〔2010〕3号", "青川省教育厅", "通知", own=False, validity="废止"),
    ]


def test_the_number_that_the_page_shows_apart() -> None:
    (own,) = documents("关于做好招生工作的通知", "各校：\n二〇二三年五月十一日", "临教（2023）8号")
    assert own == Document("临教〔2023〕8号", None, "通知", own=True, written=date(2023, 5, 11))


def test_a_law_and_its_version() -> None:
    (own,) = documents(
        "青川省职业教育条例（2024年修订）", "第一条 甲。\n第二条 乙。\n第三条 本条例自2024年5月1日起施行。"
    )
    assert own == Document(None, None, "条例", own=True, effective=date(2024, 5, 1), validity="修订")


def test_at_once() -> None:
    (own,) = documents("临江市人民政府关于技能人才的意见", "本意见自印发之日起施行。\n2024年1月2日")
    assert (own.written, own.effective) == (date(2024, 1, 2), date(2024, 1, 2))


def test_a_document_that_says_it_is_over() -> None:
    (own,) = documents("临江市教育局关于实训的通知", "（本文件已废止）\n各校：")
    assert own.validity == "废止"


def test_news_is_no_document_but_cites_one() -> None:
    assert documents("临江市职教大会召开", "会议学习有关意见。") == ()
    assert documents("临江市出台新规", "记者从会上获悉，《关于技能的意见》（临政发〔2024〕3号）印发。") == (
        Document("临政发〔2024〕3号", None, "意见", own=False),
    )
