"""Summaries: which sentences of a text are taken."""

from publish.digest.summary import LONGEST, summarised

TITLE = "临江市三年建成两个产教联合体"
TEXT = [
    "本报讯（记者 林知远）11月20日，临江市职业教育大会在青川职业技术学院召开，会议印发《临江市产教联合体建设方案》。",
    "“我很高兴。”一位老师说。你觉得怎么样？",
    "方案提出，三年内建成两个产教联合体，覆盖装备制造和康养两个行业，每年培养技能人才3000名。",
    "他还表示，这很重要。",
    "扫码关注本报公众号，了解更多。",
    "市财政每年安排2000万元，支持学校与企业共建实训基地。",
]


def test_it_takes_what_happened_and_what_was_decided_in_the_order_of_the_text() -> None:
    assert summarised(TITLE, TEXT) == (
        "11月20日，临江市职业教育大会在青川职业技术学院召开，会议印发《临江市产教联合体建设方案》。"
        "方案提出，三年内建成两个产教联合体，覆盖装备制造和康养两个行业，每年培养技能人才3000名。"
        "市财政每年安排2000万元，支持学校与企业共建实训基地。"
    )


def test_formal_sentences_of_a_document_say_nothing() -> None:
    notice = [
        "各县区教育局：",
        "现将《临江市中等职业学校学生实习管理办法》印发给你们，请认真贯彻执行。",
        "学生实习不得超过六个月，学校应当为学生投保。",
        "联系人：李一，电话 0000-1234567。",
    ]
    assert summarised("关于印发学生实习管理办法的通知", notice) == "学生实习不得超过六个月，学校应当为学生投保。"


def test_it_stays_short() -> None:
    long_text = [
        f"第{n}所学校今年招收了{n}00名新生，开设了{n}个新专业，建成了{n}个实训室，与{n}家企业签了协议。"
        for n in range(2, 40)
    ]
    assert 0 < len(summarised("临江各校招生", long_text)) <= LONGEST


def test_a_sentence_that_says_the_same_is_not_taken_twice() -> None:
    once = "市财政每年安排2000万元，支持学校与企业共建实训基地。"
    assert summarised(TITLE, [once, f"近日，{once}"]) == once


def test_the_headline_again_is_the_last_choice() -> None:
    again = f"{TITLE}。"
    assert (
        summarised(TITLE, [again, "方案提出，联合体覆盖装备制造和康养两个行业。"])
        == "方案提出，联合体覆盖装备制造和康养两个行业。"
    )
    assert summarised(TITLE, [again]) == again


def test_a_text_without_sentences_has_none() -> None:
    assert summarised(TITLE, ["一、名单", "张三 李四"]) == ""
    assert summarised("", []) == ""
