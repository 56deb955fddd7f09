"""Headlines in one line: what goes, what stays, and that no word is torn."""

import pytest

from publish.digest.headline import LONGEST, bare, condensed

LAW = "临江市人民代表大会常务委员会"


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("【职教视点】临江市召开职业教育大会", "临江市召开职业教育大会"),
        ("重磅！临江市召开职业教育大会", "临江市召开职业教育大会"),
        ("关注丨临江市召开职业教育大会", "临江市召开职业教育大会"),
        ("临江市召开职业教育大会_教育要闻_临江日报网", "临江市召开职业教育大会"),
        ("临江市召开职业教育大会 - 临江融媒", "临江市召开职业教育大会"),
        ("临江市召开职业教育大会（组图）", "临江市召开职业教育大会"),
        ("1-10月临江技能人才增长三成", "1-10月临江技能人才增长三成"),
        ("【喜报】获奖", "【喜报】获奖"),  # what would be left says too little
    ],
)
def test_what_is_no_headline_goes(title: str, kept: str) -> None:
    assert bare(title, ("临江融媒",)) == kept


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (
            "青川省教育厅 青川省财政厅 青川省人力资源和社会保障厅关于开展中等职业学校达标建设的通知",
            "青川省教育厅等三部门关于开展中等职业学校达标建设的通知",
        ),
        (
            f"{LAW}关于印发《临江市中等职业学校学生实习管理办法（试行）》的通知",
            f"{LAW}印发《临江市中等职业学校学生实习管理办法（试行）》",
        ),
        (
            "青川省教育厅 青川省人力资源和社会保障厅关于开展中等职业学校办学条件达标建设的通知",
            "青川省教育厅等关于开展中等职业学校办学条件达标建设的通知",
        ),
        (
            "贯彻落实全省教育大会精神 临江市三所中职学校与二十家企业共建产教联合体 推动教育链人才链与产业链有机衔接",
            "临江市三所中职学校与二十家企业共建产教联合体 推动教育链人才链与产业链有机衔接",
        ),
        (
            "临江技师学院今年新增 4.5 万名学员，实训基地扩建到六万平方米，院长林知远介绍了未来三年的打算",
            "临江技师学院今年新增 4.5 万名学员，实训基地扩建到六万平方米",
        ),
    ],
)
def test_a_long_headline_gives_its_own_words(title: str, line: str) -> None:
    assert condensed(title) == line
    assert len(line) <= LONGEST


def test_a_line_that_must_be_cut_tears_no_word() -> None:
    title = "青川省职业院校技能大赛组织委员会公布二零二六年度中等职业教育数控技术应用专业学生组获奖名单"
    text = [
        "本次数控技术应用专业学生组比赛在青川举行，职业教育界关注。",
        "数控技术应用专业有二十支队伍，技术应用水平高。",
    ]
    line = condensed(title, text)
    assert len(line) <= LONGEST
    assert line.endswith("…")
    assert title.startswith(line[:-1])
    assert line == "青川省职业院校技能大赛组织委员会公布二零二六年度中等职业教育数控技术应用专业…"


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("定了！临江市职业教育大会下周召开！地点就在青川职...", "定了！临江市职业教育大会下周召开！"),
        ("临江市职业教育大会下周召开――地点在青川职业技术…", "临江市职业教育大会下周召开"),
        ("临江市职业教育大会下周在青川职…", "临江市职业教育大会下周在青川职…"),
    ],
)
def test_a_headline_that_its_page_cut_short_loses_the_torn_clause(title: str, line: str) -> None:
    assert condensed(title) == line


def test_a_mere_label_takes_a_clause_of_the_text() -> None:
    text = ["临江市职业教育中心的三名学生，日前在全省技能大赛中获得一等奖，学校表示祝贺。"]
    assert condensed("喜报", text) == "喜报：临江市职业教育中心的三名学生，日前在全省技能大赛中获得一等奖，学校表示祝贺"
    assert condensed("喜报") == "喜报"


def test_nothing_is_invented() -> None:
    title = "林知远：深化产教融合，把课堂搬进车间，把车间搬进课堂；临江市职教中心三年走出三千名技术能手"
    line = condensed(title)
    assert line in title
