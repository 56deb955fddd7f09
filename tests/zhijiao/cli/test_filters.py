"""The filters keep their contract: a line in, a line out, in order, all keys; errors on the line, status 1 at last."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.zhijiao.conftest import ROOT, Type

FIELDS = ["title", "published", "precision", "source", "author", "editor", "original_title"]
FIELDS += ["paragraphs", "images", "attachments"]
ARTICLE_KEYS = {"id", *FIELDS, "updated", "subtitle", "text", "document_number", "issuer", "rule", "kind", "reason"}
SEEDS = ROOT.parent / "shared" / "seeds"
PAGE = """<html><head><meta charset="utf-8"><title>临江市召开职业教育大会_临江教育网</title></head><body>
<h1>临江市召开职业教育大会</h1><p>发布时间:2026-11-20 09:30 来源:临江日报</p><div class="content">
<p>11月19日,临江市职业教育大会召开。会议总结了三年来的工作,部署下一步任务。</p>
<p>全市十二所职业学校的校长和三十家企业的代表参加了会议,并就产教融合交流了经验。</p></div></body></html>"""


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_bad_line_is_answered_and_the_run_goes_on(program: Type, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    given = '{"id": "甲", "path": "nowhere.html"}\nnot json\n[1]\n\n{"id": 4, "path": "page.html", "surplus": 1}\n'
    done = program("extract", stdin=given, cwd=tmp_path, LC_ALL="C", LANG="C", PYTHONUTF8="0")
    assert done.returncode == 1
    missing, no_json, no_object, good = lines(done.stdout)
    assert (missing["id"], set(missing)) == ("甲", {"id", "error"})
    assert no_json["id"] is None
    assert no_object["id"] is None
    assert set(good) == ARTICLE_KEYS
    assert (good["id"], good["title"], good["published"], good["source"]) == (
        4,
        "临江市召开职业教育大会",
        "2026-11-20T09:30+08:00",
        "临江日报",
    )


def test_judge_and_match_answer_with_all_keys(zhijiao: Type) -> None:
    done = zhijiao("judge", stdin='{"id": 1, "title": "全省职业院校技能大赛开幕"}\n')
    (row,) = lines(done.stdout)
    assert done.returncode == 0
    assert set(row) == {"id", "relevant", "score", "review", "reasons", "topics", "regions", "outlet", "documents"}
    assert row["relevant"] is True
    text = "全市十二所职业学校的校长和三十家企业的代表参加了会议,并就产教融合交流了经验。" * 3
    pair = {"id": 1, "a": {"title": "甲", "text": text}, "b": {"title": "甲", "text": text.replace("\uff0c", ", ")}}
    done = zhijiao("match", "--pairs", stdin=json.dumps(pair) + "\n")
    assert lines(done.stdout) == [{"id": 1, "same": True, "relation": "same", "score": 1.0}]


def test_match_names_the_first_line_of_the_story(zhijiao: Type) -> None:
    text = "全市十二所职业学校的校长和三十家企业的代表参加了会议,并就产教融合交流了经验。" * 3
    given = [
        {"id": "a", "title": "甲", "text": text},
        {"id": "b", "title": "乙", "text": "另一篇。" * 40},
        {"id": "c", "title": "甲", "text": text},
    ]
    done = zhijiao("match", stdin="".join(json.dumps(row) + "\n" for row in given))
    assert [(row["id"], row["story"], row["relation"]) for row in lines(done.stdout)] == [
        ("a", "a", "different"),
        ("b", "b", "different"),
        ("c", "a", "same"),
    ]


@pytest.mark.skipif(not SEEDS.exists(), reason="../shared/seeds is not here")
@pytest.mark.parametrize("seed", ["changzhi", "qihang"])
def test_the_seed_pages_come_out_exactly(zhijiao: Type, seed: str) -> None:
    truth = json.loads((SEEDS / seed / "truth.json").read_text(encoding="utf-8"))
    given = "".join(
        json.dumps({"id": name, "path": str(SEEDS / seed / name)}) + "\n" for name in truth["article"]["files"]
    )
    for row in lines(zhijiao("extract", stdin=given).stdout):
        assert {name: row[name] for name in FIELDS} == {name: truth["article"][name] for name in FIELDS}
    (row,) = lines(zhijiao("links", stdin=json.dumps({"id": 1, "path": str(SEEDS / seed / "list.html")}) + "\n").stdout)
    items = [(item["href"], item["title"], item["date"]) for item in row["items"]]  # type: ignore[attr-defined]
    assert items == [
        (item["href"], item.get("title_full", item["title"]), item["date"]) for item in truth["list"]["items"]
    ]
    assert row["next"] == truth["list"]["next"]


FILTERS = """
import io, sys
from zhijiao.cli.app import run

def imported(names):
    return [name for name in names.split() if name in sys.modules]

line = sys.argv[1].encode() + b"\\n"
for words in (["--help"], ["extract"], ["links"], ["judge"], ["match", "--pairs"], ["match"]):
    sys.stdin = io.TextIOWrapper(io.BytesIO(line))
    assert run(words) == 0, words
    heavy = "" if words == ["match"] else "sqlalchemy feedgen feedparser uvicorn "
    assert imported(heavy + "scrapy twisted apscheduler") == [], words
"""


def test_no_filter_imports_what_it_does_not_need(tmp_path: Path) -> None:
    """So that help and filters start fast: no Scrapy, and but for `match` no database."""
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    text = {"title": "职业教育", "text": "x"}
    row = {"id": 1, "path": str(tmp_path / "page.html"), **text, "site": "moe", "a": text, "b": text}
    words = [sys.executable, "-c", FILTERS, json.dumps(row)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert len([line for line in done.stdout.splitlines() if line.startswith("{")]) == 5
