"""What today's program finds otherwise is shown as a table, and only `--apply` writes it."""

import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pipeline.settings import Settings
from storage import articles
from storage.archive import Archive, RawPage
from storage.database import Database
from tests.crawlers import website
from tests.pipeline.test_rejudging import ABOUT_IT
from tests.zhijiao.cli.test_review import database as database  # the fixture: two articles, number 1 was kept
from tests.zhijiao.conftest import Type
from zhijiao.cli.reprocess import Bookmark


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


def test_pages_are_read_again_first_shown_then_written(zhijiao: Type, database: Database, settings: Settings) -> None:
    """Article 1 as an old reader understood its page; the page of article 2 was never kept."""
    page = RawPage(ABOUT_IT.url, 200, (), website.article(str(ABOUT_IT.title)).encode(), datetime.now(UTC))
    with closing(Archive(settings.archive)) as kept:
        spoil(database, 1, archived=kept.add(page), paragraphs=("版权所有",), author="旧", source=None)
    shown = zhijiao("--lang", "en", "reprocess", "--stage", "read")
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert (shown.returncode, shown.stderr) == (0, "")
    table = " ".join(lines)
    assert "± text 1 1 临江市公布2026年高职单招计划 版权所有 → 这是关于“临江市公布2026年…" in table
    assert "− author gone 1 1 临江市公布2026年高职单招计划 旧 → – " in table
    assert "! 1 not read again: its page was not kept, such as 2 全市防汛会议召开" in lines
    assert lines[-1] == "looked at 2 articles, 1 change. Add --apply to put it in force."
    with database.read() as db:
        assert [one.paragraphs for one in articles.after(db, 0, 1)] == [("版权所有",)]
    zhijiao("reprocess", "--stage", "read", "--apply")
    assert "看了 2 篇文章,0 篇有改变。" in zhijiao("reprocess", "--stage", "read").stdout
    assert not (settings.home / "reprocess.json").exists()


def test_what_was_stopped_goes_on_there(tmp_path: Path) -> None:
    first, other = (Bookmark(tmp_path / "reprocess.json", asked) for asked in (["read", "None"], ["read", "lj"]))
    assert first.after() == 0
    first.put(400)
    assert (first.after(), other.after()) == (400, 0)
    first.remove()
    assert first.after() == 0
