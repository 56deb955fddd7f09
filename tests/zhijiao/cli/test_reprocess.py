"""What today's program finds otherwise is shown as a table, and only `--apply` writes it."""

import re

from storage import articles
from storage.database import Database
from tests.zhijiao.cli.test_review import database as database  # the fixture: two articles, number 1 was kept
from tests.zhijiao.conftest import Type


def spoil(database: Database, number: int, **columns: object) -> None:
    with database.begin() as db:
        articles.rejudge(db, number, columns)


def test_what_would_change_is_shown_and_then_written(zhijiao: Type, database: Database) -> None:
    zhijiao("reprocess", "--apply")  # both were marked for review
    with database.read() as db:
        right = articles.get(db, 1)
    assert zhijiao("reprocess").stdout == "看了 2 篇文章,0 篇有改变。\n"
    spoil(database, 1, topics=("技能大赛",), relevant=False, score=0.1)
    spoil(database, 2, regions=(("江苏省无锡市", "320200"),))
    shown = zhijiao("reprocess")
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert lines[0] == "改变 篇数 例如"
    assert re.fullmatch(r"\+ 收录 1 1 .+ 0\.10 → [\d.]+", lines[1])
    assert "− 技能大赛 1" in lines
    assert any(line.startswith("− 地区 去掉 1 2 ") and line.endswith("江苏省无锡市 → –") for line in lines)
    assert lines[-1] == "看了 2 篇文章,2 篇有改变。加 --apply 写入。"
    with database.read() as db:
        assert articles.get(db, 1) != right
    written = zhijiao("--lang", "en", "reprocess", "--apply")
    assert written.stdout.endswith("looked at 2 articles, 2 change. In force; in the feeds at the next tick.\n")
    with database.read() as db:
        assert articles.get(db, 1) == right


def test_only_what_is_asked_for(zhijiao: Type, database: Database) -> None:
    zhijiao("reprocess", "--apply")
    spoil(database, 1, topics=("技能大赛",))
    assert "看了 2 篇文章,0 篇有改变。" in zhijiao("reprocess", "--stage", "regions", "--stage", "documents").stdout
    assert "看了 0 篇文章,0 篇有改变。" in zhijiao("reprocess", "--since", "2099-01-01").stdout
    assert "看了 2 篇文章,1 篇有改变。" in zhijiao("reprocess", "--site", "lj").stdout


def test_what_does_not_exist(zhijiao: Type, database: Database) -> None:
    stage, site = zhijiao("reprocess", "--stage", "colours"), zhijiao("reprocess", "--site", "nowhere")
    assert (stage.returncode, "没有步骤 colours" in stage.stderr) == (2, True)
    assert (site.returncode, "没有网站 nowhere" in site.stderr) == (2, True)
