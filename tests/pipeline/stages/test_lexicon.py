"""A lexicon is a folder: words alone, or words with a model; a broken one says what is wrong."""

import re
from pathlib import Path

import pytest

from pipeline.stages.lexicon import LexiconError, Model, lexicon, read
from pipeline.stages.relevance import hopeless, judge

WORDS = """
topic = "防汛"
[tiers.strong]
title = 3.0
mention = 1.0
patterns = ["防汛|(?<!思想)抗洪"]
"""


def test_another_topic_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "relevance.toml").write_text(WORDS, encoding="utf-8")
    words = read(tmp_path)
    assert words.model == Model()
    verdict = judge("全市防汛会议召开", "会议要求做好防汛抗洪准备。" * 3, words=words)
    assert verdict.relevant
    assert verdict.reasons == ("标题含『防汛』。", "正文 6 处提到『防汛』『抗洪』，每千字 153.8 处。")
    assert judge("临江职业学院开学", words=words).reasons == ("没有提到防汛。",)
    assert not hopeless("临江职业学院开学", words=words)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [("topic = ", "relevance.toml"), ("topic = '防汛'", "'tiers'"), (WORDS.replace("(?<!", "(?<"), "relevance.toml")],
)
def test_a_broken_lexicon_names_its_file(tmp_path: Path, words: str, wrong: str) -> None:
    (tmp_path / "relevance.toml").write_text(words, encoding="utf-8")
    with pytest.raises(LexiconError, match=re.escape(wrong)):
        read(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="nowhere"):
        read(tmp_path / "nowhere")


def test_the_given_first_characters_leave_out_no_term() -> None:
    """The list in relevance.toml is written by hand, for speed: here each pattern's own first characters are taken."""
    from re import _parser as parser  # type: ignore[attr-defined]  # no public way to look into a pattern

    guarded = lexicon().terms.pattern
    starts = set(re.match(r"\(\?=\[(.*?)\]\)", guarded)[1])  # type: ignore[index]  # it has them
    assert _first(parser.parse(guarded.split(")", 1)[1])) <= starts


def _first(sequence: object) -> set[str]:
    """The characters that a match of a parsed pattern can begin with."""
    found: set[str] = set()
    for operation, value in sequence:  # type: ignore[attr-defined]
        name = str(operation)
        if name in ("ASSERT", "ASSERT_NOT", "AT"):
            continue
        if name == "LITERAL":
            return found | {chr(value)}
        if name == "IN":
            return found | {chr(letter) for kind, letter in value if str(kind) == "LITERAL"}
        if name == "SUBPATTERN":
            return found | _first(value[3])
        if name == "BRANCH":
            return found.union(*map(_first, value[1]))
        found |= _first(value[2])  # a repetition
        if value[0]:
            return found
    return found


def test_the_example_of_the_documents(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "relevance.md"
    (tmp_path / "relevance.toml").write_text(
        page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0], encoding="utf-8"
    )
    words = read(tmp_path)
    assert judge("全市防汛会议召开", words=words).relevant
    assert not judge("水库游泳锦标赛开赛", words=words).relevant
    assert judge("市领导检查水库", "汛期将至,市领导检查防汛准备和水库堤坝。", words=words).relevant
