"""`sources heal`: a redesigned site gets a new list rule in its file, and nothing else of the file changes."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner

from crawlers.catalogue import read
from crawlers.pages.familiar import Before
from crawlers.pages.page import Page
from crawlers.pages.rules import ListRules
from crawlers.reader import BoundedReader, Unreadable
from tests.crawlers.crawling import Home, jobs
from tests.crawlers.test_redesign import RULE, TITLES, TODAY, new_layout
from tests.crawlers.website import article, listing, serve
from zhijiao.cli.sources import app
from zhijiao.heal import Seen, Told, propose, rewritten

FILE = """# 临江市教育局
id = "linjiang"
name = "临江"
home = "https://linjiang.example/"  # 首页
kind = "government"

[list]
# 旧版
row = "ul.old li"  # 每条
date = ".d"
next = "a.next"

[[channels]]
key = "news"
name = "要闻"
url = "https://linjiang.example/news/"
"""
NEW = ListRules("site:linjiang", row="div.card", link="h3 > a")


def test_only_the_rule_changes() -> None:
    after = rewritten(FILE, NEW)
    expected = tomllib.loads(FILE)
    expected["list"] = {"row": "div.card", "link": "h3 > a", "next": "a.next"}
    assert tomllib.loads(after) == expected
    kept = [line for line in FILE.splitlines() if not line.startswith(("row", "date"))]
    assert [line for line in after.splitlines() if not line.startswith(("row", "link"))] == kept
    assert 'row = "div.card"  # 每条' in after


def test_a_rule_where_there_was_none() -> None:
    before = FILE[: FILE.index("[list]")] + FILE[FILE.index("[[channels]]") :]
    after = rewritten(before, NEW)
    assert tomllib.loads(after) == tomllib.loads(before) | {"list": {"row": "div.card", "link": "h3 > a"}}
    assert after.startswith(before.rstrip())


def test_a_redesigned_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    for name, value in home.environment.items():
        if name.startswith("ZHIJIAO_"):
            monkeypatch.setenv(name, value)
    file = home.path / "sources" / "linjiang.toml"
    well = (0, "✓ linjiang/news  读得出来\n不用改\n")
    with serve() as site:
        rows = [(f"/{n}.html", title, str(TODAY)) for n, title in enumerate(TITLES)]
        site.set("/list/", listing(rows[:6]))
        for path, title, day in rows:
            site.set(path, article(title, day=day))
        home.site("linjiang", site.base, keys=RULE, news="/list/")
        home.crawl(*jobs("linjiang/news"))
        assert heal() == well

        site.set("/list/", new_layout(rows))
        before = file.read_text()
        status, told = heal()
        assert status == 0
        assert "新规则读出 6 条见过的、2 条新的" in told
        assert '-row = "ul.list li"' in told and '+row = "div.card"' in told
        assert file.read_text() == before
        assert heal("--apply")[0] == 0
        assert tomllib.loads(file.read_text())["list"]["row"] == "div.card"
        assert heal() == well
        finished = home.crawl(*jobs("linjiang/news"))
        assert finished.of("visit_finished")[0]["rule"] == "site:linjiang"
        assert finished.finished("linjiang/news") == {"seen": 8, "new": 2, "kept": 2}

        site.set("/list/", "<html><body><p>网站改版中,请稍后再来</p></body></html>")
        assert heal() == (1, "✗ linjiang/news  页面上没有找到见过的标题所在的列表\n")

        site.set("/list/", new_layout(rows))
        home.site("linjiang", site.base, keys='[list]\nrow = "ul.old li"', news="/list/", missing="/missing/")
        before = file.read_text()
        status, told = heal("--apply", name="linjiang/news")
        assert (status, file.read_text()) == (1, before)
        assert '+row = "div.card"' in told
        assert "不写入:没看到 linjiang/missing 的页面" in told


def heal(*options: str, name: str = "linjiang") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["heal", name, *options])
    return done.exit_code, done.output


TWO = FILE + FILE[FILE.index("[[channels]]") :].replace("news", "notices")
SITE = read(TWO.encode(), "linjiang", "linjiang.toml")
NEWS, NOTICES = (channel.id for channel in SITE.channels)


def seen(about: str, page: str, row: str) -> Seen:
    """A page of rows, all of whose titles are known."""
    titles = [f"{about}:临江市职业学校技能竞赛第{number}场开赛" for number in range(6)]
    rows = "".join(row.format(f'<a href="/{number}.html">{title}</a>') for number, title in enumerate(titles))
    body = f"<html><body>{page.format(rows)}</body></html>".encode()
    known = Before.of([(title, None) for title in titles])
    return Seen(Page("https://linjiang.example/list/", body, "utf-8"), known, datetime(2026, 11, 22, tzinfo=UTC))


PAGES = {
    NEWS: seen("要闻", '<div class="cards">{}</div>', '<div class="card"><h3>{}</h3></div>'),
    NOTICES: seen("通知", '<ul class="old">{}</ul>', "<li>{}</li>"),
}


@pytest.mark.parametrize("name", ["linjiang", NEWS])
def test_a_rule_that_harms_another_channel_is_refused(name: str) -> None:
    reader = BoundedReader(60)
    rules, told = propose(SITE, PAGES, reader, name)
    reader.close()
    why = "用 row = div.card 才读得出来,但别的栏目用不了这条规则"
    assert (rules, told[-1]) == (None, Told(NEWS, why, ill=True))
    assert [one.channel for one in told] == [NOTICES, NEWS][name == NEWS :]


class Slow(BoundedReader):
    def read(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise Unreadable("页面无法解析：读取超过 5 秒")


def test_a_page_that_cannot_be_read_in_time_is_told() -> None:
    rules, told = propose(SITE, {NEWS: PAGES[NEWS]}, Slow(5), "linjiang")
    assert (rules, told) == (None, [Told(NEWS, "页面无法解析：读取超过 5 秒", ill=True)])
