"""Runs of letters that two texts share, wherever they stand, and what disagrees inside them."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.alignment import Facts, Run, changes, core, covered, facts, runs
from pipeline.stages.skeleton import skeleton

ONE = skeleton("该地区教育局通报秋季学期实训车间检查情况并要求各校整改")
MOVED = skeleton("并要求各校整改。该地区教育局通报秋季学期实训车间检查情况")


def test_moved_passages_are_found() -> None:
    assert runs(ONE, MOVED) == [Run(20, 0, 7), Run(0, 7, 20)]
    assert covered(runs(ONE, MOVED)) == 20
    assert changes(runs(ONE, MOVED)) == (0, 0)


def test_a_changed_word_stands_between_two_runs() -> None:
    other = skeleton("该地区教育局通报秋季学期实训场所检查情况并要求各校整改")
    aligned = runs(ONE, other)
    assert aligned == [Run(0, 0, 14), Run(16, 16, 11)]
    assert changes(aligned) == (1, 0)


def test_values_inside_a_run_are_compared() -> None:
    last = skeleton("报名时间为2025年12月1日至5日,考试在无锡市各校进行,逾期不再补录")
    this = skeleton("报名时间为2026年12月1日至6日,考试在苏州市各校进行,逾期不再补录")
    assert facts(last, this, runs(last, this)) == Facts(agreeing=2, numbers=2, places=1)


def test_the_run_whose_values_agree_is_preferred() -> None:
    rows = "甲校今年共招收新生300人其中男生占六成。乙校今年共招收新生500人其中男生占六成。"
    assert facts(
        skeleton(rows), skeleton("乙校今年共招收新生500人其中男生占六成"), runs(skeleton(rows), skeleton(rows[20:]))
    )
    assert runs(skeleton(rows), skeleton("今年共招收新生500人其中男生占六成"))[0].a > 15


def test_the_core_leaves_out_what_a_page_puts_around_the_text() -> None:
    page = skeleton("网站首页学校概况新闻动态" + "该地区教育局通报秋季学期实训车间检查情况" + "分享到微信微博")
    assert core(runs(ONE, page)) == (20, 20)
    assert core(runs(ONE, skeleton("完全是另一回事"))) == (0, 0)


@given(st.text(alphabet="甲乙丙12", max_size=60), st.text(alphabet="甲乙丙12", max_size=60))
def test_runs_do_not_overlap_and_say_the_truth(one: str, other: str) -> None:
    a, b = skeleton(one), skeleton(other)
    end = 0
    for run in runs(a, b):
        assert run.b >= end
        assert a.text[run.a : run.a + run.length] == b.text[run.b : run.b + run.length]
        end = run.b + run.length
