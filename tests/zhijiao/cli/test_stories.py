"""Stories are shown, merged and split by hand, and stay as they were decided."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.article import RawArticle, SiteFacts
from pipeline.intake import take_in
from pipeline.settings import Settings, load
from storage import articles, outbox, sites, stories
from storage.database import open_database
from storage.errors import ZhijiaoError
from storage.records import SiteRecord
from tests.pipeline.test_reposts import NOW, PARTS
from zhijiao.cli.stories import app
from zhijiao.tick import opened

TITLES = ("临江市召开职业教育产教融合推进会", "职业院校订单班观摩", "职业教育经费安排")


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three stories, one for each part of a text, released."""
    home = tmp_path_factory.mktemp("stories")
    settings = Settings(home=home)
    with opened(settings) as database:
        with database.begin() as db:
            record = SiteRecord("lj", "临江教育网", "http://a.example/", "government", "city", None, None, "full", True)
            sites.sync(db, [record], [])
        for number, (title, part) in enumerate(zip(TITLES, PARTS, strict=True)):
            site = SiteFacts("lj", "临江教育网")
            raw = RawArticle(f"http://a.example/{number}", title, paragraphs=(part,), site=site)
            take_in(database, raw, now=NOW, settings=settings)
    return home / "zhijiao.db"


@pytest.fixture
def home(stocked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ZHIJIAO_HOME", str(tmp_path))
    shutil.copy(stocked, tmp_path / "zhijiao.db")
    return load()


def test_merged_and_split_again(home: Settings) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["merge", "1", "3"], catch_exceptions=False).output == "合并为报道 1\n"
    shown = runner.invoke(app, ["show", "3"], catch_exceptions=False).output
    assert (TITLES[0] in shown, TITLES[2] in shown, TITLES[1] in shown) == (True, True, False)
    assert runner.invoke(app, ["split", "3"], catch_exceptions=False).output == "拆出为报道 4\n"
    database = open_database(home.database_url)
    with database.read() as db:
        assert stories.apart(db, [1, 4]) == {frozenset({1, 4})}
        told = [(row.kind, row.story_id) for row in outbox.pending(db)][3:]
    database.close()
    assert told == [("merged", 3), ("joined", 1), ("revised", 4), ("revised", 1)]


def test_a_merged_story_stands_for_the_one_it_is_in(home: Settings) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["merge", "1", "2"], catch_exceptions=False).output == "合并为报道 1\n"
    with pytest.raises(ZhijiaoError):
        runner.invoke(app, ["merge", "1", "2"], catch_exceptions=False)
    assert runner.invoke(app, ["merge", "2", "3"], catch_exceptions=False).output == "合并为报道 1\n"
    database = open_database(home.database_url)
    with database.begin() as db:
        assert [article.story_id for article in articles.after(db, 0, 9)] == [1, 1, 1]
        assert [stories.surviving(db, number) for number in (1, 2, 3)] == [1, 1, 1]
        with pytest.raises(ValueError, match=r"merged already: \[2\]"):
            stories.merge(db, [1, 2])
    database.close()


@pytest.mark.parametrize(
    "command", [["show", "9"], ["merge", "1", "9"], ["merge", "1"], ["split", "1"], ["split", "9"]]
)
def test_mistakes_are_told(home: Settings, command: list[str]) -> None:
    with pytest.raises(ZhijiaoError):
        CliRunner().invoke(app, command, catch_exceptions=False)
