"""A verdict for a person: yes or no, how sure, and why, in colour."""

from io import StringIO

import pytest
from rich.console import Console

from tests.zhijiao.conftest import Type
from zhijiao.explain import explain

ROW = {
    "relevant": True,
    "score": 0.6,
    "review": True,
    "reasons": ["标题含『高职』『单招』。"],
    "topics": ["职教高考与招生"],
    "regions": [{"name": "青川省临江市", "adcode": "990100"}],
    "outlet": {"name": "临江日报", "kind": "媒体"},
    "documents": [],
}


def test_all_that_is_known_is_told() -> None:
    printed = StringIO()
    explain(ROW, Console(file=printed, width=120))
    assert printed.getvalue().splitlines() == [
        f"属于(有疑问,待人工判断)  {'█' * 18}{'░' * 12} 0.60",
        "  • 标题含『高职』『单招』。",
        "  专题 职教高考与招生",
        "  地区 青川省临江市",
        "  发布 临江日报",
    ]


def test_colours_tell_yes_from_no() -> None:
    printed = StringIO()
    explain(ROW | {"relevant": False, "review": False}, Console(file=printed, force_terminal=True, width=120))
    assert "\x1b[1;31m不属于" in printed.getvalue()


@pytest.mark.parametrize(
    ("words", "said"), [(["全省职业院校技能大赛开幕"], "属于"), (["防汛", "--lang", "en"], "does not")]
)
def test_the_command_explains_a_title(zhijiao: Type, words: list[str], said: str) -> None:
    done = zhijiao("judge", "--explain", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(said)
