"""Training learns what its labels say, from given and written texts, and never lets a group stand on both sides."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.stages.lexicon import LexiconError, Model, lexicon
from pipeline.stages.relevance import hopeless, judge
from pipeline.training import Example, fit, folds, groups, load

WORDS = replace(lexicon(), model=Model())
PLACES = ["临江", "青川", "安澜", "东江", "热县", "云浦", "长岭", "北溪", "南浦", "西河", "石湾", "柳林"]
GLIDERS = [Example(f"{place}举办滑翔伞节", "", True) for place in PLACES]
OTHERS = [Example(f"{place}召开{what}会议", "", False) for place in PLACES for what in ("防汛", "经济")]


@pytest.fixture(scope="module")
def of_gliders() -> Model:
    return fit([*GLIDERS, *OTHERS, Example("独一无二的标题", "", True)], WORDS)


def test_it_learns_another_topic_from_titles(of_gliders: Model) -> None:
    words = replace(WORDS, model=of_gliders)
    assert judge("山南举办滑翔伞节", words=words).relevant
    assert not judge("山南召开防汛会议", words=words).relevant
    assert hopeless("山南召开防汛会议", words=words)
    assert not hopeless("山南举办滑翔伞节", words=words)
    assert (words.model.text_bias, words.model.title_share, words.model.text_share) == (0.0, 1.0, 1.0)


def test_it_learns_how_title_and_text_share() -> None:
    about = [Example(f"{place}来信", "职业学校的学生参加技能大赛。" * 5, True) for place in PLACES]
    other = [Example(f"{place}来信选", "河道清理完毕,水库闸门检查完毕。" * 60, False) for place in PLACES]
    words = replace(WORDS, model=fit([*GLIDERS, *OTHERS, *about, *other], WORDS))
    assert judge("山南来信", about[0].text, words=words).relevant
    assert not judge("山南来信", other[0].text, words=words).relevant


def test_a_weight_says_nothing_of_a_single_title(of_gliders: Model) -> None:
    assert "独一" not in of_gliders.weights
    assert "滑翔" in of_gliders.weights


def test_titles_and_origins_make_groups() -> None:
    examples = [
        Example("甲!", "", True, "一"),
        Example("甲", "", True, "二"),
        Example("乙", "", False, "二"),
        Example("丙", "", False),
        Example("丁", "", False),
    ]
    first, second, third, fourth, fifth = groups(examples)
    assert first == second == third
    assert len({first, fourth, fifth}) == 3
    assert sorted(map(sorted, folds(examples, 3))) == [[0, 1, 2], [3], [4]]


def test_labels_are_read_from_all_files_that_hold_some(tmp_path: Path) -> None:
    lines = [
        {"title": "甲", "label": 1, "text": "正文", "provenance": "某处"},
        {"title": "乙", "label": 0, "weight": 0.5},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"id": 1, "label": 1, "a": {}, "b": {}}\n', encoding="utf-8")
    assert load(tmp_path) == [Example("甲", "正文", True, "某处"), Example("乙", "", False, weight=0.5)]


def test_a_wrong_label_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"title": "甲", "label": 1}\n{"title": "乙", "label": 2}\n', encoding="utf-8")
    with pytest.raises(LexiconError, match=r"a\.jsonl:2"):
        load(tmp_path)
