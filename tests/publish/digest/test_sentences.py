"""Where Chinese sentences end, and where they do not."""

import pytest

from publish.digest.sentences import outside_pairs, sentences, split


@pytest.mark.parametrize(
    "whole",
    [
        ["会议在临江召开。", "三百人到会！", "谁来教？"],
        ["“我们缺老师。缺得很。”校长林知远说。", "他来自青川。"],  # a quotation and who said it are one
        ["林知远说：“缺老师。”", "他来自青川。"],  # a quotation's own stop ends the sentence
        ["他读了《为什么？怎么办！》一书。", "第二句。"],  # stops in a title end nothing
        ["增长3.5%，达到1.2万人。", "See www.linjiang.example/a.html for more."],
        ["（一）总体要求。", "（二）到2027年……", "没有句号的结尾"],
        ["“双高计划”建设院校共5所。", "“双师型”教师占六成。"],  # a quotation without a stop ends nothing
        ["开头的引号没有关上“其实不算引用。", "第二句。"],
        ["It was held in Linjiang. About 300 came."[:25], "About 300 came."],
    ],
)
def test_a_paragraph_falls_into_its_sentences(whole: list[str]) -> None:
    text = " ".join(whole) if whole[0].isascii() else "".join(whole)
    assert split(text) == [sentence.strip() for sentence in whole]


def test_what_stands_around_a_text_is_no_sentence() -> None:
    paragraphs = [
        "新华社临江11月20日电（记者 林知远 李一）全市职业教育大会20日召开。会期一天。",
        "本报讯（通讯员 王二）技师学院开了新专业。",
        "（记者 赵三）青川出台新规。",
        "临江融媒网11月20日讯（记者 李一）职教周开幕。",
        "【临江网】青川职教活动周开幕。",
        "本报通讯员李一报道了职教活动周。",
        "一、会议安排",
        "（二）会议开两天。",
        "第三条　学校应当配备教师。",
        "大会闭幕。（作者单位：青川职业技术学院 编辑 孙四）",
        "小标题\n职教中心  有三个专业。",
    ]
    assert [sentence for _, sentence in sentences(paragraphs)] == [
        "全市职业教育大会20日召开。",
        "会期一天。",
        "技师学院开了新专业。",
        "青川出台新规。",
        "职教周开幕。",
        "青川职教活动周开幕。",
        "本报通讯员李一报道了职教活动周。",
        "会议开两天。",
        "学校应当配备教师。",
        "大会闭幕。",
        "有三个专业。",
    ]


def test_marks_within_pairs_do_not_count() -> None:
    assert outside_pairs("甲，“乙，丙”，《丁，戊》，己（庚，辛）", "，") == [1, 7, 13]
